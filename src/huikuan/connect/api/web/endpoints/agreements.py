"""Contracts, orders and issued statements: read, and what happened of a contract recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Amount, Day, Instant, Listed, Maybe, Part, Record, Text, Whole, answered
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import company_id, customer_id
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID, instant
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.contracts.operations.milestones import record_milestone
from huikuan.record.contracts.queries.contracts import (
    ContractFilter,
    ContractRow,
    contract,
    contracts_page,
    whole_contract,
)
from huikuan.record.contracts.queries.orders import OrderFilter, OrderRow, order, orders_page
from huikuan.see.statements.queries.issued import IssuedRow, issued, issued_statement

_DAY, _AMOUNT = Maybe(Day()), Maybe(Amount())
_COMPANY = Text(20)

CONTRACT = answered(
    id=ID, company=_COMPANY, customer=CODE, number=Text(60), name=Text(200), signed_on=_DAY, effective_on=_DAY,
    expires_on=_DAY, currency=CURRENCY, amount=_AMOUNT, status=Text(20), version=Whole(),
)  # fmt: skip
_MILESTONE = answered(code=Text(100), event=Text(40), share=Text(20), amount=_AMOUNT, happened_on=_DAY, due_date=_DAY)
CONTRACT_WHOLE = answered(**{name: part.kind for name, part in CONTRACT.parts.items()}, milestones=Listed(_MILESTONE))
ORDER = answered(
    id=ID, company=_COMPANY, customer=CODE, number=Text(60), contract_number=Text(60), ordered_on=Day(),
    currency=CURRENCY, amount=Amount(), delivered_amount=Amount(), invoiced_amount=Amount(), state=Text(20),
    version=Whole(),
)  # fmt: skip
STATEMENT = answered(
    id=ID, number=Text(60), company=_COMPANY, customer=CODE, currency=CURRENCY, since=Day(), until=Day(),
    opening=Amount(), closing=Amount(), language=Text(20), issued_at=Instant(), actor=Text(150),
    content_digest=Text(100), file_sha256=Text(64),
)  # fmt: skip


def list_contracts(call: Call) -> Reply:
    """Contracts, the latest registered first."""
    scope, asked = call.caller.scope(Permission.VIEW_CONTRACTS), call.query
    chosen = ContractFilter(
        company_id=company_id(asked["company"], scope), customer_id=customer_id(asked["customer"], scope)
    )
    page = contracts_page(chosen, scope=scope, after=_after(call), limit=call.limit)
    return Reply({"data": [contract_json(row) for row in page.rows]}, next=[page.next] if page.next else None)


def show_contract(call: Call) -> Reply:
    """One contract with its milestones."""
    return Reply(_whole(call, Permission.VIEW_CONTRACTS))


def reach_milestone(call: Call) -> Reply:
    """The event of a milestone has happened: what waits for it falls due."""
    row = found(lambda: contract(call.path["id"], scope=call.caller.scope(Permission.MANAGE_CONTRACTS)))
    record_milestone(
        contract_id=row.id,
        milestone=call.body["milestone"],
        happened_on=call.body["happened_on"],
        note=call.body["note"],
        actor=call.caller.actor,
        at=call.at,
    )
    return Reply(_whole(call, Permission.MANAGE_CONTRACTS))


def list_orders(call: Call) -> Reply:
    """Orders, the latest entered first."""
    scope, asked = call.caller.scope(Permission.VIEW_ORDERS), call.query
    chosen = OrderFilter(
        company_id=company_id(asked["company"], scope), customer_id=customer_id(asked["customer"], scope)
    )
    page = orders_page(chosen, scope=scope, after=_after(call), limit=call.limit)
    return Reply({"data": [order_json(row) for row in page.rows]}, next=[page.next] if page.next else None)


def show_order(call: Call) -> Reply:
    """One order."""
    scope = call.caller.scope(Permission.VIEW_ORDERS)
    return Reply(order_json(found(lambda: order(call.path["id"], scope=scope))))


def list_statements(call: Call) -> Reply:
    """Issued statements, the newest first."""
    scope, asked = call.caller.scope(Permission.VIEW_LEDGER), call.query
    company = company_id(asked["company"], scope)
    rows = issued(
        scope=scope,
        company_ids=None if company is None else [company],
        customer_id=customer_id(asked["customer"], scope),
        after=int(call.place[0]) if call.place else None,
        limit=call.limit + 1,
    )
    more = [rows[call.limit - 1].id] if len(rows) > call.limit else None
    return Reply({"data": [statement_json(row) for row in rows[: call.limit]]}, next=more)


def show_statement(call: Call) -> Reply:
    """One issued statement."""
    scope = call.caller.scope(Permission.VIEW_LEDGER)
    return Reply(statement_json(found(lambda: issued_statement(call.path["id"], scope=scope))))


def contract_json(row: ContractRow) -> dict[str, Any]:
    """A contract as it reads now."""
    return {
        **{name: getattr(row, name) for name in ("id", "number", "name", "currency", "status", "version")},
        **{name: _day(getattr(row, name)) for name in ("signed_on", "effective_on", "expires_on")},
        "company": row.company_code,
        "customer": row.customer_code,
        "amount": None if row.amount is None else to_text(row.amount, row.currency),
    }


def order_json(row: OrderRow) -> dict[str, Any]:
    """An order as it reads now."""
    amounts = ("amount", "delivered_amount", "invoiced_amount")
    return {
        **{name: getattr(row, name) for name in ("id", "number", "contract_number", "currency", "state", "version")},
        **{name: to_text(getattr(row, name), row.currency) for name in amounts},
        "company": row.company_code,
        "customer": row.customer_code,
        "ordered_on": row.ordered_on.isoformat(),
    }


def statement_json(row: IssuedRow) -> dict[str, Any]:
    """An issued statement; positive is owed to us."""
    plain = ("id", "number", "currency", "language", "actor", "content_digest", "file_sha256")
    return {
        **{name: getattr(row, name) for name in plain},
        "company": row.company_code,
        "customer": row.customer_code,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
        "opening": to_text(row.opening, row.currency),
        "closing": to_text(row.closing, row.currency),
        "issued_at": instant(row.issued_at),
    }


def _whole(call: Call, permission: Permission) -> dict[str, Any]:
    theirs = call.caller.scope(permission)
    row = found(lambda: contract(call.path["id"], scope=theirs))
    milestones = [
        {
            "code": one.milestone.code,
            "event": one.milestone.event,
            "share": one.share,
            "amount": None if one.amount is None else to_text(one.amount, row.currency),
            "happened_on": _day(one.happened.happened_on) if one.happened else None,
            "due_date": _day(one.happened.due_date) if one.happened else None,
        }
        for one in whole_contract(row, scope=theirs).milestones
    ]
    return {**contract_json(row), "milestones": milestones}


def _after(call: Call) -> str:
    return str(call.place[0]) if call.place else ""


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


_WHOSE = Record({
    "company": Part(_COMPANY, gettext_noop("a company's code"), otherwise=""),
    "customer": Part(Text(40), gettext_noop("a customer's code"), otherwise=""),
})  # fmt: skip

ENDPOINTS = (
    Endpoint(
        "listContracts", "GET", "/contracts", gettext_noop("Contracts, the latest registered first"),
        Permission.VIEW_CONTRACTS, list_contracts, CONTRACT, query=_WHOSE, paged=True,
    ),
    Endpoint(
        "showContract", "GET", "/contracts/{id}", gettext_noop("One contract with its milestones"),
        Permission.VIEW_CONTRACTS, show_contract, CONTRACT_WHOLE, params={"id": ID},
    ),
    Endpoint(
        "reachMilestone", "POST", "/contracts/{id}/milestones",
        gettext_noop("A milestone's event has happened: what waits for it falls due"), Permission.MANAGE_CONTRACTS,
        reach_milestone, CONTRACT_WHOLE, status=201, params={"id": ID},
        body=Record({
            "milestone": Part(Text(100, 1), gettext_noop("the milestone's code"), required=True),
            "happened_on": Part(Day(), required=True),
            "note": Part(Text(200), otherwise=""),
        }),
    ),
    Endpoint(
        "listOrders", "GET", "/orders", gettext_noop("Orders, the latest entered first"), Permission.VIEW_ORDERS,
        list_orders, ORDER, query=_WHOSE, paged=True,
    ),
    Endpoint(
        "showOrder", "GET", "/orders/{id}", gettext_noop("One order"), Permission.VIEW_ORDERS, show_order, ORDER,
        params={"id": ID},
    ),
    Endpoint(
        "listStatements", "GET", "/statements", gettext_noop("Issued statements of account, the newest first"),
        Permission.VIEW_LEDGER, list_statements, STATEMENT, query=_WHOSE, paged=True,
    ),
    Endpoint(
        "showStatement", "GET", "/statements/{id}", gettext_noop("One issued statement of account"),
        Permission.VIEW_LEDGER, show_statement, STATEMENT, params={"id": ID},
    ),
)  # fmt: skip
