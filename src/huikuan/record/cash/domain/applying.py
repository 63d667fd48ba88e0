"""What may be done with a payment: which parts fit it, what clears what, and whether what was shown still holds.

Amounts are minor units. Sides are open items as the ledger sees them under its locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.reasons import Reason
from huikuan.record.cash.domain.book import Difference, Proposal
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.receivables.domain.settling import OpenSide

AUTOMATIC, ACCEPTED, MANUAL = "automatic", "accepted", "manual"
DEBIT = "debit"
#: The money itself where clearings name credits: it has no number before it is posted.
MONEY = 0


@dataclass(frozen=True, slots=True)
class Paid:
    """So much of the money for one claim; negative: a credit of the customer that is netted with it.

    `amount` None: as much as is open and as there is money. `debit_amount` in the claim's currency, where it is
    another than the money's. `short`: why the claim is not paid in full.
    """

    item_id: int
    amount: int | None = None
    debit_amount: int | None = None
    short: str = ""


@dataclass(frozen=True, slots=True)
class Portion:
    """So much of a payment for one customer. `amount` None: all that is left of it.

    `parts` None: what the customer owes, in the order of the law. What no part takes stays on account if
    `rest_stays`, for the contract `contract_number` as an advance where one is named. `reason`: why it goes elsewhere
    than by law and than the payer designated.
    """

    customer_id: int
    amount: int | None = None
    parts: tuple[Paid, ...] | None = ()
    differences: tuple[Difference, ...] = ()
    rest_stays: bool = False
    contract_number: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """What an application rests on: who or what proposed it, and how sure that was."""

    kind: str = MANUAL
    probability_e6: int | None = None
    reasons: tuple[Reason, ...] = ()
    policy_version: int | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was open when somebody decided: of the line (None: nobody looked), and of each claim."""

    left: int | None = None
    claims: Mapping[int, int] = field(default_factory=dict)


#: Somebody applies by hand, and says nothing of what was seen.
BY_HAND, UNSEEN = Basis(), Seen()


@dataclass(frozen=True, slots=True)
class Clearing:
    """So much of a credit (`MONEY`: the payment) clears so much of a debit."""

    credit_id: int
    debit_id: int
    credit_amount: int
    debit_amount: int


@dataclass(frozen=True, slots=True)
class Settled:
    """A portion as decided: every amount is said. Σ amounts of parts + rest = amount."""

    customer_id: int
    amount: int
    parts: tuple[Paid, ...]
    differences: tuple[Difference, ...]
    rest: int
    contract_number: str
    clearings: tuple[Clearing, ...]


def portion_of(proposal: Proposal) -> Portion:
    """What a proposal says to do with the whole of a payment."""
    return Portion(
        customer_id=proposal.customer_id,
        parts=tuple(Paid(part.item_id, part.amount) for part in proposal.parts),
        differences=proposal.differences,
        rest_stays=True,
    )


def decide(
    portion: Portion, *, money: int, currency: str, sides: Mapping[int, OpenSide], merged: Mapping[int, int]
) -> Settled:
    """The portion of `money` with every amount said; refuses what does not fit it or what is open.

    `merged`: customer → the one it is shown under: they are one.
    """
    amount = money if portion.amount is None else portion.amount
    if not 0 < amount <= money:
        raise Refusal("more_than_left", amount=to_text(amount, currency), left=to_text(money, currency))
    parts = _said(portion.parts or (), amount, currency, sides, portion.differences)
    for part in parts:
        _check_part(part, portion, currency, sides, merged)
    _check_differences(portion.differences, parts, sides)
    rest = amount - sum(part.amount or 0 for part in parts)
    if rest < 0:
        raise Refusal("parts_exceed_payment", amount=to_text(amount, currency), over=to_text(-rest, currency))
    if rest and not portion.rest_stays:
        raise Refusal("rest_not_said", rest=to_text(rest, currency), currency=currency)
    clearings = tuple(_clearings(parts, amount - rest))
    return Settled(portion.customer_id, amount, parts, portion.differences, rest, portion.contract_number, clearings)


def check_unchanged(
    seen: Seen, *, line_id: int, left: int, open_amounts: Mapping[int, int], numbers: Mapping[int, str]
) -> None:
    """Refuse what rests on what is no longer so, naming each claim that changed. `numbers`: item → document."""
    moved = [
        Place(column=numbers.get(item_id, str(item_id)), value=str(open_amounts.get(item_id, 0)), reason=str(was))
        for item_id, was in sorted(seen.claims.items())
        if open_amounts.get(item_id, 0) != was
    ]
    if moved or seen.left not in (None, left):
        raise Refusal("proposal_stale", line=line_id, where=moved)


