"""Limits: asked for by one, granted by another whose authority reaches so far."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError

from huikuan.judge.credit.domain.authority import require_another
from huikuan.judge.credit.domain.limits import Wish, check_wish, most_with
from huikuan.judge.credit.models import LimitRequest, LimitStep
from huikuan.judge.credit.operations.authority import require_reach
from huikuan.judge.credit.operations.locks import hold, name_of
from huikuan.judge.credit.queries.exposure import Node
from huikuan.judge.credit.queries.limits import (
    RequestRow,
    digest_of,
    governing_id,
    granted,
    limits_on,
    reached,
    request,
)
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import permissions, require, scope
from huikuan.mechanisms.policies.queries import lets_makers_approve
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.families import customers_in, one_of

LONGEST_REASON = 200


def request_limit(
    *,
    company: Company,
    customer_id: int | None = None,
    group: str = "",
    wish: Wish,
    reason: str,
    method: str = "",
    calculation: Mapping[str, Any] | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Ask for a limit of a customer or of a group; answers the request's id. Nothing holds until it is approved.

    Refuses what `check_wish` refuses, a reason left out, a customer or group out of the reach of whoever asks.
    """
    reason = _said(reason)
    require(actor, Permission.PROPOSE_LIMIT, company_id=company.pk, at=at)
    today = business_date(at, company.time_zone)
    if customer_id is not None:
        # Of customers that are one, the one that is shown has the limit.
        customer_id = one_of(customer_id).shown

    def work() -> int:
        node = _node(customer_id, group, today)
        _require_reach(company, node, Permission.PROPOSE_LIMIT, actor, at)
        check_wish(wish, today=today, governing=limits_on(company, [node], wish.from_on)[customer_id, group])
        row = {
            "company_id": company.pk,
            "customer_id": customer_id,
            "group_code": group,
            "kind": wish.kind,
            "currency": wish.currency,
            "amount": wish.amount,
            "term_days": wish.term_days,
            "prepaid_percent": wish.prepaid_percent,
            "from_on": wish.from_on,
            "until_on": wish.until_on,
            "method": method,
            "calculation": _canonical(calculation) if calculation else "",
            "reason": reason,
            "replaces": governing_id(company, node, wish.kind, wish.from_on),
            "actor": actor,
        }
        number = record(LimitRequest, [row], at=at)[0]
        _tell("credit.limit_requested", company.pk, customer_id, number, at)
        return number

    return retrying(work)


def approve_limit(*, request_id: int, digest: str, comment: str = "", actor: str, at: datetime) -> None:
    """Grant what was shown under `digest`: from its day on it governs every decision.

    Refuses whoever drew it up (a small firm's rule may let them, with a reason), commands of nobody by name, an amount
    beyond the authority of the approver's roles, and an approval of something else than what would now happen.
    """

    def work() -> None:
        row, company = _held(request_id, actor, at)
        small_firm = lets_makers_approve(company.pk, at=at)
        own = require_another(
            maker=person(row.asked_by), checker=person(actor), small_firm=small_firm, comment=comment
        )
        today = business_date(at, company.time_zone)
        if row.wish.until_on is not None and row.wish.until_on < today:
            raise Refusal("limit_over_already", until=row.wish.until_on)
        node, begins = _node(row.customer_id, row.group, today), max(row.wish.from_on, today)
        # A customer shown under another by now has the other's limit.
        if row.customer_id is not None and one_of(row.customer_id).shown != row.customer_id:
            raise Refusal("limit_shown_has_changed", request=row.id)
        if digest != shown_digest(row) or governing_id(company, node, row.wish.kind, begins) != row.replaces:
            raise Refusal("limit_shown_has_changed", request=row.id)
        _require_authority(row, company, node, begins, actor, at)
        _step(row, LimitStep.Step.APPROVED, digest, actor, at, comment=comment, own=own)
        _tell("credit.limit_granted", company.pk, row.customer_id, row.id, at)

    _deciding(work, request_id)


def return_limit(*, request_id: int, comment: str, actor: str, at: datetime) -> None:
    """Decline a request, saying why; whoever asked may ask anew."""
    comment = _said(comment)

    def work() -> None:
        row, company = _held(request_id, actor, at)
        _step(row, LimitStep.Step.RETURNED, shown_digest(row), actor, at, comment=comment)
        _tell("credit.limit_returned", company.pk, row.customer_id, row.id, at)

    _deciding(work, request_id)


