"""Which grade a customer has on a day, how it came about, and when it is looked at again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from huikuan.judge.rating.domain.grades import APPROVED, DECLINED, ENDED, KIND, OverrideState, governing
from huikuan.judge.rating.domain.scorecard import Reason
from huikuan.judge.rating.models import Assessment, Override, OverrideStep
from huikuan.mechanisms.approvals.domain import lifecycle
from huikuan.mechanisms.approvals.queries import Outcome, outcomes, pending_ids
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import as_date, int8
from huikuan.record.customers.queries import seen


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """An assessment as recorded; `reasons` as it was told then."""

    id: int
    customer_id: int
    as_of: date
    scorecard_id: int | None
    scorecard_number: int
    card: str
    score: int | None
    grade: str
    known: int
    reasons: tuple[Reason, ...]
    review_on: date
    cause: str
    note: str
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """An override with its maker, why, and what became of it by the day asked about. `number`: of the approval that
    decides it; None: it was drawn up before there was one."""

    number: int | None
    customer_id: int
    assessment_id: int
    reason: str
    actor: str
    recorded_at: datetime
    decided_by: str
    comment: str
    state: OverrideState


@dataclass(frozen=True, slots=True)
class Rating:
    """What holds on a day: the last assessment, and the override that governs, if one stands."""

    assessment: AssessmentRow
    override: OverrideRow | None

    @property
    def grade(self) -> str:
        """'' where too little is known and nobody decided."""
        return self.override.state.grade if self.override else self.assessment.grade

    @property
    def review_on(self) -> date:
        """The override's end, where that is sooner."""
        return (
            min(self.assessment.review_on, self.override.state.until) if self.override else self.assessment.review_on
        )


def rating_of(customer_id: int, *, day: date, scope: Scope, known: Head | None = None) -> Rating | None:
    """The customer's rating on the day, as known by the head; None: never assessed by then, or not seen."""
    return ratings_of([customer_id], day=day, scope=scope, known=known).get(customer_id)


def grade_of(customer_id: int, *, day: date, scope: Scope, known: Head | None = None) -> str:
    """The grade that holds on the day; '': none."""
    found = rating_of(customer_id, day=day, scope=scope, known=known)
    return found.grade if found else ""


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade that holds on a day ('': none), and when it is looked at again."""

    grade: str
    review_on: date


#: The last assessment by a day, beside every step of every override of the customer.
_GRADED = """
WITH latest AS (
    SELECT customer_id, grade, review_on FROM rating_assessment
    WHERE customer_id = %s AND as_of <= %s ORDER BY as_of DESC, tx DESC, id DESC LIMIT 1
)
SELECT l.grade, l.review_on, o.id, o.grade, o.until, s.step, s.effective_on
FROM latest l LEFT JOIN rating_override o ON o.customer_id = l.customer_id
    LEFT JOIN rating_overridestep s ON s.override_id = o.id
"""


def asking_graded(customer_id: int, day: date) -> Callable[[], Graded | None]:
    """Asks what `rating_of` says of grade and review, in one short statement: decisions ask it every time. Call for
    the answer; whose rating a reader sees, `rating_of` asks."""
    asked = ask(_GRADED, [int8(customer_id), day])

    def answer() -> Graded | None:
        rows = asked()
        if not rows:
            return None
        said: dict[int, tuple[str, date]] = {}
        steps: dict[int, dict[str, date | None]] = defaultdict(dict)
        for _, _, override, grade, until, step, effective_on in rows:
            if override is not None:
                said[override] = (grade, as_date(until) or date.min)
                steps[override][step] = as_date(effective_on)
        states = [
            OverrideState(one, *said[one], DECLINED in steps[one], steps[one].get(APPROVED), steps[one].get(ENDED))
            for one in said
        ]
        stands, review_on = governing(states, day), as_date(rows[0][1]) or date.min
        return Graded(stands.grade, min(review_on, stands.until)) if stands else Graded(rows[0][0], review_on)

    return answer


def ratings_of(
    customer_ids: Collection[int], *, day: date, scope: Scope, known: Head | None = None
) -> dict[int, Rating]:
    """Customer id → rating on the day, of those that were ever assessed by then and are seen."""
    what = seen(scope)
    ids = [customer_id for customer_id in customer_ids if what.has_customer(customer_id)]
    latest = latest_assessments(day, known).filter(customer_id__in=ids)
    overrides: dict[int, list[OverrideRow]] = defaultdict(list)
    for row in _overrides(Override.objects.filter(customer_id__in=ids), known):
        overrides[row.customer_id].append(row)
    return {
        one.customer_id: Rating(assessment_row(one), governing_row(overrides[one.customer_id], day)) for one in latest
    }


def latest_assessments(day: date, known: Head | None = None) -> QuerySet[Assessment]:
    """Of each customer the assessment of the latest day, of equals the one recorded last."""
    rows = Assessment.objects.filter(as_of__lte=day)
    if known is not None:
        rows = rows.filter(tx__lt=known.horizon)
    order = [F("as_of").desc(), F("tx").desc(), F("id").desc()]
    return rows.annotate(place=Window(RowNumber(), partition_by=[F("customer_id")], order_by=order)).filter(place=1)


def history_of(
    customer_id: int, *, scope: Scope, day: date | None = None, known: Head | None = None
) -> list[AssessmentRow]:
    """What was found of the customer by the day (None: ever), as known by the head, the latest day first."""
    if not seen(scope).has_customer(customer_id):
        return []
    rows = Assessment.objects.filter(customer_id=customer_id).order_by("-as_of", "-tx", "-id")
    if day is not None:
        rows = rows.filter(as_of__lte=day)
    if known is not None:
        rows = rows.filter(tx__lt=known.horizon)
    return [assessment_row(row) for row in rows]


def overrides_of(customer_id: int, *, scope: Scope) -> list[OverrideRow]:
    """Every override of the customer, newest first, as it stands now."""
    if not seen(scope).has_customer(customer_id):
        return []
    return list(_overrides(Override.objects.filter(customer_id=customer_id), None))[::-1]


def override_with_id(override_id: int, *, scope: Scope) -> OverrideRow | None:
    """The override as it stands now; None: there is none, or its customer is not seen."""
    rows = list(_overrides(Override.objects.filter(pk=override_id), None))
    return next((row for row in rows if seen(scope).has_customer(row.customer_id)), None)


def waiting_overrides(day: date, *, scope: Scope) -> list[OverrideRow]:
    """Those somebody has to decide about, oldest first."""
    what = seen(scope)
    undecided = Override.objects.filter(approval_id__in=pending_ids(KIND), until__gte=day)
    return [row for row in _overrides(undecided, None) if what.has_customer(row.customer_id)]


def governing_row(rows: Iterable[OverrideRow], day: date) -> OverrideRow | None:
    """Of a customer's overrides, the one that governs on the day."""
    listed = list(rows)
    state = governing([row.state for row in listed], day)
    return next((row for row in listed if state and row.state.id == state.id), None)


