"""Departing from the scorecard: drawn up by one with a reason, approved by another."""

from __future__ import annotations

from datetime import date, datetime

from huikuan.judge.rating.domain.grades import APPROVED, DECLINED, ENDED, check_override
from huikuan.judge.rating.domain.reading import read
from huikuan.judge.rating.models import Override, OverrideStep
from huikuan.judge.rating.operations.rights import hold, require_for
from huikuan.judge.rating.queries.assessing import scorecard_version
from huikuan.judge.rating.queries.ratings import OverrideRow, overrides_of, rating_of
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import is_operator, person
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.policies.queries import lets_makers_approve
from huikuan.mechanisms.store.transactions import retrying


def draw_up_override(
    *, customer_id: int, grade: str, reason: str, until: date | None = None, actor: str, at: datetime
) -> int:
    """Say that the grade should be another until a day (None: the review of the assessment); answers its id.

    Nothing changes before somebody else approves. Refuses a customer nobody assessed, and what `check_override` does.
    """

    def work() -> int:
        code, today = hold(customer_id), business_date(at)
        require_for(actor, Permission.ASSESS_CUSTOMERS, customer_id, at=at)
        standing = rating_of(customer_id, day=today, scope=EVERYTHING)
        if standing is None:
            raise Refusal("customer_not_assessed", customer=code)
        last = standing.assessment
        ends = until or last.review_on
        bands = read(scorecard_version(last.scorecard_id or 0).document).bands
        grades = [band.grade for band in bands]
        check_override(grade=grade, reason=reason, until=ends, today=today, grades=grades, latest=last.review_on)
        row = {
            "customer_id": customer_id, "assessment_id": last.id, "grade": grade, "reason": tidy(reason),
            "until": ends, "actor": actor,
        }  # fmt: skip
        (number,) = record(Override, [row], at=at)
        announce("rating.override_drawn_up", at=at, customer_id=customer_id, payload={"override": number})
        return number

    return retrying(work)


def decide_override(*, override_id: int, approve: bool, comment: str = "", actor: str, at: datetime) -> None:
    """Approve an override from today on, or decline it, saying why. Whoever drew it up does not approve it, unless the
    small firm's rule lets them and they say why. Refuses one that was decided, and one whose end has passed."""

    def work() -> None:
        row = _held(override_id)
        today = business_date(at)
        if not row.state.waits(today):
            raise Refusal("override_decided", override=override_id, state=row.state.state)
        own = _require_checker(row, actor, comment, approve=approve, at=at)
        _record(row, APPROVED if approve else DECLINED, today, comment, actor, at, own=own)

    retrying(work)


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
        _record(row, ENDED, today, comment, actor, at)

    retrying(work)


def _require_checker(row: OverrideRow, actor: str, comment: str, *, approve: bool, at: datetime) -> bool:
    """Whether the maker approves their own, which a small firm allows; refuses whoever may not."""
    _require_right(actor, row.customer_id, at=at)
    if not approve:
        if not comment.strip():
            raise Refusal("override_reason_missing")
        return False
    if person(row.actor) != person(actor):
        return False
    if not lets_makers_approve(None, at=at):
        raise Refusal("override_own_approval", actor=actor)
    if not comment.strip():
        raise Refusal("override_reason_missing")
    return True


def _require_right(actor: str, customer_id: int, *, at: datetime) -> None:
    """On the command line nobody is logged in, so nobody approves there."""
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


def _record(
    row: OverrideRow, step: str, today: date, comment: str, actor: str, at: datetime, *, own: bool = False
) -> None:
    fact = {
        "override_id": row.state.id, "step": step, "effective_on": today, "comment": tidy(comment), "own": own,
        "actor": actor,
    }  # fmt: skip
    record(OverrideStep, [fact], at=at)
    payload = {"override": row.state.id, "grade": row.state.grade, "step": step}
    announce("rating.override_decided", at=at, customer_id=row.customer_id, payload=payload)