def used_up(sides: dict[int, OpenSide], settled: Settled) -> None:
    """Take from `sides` what the portion clears, so that the next one sees what is left."""
    taken: dict[int, int] = {}
    for one in settled.clearings:
        taken[one.credit_id] = taken.get(one.credit_id, 0) + one.credit_amount
        taken[one.debit_id] = taken.get(one.debit_id, 0) + one.debit_amount
    for difference in settled.differences:
        taken[difference.item_id] = taken.get(difference.item_id, 0) + difference.amount
    for item_id, amount in taken.items():
        if item_id in sides:
            side = sides[item_id]
            sides[item_id] = replace(side, open_amount=side.open_amount - amount)


def _said(
    parts: Iterable[Paid],
    amount: int,
    currency: str,
    sides: Mapping[int, OpenSide],
    differences: Sequence[Difference],
) -> tuple[Paid, ...]:
    """The parts with their amounts: those that say none take what is open, in their order, while there is money."""
    told = list(parts)
    if len({part.item_id for part in told}) < len(told):
        raise Refusal("claim_named_twice")
    left = amount - sum(part.amount for part in told if part.amount is not None)
    for place, part in enumerate(told):
        if part.amount is not None:
            continue
        side = _open(sides, part.item_id)
        if side.currency != currency:
            raise Refusal("amount_of_part_needed", item=part.item_id, currency=side.currency, money=currency)
        closed = sum(one.amount for one in differences if one.item_id == part.item_id)
        # A credit that is netted makes room; a debit takes it.
        wanted = side.open_amount - closed if side.side == DEBIT else -side.open_amount
        taken = min(wanted, max(left, 0))
        told[place] = replace(part, amount=taken)
        left -= taken
    return tuple(part for part in told if part.amount != 0)


def _check_part(
    part: Paid, portion: Portion, currency: str, sides: Mapping[int, OpenSide], merged: Mapping[int, int]
) -> None:
    side = _open(sides, part.item_id)
    if shown_under(merged, side.customer_id) != shown_under(merged, portion.customer_id):
        raise Refusal("claim_of_another", item=part.item_id)
    amount = part.amount or 0
    if (amount > 0) != (side.side == DEBIT):
        raise Refusal("claim_on_other_side", item=part.item_id)
    if side.currency == currency:
        if part.debit_amount not in (None, amount):
            raise Refusal("debit_amount_not_wanted", item=part.item_id)
        cleared = abs(amount)
    elif amount < 0:
        raise Refusal("netted_in_other_currency", item=part.item_id)
    elif part.debit_amount is None:
        raise Refusal("amount_of_part_needed", item=part.item_id, currency=side.currency, money=currency)
    else:
        cleared = part.debit_amount
    _require_open(side, cleared)


def _check_differences(
    differences: Sequence[Difference], parts: Sequence[Paid], sides: Mapping[int, OpenSide]
) -> None:
    paid = {part.item_id: part for part in parts if part.amount and part.amount > 0}
    for one in differences:
        if one.item_id not in paid or one.amount <= 0:
            raise Refusal("difference_without_part", item=one.item_id)
        side, part = sides[one.item_id], paid[one.item_id]
        cleared = part.amount if part.debit_amount is None else part.debit_amount
        closed = (cleared or 0) + sum(other.amount for other in differences if other.item_id == one.item_id)
        _require_open(side, closed)
        if closed < side.open_amount:
            # Else so much could be written off time after time, each within what one may.
            raise Refusal("difference_leaves_open", item=one.item_id)


def _clearings(parts: Sequence[Paid], money: int) -> Iterable[Clearing]:
    """What clears what: netted that are netted first, in the order named, then the money."""
    netted = [[part.item_id, -(part.amount or 0)] for part in parts if (part.amount or 0) < 0]
    if sum(amount for _, amount in netted) > sum(max(part.amount or 0, 0) for part in parts):
        raise Refusal("netted_without_claim")
    if netted and any(part.debit_amount is not None for part in parts):
        raise Refusal("netted_in_other_currency", item=netted[0][0])
    netted.append([MONEY, money])
    for part in parts:
        wanted = part.amount or 0
        while wanted > 0:
            credit_id, there = netted[0]
            taken = min(wanted, there)
            if taken:
                in_claim = taken if part.debit_amount is None else part.debit_amount
                yield Clearing(credit_id, part.item_id, taken, in_claim)
            wanted -= taken
            netted[0][1] -= taken
            if not netted[0][1]:
                netted.pop(0)


def _open(sides: Mapping[int, OpenSide], item_id: int) -> OpenSide:
    side = sides.get(item_id)
    if side is None or side.open_amount == 0:
        raise Refusal("claim_not_open", item=item_id)
    return side


def _require_open(side: OpenSide, amount: int) -> None:
    if amount > side.open_amount:
        raise Refusal(
            "claim_open_less",
            item=side.item_id,
            currency=side.currency,
            asked=to_text(amount, side.currency),
            open=to_text(side.open_amount, side.currency),
        )


def effective_day(day: date, sides: Iterable[OpenSide]) -> date:
    """The first day from `day` on when all these items are there."""
    return max([day, *(side.settle_from for side in sides)])