def assessment_row(fact: Assessment) -> AssessmentRow:
    """The fact with its reasons read."""
    return AssessmentRow(
        id=fact.pk,
        customer_id=fact.customer_id,
        as_of=fact.as_of,
        scorecard_id=fact.scorecard_id,
        scorecard_number=fact.scorecard_number,
        card=fact.card,
        score=fact.score,
        grade=fact.grade,
        known=fact.known,
        reasons=tuple(reasons_read(fact.reasons)),
        review_on=fact.review_on,
        cause=fact.cause,
        note=fact.note,
        actor=fact.actor,
        recorded_at=fact.recorded_at,
    )


def reasons_told(reasons: Iterable[Reason]) -> str:
    """Reasons as the text an assessment keeps."""
    rows = [
        {
            "factor": one.factor, "value": one.value, "points": one.points, "max": one.most, "source": one.source,
            "date": one.on.isoformat() if one.on else None, "reliability": one.reliability, "grade": one.grade,
        }
        for one in reasons
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def reasons_read(text: str) -> list[Reason]:
    """The reverse of `reasons_told`."""
    return [
        Reason(
            factor=row["factor"], value=row["value"], points=row["points"], most=row["max"], source=row["source"],
            on=date.fromisoformat(row["date"]) if row["date"] else None, reliability=row["reliability"],
            grade=row["grade"],
        )
        for row in json.loads(text)
    ]  # fmt: skip


def _overrides(rows: QuerySet[Override], known: Head | None) -> Iterable[OverrideRow]:
    steps = OverrideStep.objects.filter(override_id__in=rows.values("id"))
    if known is not None:
        rows, steps = rows.filter(tx__lt=known.horizon), steps.filter(tx__lt=known.horizon)
    taken: dict[int, dict[str, OverrideStep]] = defaultdict(dict)
    for step in steps:
        taken[step.override_id][step.step] = step
    drawn_up = list(rows.order_by("tx", "id"))
    asked = outcomes([row.approval_id for row in drawn_up if row.approval_id is not None])
    for row in drawn_up:
        yield _override_row(row, taken[row.pk], asked.get(row.approval_id or 0))


def _override_row(row: Override, steps: dict[str, OverrideStep], asked: Outcome | None) -> OverrideRow:
    """`asked`: how its approval stands; None: drawn up before there was one, and what nobody decided then is decided
    no more."""
    approved, declined, ended = (steps.get(step) for step in (APPROVED, DECLINED, ENDED))
    decided = ended or declined or approved
    refused = decided is None if asked is None else asked.state not in (lifecycle.PENDING, lifecycle.APPROVED)
    return OverrideRow(
        number=row.approval_id,
        customer_id=row.customer_id,
        assessment_id=row.assessment_id,
        reason=row.reason,
        actor=row.actor,
        recorded_at=row.recorded_at,
        decided_by=decided.actor if decided else asked.decided_by if asked else "",
        comment=(decided.comment if decided else "") or (asked.comment if asked else ""),
        state=OverrideState(
            id=row.pk,
            grade=row.grade,
            until=row.until,
            declined=declined is not None or refused,
            approved_on=approved.effective_on if approved else None,
            ended_on=ended.effective_on if ended else None,
        ),
    )
