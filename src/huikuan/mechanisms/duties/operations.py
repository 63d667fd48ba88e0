"""Exceptions: one person does for a while what two should, because another approved it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.dates import business_date, day_end
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.kinds import ApprovalKind, Asked, Described, register
from huikuan.mechanisms.approvals.operations import submit_request
from huikuan.mechanisms.approvals.operations.asking import About
from huikuan.mechanisms.duties.policies import matrix_at
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission, conflicting
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.identity.queries import company_named, held, require, user_named

_LONGEST_REASON = 200


def ask_exception(
    *, username: str, role: str, company: str = "", reason: str, until: date, actor: str, at: datetime
) -> int:
    """Ask that `username` may hold `role` beside others that do not go with it, up to and including the day `until`;
    returns the request. Somebody else decides, never the person it is for.

    Refuses where nothing conflicts, without a reason, and for longer than the matrix allows.
    """
    if role not in ROLES:
        raise Refusal("role_unknown", role=role, known=", ".join(ROLES))
    company_id = company_named(company).id if company else None
    require(actor, Permission.MANAGE_USERS, company_id=company_id, at=at)
    if not reason.strip():
        raise Refusal("request_reason_missing")
    if len(reason.strip()) > _LONGEST_REASON:
        raise Refusal("name_too_long", longest=_LONGEST_REASON)
    matrix, today = matrix_at(at), business_date(at)
    if not today <= until <= today + timedelta(days=matrix.longest_exception_days):
        raise Refusal("exception_span_bad", days=matrix.longest_exception_days)
    with transaction.atomic():
        user = user_named(username, at=at)
        shown = _shown(user.id, username, role, company, at=at) | {
            "until": until.isoformat(),
            "reason": reason.strip(),
        }
        if not conflicting(role, set(shown["held"]) - {role}, matrix.pairs):
            raise Refusal("exception_not_needed", role=role, username=username)
        return submit_request(
            about=About(KIND, f"{username}:{role}:{company}", company_id),
            shown=shown,
            barred=[username],
            actor=actor,
            at=at,
        )


def _shown(user_id: int, username: str, role: str, company: str, *, at: datetime) -> dict[str, Any]:
    """What the decider is shown of the person: they may hold other roles by then."""
    roles = sorted({one.role for one in held(user_id, at=at)})
    return {"username": username, "role": role, "company": company, "held": roles}


def _still_shown(asked: Asked, *, at: datetime) -> Mapping[str, Any]:
    said = asked.shown
    user = User.objects.select_for_update().get(username=said["username"])
    now = _shown(user.pk, user.username, said["role"], said["company"], at=at)
    return now | {"until": said["until"], "reason": said["reason"]}


def _grant(asked: Asked, *, actor: str, at: datetime) -> None:
    """Give the role, for whoever asked; their right to is checked again."""
    said = asked.shown
    grant_role(
        username=said["username"],
        role=said["role"],
        company=said["company"] or None,
        reason=said["reason"],
        until=day_end(date.fromisoformat(said["until"])),
        approved_by=actor,
        actor=asked.maker,
        at=at,
    )


def _described(shown: Mapping[str, Any]) -> Described:
    role = shown["role"]
    return [
        (_("User"), shown["username"]),
        (_("Role"), _(ROLE_TITLES[role])),
        (_("Company"), shown["company"] or _("All companies")),
        (_("Holds already"), "、".join(_(ROLE_TITLES[name]) for name in shown["held"])),
        (_("Until and including"), shown["until"]),
        (_("Reason"), shown["reason"]),
    ]


KIND = "duties.exception"
EXCEPTION = register(
    ApprovalKind(KIND, gettext_noop("exception to duties kept apart"), _still_shown, _grant, _described)
)
