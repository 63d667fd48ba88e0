"""Giving roles and taking them away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.apart import rule_at
from huikuan.mechanisms.identity.domain.rights import Held
from huikuan.mechanisms.identity.domain.roles import ADMINISTRATOR, APPROVING, ROLES, Permission, conflicting
from huikuan.mechanisms.identity.domain.scope import Reach
from huikuan.mechanisms.identity.models import RoleGrant, User
from huikuan.mechanisms.identity.operations.people import end_sessions_of, keep_one_administrator, locked_user
from huikuan.mechanisms.identity.queries import company_named, held, require
from huikuan.mechanisms.identity.telling import tell

_LONGEST_REASON = 200


def grant_role(
    *,
    username: str,
    role: str,
    company: str | None = None,
    reach: str | None = None,
    reason: str = "",
    until: datetime | None = None,
    approved_by: str = "",
    actor: str,
    at: datetime,
) -> bool:
    """Give a role for one company (code) or all, on the rows of `reach` (None: as far as the role usually goes).

    `until`: from then on it is not held any more. False if it was held just so already. Refuses a role that conflicts
    with one the user holds anywhere, unless `reason` says why one person must do both and another approved it until a
    day (mechanisms.duties asks them; a small firm's needs the reason alone). A role that approves ends the user's
    sessions, so that the next log-in asks for what such a role needs.
    """
    _require_known(role)
    company_id = company_named(company).id if company else None
    chosen = _reach(reach, role, company_id)
    with transaction.atomic():
        user = locked_user(username)
        require(actor, Permission.MANAGE_USERS, company_id=company_id, at=at)
        others = held(user.pk, at=at)
        if until is None and Held(role, company_id, chosen) in others:
            return False
        _require_time(until, at)
        _require_apart(role, {one.role for one in others}, reason, until, approved_by, at=at)
        excused = {"reason": reason.strip(), "ends_at": until, "approved_by": approved_by or None}
        _record(user, role, company_id, chosen, granted=True, actor=actor, at=at, **excused)
        if ROLES[role].permissions & APPROVING:
            end_sessions_of(user)
    return True


def revoke_role(*, username: str, role: str, company: str | None = None, actor: str, at: datetime) -> bool:
    """Take a role away and end the user's sessions; False if it was not held.

    Refuses to take the last active administrator's.
    """
    _require_known(role)
    company_id = company_named(company).id if company else None
    with transaction.atomic():
        user = locked_user(username)
        require(actor, Permission.MANAGE_USERS, company_id=company_id, at=at)
        found = [one for one in held(user.pk, at=at) if (one.role, one.company_id) == (role, company_id)]
        if not found:
            return False
        if role == ADMINISTRATOR and company_id is None:
            keep_one_administrator(user, at=at)
        _record(user, role, company_id, found[0].reach, granted=False, actor=actor, at=at)
        end_sessions_of(user)
    return True


def _reach(reach: str | None, role: str, company_id: int | None) -> Reach:
    """What was asked for, or the role's own; whole companies are named, and whoever sees all names none."""
    if reach is None:
        usual = ROLES[role].reach
        return Reach.COMPANY if usual == Reach.ALL and company_id is not None else usual
    if reach not in list(Reach):
        raise Refusal("reach_unknown", reach=reach, known=", ".join(Reach))
    chosen = Reach(reach)
    if (chosen == Reach.COMPANY and company_id is None) or (chosen == Reach.ALL and company_id is not None):
        raise Refusal("reach_and_company", reach=reach)
    return chosen


def _require_known(role: str) -> None:
    if role not in ROLES:
        raise Refusal("role_unknown", role=role, known=", ".join(ROLES))


def _require_time(until: datetime | None, at: datetime) -> None:
    if until is not None and until <= at:
        raise Refusal("grant_over", until=until.isoformat())


def _require_apart(
    role: str, others: set[str], reason: str, until: datetime | None, approved_by: str, *, at: datetime
) -> None:
    if len(reason) > _LONGEST_REASON:
        raise Refusal("name_too_long", longest=_LONGEST_REASON)
    rule = rule_at(at)
    against = conflicting(role, others - {role}, rule.pairs)
    if not against:
        return
    if not reason.strip():
        raise Refusal("duties_conflict", role=role, held=", ".join(against))
    if not rule.alone and not (approved_by and until):
        raise Refusal("duties_need_exception", role=role, held=", ".join(against))


def _record(
    user: User,
    role: str,
    company_id: int | None,
    reach: Reach,
    *,
    granted: bool,
    actor: str,
    at: datetime,
    **excused: Any,
) -> None:
    row = {"user_id": user.pk, "company_id": company_id, "role": role, "reach": reach.value}
    record(RoleGrant, [{**row, "granted": granted, "actor": actor, **excused}], at=at)
    tell("role_granted" if granted else "role_revoked", user_id=user.pk, role=role, company=company_id)
