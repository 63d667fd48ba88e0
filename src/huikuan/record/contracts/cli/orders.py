"""`huikuan order list|show|deliver|invoice`."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.commanding import commander
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.contracts.cli.options import add_list_options, customer_id, finish, seen_by, show
from huikuan.record.contracts.domain.orders import Progress, quantity_text, read_quantity
from huikuan.record.contracts.messages import STATES
from huikuan.record.contracts.queries.orders import OrderFilter, OrderRow, order_numbered, orders_page, whole_order


def add_order(subparsers: Any) -> None:
    """`huikuan order …`."""
    actions = subparsers.add_parser("order", help=_("sales orders and deliveries")).add_subparsers(
        dest="action", required=True
    )
    listing = actions.add_parser("list", help=_("orders, the latest entered first"))
    add_list_options(listing)
    listing.add_argument("--state", choices=tuple(STATES))
    listing.add_argument("--contract", metavar="NUMBER")
    finish(listing, _list)
    one = actions.add_parser("show", help=_("one order: lines, deliveries, invoices as of a day"))
    one.add_argument("number")
    one.add_argument("--as-of", default="", metavar="DATE")
    finish(one, _show, company=True)
    for name, explained in (("deliver", _("record a delivery of a line")), ("invoice", _("record an invoicing"))):
        done = actions.add_parser(name, help=explained)
        done.add_argument("number", help=_("number of the order"))
        done.add_argument("line", type=int)
        done.add_argument("quantity", help=_("how much, like 12.5"))
        done.add_argument("--on", required=True, metavar="DATE", help=_("the day it happened"))
        done.add_argument("--document", default="", help=_("number of the delivery note or invoice"))
        if name == "invoice":
            done.add_argument("--due", default="", metavar="DATE", help=_("post the invoice, too, due on this day"))
        finish(done, _deliver if name == "deliver" else _invoice, company=True)


def _list(options: Namespace) -> int:
    scope = seen_by(options, Permission.VIEW_ORDERS)
    chosen = OrderFilter(
        customer_id=customer_id(options, scope),
        contract_number=options.contract,
        state=options.state,
        text=options.find,
    )
    found = orders_page(chosen, scope=scope, after=options.after, limit=options.limit)
    body = {"orders": [_row(row) for row in found.rows], "next": found.next, "count": found.count}
    show(options, body, ["\t".join(_columns(row)) for row in found.rows])
    return 0


def _show(options: Namespace) -> int:
    theirs = seen_by(options, Permission.VIEW_ORDERS)
    row = order_numbered(options.company, options.number, scope=theirs)
    whole = whole_order(row, scope=theirs, as_of=parse_date(options.as_of) if options.as_of else None)
    lines = [_line(one, row.currency) for one in whole.lines]
    done = [
        {
            "id": one.id,
            "line": one.line,
            "what": one.what,
            "on": one.happened_on.isoformat(),
            "quantity": quantity_text(one.quantity_e4),
            "amount": to_text(one.amount, row.currency),
            "document": one.document_number,
            "reverses": one.reversal_of,
        }
        for one in whole.fulfilments
    ]
    told = ["\t".join(_columns(row))]
    told += [
        _("  line %(line)s %(product)s: %(quantity)s ordered, %(delivered)s delivered, %(invoiced)s invoiced") % line
        for line in lines
    ]
    show(options, {**_row(row), "state": whole.state, "lines": lines, "done": done}, told)
    return 0


def _deliver(options: Namespace) -> int:
    from huikuan.record.contracts.operations.orders import record_delivery

    return _done(options, record_delivery, "delivered_on")


def _invoice(options: Namespace) -> int:
    from huikuan.record.contracts.operations.invoicing import invoice

    due = parse_date(options.due) if options.due else None
    if due is not None:
        theirs, at = seen_by(options, Permission.MANAGE_ORDERS), datetime.now(UTC)
        row = order_numbered(options.company, options.number, scope=theirs)
        commander(options, Permission.POST_ITEMS, company_id=row.company_id, at=at)
    return _done(options, partial(invoice, due_date=due), "invoiced_on")


def _done(options: Namespace, operation: Any, day: str) -> int:
    theirs, at = seen_by(options, Permission.MANAGE_ORDERS), datetime.now(UTC)
    row = order_numbered(options.company, options.number, scope=theirs)
    number = operation(
        order_id=row.id,
        line=options.line,
        quantity_e4=read_quantity(options.quantity),
        document_number=options.document,
        actor=commander(options, Permission.MANAGE_ORDERS, company_id=row.company_id, at=at),
        at=at,
        **{day: parse_date(options.on)},
    )
    now = order_numbered(options.company, options.number, scope=theirs)
    show(
        options,
        {"id": number, **_row(now)},
        [_("Recorded; the order is now: %(state)s.") % {"state": _(STATES[now.state])}],
    )
    return 0


def _row(row: OrderRow) -> dict[str, Any]:
    """The order's keys: amounts as decimal strings."""
    amounts = {
        "amount": row.amount,
        "delivered": row.delivered_amount,
        "invoiced": row.invoiced_amount,
        "not_delivered": row.open_amount,
    }
    return {
        "id": row.id,
        "company": row.company_code,
        "number": row.number,
        "contract": row.contract_number,
        "customer": row.customer_code,
        "customer_name": row.customer_name,
        "ordered_on": row.ordered_on.isoformat(),
        "currency": row.currency,
        **{name: to_text(amount, row.currency) for name, amount in amounts.items()},
        "state": row.state,
        "version": row.version,
    }


def _columns(row: OrderRow) -> list[str]:
    amount = f"{row.currency} {to_text(row.amount, row.currency)}"
    return [row.number, row.customer_code, row.customer_name, row.contract_number, amount, _(STATES[row.state])]


def _line(one: Progress, currency: str) -> dict[str, Any]:
    return {
        "line": one.line.line,
        "product": one.line.product,
        "product_code": one.line.product_code,
        "unit": one.line.unit,
        "quantity": quantity_text(one.line.quantity_e4),
        "delivered": quantity_text(one.delivered_e4),
        "invoiced": quantity_text(one.invoiced_e4),
        "not_delivered": quantity_text(one.open_e4),
        "amount": to_text(one.line.amount, currency),
        "planned_on": one.line.planned_on.isoformat() if one.line.planned_on else None,
    }
