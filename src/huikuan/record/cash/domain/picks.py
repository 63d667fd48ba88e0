"""A pick: one way a payment may fall on one customer's open claims, with what speaks for it and what holds it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from huikuan.kernel.money import to_text
from huikuan.record.cash.domain import evidence
from huikuan.record.cash.domain.book import Difference, Part, Payment
from huikuan.record.cash.domain.evidence import Sign
from huikuan.record.cash.domain.numbers import Strength
from huikuan.record.cash.domain.pools import Named, Pool
from huikuan.record.cash.domain.rules import Rules

FEE, DISCOUNT, TOLERANCE = "bank_fee", "early_payment_discount", "small_difference"
_WHOLE = 1_000
_MOST_MISSPELT = 2
_PUNCTUAL, _USUAL = 5, 20
#: Discounts buyers take whether agreed or not, in tenths of a percent of the claim.
USUAL_DISCOUNTS = (10, 15, 20, 25, 30, 50)


@dataclass(frozen=True, slots=True)
class Pick:
    """One way: what each claim is paid, what is between, what rests; `holds`: why never without a person."""

    paid: tuple[tuple[int, int], ...]
    signs: tuple[Sign, ...]
    rest: int = 0
    differences: tuple[Difference, ...] = ()
    alternatives: int = 0
    holds: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        return sum(sign.weight for sign in self.signs)

    @property
    def items(self) -> frozenset[int]:
        return frozenset(item for item, _ in self.paid)

    def parts(self, turn: int) -> tuple[Part, ...]:
        """As parts of the payment; `turn` −1 where money went out."""
        return tuple(Part(item, turn * amount) for item, amount in self.paid)


@dataclass(frozen=True)
class Desk:
    """One payment before one customer's pool: what every way of picking asks. `habit`: days after the due date the
    customer usually pays. `told_amounts`: amounts the payment's texts tell."""

    payment: Payment
    pool: Pool
    rules: Rules
    habit: int | None = None
    told_amounts: frozenset[int] = frozenset()
    amount: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", abs(self.payment.amount))

    def money(self, amount: int) -> str:
        """An amount as reasons tell it: '98.70'."""
        return to_text(amount, self.payment.currency)

    def over_paid(self, rest: int, owed: int) -> Sign:
        """More was paid than is owed: a little happens; much more than the claim is rather another claim's money."""
        weight = -1.0 if rest * 10 <= owed else (-1.5 if rest * 2 <= owed else -6.0)
        return Sign("over_paid", weight, self.money(rest))

    def open(self, item: int) -> int:
        """What a claim adds: < 0 for a credit."""
        return self.pool.signed[item]

    def due(self, item: int) -> date:
        claim = self.pool.claims[item]
        return claim.due_date or claim.document_date

    def known(self, item: int) -> bool:
        """Its document was there on the day of the payment: money by the amount alone is rarely for a later one."""
        return self.pool.claims[item].document_date <= self.payment.booked_on

    def discount(self, item: int) -> int:
        """The early-payment discount its terms still allow on the day of the payment; 0: none."""
        if not self.rules.discounts:
            return 0
        dated = (amount for last_day, amount in self.pool.claims[item].discounts if self.payment.booked_on <= last_day)
        return next(dated, 0)

    def pick(
        self,
        paid: Mapping[int, int],
        signs: Iterable[Sign],
        rest: int = 0,
        differences: tuple[Difference, ...] = (),
        *,
        alternatives: int = 0,
        holds: tuple[str, ...] = (),
    ) -> Pick:
        """A pick with what the numbers say of it: those that name its claims, those it does not follow."""
        followed: list[tuple[Strength, str, str]] = []
        against: list[Sign] = []
        for one in self.pool.named:
            if any(item in paid for item in one.items):
                if one.strength > Strength.NEAR or (one.source == evidence.ADVICE and len(one.items) == 1):
                    followed.append((one.strength, one.source, one.mention.text))
                if self._pays_otherwise(paid, one):
                    against.append(Sign("advice_not_followed", -3.0, one.mention.text))
            elif one.strength > Strength.NEAR:
                against.append(evidence.not_followed(one.strength, one.mention.text))
        misspelt = {text for strength, _, text in followed if strength == Strength.NEAR}
        elsewhere = [(strength, text) for strength, text in self.pool.others if text not in misspelt]
        against += [evidence.not_followed(strength, text) for strength, text in elsewhere]
        if self.pool.advised is not None and self.pool.advised != self.payment.amount:
            holds = (*holds, "advice_not_the_amount")
        for code, texts in (("reference_unknown", self.pool.strange), ("document_settled", self.pool.settled_named)):
            if texts:
                against.append(Sign(code, -2.5, texts[0]))
                holds = (*holds, code)
        if self.pool.unknown:
            holds = (*holds, "advice_unknown")
        every = (*signs, *evidence.references(followed), *against)
        return Pick(tuple(paid.items()), every, rest, differences, alternatives, holds)

    def _pays_otherwise(self, paid: Mapping[int, int], line: Named) -> bool:
        """The advice tells an amount for the one claim it names, and this is another."""
        if line.amount is None or len(line.items) > 1:
            return False
        return paid[line.items[0]] not in (line.amount, min(line.amount, self.open(line.items[0])))

    def misspelt(self, item: int) -> list[Sign]:
        """A number one slip of the pen away from the claim's."""
        near = [one for one in self.pool.named if one.strength == Strength.NEAR and item in one.items]
        texts = [one.mention.text for one in near if len(one.items) <= _MOST_MISSPELT]
        return [Sign("number_misspelt", 1.5, texts[0])] if texts else []

    def punctual(self, item: int) -> list[Sign]:
        """The customer usually pays so many days after the due date: tells equal claims apart a little."""
        if self.habit is None:
            return []
        off = abs((self.payment.booked_on - self.due(item)).days - self.habit)
        weight = 0.5 if off <= _PUNCTUAL else (0.0 if off <= _USUAL else -0.5)
        return [Sign("date_habit", weight, str(off), str(self.habit))]


def usual_share(part: int, whole: int) -> int | None:
    """The share `part` is of `whole`, in tenths of a percent, where it is a round one: whole percent, or less a usual
    discount, rounded up or down. 97 of 100 → 970."""
    if not 0 < part < whole:
        return None
    for share in (10 * round(100 * part / whole), *(_WHOLE - discount for discount in USUAL_DISCOUNTS)):
        if 0 < share < _WHOLE and abs(part * _WHOLE - whole * share) < _WHOLE:
            return share
    return None


def usual_discount(part: int, whole: int) -> bool:
    """`part` is `whole` less a discount buyers take."""
    share = usual_share(part, whole)
    return share is not None and _WHOLE - share in USUAL_DISCOUNTS


def grid_of(amount: int) -> int:
    """How round an amount is: the largest power of ten that divides it. 1250000 → 10000."""
    grid = 1
    while amount and amount % (grid * 10) == 0:
        grid *= 10
    return grid