def withdraw_limit(*, request_id: int, actor: str, at: datetime) -> None:
    """Take a request back that nobody has decided yet; only whoever asked may."""

    def work() -> None:
        row, company = _held(request_id, actor, at, Permission.PROPOSE_LIMIT)
        if person(row.asked_by) != person(actor):
            raise Refusal("limit_of_another", actor=row.asked_by)
        _step(row, LimitStep.Step.WITHDRAWN, shown_digest(row), actor, at)
        _tell("credit.limit_withdrawn", company.pk, row.customer_id, row.id, at)

    _deciding(work, request_id)


def shown_digest(row: RequestRow) -> str:
    """What an approver of the request names: it is void once another limit has taken the place it was to take."""
    return digest_of(row, row.replaces)


def _held(
    request_id: int, actor: str, at: datetime, permission: Permission = Permission.APPROVE_LIMIT
) -> tuple[RequestRow, Company]:
    """The request and its company, while nobody else decides about its node. Refuses who may not do this for the
    company at all; out of their reach the request is unknown."""
    row = request(request_id, scope=EVERYTHING)
    small_firm = lets_makers_approve(row.company_id, at=at)
    if permission not in permissions(actor, company_id=row.company_id, at=at, apart=not small_firm):
        raise Refusal("not_permitted", actor=actor, permission=permission.value)
    reach = scope(actor, permission, at=at)
    if reach.nothing and small_firm:
        # Who administers a small firm decides, too: on the rows they see.
        reach = scope(actor, Permission.VIEW_LEDGER, at=at)
    if not reached(row, reach):
        raise Refusal("limit_request_unknown", request=request_id)
    hold([name_of(row.customer_id, row.group)])
    row = request(request_id, scope=EVERYTHING)
    if row.step:
        raise Refusal("limit_decided_already", request=request_id, step=row.step)
    return row, Company.objects.get(pk=row.company_id)


def _require_authority(row: RequestRow, company: Company, node: Node, begins: date, actor: str, at: datetime) -> None:
    """Against all that will stand then: a temporary limit with what it is added to, a standing one with what is added
    to it."""
    wishes = granted(company, [node])[node.customer_id, node.group]
    most = most_with(wishes, replace(row.wish, from_on=begins), company.currency)
    require_reach(company, most.amount, most.currency, actor=actor, at=at)


def _step(
    row: RequestRow, step: str, digest: str, actor: str, at: datetime, *, comment: str = "", own: bool = False
) -> None:
    fact = {
        "request_id": row.id,
        "company_id": row.company_id,
        "customer_id": row.customer_id,
        "step": str(step),
        "digest": digest,
        "own": own,
        "comment": tidy(comment)[:LONGEST_REASON],
        "actor": actor,
    }
    record(LimitStep, [fact], at=at)


def _node(customer_id: int | None, group: str, day: date) -> Node:
    """Refuses a group that does not exist, and a limit of both or of nobody."""
    if (customer_id is None) == (not group):
        raise Refusal("limit_of_nobody")
    members = customers_in(group, day) if group else one_of(customer_id or 0).members
    return Node(customer_id, group, members)


def _require_reach(company: Company, node: Node, permission: Permission, actor: str, at: datetime) -> None:
    theirs = seen(scope(actor, permission, at=at))
    if not all(theirs.has(company.pk, member) for member in node.members):
        code = "customer_unknown" if node.customer_id is not None else "group_unknown"
        raise Refusal(code, customer=node.customer_id, group=node.group)


def _deciding(work: Any, request_id: int) -> None:
    """Of two who decide at the same moment the database lets one through, where nothing held them apart."""
    try:
        retrying(work)
    except IntegrityError as error:
        if "request_id" not in str(error):
            raise
        raise Refusal("limit_decided_already", request=request_id, step="") from error


def _said(text: str) -> str:
    text = tidy(text)
    if not text:
        raise Refusal("limit_reason_missing")
    return text[:LONGEST_REASON]


def _canonical(document: Mapping[str, Any]) -> str:
    return json.dumps(dict(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _tell(kind: str, company_id: int, customer_id: int | None, request_id: int, at: datetime) -> None:
    announce(kind, at=at, company_id=company_id, customer_id=customer_id, payload={"request": request_id})
