"""A grade other than the scorecard's is decided by approval: what is shown, whether it is so still, and its deed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.judge.rating.domain.grades import APPROVED, KIND
from huikuan.judge.rating.models import Override, OverrideStep
from huikuan.judge.rating.queries.ratings import Rating, rating_of
from huikuan.judge.rating.web.asked_for import grade_lines
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.kinds import ApprovalKind, Asked, Described, register
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope
from huikuan.record.customers.approvals import hold_shown


def shown_of(grade: str, until: date, standing: Rating) -> dict[str, Any]:
    """The document an approver is shown: the grade asked for beside the one that stands, and what that rests on."""
    last = standing.assessment
    return {
        "grade": grade,
        "until": until.isoformat(),
        "stands": standing.grade,
        "assessment": last.id,
        "score": last.score,
        "found": last.grade,
    }


def _still_shown(asked: Asked, *, at: datetime) -> Mapping[str, Any]:
    """Holds the customer: nobody assesses it meanwhile."""
    fact, today = Override.objects.get(approval_id=asked.id), business_date(at)
    hold_shown(fact.customer_id)
    if fact.until < today:
        raise Refusal("override_over", until=fact.until)
    standing = rating_of(fact.customer_id, day=today, scope=EVERYTHING)
    if standing is None:
        raise Refusal("request_shown_has_changed", request=asked.id)
    return shown_of(fact.grade, fact.until, standing)


def _depart(asked: Asked, *, actor: str, at: datetime) -> None:
    """From today on the grade is the one asked for."""
    fact = Override.objects.get(approval_id=asked.id)
    row = {
        "override_id": fact.pk, "step": APPROVED, "effective_on": business_date(at), "comment": "",
        "own": person(asked.maker) == person(actor), "actor": actor,
    }  # fmt: skip
    record(OverrideStep, [row], at=at)
    payload = {"override": fact.pk, "grade": fact.grade, "step": APPROVED}
    announce("rating.override_decided", at=at, customer_id=fact.customer_id, payload=payload)


def _described(shown: Mapping[str, Any]) -> Described:
    score = "–" if shown["score"] is None else str(shown["score"])
    return [
        (_("Grade"), f"{shown['stands'] or '–'} → {shown['grade']}"),
        (_("Until"), shown["until"]),
        (_("By scorecard"), f"{shown['found'] or '–'} · {_('score')} {score}"),
    ]


def _beside(asked: Asked, *, scope: Scope, at: datetime) -> Described:
    rating = rating_of(asked.customer_id or 0, day=business_date(at), scope=scope)
    return grade_lines(rating) if rating else []


def _page(asked: Asked) -> str:
    return reverse("dossiers:customer", args=[asked.customer_id]) + "?tab=rating"


OVERRIDE = register(
    ApprovalKind(KIND, gettext_noop("override of the grade"), _still_shown, _depart, _described, _page, beside=_beside)
)
