"""Payment schedules: which version governs, what a version must add up to, and how what is open
spreads over several due dates."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.record.receivables.domain.periods import first_open_day
from huikuan.record.receivables.domain.posting import check_amount, check_due


@dataclass(frozen=True, slots=True)
class Line:
    """So much falls due on a date, or when an event happens (`due_date` None)."""

    due_date: date | None
    awaits: str
    amount: int


@dataclass(frozen=True, slots=True)
class Version:
    """One schedule of an item. Number 0 is the item's own first due date."""

    number: int
    effective_on: date
    lines: tuple[Line, ...]


def check_lines(lines: Sequence[Line], amount: int) -> None:
    """Refuse lines that do not each say when, or that do not sum to the item's amount."""
    for line in lines:
        check_amount(line.amount)
        check_due(line.due_date, line.awaits)
    total = sum(line.amount for line in lines)
    if total != amount:
        raise Refusal("schedule_sum_differs", total=total, amount=amount)


def governing(versions: Sequence[Version], as_of: date | None = None) -> Version:
    """The version in force as of a day (None: of all recorded): latest effective, of equals the newest.

    `versions` holds number 0, the item's own, which is in force before any other.
    """
    valid = [version for version in versions if version.number == 0 or as_of is None or version.effective_on <= as_of]
    return max(valid, key=lambda version: (version.number > 0, version.effective_on, version.number))


def earliest_due(lines: Sequence[Line]) -> date | None:
    """The first date any line names; None when all await an event."""
    return min((line.due_date for line in lines if line.due_date is not None), default=None)


def reached(lines: Sequence[Line], awaits: str, due_date: date) -> list[Line]:
    """The lines once the awaited event happened: those waiting for it fall due on `due_date`."""
    if all(line.awaits != awaits for line in lines):
        raise Refusal("nothing_awaits", event=awaits)
    return reached_by(lines, lambda name: name == awaits, due_date)


def reached_by(lines: Sequence[Line], means: Callable[[str], bool], due_date: date) -> list[Line]:
    """The lines once an event happened that has several names: those awaiting one that `means` it fall due."""
    return [
        Line(due_date, "", line.amount) if line.due_date is None and means(line.awaits) else line for line in lines
    ]


def made_due(
    history: Sequence[Version],
    means: Callable[[str], bool],
    *,
    happened_on: date,
    due_date: date,
    locked_through: date | None,
) -> list[Version]:
    """The versions an event adds to an item's `history`: on every open day from the event on, what then governs
    and awaits it falls due.

    One from the event, or from the first day on which that is possible (posted later, period locked), and one from
    each later day on which another schedule takes over; none where nothing in force awaits it.
    """
    first = first_open_day(max(happened_on, history[0].effective_on), locked_through)
    made: list[Version] = []
    for day in _days_on(history, first):
        now = governing(history, day)
        lines = tuple(reached_by(now.lines, means, due_date))
        if lines != now.lines:
            made.append(Version(history[-1].number + 1 + len(made), day, lines))
    return made


def taken_back(history: Sequence[Version], numbers: Collection[int], locked_through: date | None) -> list[Version]:
    """The versions that undo those `numbers`, which one event gave: on every open day what it made due awaits it
    again, and lines that others gave keep theirs.

    One from the first of them (or the first open day) and one from each later day on which another takes over.
    """
    own = [version.effective_on for version in history if version.number in numbers]
    first = first_open_day(min(own), locked_through)
    made: list[Version] = []
    for day in _days_on(history, first):
        now = governing(history, day)
        lines = _without(history, numbers, now)
        if lines != now.lines:
            made.append(Version(history[-1].number + 1 + len(made), day, lines))
    return made


def _days_on(history: Sequence[Version], first: date) -> list[date]:
    """`first`, and every later day on which a version takes effect."""
    return [first, *sorted({version.effective_on for version in history[1:] if version.effective_on > first})]


def _without(history: Sequence[Version], numbers: Collection[int], version: Version) -> tuple[Line, ...]:
    """The lines of a version as they would be without those `numbers`. What an event gives is made of the version
    that governed its day until then; a line that is the same in both was taken over from there."""
    if version.number == 0:
        return version.lines
    before = governing([one for one in history if one.number < version.number], version.effective_on)
    former = _without(history, numbers, before)
    if version.number in numbers:
        return former
    lines = list(version.lines)
    for place, (line, then) in enumerate(zip(version.lines, before.lines, strict=False)):
        if line == then:
            lines[place] = former[place]
    return tuple(lines)


def waterfall(lines: Sequence[Line], open_amount: int) -> list[Line]:
    """What is open of each line when the earliest due is paid first; awaiting lines are paid last.

    Lines with nothing open are left out. 30 due 1 May, 50 due 1 June, 20 awaiting, 45 paid:
    35 due 1 June and 20 awaiting stay open.
    """
    return [replace(line, amount=line.amount - paid) for line, paid in _paid(lines, open_amount) if line.amount > paid]


def paid_first(lines: Sequence[Line], open_amount: int) -> list[Line]:
    """What `waterfall` leaves out: so much of each line is paid, the earliest due first. Of the same: 30 due 1 May and
    15 due 1 June."""
    return [replace(line, amount=paid) for line, paid in _paid(lines, open_amount) if paid]


def _paid(lines: Sequence[Line], open_amount: int) -> Iterator[tuple[Line, int]]:
    """Each line, the earliest due first, with what is paid of it."""
    left = sum(line.amount for line in lines) - open_amount
    for line in sorted(lines, key=lambda line: (line.due_date is None, line.due_date or date.max)):
        paid = min(line.amount, left)
        left -= paid
        yield line, paid
