"""Recording what scorecards make of customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from huikuan.judge.rating.domain.grades import review_day
from huikuan.judge.rating.domain.reading import read
from huikuan.judge.rating.domain.scorecard import Scorecards
from huikuan.judge.rating.models import Assessment
from huikuan.judge.rating.operations.rights import hold, require_for, require_for_all
from huikuan.judge.rating.queries.assessing import Assessed, assessed, scorecard_on
from huikuan.judge.rating.queries.calls import calls_on
from huikuan.judge.rating.queries.ratings import latest_assessments, reasons_told
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.bulk import record_frame
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce_all
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.policies.queries import InForce
from huikuan.mechanisms.store.transactions import retrying

#: From so many on, a frame is quicker than row by row.
_MANY = 200
_TYPES = {"as_of": pl.Date, "review_on": pl.Date, "scorecard_id": pl.Int64, "score": pl.Int64}
Cause = Assessment.Cause
#: The job of a run.
RUN = "rating.assess"


def assess_customer(
    *, customer_id: int, as_of: date, cause: str = "", note: str = "", actor: str, at: datetime
) -> int:
    """Assess a customer by the day under the scorecards in force on it; answers the fact's id.

    `cause` '': the first time, something that called for it, the review that was due, or asked for. Refuses a day to
    come and an unknown customer.
    """
    require_past(as_of, at=at)
    policy = scorecard_on(as_of, at=at)

    def work() -> int:
        hold(customer_id)
        require_for(actor, Permission.ASSESS_CUSTOMERS, customer_id, at=at)
        found = list(assessed(as_of=as_of, policy=policy, customer_ids=[customer_id]))
        (number,) = record_assessments(found, policy=policy, as_of=as_of, cause=cause, note=note, actor=actor, at=at)
        return number

    return retrying(work)


def record_assessments(
    found: Sequence[Assessed],
    *,
    policy: InForce,
    as_of: date,
    cause: str = "",
    note: str = "",
    actor: str,
    at: datetime,
) -> list[int]:
    """Record what customers came out as, in the caller's transaction; whoever asks has checked the right.

    Announces `rating.grade_changed` of each whose last assessed grade was another.
    """
    scorecards = read(policy.document)
    before = {
        row.customer_id: row
        for row in latest_assessments(as_of).filter(customer_id__in=[one.customer_id for one in found])
    }
    called = calls_on(as_of, customer_ids=[one.customer_id for one in found])
    rows = [
        {
            **_row(one, scorecards, as_of),
            "scorecard_id": policy.version_id,
            "scorecard_number": policy.number,
            "cause": cause or _cause(before.get(one.customer_id), as_of, called=one.customer_id in called),
            "note": tidy(note),
            "actor": actor,
        }
        for one in found
    ]
    numbers = _recorded(rows, at)
    changes = [
        (None, one.customer_id, {"assessment": number, "grade": one.result.grade, "before": last})
        for one, number in zip(found, numbers, strict=True)
        if (last := _grade(before.get(one.customer_id))) != one.result.grade
    ]
    if changes:
        announce_all("rating.grade_changed", changes, at=at)
    return numbers


def start_run(*, as_of: date, due: bool, actor: str, at: datetime) -> int:
    """Ask for all customers, or those alone whose review is `due`, to be assessed by the day under the scorecards in
    force on it; answers the job. One run is under way at a time."""
    require_for_all(actor, Permission.ASSESS_CUSTOMERS, at=at)
    require_past(as_of, at=at)
    params = {
        "as_of": as_of.isoformat(), "due": due, "scorecard": scorecard_on(as_of, at=at).version_id or 0, "actor": actor
    }  # fmt: skip
    return enqueue(RUN, params=params, at=at)


def require_past(as_of: date, *, at: datetime) -> None:
    """Refuse a day to come: nobody is assessed by what has not happened."""
    if as_of > business_date(at):
        raise Refusal("assessment_from_future", as_of=as_of.isoformat())


def _recorded(rows: list[dict[str, Any]], at: datetime) -> list[int]:
    if len(rows) < _MANY:
        return record(Assessment, rows, at=at)
    return record_frame(Assessment, pl.DataFrame(rows, schema_overrides=_TYPES, infer_schema_length=None), at=at)


def _row(one: Assessed, scorecards: Scorecards, as_of: date) -> dict[str, Any]:
    result = one.result
    # Without a grade nothing is waited for longer than with the one that is looked at soonest.
    months = [band.review_months for band in scorecards.bands if band.grade == result.grade] or [
        min(band.review_months for band in scorecards.bands)
    ]
    return {
        "customer_id": one.customer_id,
        "as_of": as_of,
        "card": result.card,
        "score": result.score,
        "grade": result.grade,
        "known": result.known,
        "reasons": reasons_told(result.reasons),
        "review_on": review_day(as_of, months[0]),
    }


def _cause(before: Assessment | None, as_of: date, *, called: bool) -> str:
    if before is None:
        return Cause.FIRST.value
    if called:
        return Cause.EVENT.value
    return Cause.REVIEW.value if before.review_on <= as_of else Cause.REQUEST.value


def _grade(before: Assessment | None) -> str:
    return before.grade if before else ""
