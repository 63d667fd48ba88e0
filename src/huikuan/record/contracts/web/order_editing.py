"""Entering and changing an order by hand, and recording what was delivered and invoiced of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import companies_offered, may, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, check_fits, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.contracts.domain.orders import INVOICED, read_quantity
from huikuan.record.contracts.messages import ABOUT_ORDER, ORDER_FIELDS
from huikuan.record.contracts.operations.invoicing import invoice
from huikuan.record.contracts.operations.orders import (
    change_order,
    create_order,
    record_delivery,
    withdraw_fulfilment,
)
from huikuan.record.contracts.queries.orders import OrderRow, order, whole_order
from huikuan.record.contracts.queries.progress import OrderVersion, order_of, order_versions
from huikuan.record.contracts.web.choosing import (
    CUSTOMERS,
    company_chosen,
    company_to_write,
    customer_prefilled,
    offer_customers,
    read_customer,
    usual_currency,
)
from huikuan.record.contracts.web.meanwhile import Meanwhile, State, carry_over, version_opened
from huikuan.record.contracts.web.order_form import CELLS, blame, order_in, told_of, typed_of
from huikuan.record.contracts.web.orders import render_order

_ASKED = {"quantity": gettext_noop("Quantity"), "day": gettext_noop("Day")}
#: Which field a refusal of a delivery belongs to.
_OF_DELIVERY = {
    "more_than_ordered": "quantity",
    "event_in_future": "day",
    "order_line_unknown": "line",
    "invoicing_without_document": "document",
    "invoicing_not_posted": "due",
}


@needs(Permission.MANAGE_ORDERS)
def create(request: HttpRequest) -> HttpResponse:
    """A new order with its lines."""
    if request.headers.get("HX-Target") == CUSTOMERS:
        return offer_customers(request)
    if request.method != "POST":
        return _page(request, _blank(request))
    form = Form(typed_in(request))
    created = None if "more" in form.typed else _create(request, form)
    return _page(request, form) if created is None else _to(request, created)


@needs(Permission.MANAGE_ORDERS)
def change(request: HttpRequest, order_id: int) -> HttpResponse:
    """The order says something else from now on."""
    row = _order(request, order_id)
    stands = order_of(row.id)
    check_fits(len(stands.lines))
    if request.method != "POST":
        return _page(request, Form(typed_of(stands) | {"version": str(row.version)}), row)
    form = Form(typed_in(request))
    seen = version_opened(form, row.version)
    if "more" in form.typed or not _change(request, form, row, seen):
        row = _order(request, order_id)
        moved = row.version != seen and not form.problems
        return _page(request, form, row, _meanwhile(form, order_versions(row.id), seen) if moved else None)
    return _to(request, row.id)


@needs(Permission.VIEW_ORDERS, to_write=Permission.MANAGE_ORDERS)
def cancel(request: HttpRequest, order_id: int) -> HttpResponse:
    """The order is void, or in force again; refused while something of it was delivered or invoiced. Asked for anew,
    the address leads to the order."""
    if request.method != "POST":
        return _to(request, _order(request, order_id).id)
    row, form = _order(request, order_id), Form(typed_in(request))
    wanted = replace(order_of(row.id), void=form.text("void") == "1")
    try:
        change_order(order_id=row.id, version=version_opened(form, row.version), order=wanted, **_by(request))
    except Refusal as refusal:
        form.blame("", refusal)
        return render_order(request, row, form, status=409 if refusal.code == "order_changed_since" else 400)
    return _to(request, row.id)


@needs(Permission.VIEW_ORDERS, to_write=Permission.MANAGE_ORDERS)
def fulfil(request: HttpRequest, order_id: int) -> HttpResponse:
    """So much of a line was delivered, or invoiced, on a day. A refused form stands at this address: whoever asks for
    it anew is led to the order."""
    if request.method != "POST":
        return _to(request, _order(request, order_id).id)
    row, form = _order(request, order_id), Form(typed_in(request))
    for name in ("quantity", "day"):
        if not form.text(name):
            form.blame(name, Refusal("contract_field_missing", field=_(_ASKED[name])))
    quantity, day = form.read("quantity", read_quantity), form.read("day", parse_date)
    due = form.read("due", parse_date) if form.text("due") and form.text("what") == INVOICED else None
    if due is not None and not may(request, Permission.POST_ITEMS):
        form.blame("due", Refusal("invoicing_not_yours"))
    if quantity is not None and day is not None and not form.problems:
        try:
            _record(request, row, form, quantity, day, due)
        except Refusal as refusal:
            form.blame(_OF_DELIVERY.get(refusal.code, ""), refusal)
            if refusal.code == "order_fulfilled_since":
                return render_order(request, row, form, status=409)
    return render_order(request, row, form, status=400) if form.problems else _to(request, row.id)


@needs(Permission.VIEW_ORDERS, to_write=Permission.MANAGE_ORDERS)
@posted_from("contracts:order", "order_id")
def withdraw(request: HttpRequest, order_id: int, fulfilment_id: int) -> HttpResponse:
    """A delivery or invoicing recorded in error is taken back."""
    row = _order(request, order_id)
    if fulfilment_id not in {one.id for one in whole_order(row, scope=scope_of(request)).fulfilments}:
        raise Http404
    try:
        withdraw_fulfilment(fulfilment_id=fulfilment_id, **_by(request))
    except Refusal as refusal:
        form = Form({})
        form.blame("", refusal)
        return render_order(request, row, form, status=409)
    return _to(request, row.id)


def _create(request: HttpRequest, form: Form) -> int | None:
    company = company_to_write(request, form)
    if company is None:
        return None
    customer = form.read("customer", partial(read_customer, request, company))
    for name in ("customer", "number"):
        if not form.text(name):
            blame(form, Refusal("contract_field_missing", field=name))
    said = order_in(form)
    if said is None or customer is None or form.problems:
        return None
    by = _by(request)
    try:
        return create_order(company=company, customer_id=customer.id, number=form.text("number"), order=said, **by)
    except Refusal as refusal:
        blame(form, refusal)
        return None


def _change(request: HttpRequest, form: Form, row: OrderRow, seen: int) -> bool:
    """Whether it was changed; what stands against it is in the form."""
    said = order_in(form)
    if said is None:
        return False
    try:
        wanted = replace(said, void=order_of(row.id).void)
        change_order(order_id=row.id, version=seen, order=wanted, **_by(request))
    except Refusal as refusal:
        if refusal.code != "order_changed_since":
            blame(form, refusal)
        return False
    return True


def _record(request: HttpRequest, row: OrderRow, form: Form, quantity_e4: int, day: date, due: date | None) -> None:
    line = _number(form.text("line"))
    recorded = _number(form.text("recorded"))
    more: dict[str, Any] = {"document_number": form.text("document"), "recorded": recorded, **_by(request)}
    if form.text("what") == INVOICED:
        invoice(order_id=row.id, line=line, quantity_e4=quantity_e4, invoiced_on=day, due_date=due, **more)
    else:
        record_delivery(order_id=row.id, line=line, quantity_e4=quantity_e4, delivered_on=day, **more)


def _number(text: str) -> int:
    """What a hidden field says; 0 for what is none of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _meanwhile(form: Form, history: Sequence[OrderVersion], seen: int) -> Meanwhile:
    before, now = (State(typed_of(one.order), told_of(one.order)) for one in (history[seen - 1], history[-1]))
    return carry_over(form, before, now, titles=ORDER_FIELDS, by=history[seen:])


