"""Sales orders: entered, read, changed; and what was delivered and invoiced of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    Listed,
    Maybe,
    Part,
    Record,
    Text,
    Whole,
    answered,
)
from huikuan.connect.api.web.answering import matches
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import WHOSE, company_id, company_seen, customer_id, customer_of
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor, to_text
from huikuan.kernel.text import plain, tidy
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.contracts.domain.orders import (
    DELIVERED,
    INVOICED,
    Order,
    OrderLine,
    Progress,
    quantity_text,
    read_quantity,
)
from huikuan.record.contracts.models import SalesOrder
from huikuan.record.contracts.operations.invoicing import invoice
from huikuan.record.contracts.operations.orders import (
    change_order,
    create_order,
    record_delivery,
    withdraw_fulfilment,
)
from huikuan.record.contracts.queries.orders import (
    OrderFilter,
    OrderRow,
    WholeOrder,
    order,
    orders_page,
    whole_order,
)
from huikuan.record.contracts.queries.progress import FulfilmentRow, order_of

_VIEW, _MANAGE = Permission.VIEW_ORDERS, Permission.MANAGE_ORDERS
_QUANTITY = Text(24, 1, r"-?[0-9]{1,12}(\.[0-9]{1,4})?")
_WHAT = Choice((DELIVERED, INVOICED))
_MOST_LINES = 500

ORDER = answered(
    id=ID, company=Text(20), customer=CODE, number=Text(60), contract_number=Text(60), ordered_on=Day(),
    currency=CURRENCY, amount=Amount(), delivered_amount=Amount(), invoiced_amount=Amount(),
    state=Choice(tuple(SalesOrder.State.values)), version=Whole(),
)  # fmt: skip
_LINE = answered(
    line=Whole(0), product=Text(200), product_code=Text(60), quantity=_QUANTITY, unit=Text(20), amount=Amount(),
    planned_on=Maybe(Day()), delivered=_QUANTITY, delivered_amount=Amount(), invoiced=_QUANTITY,
    invoiced_amount=Amount(),
)  # fmt: skip
_FULFILMENT = answered(
    id=ID, line=Whole(0), what=_WHAT, happened_on=Day(), quantity=_QUANTITY, amount=Amount(), document_number=Text(60),
    reversal_of=Maybe(ID), undone_by=Maybe(ID), actor=Text(150),
)  # fmt: skip
ORDER_WHOLE = answered(
    **{name: part.kind for name, part in ORDER.parts.items()},
    lines=Listed(_LINE, _MOST_LINES),
    fulfilments=Listed(_FULFILMENT, 100_000),
)


def list_orders(call: Call) -> Reply:
    """Orders, the latest entered first."""
    scope, asked = call.caller.scope(_VIEW), call.query
    chosen = OrderFilter(
        company_id=company_id(asked["company"], scope), customer_id=customer_id(asked["customer"], scope)
    )
    page = orders_page(chosen, scope=scope, after=call.after, limit=call.limit)
    return Reply({"data": [order_json(row) for row in page.rows]}, next=[page.next] if page.next else None)


def show_order(call: Call) -> Reply:
    """One order with its lines, and what was done of them."""
    return _told(_named(call, _VIEW), call.caller.scope(_VIEW))


def create(call: Call) -> Reply:
    """Enter an order."""
    scope, said = call.caller.scope(_MANAGE), call.body
    company = company_seen(said["company"], scope)
    whose = customer_of(company, said["customer"], scope)
    lines = tuple(_line(one, said["currency"]) for one in said["lines"])
    wanted = Order(said["ordered_on"], said["currency"], lines, said["contract_number"])
    created = create_order(
        company=company, customer_id=whose, number=said["number"], order=wanted, actor=call.caller.actor, at=call.at
    )
    return _told(order(created, scope=scope), scope)


def change(call: Call) -> Reply:
    """The order says something else from now on; what is left out stays. Lines are stated all of them."""
    row = _named(call, _MANAGE)
    if not matches(call.if_match, version_tag(whole_order(row, scope=call.caller.scope(_MANAGE)))):
        raise Refusal("precondition_failed")
    said = {name: value for name, value in call.body.items() if value is not None}
    if "lines" in said:
        said["lines"] = tuple(_line(one, row.currency) for one in said["lines"])
    wanted = replace(order_of(row.id), **said)
    change_order(order_id=row.id, version=row.version, order=wanted, actor=call.caller.actor, at=call.at)
    return _told(_named(call, _MANAGE), call.caller.scope(_MANAGE))


def fulfil(call: Call) -> Reply:
    """So much of a line was delivered, or invoiced, on a day; with a due date the invoice is posted, too."""
    row, said = _named(call, _MANAGE), call.body
    posts = said["due_date"] is not None
    if posts and said["what"] != INVOICED:
        raise Refusal("delivery_not_due")
    if posts:
        call.caller.require(Permission.POST_ITEMS)
    about: dict[str, Any] = {
        "order_id": row.id,
        "line": said["line"],
        "quantity_e4": read_quantity(said["quantity"]),
        "document_number": said["document_number"],
        "actor": call.caller.actor,
        "at": call.at,
    }
    if said["what"] == INVOICED:
        invoice(invoiced_on=said["happened_on"], due_date=said["due_date"], **about)
    else:
        record_delivery(delivered_on=said["happened_on"], **about)
    return _told(_named(call, _MANAGE), call.caller.scope(_MANAGE))


def take_back(call: Call) -> Reply:
    """A delivery or invoicing was recorded in error."""
    row, fulfilment = _named(call, _MANAGE), call.path["fulfilment"]
    if fulfilment not in {one.id for one in whole_order(row, scope=call.caller.scope(_MANAGE)).fulfilments}:
        raise Refusal("not_found")
    withdraw_fulfilment(fulfilment_id=fulfilment, actor=call.caller.actor, at=call.at)
    return _told(_named(call, _MANAGE), call.caller.scope(_MANAGE))


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


def version_tag(whole: WholeOrder) -> str:
    """What If-Match has to say to change this order: its version, and how much was done of it."""
    return f'"{whole.row.id}-{whole.row.version}-{len(whole.fulfilments)}"'


def _told(row: OrderRow, scope: Scope) -> Reply:
    whole = whole_order(row, scope=scope)
    said = {
        **order_json(row),
        "lines": [_line_json(one, row.currency) for one in whole.lines],
        "fulfilments": [_fulfilment_json(one, row.currency) for one in whole.fulfilments],
    }
    return Reply(said, etag=version_tag(whole))


def _named(call: Call, permission: Permission) -> OrderRow:
    return found(lambda: order(call.path["id"], scope=call.caller.scope(permission)))


def _line(said: Mapping[str, Any], currency: str) -> OrderLine:
    return OrderLine(
        line=said["line"],
        product=tidy(said["product"]),
        quantity_e4=read_quantity(said["quantity"]),
        amount=to_minor(said["amount"], currency),
        unit=tidy(said["unit"]),
        product_code=plain(said["product_code"]),
        planned_on=said["planned_on"],
    )


def _line_json(one: Progress, currency: str) -> dict[str, Any]:
    line = one.line
    return {
        **{name: getattr(line, name) for name in ("line", "product", "product_code", "unit")},
        "quantity": quantity_text(line.quantity_e4),
        "amount": to_text(line.amount, currency),
        "planned_on": line.planned_on.isoformat() if line.planned_on else None,
        "delivered": quantity_text(one.delivered_e4),
        "delivered_amount": to_text(one.delivered_amount, currency),
        "invoiced": quantity_text(one.invoiced_e4),
        "invoiced_amount": to_text(one.invoiced_amount, currency),
    }


def _fulfilment_json(one: FulfilmentRow, currency: str) -> dict[str, Any]:
    plainly = ("id", "line", "what", "document_number", "reversal_of", "undone_by", "actor")
    return {
        **{name: getattr(one, name) for name in plainly},
        "happened_on": one.happened_on.isoformat(),
        "quantity": quantity_text(one.quantity_e4),
        "amount": to_text(one.amount, currency),
    }


_NEW_LINE = Record({
    "line": Part(Whole(1, 1_000_000), gettext_noop("its number in the order"), required=True),
    "product": Part(Text(200, 1), required=True),
    "quantity": Part(_QUANTITY, gettext_noop("a decimal text with at most four decimals"), required=True),
    "amount": Part(Amount(), gettext_noop("of the line, tax included"), required=True),
    "unit": Part(Text(20), otherwise=""),
    "product_code": Part(Text(60), otherwise=""),
    "planned_on": Part(Day()),
})  # fmt: skip
_LINES = Listed(_NEW_LINE, _MOST_LINES, 1)

ENDPOINTS = (
    Endpoint(
        "listOrders", "GET", "/orders", gettext_noop("Orders, the latest entered first"), _VIEW, list_orders, ORDER,
        query=Record(WHOSE), paged=True,
    ),
    Endpoint(
        "createOrder", "POST", "/orders", gettext_noop("Enter an order"), _MANAGE, create, ORDER_WHOLE, status=201,
        body=Record({
            "company": Part(Text(20, 1), gettext_noop("a company's code"), required=True),
            "customer": Part(CODE, gettext_noop("a customer's code"), required=True),
            "number": Part(Text(60, 1), required=True),
            "ordered_on": Part(Day(), required=True),
            "currency": Part(CURRENCY, required=True),
            "contract_number": Part(Text(60), otherwise=""),
            "lines": Part(_LINES, required=True),
        }),
    ),
    Endpoint(
        "showOrder", "GET", "/orders/{id}", gettext_noop("One order with its lines"), _VIEW, show_order, ORDER_WHOLE,
        params={"id": ID},
    ),
    Endpoint(
        "changeOrder", "PATCH", "/orders/{id}", gettext_noop("An order says otherwise from now on (If-Match)"),
        _MANAGE, change, ORDER_WHOLE, params={"id": ID}, versioned=True,
        body=Record({
            "ordered_on": Part(Day()),
            "contract_number": Part(Text(60)),
            "lines": Part(_LINES, gettext_noop("all of them")),
            "void": Part(Flag(), gettext_noop("true cancels it, false puts it in force again")),
        }),
    ),
    Endpoint(
        "fulfilOrder", "POST", "/orders/{id}/fulfilments",
        gettext_noop("So much of a line was delivered, or invoiced, on a day"), _MANAGE, fulfil, ORDER_WHOLE,
        status=201, params={"id": ID},
        body=Record({
            "line": Part(Whole(1, 1_000_000), required=True),
            "what": Part(_WHAT, required=True),
            "quantity": Part(_QUANTITY, required=True),
            "happened_on": Part(Day(), required=True),
            "document_number": Part(Text(60), otherwise=""),
            "due_date": Part(
                Day(),
                gettext_noop("of an invoice, which is then posted in the ledger, too; left out: nothing is posted"),
            ),
        }),
    ),
    Endpoint(
        "takeBackFulfilment", "POST", "/orders/{id}/fulfilments/{fulfilment}/withdrawal",
        gettext_noop("A delivery or invoicing was recorded in error"), _MANAGE, take_back, ORDER_WHOLE, status=201,
        params={"id": ID, "fulfilment": ID},
    ),
)  # fmt: skip
