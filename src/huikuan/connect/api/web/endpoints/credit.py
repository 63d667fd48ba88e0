"""Credit decisions: would an amount fit in, and does an order go on."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Instant,
    Listed,
    Maybe,
    Part,
    Record,
    Text,
    Whole,
    answered,
)
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import company_seen, customer_of
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID
from huikuan.judge.credit.domain.deciding import APPROVE, DELIVERY, ENFORCE, HOLD, OBSERVE, ORDER, WARN
from huikuan.judge.credit.messages import STATES
from huikuan.judge.credit.operations.orders import check_order
from huikuan.judge.credit.queries.judging import judge_amount
from huikuan.judge.credit.queries.standings import DecisionRow, decisions
from huikuan.judge.credit.telling.decisions import judged_json, told_reasons
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.record.contracts.queries.orders import OrderRow, order

_LEDGER, _VIEW, _MANAGE = Permission.VIEW_LEDGER, Permission.VIEW_ORDERS, Permission.MANAGE_ORDERS
_DECISION = Choice((APPROVE, WARN, HOLD))
_MODE = Choice((OBSERVE, ENFORCE))
_SAID = answered(rule=Text(30), group=Text(40), message=Text(500))

JUDGED = answered(
    decision=_DECISION, exposure=Maybe(Amount()), limit=Maybe(Amount()), currency=CURRENCY,
    utilisation=Maybe(Text(24, 1, r"[0-9]+\.[0-9]{4}")), reasons=Listed(_SAID),
    ways_out=Listed(answered(way=Text(30), message=Text(500))), mode=_MODE, policy=Whole(0),
)  # fmt: skip
DECIDED = answered(
    id=ID, document=Choice((ORDER, DELIVERY)), decision=_DECISION, state=Choice(tuple(STATES)), currency=CURRENCY,
    amount=Amount(),
    reasons=Listed(Text(500)), reason=Text(200), actor=Text(150), decided_at=Instant(),
)  # fmt: skip


def ask(call: Call) -> Reply:
    """Would an order of this amount fit in? Nothing is reserved: entering the order decides."""
    scope, said = call.caller.scope(_LEDGER), call.body
    company = company_seen(said["company"], scope)
    judged = judge_amount(
        company,
        customer_of(company, said["customer"], scope),
        amount=to_minor(said["amount"], said["currency"]),
        currency=said["currency"],
        contract_number=said["contract_number"],
        scope=scope,
        at=call.at,
    )
    return Reply(judged_json(judged, company.currency))


def decide(call: Call) -> Reply:
    """An order that waits, or that came with an import, is decided about anew."""
    row = _named(call, _MANAGE)
    judged = check_order(order_id=row.id, actor=call.caller.actor, at=call.at)
    return Reply(judged_json(judged, _currency(row)))


def list_decisions(call: Call) -> Reply:
    """What was decided about an order, the newest first: few, so all of them."""
    row = _named(call, _VIEW)
    rows = decisions(row.id, scope=call.caller.scope(_VIEW))
    return Reply({"data": [_decided(one, _currency(row)) for one in rows]})


def _decided(row: DecisionRow, company_currency: str) -> dict[str, Any]:
    return {
        **{
            name: getattr(row, name) for name in ("id", "document", "decision", "state", "currency", "reason", "actor")
        },
        "amount": to_text(row.amount, row.currency),
        "reasons": told_reasons(row.content, company_currency),
        "decided_at": row.at.astimezone(UTC).isoformat(),
    }


def _named(call: Call, permission: Permission) -> OrderRow:
    return found(lambda: order(call.path["id"], scope=call.caller.scope(permission)))


def _currency(row: OrderRow) -> str:
    return str(Company.objects.values_list("currency", flat=True).get(pk=row.company_id))


ENDPOINTS = (
    Endpoint(
        "askDecision", "POST", "/credit/decisions", gettext_noop("Would an order of this amount fit in"), _LEDGER, ask,
        JUDGED,
        body=Record({
            "company": Part(Text(20, 1), gettext_noop("a company's code"), required=True),
            "customer": Part(CODE, gettext_noop("a customer's code"), required=True),
            "amount": Part(Amount(), required=True),
            "currency": Part(CURRENCY, required=True),
            "contract_number": Part(Text(60), otherwise=""),
        }),
    ),
    Endpoint(
        "listOrderDecisions", "GET", "/orders/{id}/decisions",
        gettext_noop("What was decided about an order, the newest first"), _VIEW, list_decisions,
        answered(data=Listed(DECIDED, 100_000)), params={"id": ID},
    ),
    Endpoint(
        "decideOrder", "POST", "/orders/{id}/decisions",
        gettext_noop("Decide anew about an order that waits or came with an import"), _MANAGE, decide, JUDGED,
        status=201, params={"id": ID},
    ),
)  # fmt: skip
