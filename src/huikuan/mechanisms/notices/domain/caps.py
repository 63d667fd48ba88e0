"""How often one customer is written to, whatever it is about: a cap across invoices, by channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.mechanisms.notices.domain.wanted import DEMAND, REMINDER, STATEMENT

#: What counts for the caps, and is held back by them. Nobody is dunned by what they asked for, or by the law's letter.
CAPPED = (REMINDER, STATEMENT, DEMAND)
WEEK = 7
_AHEAD = 60


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many a day, and in any seven days; None: no such cap."""

    day: int | None = None
    week: int | None = None


def cap_of(document: Mapping[str, Mapping[str, int]], channel: str) -> Cap:
    """What a policy document says of the channel: {"email": {"day": 2, "week": 5}, …}."""
    said = document.get(channel, {})
    return Cap(said.get("day"), said.get("week"))


def first_free(today: date, before: Iterable[date], cap: Cap) -> date:
    """The first day from today on with room for one more, given on which days they were written to before."""
    on = Counter(before)
    for ahead in range(_AHEAD):
        day = today + timedelta(days=ahead)
        week = sum(on[day - timedelta(days=back)] for back in range(WEEK))
        if (cap.day is None or on[day] < cap.day) and (cap.week is None or week < cap.week):
            return day
    return today + timedelta(days=_AHEAD)
