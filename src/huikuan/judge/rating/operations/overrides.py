"""Departing from the scorecard: asked for by one with a reason, decided by approval; ended by whoever may approve."""

from __future__ import annotations

from datetime import date, datetime

from huikuan.judge.rating.approvals import shown_of
from huikuan.judge.rating.domain.grades import ENDED, KIND, check_override, raises_much
from huikuan.judge.rating.domain.reading import read
from huikuan.judge.rating.models import Override, OverrideStep
from huikuan.judge.rating.operations.rights import hold, require_for
from huikuan.judge.rating.queries.assessing import scorecard_version
from huikuan.judge.rating.queries.ratings import OverrideRow, overrides_of, rating_of
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.approvals.operations import submit_request
from huikuan.mechanisms.approvals.operations.asking import About
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import is_operator
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries.families import one_of
from huikuan.record.customers.queries.owning import owning


def draw_up_override(
    *,
    customer_id: int,
    grade: str,
    reason: str,
    until: date | None = None,
    replaces: int | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Say that the grade should be another until a day (None: the review of the assessment); answers the number of the
    approval request. Nothing changes before it is approved, one level higher where it raises the grade by more than
    one, never by an owner of the customer. `replaces`: the number of the request that was returned.

    Refuses a customer nobody assessed, what `check_override` does, and a second request while one waits.
    """

    def work() -> int:
        code, today = hold(customer_id), business_date(at)
        require_for(actor, Permission.ASSESS_CUSTOMERS, customer_id, at=at)
        standing = rating_of(customer_id, day=today, scope=EVERYTHING)
        if standing is None:
            raise Refusal("customer_not_assessed", customer=code)
        last = standing.assessment
        ends, grades = until or last.review_on, _grades(last.scorecard_id)
        check_override(grade=grade, reason=reason, until=ends, today=today, grades=grades, latest=last.review_on)
        number = submit_request(
            about=About(KIND, f"customer:{customer_id}", None, customer_id),
            shown=shown_of(grade, ends, standing),
            off_policy=raises_much(grade, last.grade, grades),
            note=tidy(reason),
            barred=owning(one_of(customer_id).members, today),
            replaces=replaces,
            actor=actor,
            at=at,
        )
        row = {
            "customer_id": customer_id, "assessment_id": last.id, "grade": grade, "reason": tidy(reason),
            "until": ends, "actor": actor, "approval_id": number,
        }  # fmt: skip
        record(Override, [row], at=at)
        announce("rating.override_drawn_up", at=at, customer_id=customer_id, payload={"request": number})
        return number

    return retrying(work)


def end_override(*, override_id: int, comment: str, actor: str, at: datetime) -> None:
    """End an approved override before its day, saying why: from today on the scorecard's grade holds again."""

    def work() -> None:
        row = _held(override_id)
        today = business_date(at)
        if not row.state.stands(today):
            raise Refusal("override_not_standing", override=override_id)
        _require_right(actor, row.customer_id, at=at)
        if not comment.strip():
            raise Refusal("override_reason_missing")
        fact = {
            "override_id": override_id, "step": ENDED, "effective_on": today, "comment": tidy(comment), "own": False,
            "actor": actor,
        }  # fmt: skip
        record(OverrideStep, [fact], at=at)
        payload = {"override": override_id, "grade": row.state.grade, "step": ENDED}
        announce("rating.override_decided", at=at, customer_id=row.customer_id, payload=payload)

    retrying(work)


def _grades(scorecard_id: int | None) -> list[str]:
    """The grades of the scorecards, the best first."""
    bands = read(scorecard_version(scorecard_id or 0).document).bands
    return [band.grade for band in sorted(bands, key=lambda band: -band.low)]


def _require_right(actor: str, customer_id: int, *, at: datetime) -> None:
    """On the command line nobody is logged in, so nobody decides there."""
    if is_operator(actor):
        raise Refusal("not_permitted", actor=actor, permission=Permission.APPROVE_GRADE.value)
    require_for(actor, Permission.APPROVE_GRADE, customer_id, at=at)


def _held(override_id: int) -> OverrideRow:
    """The override, its customer's row held."""
    found = Override.objects.filter(pk=override_id).first()
    if found is None:
        raise Refusal("override_unknown", override=override_id)
    hold(found.customer_id)
    rows = overrides_of(found.customer_id, scope=EVERYTHING)
    return next(row for row in rows if row.state.id == override_id)
