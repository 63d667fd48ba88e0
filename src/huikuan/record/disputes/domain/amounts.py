"""How much may be disputed, granted, and left alone by dunning (docs/algorithms/disputes.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.record.disputes.domain.life import NOTHING, POSTING


@dataclass(frozen=True, slots=True)
class Disputed:
    """One dispute that is not resolved: so much of the item, minor units."""

    dispute_id: int
    amount: int
    reason: str
    pauses: bool


@dataclass(frozen=True, slots=True)
class DisputeStanding:
    """What is disputed of an item on a day: the first dispute of it and its reason, how much of what is open, and the
    part of that which dunning leaves alone. What is pursued is open − `paused`."""

    dispute_id: int
    amount: int
    reason: str
    pauses: bool
    paused: int


def disputable(asked: int | None, still_open: int, disputed: int, currency: str) -> int:
    """The amount a new dispute is over; None asks for all that is open and not disputed yet. Refuses nothing, and more
    than that."""
    free = max(still_open - disputed, 0)
    amount = free if asked is None else asked
    if asked is not None and (isinstance(asked, bool) or asked <= 0):
        raise Refusal("dispute_amount_bad", amount=to_text(asked, currency))
    if amount > free or amount <= 0:
        raise Refusal(
            "dispute_more_than_open",
            amount=to_text(amount, currency),
            open=to_text(still_open, currency),
            disputed=to_text(disputed, currency),
        )
    return amount


def granted(outcome: str, asked: int | None, disputed: int, still_open: int, currency: str) -> int:
    """What a resolution grants. None: all that is disputed where the outcome grants, nothing where it does not.

    Refuses a grant with an outcome that grants nothing, more than is disputed, and to post more than is open.
    """
    most = min(disputed, still_open) if outcome in POSTING else disputed
    amount = asked if asked is not None else 0 if outcome in NOTHING else most
    least = 1 if outcome in POSTING else 0
    if outcome in NOTHING and amount:
        raise Refusal("dispute_nothing_granted", amount=to_text(amount, currency))
    if not least <= amount <= most:
        raise Refusal("dispute_grant_bad", amount=to_text(amount, currency), most=to_text(most, currency))
    return amount


def standing_of(disputes: Iterable[Disputed], still_open: int) -> DisputeStanding | None:
    """The disputes of one item, oldest first, against what is open of it. Money that came in since pays the undisputed
    part first: of 100.00 with 60.00 disputed, 30.00 paid leaves 60.00 disputed, 70.00 paid leaves 30.00."""
    found = list(disputes)
    total = sum(one.amount for one in found)
    if not found or still_open <= 0 or not total:
        return None
    pausing = sum(one.amount for one in found if one.pauses)
    paused = min(pausing, still_open)
    first = found[0]
    return DisputeStanding(first.dispute_id, min(total, still_open), first.reason, paused > 0, paused)
