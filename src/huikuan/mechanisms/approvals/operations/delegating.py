"""Letting somebody else decide for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from huikuan.kernel.dates import aware
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.models import Delegation, DelegationEnd
from huikuan.mechanisms.approvals.policies import DECIDING
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import is_operator
from huikuan.mechanisms.identity.apart import rule_at
from huikuan.mechanisms.identity.domain.roles import ADMINISTRATOR, ROLES, Permission, conflicting
from huikuan.mechanisms.identity.queries import require_anywhere, rights, user_named

LONGEST = timedelta(days=90)
_LONGEST_REASON = 200


def delegate(
    *, giver: str, to: str, begins_at: datetime, ends_at: datetime, reason: str = "", actor: str, at: datetime
) -> int:
    """Let `to` decide for `giver` from one instant until before another; returns the delegation's id.

    Everybody gives their own right alone (`actor` is the giver), never backwards, for 90 days at the longest. Refuses
    a delegate from outside, one who administers, and one whose roles do not go with a role that is lent: what a
    person may not hold they do not borrow.
    """
    begins_at, ends_at = max(aware(begins_at), aware(at)), aware(ends_at)
    if is_operator(actor) or actor != giver:
        raise Refusal("delegation_not_yours", giver=giver)
    if to == giver:
        raise Refusal("delegation_to_oneself")
    if not begins_at < ends_at <= begins_at + LONGEST:
        raise Refusal("delegation_span_bad", days=LONGEST.days)
    if len(reason.strip()) > _LONGEST_REASON:
        raise Refusal("name_too_long", longest=_LONGEST_REASON)
    with transaction.atomic():
        require_anywhere(giver, Permission.APPROVE_REQUESTS, at=at)
        _require_suitable(to, giver, at=at)
        row = {"giver": giver, "delegate": to, "begins_at": begins_at, "ends_at": ends_at, "reason": reason.strip()}
        delegation_id = record(Delegation, [{**row, "actor": actor}], at=at)[0]
        announce("approvals.delegated", payload={"delegation": delegation_id}, at=at)
    return delegation_id


def end_delegation(*, delegation_id: int, actor: str, at: datetime) -> None:
    """End a delegation before its time; giver and delegate may."""
    with transaction.atomic():
        found = Delegation.objects.filter(pk=delegation_id).first()
        if found is None or actor not in (found.giver, found.delegate):
            raise Refusal("delegation_unknown", delegation=delegation_id)
        if found.ends_at <= at:
            raise Refusal("delegation_over", delegation=delegation_id)
        try:
            record(DelegationEnd, [{"delegation_id": delegation_id, "actor": actor}], at=at)
        except IntegrityError as error:
            raise Refusal("delegation_over", delegation=delegation_id) from error
        announce("approvals.delegation_ended", payload={"delegation": delegation_id}, at=at)


def _require_suitable(to: str, giver: str, *, at: datetime) -> None:
    if not user_named(to, at=at).active:
        raise Refusal("delegate_unsuitable", delegate=to)
    theirs = {one.role for one in rights(to, at=at).held}
    if ADMINISTRATOR in theirs or not theirs or any(ROLES[role].guest for role in theirs):
        raise Refusal("delegate_unsuitable", delegate=to)
    for role in sorted({one.role for one in rights(giver, at=at).held} & set(DECIDING)):
        against = conflicting(role, theirs, rule_at(at).pairs)
        if against:
            raise Refusal("delegate_duties_conflict", delegate=to, role=role, held=", ".join(against))
