"""The one-year loan prime rate (LPR) over time, and the benchmark rate that stood in its place before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

#: It is published once a month, on the 20th or the next business day: after this long without word it may have moved.
STALE_AFTER = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Change:
    """From `on` the rate per year is `rate_e8` / 10^8. `source`: who says so."""

    on: date
    rate_e8: int
    source: str


@dataclass(frozen=True, slots=True)
class PrimeRates:
    """`changes` oldest first; `before_e8` holds until the first of them; `known_through`: the last day of publication
    that was looked at, whether the rate moved on it or not."""

    before_e8: int
    changes: Sequence[Change]
    known_through: date

    def on(self, day: date) -> int:
        """The rate of a day, × 10^8."""
        place = bisect_right(self.changes, day, key=lambda change: change.on)
        return self.changes[place - 1].rate_e8 if place else self.before_e8

    def days_between(self, first: date, end: date) -> list[date]:
        """The days after `first` and before `end` on which the rate changed."""
        start = bisect_right(self.changes, first, key=lambda change: change.on)
        days = []
        for change in self.changes[start:]:
            if change.on >= end:
                break
            days.append(change.on)
        return days

    def is_stale(self, day: date) -> bool:
        """Whether the rate of `day` may have been published since without our knowing."""
        return day > self.known_through + STALE_AFTER