def _page(
    request: HttpRequest, form: Form, row: OrderRow | None = None, meanwhile: Meanwhile | None = None
) -> HttpResponse:
    page = {
        "form": form,
        "order": row,
        "own_companies": companies_offered(request),
        "rows": form.offered("line", (*CELLS, "number")),
        "titles": {name: _(title) for name, title in {**ORDER_FIELDS, **ABOUT_ORDER}.items()},
        "meanwhile": meanwhile,
    }
    status = 409 if meanwhile else 400 if form.problems else 200
    return render(request, "contracts/order_form.html", page, status=status)


def _blank(request: HttpRequest) -> Form:
    company = company_chosen(request, Form({"company": request.GET.get("of", "")}))
    asked = {"customer": customer_prefilled(request), "contract": request.GET.get("contract", "")}
    today = reading_of(request).today.isoformat()
    whose = {"company": company.code if company else "", "currency": usual_currency(request, company)}
    return Form({**asked, **whose, "ordered": today})


def _order(request: HttpRequest, order_id: int) -> OrderRow:
    try:
        return order(order_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user.get_username(), "at": timezone.now()}


def _to(request: HttpRequest, order_id: int) -> HttpResponse:
    return HttpResponseRedirect(address(reverse("contracts:order", args=[order_id]), reading_of(request)))
