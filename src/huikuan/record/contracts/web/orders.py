"""The pages of sales orders: the list and exactly its rows as a file, and one order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.beside import beside
from huikuan.mechanisms.pages.forms import Form
from huikuan.mechanisms.pages.lists import MORE, TABS, Column, Listing, Preset, listed, numbers_in, picked, register
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.contracts.messages import STATES
from huikuan.record.contracts.queries.orders import (
    OrderFilter,
    OrderRow,
    every_order,
    order,
    orders_page,
    whole_order,
)
from huikuan.record.contracts.web.asked import chips, customer_asked
from huikuan.record.customers.queries import seen

ROWS = 50

LISTING = register(
    Listing(
        name="contracts.orders",
        place="contracts:orders",
        columns=(
            Column("company", gettext_noop("Company")),
            Column("contract", gettext_noop("Contract")),
            Column("ordered", gettext_noop("Ordered")),
            Column("delivered", gettext_noop("Delivered")),
            Column("invoiced", gettext_noop("Invoiced")),
            Column("open", gettext_noop("Not delivered")),
            Column("status", gettext_noop("Status")),
        ),
        conditions=("q", "customer", "contract", "state"),
        presets=(
            Preset(gettext_noop("All"), {}),
            *(Preset(title, {"state": state}) for state, title in STATES.items()),
        ),
    )
)


@needs(Permission.VIEW_ORDERS)
def show_orders(request: HttpRequest) -> HttpResponse:
    """Orders that match, 50 at a time; a partial update asks for the rows that follow."""
    reading, chosen = reading_of(request), _chosen(request)
    asked: dict[str, Any] = {"scope": scope_of(request), "as_of": reading.as_of, "known": reading.horizon}

    def count(query: Mapping[str, str]) -> int:
        return orders_page(_chosen(request, query), **asked, limit=1).count

    page: dict[str, Any] = {"list": listed(request, LISTING, reading, path=request.path, count=count)}
    if request.headers.get("HX-Target") == TABS:
        return render(request, "shell/parts/list/tabs.html", page)
    found = orders_page(chosen, **asked, after=request.GET.get("after", ""), limit=ROWS)
    page |= {
        "found": found,
        "chosen": chosen,
        "enters": may(request, Permission.MANAGE_ORDERS) and not reading.is_past,
        "chips": chips(
            customer_asked(request),
            contract=chosen.contract_number or "",
            state=_(STATES[chosen.state]) if chosen.state else "",
            q=chosen.text,
        ),
        "several_companies": reading.company is None and len({row.company_code for row in found.rows}) > 1,
    }
    more = request.headers.get("HX-Target") == MORE
    return render(request, "contracts/parts/order_rows.html" if more else "contracts/orders.html", page)


@needs(Permission.VIEW_ORDERS)
def export_orders(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the list as csv or xlsx, read in one snapshot."""
    reading = reading_of(request)
    headers = [
        _("Company"), _("Order"), _("Contract"), _("Customer code"), _("Customer"), _("Ordered"), _("Currency"),
        _("Amount"), _("Delivered"), _("Invoiced"), _("Not delivered"), _("Status"),
    ]  # fmt: skip
    with snapshot():
        rows = every_order(
            _chosen(request),
            scope=scope_of(request),
            as_of=reading.as_of,
            known=reading.horizon,
        )
        name = f"{_('orders')}-{reading.as_of:%Y-%m-%d}"
        cells = (_cells(row) for row in rows)
        return send_table(request.GET.get("format", ""), name, headers, cells, title=f"{reading.as_of:%Y-%m-%d}")


@needs(Permission.VIEW_ORDERS)
def show_order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: its lines and what was delivered and invoiced of each up to the page's day."""
    try:
        row = order(order_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal
    return render_order(request, row)


def render_order(request: HttpRequest, row: OrderRow, form: Form | None = None, status: int = 200) -> HttpResponse:
    """The page of an order. `form`: what was typed into it and refused."""
    reading = reading_of(request)
    whole = whole_order(row, scope=scope_of(request), as_of=reading.as_of, known=reading.horizon)
    page = {
        "order": row,
        "seller": Company.objects.get(pk=row.company_id).name,
        "whole": whole,
        "contract_id": whole.contract_id if _reaches(request, Permission.VIEW_CONTRACTS, row) else None,
        "delivered": sum(line.delivered_amount for line in whole.lines),
        "invoiced": sum(line.invoiced_amount for line in whole.lines),
        "undelivered": 0 if whole.order.void else sum(line.open_amount for line in whole.lines),
        "manages": _reaches(request, Permission.MANAGE_ORDERS, row) and not reading.is_past,
        "posts": may(request, Permission.POST_ITEMS),
        "beside": beside("contracts.order", request, row.id),
        "form": form or Form({}),
        "asked": f"{form.text('line')}{form.text('what')}" if form else "",
    }
    return render(request, "contracts/order.html", page, status=status)


def _reaches(request: HttpRequest, permission: Permission, row: OrderRow) -> bool:
    """Whether the reader may do this on the rows of the order's customer."""
    return seen(scope_of(request, permission)).has(row.company_id, row.customer_id)


def _chosen(request: HttpRequest, query: Mapping[str, str] | None = None) -> OrderFilter:
    """What the address asks for, or a view's `query`; of rows picked in a form, those alone."""
    asked, keys = request.GET if query is None else query, picked(request)
    state, customer = asked.get("state", ""), customer_asked(request, asked)
    return OrderFilter(
        company_id=reading_of(request).company_id,
        customer_id=customer.id if customer else None,
        contract_number=asked.get("contract", "") or None,
        state=state if state in STATES else None,
        text=asked.get("q", "").strip(),
        ids=None if keys is None else numbers_in(keys),
    )


def _cells(row: OrderRow) -> list[Cell]:
    amounts = (row.amount, row.delivered_amount, row.invoiced_amount, row.open_amount)
    return [
        row.company_code,
        row.number,
        row.contract_number,
        row.customer_code,
        row.customer_name,
        row.ordered_on,
        row.currency,
        *(Decimal(to_text(amount, row.currency)) for amount in amounts),
        _(STATES[row.state]),
    ]
