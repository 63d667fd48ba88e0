"""Instalment plans: what adds up to a debt, how it spreads over the claims, and when an instalment is missed.

The plan replaces due dates and nothing else: each claim gets a schedule that sums to its whole amount, and its own
first due date stays beside it. What becomes of the rest on a miss was agreed with the plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.record.receivables.domain.schedules import Line, earliest_due, paid_first

#: The kind of request a plan is asked for by.
PLAN = "promises.plan"
#: What a miss does: the rest falls due at once, or everything as it was due before the plan.
ACCELERATE, ORIGINAL = "accelerate", "original"
ON_MISS = (ACCELERATE, ORIGINAL)
#: From when late interest runs while the plan holds: the original dates, the plan's, or none if the plan is kept.
INTERESTS = ("original", "plan", "waived")

#: The reason of the schedules a plan gives, and of those its end gives.
BY_PLAN, PLAN_BROKEN = "plan", "plan_broken"

RUNNING, PAID, MISSED, BROKEN = "running", "paid", "missed", "broken"
PLAN_STATES = (RUNNING, PAID, MISSED, BROKEN)

_MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class Instalment:
    """So much, minor units, by a day."""

    due_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Debt:
    """A claim of the plan: the lines it falls due by, which sum to its whole amount, and what of it is open."""

    item_id: int
    lines: Sequence[Line]
    open_amount: int

    @property
    def due_on(self) -> date | None:
        """When it was to be paid first; None: it awaits an event."""
        return earliest_due(self.lines)


@dataclass(frozen=True, slots=True)
class Came:
    """So much left the debt on a day: money on the day it came, anything else on the day it took effect. Taken back:
    the same again, below 0."""

    on: date
    amount: int


@dataclass(frozen=True, slots=True)
class LineStanding:
    """An instalment as it stands on a day: `paid` of it by then, and whether it was missed."""

    due_on: date
    amount: int
    paid: int
    missed: bool


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """A plan as it stands on a day; `lines` in the order they fall due."""

    lines: tuple[LineStanding, ...]

    @property
    def state(self) -> str:
        if any(line.missed for line in self.lines):
            return MISSED
        return PAID if all(line.paid == line.amount for line in self.lines) else RUNNING

    @property
    def missed(self) -> int | None:
        """The number of the first instalment that was missed, from 1."""
        return next((number for number, line in enumerate(self.lines, start=1) if line.missed), None)

    @property
    def next(self) -> LineStanding | None:
        """The first that is not paid."""
        return next((line for line in self.lines if line.paid < line.amount), None)

    @property
    def paid(self) -> int:
        return sum(line.paid for line in self.lines)


def check_instalments(lines: Sequence[Instalment], debt: int, currency: str, today: date) -> None:
    """Refuse instalments that do not sum to the debt to the cent (by how much they differ), do not rise by day (the
    first that does not, counted from 1), lie in the past, or are too many."""
    if not 0 < len(lines) <= _MOST_LINES or any(line.amount <= 0 for line in lines):
        raise Refusal("plan_lines_bad", most=_MOST_LINES)
    days = [line.due_on for line in lines]
    for number, (earlier, later) in enumerate(pairwise(days), start=2):
        if later <= earlier:
            raise Refusal("plan_days_do_not_rise", line=number, day=later, before=earlier)
    if days[0] < today:
        raise Refusal("promise_day_over", day=days[0], today=today)
    total = sum(line.amount for line in lines)
    if total != debt:
        raise Refusal(
            "plan_sum_differs",
            currency=currency,
            sum=to_text(total, currency),
            debt=to_text(debt, currency),
            difference=to_text(total - debt, currency),
        )


def spread(lines: Sequence[Instalment], debts: Sequence[Debt]) -> dict[int, list[Line]]:
    """Item → its schedule under the plan: instalments pay the oldest claim first. What is settled already keeps the
    days it was due on before them, so that what was paid on time stays so; what was paid ahead of a later day, or of
    an event, counts for the first instalment's day. Each schedule sums to its item, the lines of one day to their
    instalment."""
    left = [line.amount for line in lines]
    first, place = lines[0].due_on, 0
    found: dict[int, list[Line]] = {}
    for debt in sorted(debts, key=lambda one: (one.due_on or date.max, one.item_id)):
        settled = paid_first(debt.lines, debt.open_amount)
        schedule = [Line(min(line.due_date or first, first), "", line.amount) for line in settled]
        still = debt.open_amount
        while still:
            taken = min(still, left[place])
            schedule.append(Line(lines[place].due_on, "", taken))
            still -= taken
            left[place] -= taken
            place += left[place] == 0
        found[debt.item_id] = schedule
    return found


def standing_on(lines: Sequence[Instalment], came: Sequence[Came], grace_days: int, day: date) -> PlanStanding:
    """How a plan stands on `day`, with what had left the debt by then: the earliest instalment is paid first; one is
    missed when by its day and grace less had come than fell due until then."""
    grace, due, stands = timedelta(days=grace_days), 0, []
    in_all = sum(one.amount for one in came if one.on <= day)
    for line in lines:
        due += line.amount
        last = line.due_on + grace
        in_time = sum(one.amount for one in came if one.on <= min(day, last))
        paid = max(0, min(line.amount, in_all - (due - line.amount)))
        stands.append(LineStanding(line.due_on, line.amount, paid, day > last and in_time < due))
    return PlanStanding(tuple(stands))


def accelerated(lines: Sequence[Line], day: date) -> list[Line]:
    """The schedule of a claim once the rest falls due at once: what was due later is due on `day`."""
    return [Line(min(line.due_date or day, day), "", line.amount) for line in lines]
