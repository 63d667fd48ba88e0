"""What one customer has open, as one payment finds it, and what the payment's texts name of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from huikuan.record.cash.domain.book import Claim, Payment
from huikuan.record.cash.domain.evidence import ADVICE
from huikuan.record.cash.domain.numbers import Mention, Numbers, Strength

_MOST_NEAR = 300
_SHORTEST_NEAR = 5


@dataclass(frozen=True, slots=True)
class Named:
    """A number in the text and the claims of the pool it names; `lines`: the amount its line of advice tells."""

    mention: Mention
    strength: Strength
    source: str
    items: tuple[int, ...]
    amount: int | None = None


@dataclass
class Pool:
    """Open claims of a customer in the payment's currency, the oldest due first.

    `signed`: what each adds to a payment (credits < 0), turned round where money went out; `at_first`: before the run
    took any of them, by which is counted what else would have fitted. `settled`: claims with nothing left.
    """

    customer_id: int
    claims: dict[int, Claim]
    signed: dict[int, int]
    at_first: dict[int, int]
    settled: frozenset[int]
    named: list[Named] = field(default_factory=list)
    settled_named: list[str] = field(default_factory=list)
    #: Advised numbers (text, amount) that name nothing here, and numbers of others' claims.
    unknown: list[tuple[str, int | None]] = field(default_factory=list)
    others: list[tuple[Strength, str]] = field(default_factory=list)
    #: Numbers of a memo that look like those of documents, and are none's.
    strange: list[str] = field(default_factory=list)
    #: What the lines of an advice come to, where all tell their amounts.
    advised: int | None = None

    @property
    def debts(self) -> list[int]:
        return [item for item, amount in self.signed.items() if amount > 0]

    def near(self, amount: int) -> int:
        """How many of its claims are for about this amount, within a tenth."""
        return sum(1 for open_amount in self.signed.values() if abs(open_amount - amount) * 10 <= amount)


def pool_of(customer_id: int, claims: Iterable[Claim], left: Mapping[int, int], payment: Payment) -> Pool:
    """The pool of a customer: `left` is what earlier payments of the run left open."""
    turn = 1 if payment.amount > 0 else -1
    signed, at_first, known, settled = {}, {}, {}, set()
    for claim in sorted(claims, key=lambda one: (one.due_date or one.document_date, one.document_date, one.item_id)):
        if claim.currency != payment.currency:
            continue
        known[claim.item_id] = claim
        sign = turn if claim.side == "debit" else -turn
        if claim.open_amount:
            at_first[claim.item_id] = sign * claim.open_amount
        if left[claim.item_id]:
            signed[claim.item_id] = sign * left[claim.item_id]
        else:
            settled.add(claim.item_id)
    return Pool(customer_id, known, signed, at_first, frozenset(settled))


def name_claims(pool: Pool, told: Iterable[tuple[Mention, str, int | None]], numbers: Numbers) -> None:
    """Note in the pool what each mention (with its source and amount) names of it, and what it names elsewhere."""
    items, told = frozenset(pool.claims), list(told)
    lines = [amount for _, source, amount in told if source == ADVICE]
    pool.advised = sum(amount or 0 for amount in lines) if lines and None not in lines else None
    for mention, source, amount in told:
        found = numbers.among(mention, items)
        if found is None:
            elsewhere = numbers.anywhere(mention)
            if elsewhere:
                pool.others.append((elsewhere[0], mention.text))
            near = _near(pool, mention, numbers)
            if near:
                pool.named.append(Named(mention, Strength.NEAR, source, near, amount))
            elif amount is not None or source == ADVICE:
                pool.unknown.append((mention.text, amount))
            if source != ADVICE and not elsewhere and numbers.like_ours(mention):
                pool.strange.append(mention.text)
            continue
        strength, named = found
        if own := tuple(item for item in named if item in pool.signed):
            pool.named.append(Named(mention, strength, source, own, amount))
        else:
            pool.settled_named.append(mention.text)


def _near(pool: Pool, mention: Mention, numbers: Numbers) -> tuple[int, ...]:
    """Open claims whose number is one slip of the pen away, where that can tell anything."""
    if len(pool.signed) > _MOST_NEAR or len(mention.key) < _SHORTEST_NEAR:
        return ()
    return numbers.nearly(mention, pool.signed)
