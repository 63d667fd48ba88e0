"""What an instalment plan does to the late interest of its claims.

Sources: Civil Code 543 (parties may change what they agreed), 158 and 159 (a waiver on a condition falls with it);
Interpretation on Sales Contracts 18 (a payment date that is changed moves the start).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from huikuan.kernel.reasons import Reason
from huikuan.record.receivables.domain.schedules import Version, governing

#: From when interest runs: the original due dates, those the plan gave, or never while the plan is kept.
ORIGINAL, PLAN, WAIVED = "original", "plan", "waived"


class Agreed(Protocol):
    """What the last plan of a claim says, as of a day. `ended_on`: the day it broke, None: it is kept. `schedules`:
    the numbers of those that plans, and their ends, gave the claim."""

    @property
    def plan(self) -> int: ...

    @property
    def interest(self) -> str: ...

    @property
    def ended_on(self) -> date | None: ...

    @property
    def schedules(self) -> frozenset[int]: ...


def counted_by(history: Sequence[Version], agreed: Agreed | None, day: date) -> Version | None:
    """The schedule from whose days interest counts, as of a day; None: the plan waives it.

    `original`: as though no plan had given dates. `plan`: the schedule that governs; after a miss that is what was
    agreed for it. `waived`: none while the plan is kept; broken, the waiver falls, of all days, and the original due
    dates count.
    """
    if agreed is None or agreed.interest == PLAN:
        return governing(history, day)
    if agreed.interest == WAIVED and agreed.ended_on is None:
        return None
    return governing([one for one in history if one.number not in agreed.schedules], day)


def said_by(agreed: Agreed | None) -> tuple[Reason, ...]:
    """Why the days are these."""
    if agreed is None:
        return ()
    code = f"plan_{agreed.interest}" if agreed.ended_on is None else f"plan_{agreed.interest}_broken"
    return (Reason(code, True, f"{agreed.plan}", f"{agreed.ended_on or ''}"),)
