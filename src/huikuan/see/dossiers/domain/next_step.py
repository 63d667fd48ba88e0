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
    is about."""

    code: str
    amount: int = 0
    days: int = 0
    count: int = 0


def next_steps(standing: Standing | None, known: Known) -> tuple[Step, ...]:
    """The most urgent first; `nothing` alone when no rule applies. `standing` None: the books are not shown."""
    found = tuple(_steps(standing, known))
    return found or (Step(NOTHING),)


def _steps(standing: Standing | None, known: Known) -> Iterator[Step]:
    late = standing is not None and standing.overdue > 0
    if standing is not None and late:
        yield Step(CHASE, standing.overdue, standing.longest, standing.overdue_lines)
    if not known.contacts and (late or (standing is not None and standing.total > 0)):
        yield Step(FIND_CONTACT)
    if standing is not None and standing.credit > 0 and standing.total > 0:
        yield Step(APPLY_CASH, standing.credit)
    if known.papers:
        yield Step(RENEW_PAPER, count=known.papers)
    if known.lacking:
        yield Step(MEND_DATA, count=len(known.lacking))
    if standing is not None and standing.total > 0 and not late:
        yield Step(WATCH, standing.total, count=standing.lines)
