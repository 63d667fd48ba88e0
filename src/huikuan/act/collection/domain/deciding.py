"""Which step a claim is due for on a day, and what holds it back: one claim at a time, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from huikuan.act.collection.domain.strategy import (
    CONTROL,
    DISPUTED,
    HELD,
    INSURED,
    MESSAGES,
    OVERCLAIMED,
    PLANNED,
    PROMISED,
    UNAPPLIED,
    Segment,
    Step,
    Strategy,
)


@dataclass(frozen=True, slots=True)
class Line:
    """So much of a claim that falls due on one day: the claim, or an instalment of it (`line` > 0).

    `generation`: the version of the payment schedule that says so, 0 the first; a new one begins the steps anew.
    """

    item_id: int
    generation: int
    line: int
    customer_id: int
    currency: str
    business_type: str
    due_date: date
    open_amount: int
    document_number: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """How far a line has come: the day of the highest step taken, and when the last one was."""

    day: int
    on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands against a step on a line. Amounts in minor units of its currency; '' and None: nothing.

    `disputed`: so much of it is left alone for a dispute; `promised`: so much is to come by `promised_by`, as was said
    or, `planned`, as part of a plan;
    `insured`: an insurance covers the customer; `unapplied`: the customer's money that has no place yet; `held`: why
    somebody holds it back; `control`: the customer is in the control group; `overclaimed`: it is
    claimed interest, and so much of it its days do not bear.
    """

    disputed: int = 0
    promised: int = 0
    promised_by: date | None = None
    planned: bool = False
    insured: bool = False
    unapplied: int = 0
    held: str = ""
    control: bool = False
    overclaimed: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a step is not taken today; `params` fill its sentence."""

    code: str
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reached:
    """A step that is due, as `Due` says it of a line."""

    segment: str
    step: Step
    late: int
    missed: tuple[str, ...] = ()

    def of(self, line: Line) -> Due:
        return Due(line, self.segment, self.step, self.late, self.missed)


@dataclass(frozen=True, slots=True)
class Due:
    """A line with the step it is due for. `late`: days since the due date, negative before it; `missed`: steps passed
    over, since a later one is due already."""

    line: Line
    segment: str
    step: Step
    late: int
    missed: tuple[str, ...] = ()

    @property
    def reason(self) -> dict[str, str | int]:
        """Why, as plain values."""
        why: dict[str, str | int] = {"late": self.late, "segment": self.segment, "day": self.step.day}
        return {**why, "missed": ", ".join(self.missed)} if self.missed else why


def due_step(steps: Sequence[Step], late: int, last: Level | None, on: date) -> Step | None:
    """The step a line `late` days after its due date is due for on the day; None: none.

    It is the highest reached. One already taken, or below one taken, is not due again; one before the due date is not
    made up for after it; and `wait` days lie between two. So days on which nobody looked are made up for by one step,
    the one that fits today.
    """
    reached = [step for step in steps if step.day <= late]
    if not reached:
        return None
    step = reached[-1]
    over = step.day < 0 < late
    early = last is not None and (step.day <= last.day or (on - last.on).days < step.wait)
    return None if over or early else step


def reached_step(segment: Segment, late: int, last: Level | None, on: date) -> Reached | None:
    """The same with what it is about: equal for all lines of a segment that are as late and have come as far. None:
    nothing is due."""
    step = due_step(segment.steps, late, last, on)
    if step is None:
        return None
    since = last.day if last else segment.steps[0].day - 1
    missed = tuple(one.code for one in segment.steps if since < one.day < step.day)
    return Reached(segment.name, step, late, missed)


def due_of(line: Line, segment: Segment, last: Level | None, on: date) -> Due | None:
    """The line with the step it is due for; None: none."""
    found = reached_step(segment, (on - line.due_date).days, last, on)
    return found.of(line) if found else None


def stop_for(due: Due, standing: Standing, strategy: Strategy) -> Stop | None:
    """What holds the step back, the first that does; None: nothing."""
    if standing.held:
        return Stop(HELD, {"why": standing.held})
    if standing.overclaimed:
        return Stop(OVERCLAIMED, {"amount": standing.overclaimed, "currency": due.line.currency})
    found = _by_agreement(due, standing) or _by_others(due, standing, strategy)
    if found:
        return found
    if standing.control and due.step.channel in MESSAGES and due.step.day < strategy.control_until:
        return Stop(CONTROL, {"until": strategy.control_until})
    return None


def _by_agreement(due: Due, standing: Standing) -> Stop | None:
    """A dispute or promise about part of the claim leaves the rest to be pursued."""
    if pursued(due, standing).line.open_amount > 0:
        return None
    code = PLANNED if standing.planned else PROMISED
    if standing.promised_by is None or (code not in due.step.stops):
        return Stop(DISPUTED)
    return Stop(code, {"by": standing.promised_by.isoformat()})


def pursued(due: Due, standing: Standing) -> Due:
    """The same with what is pursued of the line: without what the step leaves alone for a dispute, promise or plan."""
    stops = due.step.stops
    code = PLANNED if standing.planned else PROMISED
    left_alone = (standing.disputed if DISPUTED in stops else 0) + (standing.promised if code in stops else 0)
    if not left_alone:
        return due
    return replace(due, line=replace(due.line, open_amount=max(due.line.open_amount - left_alone, 0)))


def _by_others(due: Due, standing: Standing, strategy: Strategy) -> Stop | None:
    stops = due.step.stops
    if standing.unapplied > strategy.small_cash and UNAPPLIED in stops:
        return Stop(UNAPPLIED, {"amount": standing.unapplied, "currency": due.line.currency})
    after = strategy.insured_after
    if standing.insured and after is not None and due.late >= after and INSURED in stops:
        return Stop(INSURED, {"after": after})
    return None
