"""The register of bills and exactly its rows as a file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.lists import Chip
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.bills.domain.life import SPLIT, STATES
from huikuan.record.bills.domain.numbers import KINDS
from huikuan.record.bills.messages import CLASSES, GROUPS
from huikuan.record.bills.messages import KINDS as KIND_NAMES
from huikuan.record.bills.messages import STATES as STATE_NAMES
from huikuan.record.bills.queries.bills import BillRow
from huikuan.record.bills.queries.listing import BillFilter, bills_page, every_bill
from huikuan.record.customers.queries import CustomerRow, customer

ROWS = 50
WRITES = Permission.SETTLE
VIEWS = {"": gettext_noop("All"), **GROUPS, **{name: STATE_NAMES[name] for name in STATES if name != SPLIT}}


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_bills(request: HttpRequest) -> HttpResponse:
    """Bills that match, the first to mature first, 50 at a time; a partial update asks for the rows that follow."""
    reading, (chosen, whose) = reading_of(request), chosen_of(request)
    found = bills_page(
        chosen,
        scope=scope_of(request, Permission.VIEW_LEDGER),
        day=reading.as_of,
        known=reading.horizon,
        after=_place(request.GET.get("after", "")),
        limit=ROWS,
    )
    page: dict[str, Any] = {"found": found}
    if request.headers.get("HX-Target") == "more":
        return render(request, "bills/parts/bill_rows.html", page)
    page |= {
        "chosen": chosen,
        "views": VIEWS,
        "kinds": [(kind, _(KIND_NAMES[kind])) for kind in KINDS],
        "chips": _chips(chosen, whose),
        "customer": whose,
        "receives": may(request, WRITES) and not reading.is_past,
    }
    return render(request, "bills/bills.html", page)


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_bills(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx, read in one snapshot."""
    reading = reading_of(request)
    headers = [
        _("Number"), _("Company"), _("Customer code"), _("Customer"), _("Kind"), _("Bill number"), _("Range"),
        _("Currency"), _("Face"), _("Drawer"), _("Acceptor"), _("Class of the acceptor"), _("Drawn on"),
        _("Matures on"), _("Received on"), _("Transferable"), _("State"), _("State since"), _("To whom"),
        _("Recourse"), _("Said by"), _("Note"),
    ]  # fmt: skip
    name = f"{_('bills')}-{reading.as_of:%Y-%m-%d}"
    with snapshot():
        rows = every_bill(
            chosen_of(request)[0],
            scope=scope_of(request, Permission.VIEW_LEDGER),
            day=reading.as_of,
            known=reading.horizon,
        )
        cells = (_cells(row) for row in rows)
        return send_table(request.GET.get("format", ""), name, headers, cells, title=f"{reading.as_of:%Y-%m-%d}")


def chosen_of(request: HttpRequest) -> tuple[BillFilter, CustomerRow | None]:
    """What the address narrows the list to; a customer that is not there has no bills."""
    state, kind, whose = request.GET.get("state", ""), request.GET.get("kind", ""), None
    if request.GET.get("customer"):
        try:
            whose = customer(request.GET["customer"], scope=scope_of(request, Permission.VIEW_LEDGER))
        except Refusal:
            return BillFilter(customer_id=0), None
    chosen = BillFilter(
        state=state if state in VIEWS else "",
        kind=kind if kind in KINDS else "",
        text=request.GET.get("q", "").strip(),
        matures_from=_day(request.GET.get("from", "")),
        matures_until=_day(request.GET.get("until", "")),
        company_id=reading_of(request).company_id,
        customer_id=whose.id if whose else None,
    )
    return chosen, whose


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except Refusal:
        return None


def _place(text: str) -> str:
    """Where the next rows begin, as a page before has said it; anything else begins anew."""
    day, _dot, number = text.partition(".")
    return text if _day(day) and number.isascii() and number.isdigit() and len(number) < 19 else ""


def _chips(chosen: BillFilter, whose: CustomerRow | None) -> list[Chip]:
    found = [Chip(whose.name, ("customer",))] if whose else []
    if chosen.kind:
        found.append(Chip(_(KIND_NAMES[chosen.kind]), ("kind",)))
    if chosen.matures_from or chosen.matures_until:
        span = f"{chosen.matures_from or '…'} – {chosen.matures_until or '…'}"
        found.append(Chip(f"{_('Matures on')} {span}", ("from", "until")))
    return [*found, Chip(chosen.text, ("q",))] if chosen.text else found


def _cells(row: BillRow) -> list[Cell]:
    return [
        row.id, row.company_code, row.customer_code, row.customer_name, _(KIND_NAMES[row.kind]), row.number, row.range,
        row.currency, Decimal(to_text(row.amount, row.currency)), row.drawer, row.acceptor,
        _(CLASSES[row.acceptor_class]), row.issued_on, row.matures_on, row.received_on,
        _("yes") if row.transferable else _("no"), _(STATE_NAMES[row.state]), row.since, row.counterparty,
        _("yes") if row.recourse and row.passed_on else "", row.actor, row.note,
    ]  # fmt: skip
