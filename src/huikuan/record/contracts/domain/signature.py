"""What the day a contract was signed says of the milestones that await the signing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from huikuan.record.contracts.domain.milestones import Happened
from huikuan.record.contracts.domain.terms import VOID, Terms

SIGNING = "signing"


@dataclass(frozen=True, slots=True)
class Followed:
    """The events to be taken back, and the codes of the milestones that are reached on the day of the signature."""

    taken_back: tuple[Happened, ...] = ()
    reached: tuple[str, ...] = ()


def by_signature(before: Terms | None, after: Terms, standing: Mapping[str, Happened], today: date) -> Followed:
    """Saying when the contract was signed is saying that the signing happened.

    A day that is new reaches every milestone that awaits the signing; a day that is corrected or taken away takes
    back what the former day had reached, and no event that was recorded for another day. A day that stays as it was
    reaches only milestones that are new: an event taken back by hand does not come again with the next amendment.
    Nothing is reached before its day has come, and nothing of a void contract; one that is void no more is as new.
    """
    day_before = before.signed_on if before else None
    known = _awaiting(before) if before and before.status != VOID else frozenset()
    moved = after.signed_on != day_before
    happened = after.status != VOID and after.signed_on is not None and after.signed_on <= today
    awaiting = _awaiting(after)
    taken_back = tuple(
        one for code, one in standing.items() if moved and code in awaiting and one.happened_on == day_before
    )
    free = awaiting - (standing.keys() - {one.milestone for one in taken_back})
    reached = sorted(code for code in free if happened and (moved or code not in known))
    return Followed(taken_back, tuple(reached))


def by_its_day(
    said: Iterable[tuple[date, Terms]], after: Terms, ever: Collection[tuple[str, date]], today: date
) -> tuple[str, ...]:
    """The codes of the milestones that are reached because a day of signature that was ahead has come.

    `said`: what each version says and the day it was recorded; only one recorded before the day it names can
    have left the signing open. `after`: the terms that govern. `ever`: milestone and day of every event ever
    recorded, those taken back too: what was taken back by hand does not come again.
    """
    day = after.signed_on
    if after.status == VOID or day is None or day > today:
        return ()
    ahead = frozenset(code for on, terms in said if on < day and terms.signed_on == day for code in _awaiting(terms))
    return tuple(sorted(code for code in ahead & _awaiting(after) if (code, day) not in ever))


def _awaiting(terms: Terms) -> frozenset[str]:
    return frozenset(one.code for one in terms.milestones if one.event == SIGNING)
