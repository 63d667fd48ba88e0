"""Limits: asked for by one; granted by approval, by others whose authority reaches so far."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from huikuan.judge.credit.approvals import shown_of
from huikuan.judge.credit.domain.asking import asked_for, limits_with
from huikuan.judge.credit.domain.limits import KIND, Wish, check_wish
from huikuan.judge.credit.models import LimitRequest
from huikuan.judge.credit.queries.exposure import Node, converter
from huikuan.judge.credit.queries.limits import Before, governing_before, granted, limits_on
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.approvals.operations import submit_request
from huikuan.mechanisms.approvals.operations.asking import About, Sum
from huikuan.mechanisms.approvals.queries import measured_in
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require, scope
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.families import customers_in, one_of
from huikuan.record.customers.queries.owning import owning

LONGEST_REASON = 200
#: What a request keeps of the wish, by the same names.
_WISHED = ("kind", "currency", "amount", "term_days", "prepaid_percent", "from_on", "until_on")


def request_limit(
    *,
    company: Company,
    customer_id: int | None = None,
    group: str = "",
    wish: Wish,
    reason: str,
    method: str = "",
    calculation: Mapping[str, Any] | None = None,
    off_policy: bool = False,
    replaces: int | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Ask for a limit of a customer or of a group; answers the number of the approval request. Nothing holds until it
    is approved, by whose authority reaches what it goes up by and all that will stand; owners of the customers
    concerned do not decide.

    `off_policy`: the wish departs from what the policy gives, so it is decided one level higher. `replaces`: the
    number of the request that was returned.
    Refuses what `check_wish` refuses, a reason left out, a customer or group out of the reach of whoever asks, and a
    second request for the same while one waits.
    """
    reason = _said(reason)
    require(actor, Permission.PROPOSE_LIMIT, company_id=company.pk, at=at)
    today = business_date(at, company.time_zone)
    if customer_id is not None:
        # Of customers that are one, the one that is shown has the limit.
        customer_id = one_of(customer_id).shown

    def work() -> int:
        node = _node(customer_id, group, today)
        _require_reach(company, node, actor, at)
        check_wish(wish, today=today, governing=limits_on(company, [node], wish.from_on)[customer_id, group])
        before = governing_before(company, node, wish.kind, wish.from_on)
        said = {"method": method, "calculation": _canonical(calculation) if calculation else ""}
        number = submit_request(
            about=About(KIND, _subject(customer_id, group), company.pk, customer_id),
            shown=shown_of(company, node, wish, wish.from_on, **said),
            sum_asked=_sum(wish, before, company, node, at),
            off_policy=off_policy,
            note=reason,
            barred=owning(node.members, today),
            replaces=replaces,
            actor=actor,
            at=at,
        )
        row = {
            **said, **{name: getattr(wish, name) for name in _WISHED}, "company_id": company.pk, "reason": reason,
            "customer_id": customer_id, "group_code": group, "replaces": before.id if before else None,
            "actor": actor, "approval_id": number,
        }  # fmt: skip
        record(LimitRequest, [row], at=at)
        payload = {"request": number}
        announce("credit.limit_requested", at=at, company_id=company.pk, customer_id=customer_id, payload=payload)
        return number

    return retrying(work)


def _sum(wish: Wish, before: Before | None, company: Company, node: Node, at: datetime) -> Sum:
    """What is asked for, and the same with the most that would stand in the currency of the authority matrix."""
    today, stood = business_date(at, company.time_zone), None
    if before is not None and (before.wish.until_on is None or before.wish.until_on >= wish.from_on):
        stood = before.wish
    worth = converter(wish.currency, today)(stood.amount, stood.currency) if stood else 0
    amount = asked_for(wish, stood, stood=worth)
    measure = converter(measured_in(company.pk, at=at), today)
    with_it = limits_with(wish, granted(company, [node])[node.customer_id, node.group], amount)
    stands = max((measure(limit.amount, limit.currency) for limit in with_it), default=0)
    return Sum(amount, wish.currency, measure(amount, wish.currency), stands)


def _subject(customer_id: int | None, group: str) -> str:
    return f"group:{group}" if group else f"customer:{customer_id}"


def _node(customer_id: int | None, group: str, day: date) -> Node:
    """Refuses a group that does not exist, and a limit of both or of nobody."""
    if (customer_id is None) == (not group):
        raise Refusal("limit_of_nobody")
    members = customers_in(group, day) if group else one_of(customer_id or 0).members
    return Node(customer_id, group, members)


def _require_reach(company: Company, node: Node, actor: str, at: datetime) -> None:
    theirs = seen(scope(actor, Permission.PROPOSE_LIMIT, at=at))
    if not all(theirs.has(company.pk, member) for member in node.members):
        code = "customer_unknown" if node.customer_id is not None else "group_unknown"
        raise Refusal(code, customer=node.customer_id, group=node.group)


def _said(text: str) -> str:
    text = tidy(text)
    if not text:
        raise Refusal("limit_reason_missing")
    return text[:LONGEST_REASON]


def _canonical(document: Mapping[str, Any]) -> str:
    return json.dumps(dict(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
