"""What to do next about a customer: the rules in order of urgency, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from huikuan.see.dossiers.domain.standing import Standing

CHASE, FIND_CONTACT, APPLY_CASH, RENEW_PAPER, MEND_DATA, WATCH, NOTHING = (
    "chase",
    "find_contact",
    "apply_cash",
    "renew_paper",
    "mend_data",
    "watch",
    "nothing",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about the customer beside the books; `papers`: how many expired or soon will."""

    contacts: int
    papers: int
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `amount` in the standing's currency, `days` the longest overdue, `count` how many of what it
    is about. `unvalued`: the currencies without a rate in which there is more of it, in no sum."""

    code: str
    amount: int = 0
    days: int = 0
    count: int = 0
    unvalued: tuple[str, ...] = ()


def next_steps(standing: Standing | None, known: Known) -> tuple[Step, ...]:
    """The most urgent first; `nothing` alone when no rule applies. `standing` None: the books are not shown."""
    found = tuple(_steps(standing, known))
    return found or (Step(NOTHING),)


def _steps(standing: Standing | None, known: Known) -> Iterator[Step]:
    yield from _of_books(standing, known) if standing is not None else ()
    if known.papers:
        yield Step(RENEW_PAPER, count=known.papers)
    if known.lacking:
        yield Step(MEND_DATA, count=len(known.lacking))
    if standing is not None and not _late(standing) and _open(standing):
        yield Step(WATCH, standing.total, count=standing.lines, unvalued=_without_rate(standing, "debit"))


def _of_books(standing: Standing, known: Known) -> Iterator[Step]:
    if _late(standing):
        lines = standing.overdue_lines + sum(one.overdue_lines for one in standing.unvalued)
        yield Step(CHASE, standing.overdue, standing.longest, lines, _without_rate(standing, "overdue_lines"))
    if not known.contacts and _open(standing):
        yield Step(FIND_CONTACT)
    more = _without_rate(standing, "credit")
    if (standing.credit > 0 or more) and _open(standing):
        yield Step(APPLY_CASH, standing.credit, unvalued=more)


def _late(standing: Standing) -> bool:
    return standing.overdue > 0 or bool(_without_rate(standing, "overdue_lines"))


def _open(standing: Standing) -> bool:
    return standing.total > 0 or bool(_without_rate(standing, "debit"))


def _without_rate(standing: Standing, what: str) -> tuple[str, ...]:
    """The currencies without a rate in which there is some of it."""
    return tuple(one.currency for one in standing.unvalued if getattr(one, what))
