"""Cash in notes: who took it, who signed; and customers' money that went to somebody who works here."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import companies_offered, company_preset, may, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.bills.messages import CASH_STATES, TOLD_BY
from huikuan.record.bills.operations.cash import sign_cash, take_cash, turn_down_cash
from huikuan.record.bills.queries.cash import CASH_STATES as STATES
from huikuan.record.bills.queries.cash import WAITING, CashRow, cash, cash_rows, own_payments
from huikuan.record.bills.web.listing import WRITES
from huikuan.record.customers.queries import customer_named, seen

#: So many are shown; the file has all.
MOST = 200
VIEWS = {"": gettext_noop("All"), **CASH_STATES}
READS_FINDINGS = Permission.VIEW_AUDIT


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_cash(request: HttpRequest) -> HttpResponse:
    """Cash, the latest first, with what the reader may sign."""
    return _page(request, Form({}))


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_cash(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx."""
    headers = [
        _("Number"), _("Customer code"), _("Customer"), _("Received on"), _("Currency"), _("Amount"), _("State"),
        _("Taken by"), _("Signed by"), _("Item"), _("Note"), _("Reason"),
    ]  # fmt: skip
    day = f"{reading_of(request).as_of:%Y-%m-%d}"
    cells: Iterator[list[Cell]] = (
        [
            row.id, row.customer_code, row.customer_name, row.received_on, row.currency,
            Decimal(to_text(row.amount, row.currency)), _(CASH_STATES[row.state]), row.taken_by, row.signed_by,
            row.item_id, row.note, row.reason,
        ]
        for row in _found(request)
    )  # fmt: skip
    return send_table(request.GET.get("format", ""), f"{_('cash')}-{day}", headers, cells, title=day)


@needs(WRITES)
@posted_from("bills:cash")
def take(request: HttpRequest) -> HttpResponse:
    """Write cash down; another person signs."""
    form = Form(typed_in(request))
    company = next((one for one in companies_offered(request) if one.code == form.text("company")), None)
    if reading_of(request).is_past or company is None:
        raise Http404
    whose = form.read("customer", lambda text: customer_named(text, scope=scope_of(request, WRITES)))
    amount = form.read("amount", lambda text: typed_minor(text, company.currency))
    day = form.read("on", parse_date) or reading_of(request).today
    if whose is None and "customer" not in form.problems:
        form.blame("customer", Refusal("customer_missing"))
    if form.problems or whose is None:
        return _page(request, form, "take")
    try:
        take_cash(
            company=company,
            customer_id=whose.id,
            amount=amount or 0,
            currency=company.currency,
            received_on=day,
            note=form.text("note"),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.blame({"cash_amount_bad": "amount", "cash_ahead": "on"}.get(refusal.code, ""), refusal)
        return _page(request, form, "take")
    messages.success(request, _("Written down; another person counts it and signs."))
    return HttpResponseRedirect(address(reverse("bills:cash"), reading_of(request)))


@needs(WRITES)
@require_POST
def sign(request: HttpRequest, number: int) -> HttpResponse:
    """Counted and right: it is posted."""
    _waiting(request, number)
    return _answered(request, lambda said: sign_cash(receipt_id=number, **said), _("Signed and posted."))


@needs(WRITES)
@require_POST
def turn_down(request: HttpRequest, number: int) -> HttpResponse:
    """Counted and not right: nothing is posted."""
    _waiting(request, number)
    reason = typed_in(request).get("reason", "")
    return _answered(
        request,
        lambda said: turn_down_cash(receipt_id=number, reason=reason, **said),
        _("Turned down; nothing is posted."),
    )


@needs(READS_FINDINGS)
@require_GET
def show_own_payments(request: HttpRequest) -> HttpResponse:
    """Payments to somebody who works here, the latest found first; for those who audit, not for who sells."""
    found = own_payments(scope=scope_of(request, READS_FINDINGS), company_id=reading_of(request).company_id)
    page = {"rows": [(row, _(TOLD_BY[row.told_by])) for row in found[:MOST]], "count": len(found), "most": MOST}
    return render(request, "bills/own_payments.html", page)


@needs(READS_FINDINGS)
@require_GET
def export_own_payments(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx."""
    headers = [
        _("Number"), _("Customer"), _("Currency"), _("Amount"), _("Paid on"), _("Known by"), _("Words"), _("Said by")
    ]  # fmt: skip
    day = f"{reading_of(request).as_of:%Y-%m-%d}"
    cells: Iterator[list[Cell]] = (
        [
            row.id, row.customer_name, row.currency,
            None if row.amount is None else Decimal(to_text(row.amount, row.currency)), row.paid_on,
            _(TOLD_BY[row.told_by]), row.says, row.actor,
        ]
        for row in own_payments(scope=scope_of(request, READS_FINDINGS), company_id=reading_of(request).company_id)
    )  # fmt: skip
    return send_table(request.GET.get("format", ""), f"{_('own accounts')}-{day}", headers, cells, title=day)


def _page(request: HttpRequest, form: Form, opened: str = "") -> HttpResponse:
    reading, found = reading_of(request), _found(request)
    company = company_preset(reading.company, companies_offered(request))
    prefilled = {"company": company.code if company else "", "on": reading.today.isoformat()}
    theirs, me = seen(scope_of(request, WRITES)), request.user.get_username()
    writes = may(request, WRITES) and not reading.is_past

    def signs(row: CashRow) -> bool:
        other = row.state == WAITING and person(row.taken_by) != me
        return writes and other and theirs.has(row.company_id, row.customer_id)

    page: dict[str, Any] = {
        "rows": [(row, signs(row)) for row in found[:MOST]],
        "count": len(found),
        "most": MOST,
        "views": VIEWS,
        "state": _state(request),
        "takes": writes,
        "opened": opened,
        "form": form if form.typed or form.problems else Form(prefilled),
        "kept_by": [(one.code, one.name) for one in companies_offered(request)],
    }  # fmt: skip
    return render(request, "bills/cash.html", page, status=400 if form.problems else 200)


def _found(request: HttpRequest) -> list[CashRow]:
    reading = reading_of(request)
    scope = scope_of(request, Permission.VIEW_LEDGER)
    return cash_rows(scope=scope, state=_state(request), company_id=reading.company_id, day=reading.as_of)


def _state(request: HttpRequest) -> str:
    asked = request.GET.get("state", "")
    return asked if asked in STATES else ""


def _waiting(request: HttpRequest, number: int) -> CashRow:
    if reading_of(request).is_past:
        raise Http404
    try:
        return cash(number, scope=scope_of(request, WRITES))
    except Refusal as refusal:
        raise Http404 from refusal


def _answered(request: HttpRequest, work: Any, said: str) -> HttpResponse:
    form = Form(typed_in(request))
    try:
        work({"actor": request.user.get_username(), "at": timezone.now()})
    except Refusal as refusal:
        form.blame("", refusal)
        return _page(request, form)
    messages.success(request, said)
    return HttpResponseRedirect(address(reverse("bills:cash"), reading_of(request)))
