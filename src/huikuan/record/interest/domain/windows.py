"""Which days of a claim's interest are still to be claimed: no day is claimed twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from huikuan.record.interest.domain.computing import DAY, Counting


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `since` (None: from the breach) that would be paid on `until`, as `late_interest` takes them."""

    since: date | None
    until: date


def open_windows(claimed: Iterable[tuple[date, date]], until: date, counting: Counting) -> list[Window]:
    """What lies before, between and after the days claimed (first and last of each), oldest first; none goes beyond
    `until`, which may lie before days that are claimed."""
    windows, since = [], None
    for first, last in sorted(claimed):
        windows.append(Window(since, min(until, ending_before(first, counting))))
        since = last + DAY
    return [*windows, Window(since, until)]


def overlap(one: Window, other: Window) -> Window:
    """The days in both; where there are none, a window that ends before it begins."""
    begins = [since for since in (one.since, other.since) if since is not None]
    return Window(max(begins, default=None), min(one.until, other.until))


def ending_before(day: date, counting: Counting) -> date:
    """The `until` with which the last day that counts is the one before `day`."""
    return day - DAY if counting.both_ends else day
