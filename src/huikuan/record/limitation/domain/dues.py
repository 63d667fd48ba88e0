"""When the last of a debt falls due: as was recorded, and as the debtor cannot deny.

A due day is moved by agreement. A plan nobody signed, or a day we set ourselves, is none if the debtor denies it: what
lengthens the time to sue is safe with its paper alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from huikuan.record.receivables.domain.schedules import Line, Version, governing


@dataclass(frozen=True, slots=True)
class Due:
    """From the day `on` the last of a debt falls due on `said` by all that is recorded, on `proved` by what can be
    proved; None: some of it awaits an event."""

    on: date
    said: date | None
    proved: date | None


@dataclass(frozen=True, slots=True)
class History:
    """An item's schedules, its own first, and the numbers of those there is a paper for."""

    versions: Sequence[Version]
    on_paper: Collection[int]

    def said(self, day: date) -> date | None:
        return last_of(line.due_date for line in governing(self.versions, day).lines)

    def proved(self, day: date) -> date | None:
        """By the item's own schedule or the last with its paper. What awaits an event there falls due when the event
        is recorded to have happened, with paper or without: so the period runs."""
        agreed = governing([one for one in self.versions if one.number == 0 or one.number in self.on_paper], day)
        reached = _reached(self.versions, agreed, day)
        return last_of(reached.get(line.awaits) if line.due_date is None else line.due_date for line in agreed.lines)


def dues_of(histories: Sequence[History], day: date) -> tuple[Due, ...]:
    """A debt's dues up to `day`, one for the beginning and one for each day on which a schedule of it was changed."""
    changes = {version.effective_on for one in histories for version in one.versions[1:]}
    first = min(one.versions[0].effective_on for one in histories)
    own = last_of(line.due_date for one in histories for line in one.versions[0].lines)
    changed = [
        Due(on, last_of(one.said(on) for one in histories), last_of(one.proved(on) for one in histories))
        for on in sorted(changes)
        if on <= day
    ]
    return (Due(first, own, own), *changed)


def last_of(days: Iterable[date | None]) -> date | None:
    """The last of the days; None where one is not known yet."""
    found = list(days)
    return None if None in found else max(day for day in found if day is not None)


def earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two days; one that is not known yet is the later."""
    return min((day for day in (one, other) if day is not None), default=None)


def _reached(versions: Sequence[Version], agreed: Version, day: date) -> dict[str, date]:
    """Event → the day what awaited it falls due on, by the schedules that took over from `agreed` until `day`."""
    reached: dict[str, date] = {}
    for one in sorted(versions[1:], key=_takes_over):
        if one.effective_on > day or (agreed.number and _takes_over(one) <= _takes_over(agreed)):
            continue
        before = governing([other for other in versions if other.number < one.number], one.effective_on)
        for then, now in zip(before.lines, one.lines, strict=False):
            _follow(reached, then, now)
    return reached


def _follow(reached: dict[str, date], then: Line, now: Line) -> None:
    if now.due_date is None:
        reached.pop(now.awaits, None)
    elif then.due_date is None:
        reached[then.awaits] = now.due_date


def _takes_over(version: Version) -> tuple[date, int]:
    return version.effective_on, version.number
