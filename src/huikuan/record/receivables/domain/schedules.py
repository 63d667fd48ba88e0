"""Payment schedules: which version governs, what a version must add up to, and how what is open
spreads over several due dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
) -> Version | None:
    """The version an event adds to an item's `history`; None where nothing in force awaits it.

    In force from the event, or where that is not possible (posted later, rescheduled later, period locked) from
    the first day that is.
    """
    now = governing(history)
    lines = tuple(reached_by(now.lines, means, due_date))
    if lines == now.lines:
        return None
    day = first_open_day(max(happened_on, now.effective_on), locked_through)
    return Version(history[-1].number + 1, day, lines)


def taken_back(history: Sequence[Version], number: int, locked_through: date | None) -> list[Version]:
    """The versions that undo version `number`, which an event gave: what it made due awaits again.

    One from its own day (or the first open one) and one from each later day on which another event made other
    lines due, so that on every open day those keep their dates. Later versions split the item as it does.
    """
    own = next(version for version in history if version.number == number)
    former = governing([version for version in history if version.number < number])
    places = [place for place, line in enumerate(former.lines) if line != own.lines[place]]
    first = first_open_day(own.effective_on, locked_through)
    later = {version.effective_on for version in history if version.number > number and version.effective_on > first}
    made = []
    for following, day in enumerate([first, *sorted(later)], start=history[-1].number + 1):
        lines = list(governing(history, day).lines)
        for place in places:
            lines[place] = former.lines[place]
        made.append(Version(following, day, tuple(lines)))
    return made


def waterfall(lines: Sequence[Line], open_amount: int) -> list[Line]:
    """What is open of each line when the earliest due is paid first; awaiting lines are paid last.

    Lines with nothing open are left out. 30 due 1 May, 50 due 1 June, 20 awaiting, 45 paid:
    35 due 1 June and 20 awaiting stay open.
    """
    paid = sum(line.amount for line in lines) - open_amount
    still: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.due_date is None, line.due_date or date.max)):
        covered = min(line.amount, paid)
        paid -= covered
        if line.amount > covered:
            still.append(replace(line, amount=line.amount - covered))
    return still
