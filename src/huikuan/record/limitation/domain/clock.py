"""When a claim's limitation period ends.

Sources: Civil Code 188 (three years; twenty at most), 189 (instalments: from the last), 192, 194 (suspended in the
last six months), 195 (interrupted: anew), 202 (the corresponding day); Interpretation on Limitation 19.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from huikuan.record.limitation.domain.dues import Due, earlier
from huikuan.record.limitation.domain.kinds import KINDS, STRONG, WEAK, at_least

_YEAR = 12


@dataclass(frozen=True, slots=True)
class Rules:
    """`years` from breach or interruption, `absolute_years` from breach; suspension counts in the last `last_months`
    and leaves so many after it. `safe_from`: evidence at least so strong counts for the safe day. `alarm_days`:
    somebody is told so long before it, the longest first."""

    years: int = 3
    absolute_years: int = 20
    last_months: int = 6
    safe_from: str = STRONG
    alarm_days: tuple[int, ...] = (180, 90, 30)


@dataclass(frozen=True, slots=True)
class Interruption:
    """What began the period anew on a day. `id` None: read from the ledger, where `settlement_id` names it."""

    on: date
    kind: str
    strength: str
    id: int | None = None
    settlement_id: int | None = None
    note: str = ""
    source: str = ""
    sha256: str = ""
    file_name: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Suspension:
    """Something kept the creditor from suing from `first` to `last` (None: still does). `strength`: strong with its
    paper, weak without."""

    first: date
    last: date | None
    strength: str = STRONG
    id: int | None = None
    cause: str = ""
    note: str = ""
    sha256: str = ""
    file_name: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """`starts_on`: the day the last instalment fell due by what can be proved; None: it awaits an event, nothing
    runs, and no day is set.

    `safe_on`: the last day by what can be proved to have arrived. `hoped_on`: the last day if all of it can. None on a
    debt that runs: suspended without an end, or due, if all is as was recorded, on an event alone. `absolute_on`: the
    twenty years. `last`: what the safe day counts from, `hoped`: what the other does; None: from the due day.
    """

    starts_on: date | None
    safe_on: date | None = None
    hoped_on: date | None = None
    absolute_on: date | None = None
    last: Interruption | None = None
    hoped: Interruption | None = None

    def days_left(self, day: date) -> int | None:
        """To the safe day, counted from `day`; below 0 it is over. None where nothing runs towards a day."""
        return None if self.safe_on is None else (self.safe_on - day).days

    def is_over(self, day: date) -> bool:
        return self.safe_on is not None and self.safe_on < day


def clock(
    dues: Sequence[Due], interruptions: Sequence[Interruption], suspensions: Sequence[Suspension], rules: Rules
) -> Clock:
    """The clock of a debt by its dues, in their order. The safe day counts from the day that can be proved, or from an
    earlier one that was recorded; the other from what was recorded while the period ran."""
    all_of = [one for one in interruptions if at_least(one.strength, WEAK)]
    hoped_due = _hoped_due(dues, all_of, suspensions, rules)
    due = earlier(dues[-1].proved, hoped_due)
    if due is None:
        return Clock(None)
    safe, last = _ends(
        due,
        [one for one in interruptions if at_least(one.strength, rules.safe_from)],
        [one for one in suspensions if at_least(one.strength, rules.safe_from)],
        rules,
    )
    hoped_on, hoped = (None, None) if hoped_due is None else _ends(hoped_due, all_of, suspensions, rules)
    return Clock(due, safe, hoped_on, later(due, rules.absolute_years * _YEAR), last, hoped)


def stage(left: int | None, rules: Rules) -> int | None:
    """The alarm that rings with so many days left: the least of the thresholds not yet passed; None: none does."""
    if left is None or left < 0:
        return None
    return min((days for days in rules.alarm_days if left <= days), default=None)


def later(day: date, months: int) -> date:
    """The corresponding day so many months later, or the last of a month that has none (202)."""
    whole = day.year * _YEAR + day.month - 1 + months
    year, month = whole // _YEAR, whole % _YEAR + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _hoped_due(
    dues: Sequence[Due], interruptions: Sequence[Interruption], suspensions: Sequence[Suspension], rules: Rules
) -> date | None:
    """When the last of the debt falls due if all is as was recorded. Once the period was over a new day is an
    agreement anew (19), and counts if it can be proved."""
    due = dues[0].said
    for before, now in pairwise(dues):
        by_then = [one for one in interruptions if one.on <= now.on]
        ends = None if due is None else _ends(due, by_then, suspensions, rules)[0]
        if ends is None or now.on <= ends:
            due = now.said
        elif now.proved != before.proved:
            due = now.proved
    return due


def _ends(
    due: date, interruptions: Sequence[Interruption], suspensions: Sequence[Suspension], rules: Rules
) -> tuple[date | None, Interruption | None]:
    """The last day, and what it counts from. What happened before the debt was due begins nothing; after expiry only a
    new agreement does."""
    cap = later(due, rules.absolute_years * _YEAR)
    ends, counted = _suspended(later(due, rules.years * _YEAR), suspensions, rules), None
    for one in sorted(interruptions, key=lambda one: one.on):
        in_time = ends is None or one.on <= min(ends, cap)
        if one.on <= due or not (in_time or KINDS[one.kind].revives):
            continue
        counted = one
        ends = _suspended(later(one.on, rules.years * _YEAR), [of for of in suspensions if _lasts(of, one.on)], rules)
        if not in_time:
            cap = later(one.on, rules.absolute_years * _YEAR)
    return (None if ends is None else min(ends, cap)), counted


def _suspended(ends: date, suspensions: Sequence[Suspension], rules: Rules) -> date | None:
    """The end, pushed to six months after whatever stood in the way during the last six months of it (194)."""
    for one in sorted(suspensions, key=lambda one: one.first):
        if one.first > ends or (one.last is not None and one.last < later(ends, -rules.last_months)):
            continue
        if one.last is None:
            return None
        ends = max(ends, later(one.last, rules.last_months))
    return ends


def _lasts(one: Suspension, day: date) -> bool:
    return one.last is None or one.last >= day
