"""Drafting policies, approving them, putting them in force. Facts only: nothing is ever changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from huikuan.kernel.dates import aware
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import is_operator, person
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import permissions, require
from huikuan.mechanisms.policies import queries
from huikuan.mechanisms.policies.domain import lifecycle
from huikuan.mechanisms.policies.kinds import kind_named
from huikuan.mechanisms.policies.models import PolicyStep, PolicyVersion
from huikuan.mechanisms.policies.policies import APPROVALS, SMALL_FIRM
from huikuan.mechanisms.store.transactions import exclusive


def draft(
    *, kind: str, company_id: int | None, document: Mapping[str, Any], note: str = "", actor: str, at: datetime
) -> int:
    """A new version; returns its id. Refuses a document its kind does not pass."""
    require(actor, Permission.DRAFT_POLICY, company_id=company_id, at=at)
    _check(kind, company_id, document)
    with transaction.atomic():
        _alone(kind)
        highest = PolicyVersion.objects.filter(kind=kind, company_id=company_id).aggregate(last=Max("number"))["last"]
        row = {
            "kind": kind,
            "company_id": company_id,
            "number": (highest or 0) + 1,
            "document": dict(document),
            "note": note,
            "drafted_by": actor,
        }
        version_id = record(PolicyVersion, [row], at=at)[0]
        _announce("policies.drafted", version_id, kind, company_id, at=at)
    return version_id


def _check(kind: str, company_id: int | None, document: Mapping[str, Any]) -> None:
    said = kind_named(kind)
    said.check(document)
    if said.check_in is not None and company_id is not None:
        said.check_in(document, Company.objects.get(pk=company_id).currency)


def submit(*, version_id: int, actor: str, at: datetime) -> None:
    """Put a draft before whoever approves."""
    with transaction.atomic():
        version = _held(version_id)
        require(actor, Permission.DRAFT_POLICY, company_id=version.company_id, at=at)
        _take(lifecycle.SUBMITTED, version, actor=actor, at=at)


def approve(*, version_id: int, digest: str, comment: str = "", actor: str, at: datetime) -> None:
    """Approve what was shown under `digest`. Refuses if it has changed since, or its maker approves.

    On the command line nobody is logged in, so nobody approves there but as a user whose password
    was checked.
    """
    with transaction.atomic():
        version = _held(version_id)
        small_firm = queries.lets_makers_approve(version.company_id, at=at)
        held = permissions(actor, company_id=version.company_id, at=at, apart=not small_firm)
        if is_operator(actor) or Permission.APPROVE_POLICY not in held:
            raise Refusal("not_permitted", actor=actor, permission=Permission.APPROVE_POLICY.value)
        if digest != queries.digest_of(version):
            raise Refusal("policy_shown_has_changed", version=version_id)
        own = lifecycle.require_checker(
            maker=person(version.drafted_by), checker=person(actor), small_firm=small_firm, comment=comment
        )
        _take(lifecycle.APPROVED, version, actor=actor, comment=comment, own=own, at=at)


def return_to_maker(*, version_id: int, comment: str, actor: str, at: datetime) -> None:
    """Decline a version, saying why; its maker drafts another."""
    with transaction.atomic():
        version = _held(version_id)
        small_firm = queries.lets_makers_approve(version.company_id, at=at)
        held = permissions(actor, company_id=version.company_id, at=at, apart=not small_firm)
        if Permission.APPROVE_POLICY not in held:
            raise Refusal("not_permitted", actor=actor, permission=Permission.APPROVE_POLICY.value)
        if not comment.strip():
            raise Refusal("policy_reason_missing")
        _take(lifecycle.RETURNED, version, actor=actor, comment=comment, at=at)


def put_in_force(*, version_id: int, effective_at: datetime, actor: str, at: datetime) -> None:
    """Let an approved version govern from `effective_at` on.

    The approval is checked again here: it is void if what was shown has changed since, and the
    approver must still be allowed to approve.
    """
    with transaction.atomic():
        version = _held(version_id)
        require(actor, Permission.FORCE_POLICY, company_id=version.company_id, at=at)
        steps = queries.steps_of(version_id)
        lifecycle.require_step(lifecycle.IN_FORCE, steps, version=version_id)
        _require_valid_approval(version, steps[-1], at=at)
        _take_effect(lifecycle.IN_FORCE, version, effective_at, actor=actor, at=at)


def retire(*, version_id: int, effective_at: datetime, comment: str = "", actor: str, at: datetime) -> None:
    """End a version that is in force; from then on the wider rule, or the default, governs."""
    with transaction.atomic():
        version = _held(version_id)
        require(actor, Permission.FORCE_POLICY, company_id=version.company_id, at=at)
        in_force = lifecycle.governing(queries.timeline(version.kind, version.company_id), aware(effective_at))
        if in_force != version_id:
            raise Refusal("policy_not_governing", version=version_id)
        _take_effect(lifecycle.RETIRED, version, effective_at, actor=actor, at=at, comment=comment)


def roll_back(*, to_version_id: int, note: str, actor: str, at: datetime) -> int:
    """A new draft with the document of an earlier version; past decisions keep the version they had."""
    earlier = queries.version_row(to_version_id)
    return draft(
        kind=earlier.kind,
        company_id=earlier.company_id,
        document=earlier.document,
        note=note or f"= {earlier.number}",
        actor=actor,
        at=at,
    )


def choose_small_firm(*, actor: str, at: datetime) -> int:
    """Let makers approve their own drafts from now on: only as the very first approval rule.

    Later the rule is changed like any policy, by two persons.
    """
    with transaction.atomic():
        _alone(APPROVALS.name)
        if not is_operator(actor) or PolicyVersion.objects.filter(kind=APPROVALS.name).exists():
            raise Refusal("approvals_already_decided")
        document = {"profile": SMALL_FIRM}
        version_id = draft(kind=APPROVALS.name, company_id=None, document=document, actor=actor, at=at)
        _take_effect(lifecycle.IN_FORCE, queries.version_row(version_id), at, actor=actor, at=at)
    return version_id


def _require_valid_approval(version: PolicyVersion, approval: lifecycle.Step, *, at: datetime) -> None:
    if approval.digest != queries.digest_of(version):
        raise Refusal("policy_approval_void", version=version.pk)
    apart = not queries.lets_makers_approve(version.company_id, at=at)
    if Permission.APPROVE_POLICY not in permissions(approval.actor, company_id=version.company_id, at=at, apart=apart):
        raise Refusal("policy_approver_lost_right", version=version.pk, actor=approval.actor)


def _take_effect(
    step: str, version: PolicyVersion, effective_at: datetime, *, actor: str, at: datetime, comment: str = ""
) -> None:
    effective_at = aware(effective_at)
    timeline = queries.timeline(version.kind, version.company_id)
    lifecycle.require_forward(effective_at, now=aware(at), timeline=timeline)
    _record(step, version, actor=actor, comment=comment, effective_at=effective_at, at=at)


def _take(
    step: str, version: PolicyVersion, *, actor: str, at: datetime, comment: str = "", own: bool = False
) -> None:
    lifecycle.require_step(step, queries.steps_of(version.pk), version=version.pk)
    _record(step, version, actor=actor, comment=comment, own=own, at=at)


def _record(step: str, version: PolicyVersion, *, at: datetime, **fields: Any) -> None:
    digest = queries.digest_of(version)
    record(PolicyStep, [{"version_id": version.pk, "step": step, "digest": digest, **fields}], at=at)
    _announce(f"policies.{step}", version.pk, version.kind, version.company_id, at=at)


def _held(version_id: int) -> PolicyVersion:
    """The version, while nobody else decides about its kind."""
    version = queries.version_row(version_id)
    _alone(version.kind)
    return version


def _alone(kind: str) -> None:
    with exclusive(f"policies:{kind}") as held:
        if not held:
            raise Refusal("policy_busy", kind=kind)


def _announce(event: str, version_id: int, kind: str, company_id: int | None, *, at: datetime) -> None:
    announce(event, company_id=company_id, payload={"version": version_id, "kind": kind}, at=at)
