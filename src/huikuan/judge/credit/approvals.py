"""Limits are granted by approval: what is shown, whether it is so still, and granting it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.judge.credit.domain.limits import KIND, STANDING, TEMPORARY, Wish
from huikuan.judge.credit.models import LimitRequest, LimitStep
from huikuan.judge.credit.operations.locks import hold_node
from huikuan.judge.credit.queries.exposure import Node
from huikuan.judge.credit.queries.limits import governing_before, wish_of
from huikuan.judge.credit.web.asked import address, beside, described, weigh
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.approvals.kinds import ApprovalKind, Asked, register
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.queries.families import one_of


def shown_of(company: Company, node: Node, wish: Wish, day: date, *, method: str, calculation: str) -> dict[str, Any]:
    """The document an approver is shown: the wish beside the limits it touches on `day`. `calculation`: how what the
    policy gives comes about, as its JSON text, '' where nobody worked it out."""
    return {
        "group": node.group,
        **_told(wish),
        **_touched(company, node, wish, day),
        "method": method,
        "calculation": calculation,
    }


def _touched(company: Company, node: Node, wish: Wish, day: date) -> dict[str, Any]:
    """The limit it takes the place of; of a temporary one also the standing limit it is added to."""
    found = {"before": governing_before(company, node, wish.kind, day)}
    if wish.kind == TEMPORARY:
        found["beneath"] = governing_before(company, node, STANDING, day)
    return {name: one and {"request": one.id, **_told(one.wish)} for name, one in found.items()}


def _still_shown(asked: Asked, *, at: datetime) -> Mapping[str, Any]:
    """Holds the node: nobody decides about it meanwhile. A customer shown under another by now has its limit."""
    fact = LimitRequest.objects.get(approval_id=asked.id)
    company, wish = Company.objects.get(pk=fact.company_id), wish_of(fact)
    today = business_date(at, company.time_zone)
    if wish.until_on is not None and wish.until_on < today:
        raise Refusal("limit_over_already", until=wish.until_on)
    hold_node(fact.customer_id, fact.group_code)
    if fact.customer_id is not None and one_of(fact.customer_id).shown != fact.customer_id:
        raise Refusal("request_shown_has_changed", request=asked.id)
    node = Node(fact.customer_id, fact.group_code, frozenset())
    touched = _touched(company, node, wish, max(wish.from_on, today))
    # Requests from before the standing limit was shown with a temporary one do not name it.
    return {**asked.shown, **{name: said for name, said in touched.items() if name in asked.shown}}


def _grant(asked: Asked, *, actor: str, at: datetime) -> None:
    """From its day on, and not before today, the limit governs every decision."""
    fact = LimitRequest.objects.get(approval_id=asked.id)
    row = {
        "request_id": fact.pk,
        "company_id": fact.company_id,
        "customer_id": fact.customer_id,
        "step": LimitStep.Step.APPROVED.value,
        "digest": asked.digest,
        "own": person(asked.maker) == person(actor),
        "comment": "",
        "actor": actor,
    }
    record(LimitStep, [row], at=at)
    payload = {"request": asked.id}
    announce("credit.limit_granted", at=at, company_id=fact.company_id, customer_id=fact.customer_id, payload=payload)


def _told(wish: Wish) -> dict[str, Any]:
    return {
        "kind": wish.kind,
        "currency": wish.currency,
        "amount": to_text(wish.amount, wish.currency),
        "term_days": wish.term_days,
        "prepaid_percent": wish.prepaid_percent,
        "from": wish.from_on.isoformat(),
        "until": wish.until_on.isoformat() if wish.until_on else None,
    }


LIMIT = register(
    ApprovalKind(
        KIND, gettext_noop("credit limit"), _still_shown, _grant, described, address, beside=beside, weigh=weigh
    )
)
