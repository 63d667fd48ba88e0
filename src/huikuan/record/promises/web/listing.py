"""Promises that match, one promise, and what may become of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
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
from django.views.decorators.http import require_GET

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.lists import Chip
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.customers.queries import CustomerRow, customer, seen
from huikuan.record.promises.domain.promising import HEARD, OPEN
from huikuan.record.promises.messages import SOURCES as SOURCE_NAMES
from huikuan.record.promises.messages import STATES
from huikuan.record.promises.operations.asking import WRITES
from huikuan.record.promises.operations.promising import replace_promise, withdraw_promise
from huikuan.record.promises.queries.promises import (
    PromiseFilter,
    PromiseRow,
    every_promise,
    promise,
    promises_page,
)
from huikuan.record.promises.web.asking import day_in

ROWS = 50
READS = Permission.VIEW_LEDGER
VIEWS = {"": gettext_noop("All"), **STATES}


@needs(READS)
@require_GET
def show_promises(request: HttpRequest) -> HttpResponse:
    """Promises that match, the first to be paid first, 50 at a time; a partial update asks for those that follow."""
    reading, (chosen, whose) = reading_of(request), chosen_of(request)
    found = promises_page(
        chosen,
        scope=scope_of(request, READS),
        as_of=reading.as_of,
        after=_place(request.GET.get("after", "")),
        limit=ROWS,
    )
    page: dict[str, Any] = {"found": found}
    if request.headers.get("HX-Target") == "more":
        return render(request, "promises/parts/promise_rows.html", page)
    page |= {
        "chosen": chosen,
        "views": VIEWS,
        "chips": _chips(chosen, whose),
        "customer": whose,
        "writes": may(request, WRITES) and not reading.is_past,
    }
    return render(request, "promises/promises.html", page)


@needs(READS)
@require_GET
def export_promises(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx, a line for each claim, read in one snapshot."""
    reading = reading_of(request)
    headers = [
        _("Number"), _("Company"), _("Customer code"), _("Customer"), _("Promised on"), _("To pay by"), _("How heard"),
        _("Who said it"), _("Item"), _("Document"), _("Currency"), _("Amount promised"), _("Paid in time"),
        _("Paid late"), _("Settled otherwise"), _("Still to come"), _("State"), _("Recorded by"), _("Note"),
    ]  # fmt: skip
    name = f"{_('promises')}-{reading.as_of:%Y-%m-%d}"
    with snapshot():
        rows = every_promise(
            chosen_of(request)[0],
            scope=scope_of(request, READS),
            as_of=reading.as_of,
            people=scope_of(request, Permission.VIEW_PERSONAL),
        )
        cells = (cells for row in rows for cells in _cells(row))
        return send_table(request.GET.get("format", ""), name, headers, cells, title=f"{reading.as_of:%Y-%m-%d}")


@needs(READS)
@require_GET
def show_promise(request: HttpRequest, number: int) -> HttpResponse:
    """One promise as of the page's day."""
    return _page(request, _found(request, number), Form({}))


@needs(WRITES)
@posted_from("promises:promise", "number")
def replace(request: HttpRequest, number: int) -> HttpResponse:
    """The customer names another day."""

    def work(row: PromiseRow, form: Form, **said: Any) -> None:
        by = day_in(form, "by")
        if by is not None:
            source, told = form.text("source"), form.text("said_by")
            replace_promise(
                promise_id=row.id, by=by, said_by=told, source=source, note=form.text("replace-note"), **said
            )

    return _acted(request, number, "replace", work, _("Promised anew."))


@needs(WRITES)
@posted_from("promises:promise", "number")
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """What is still open is promised no more."""

    def work(row: PromiseRow, form: Form, **said: Any) -> None:
        withdraw_promise(promise_id=row.id, note=form.text("note"), **said)

    return _acted(request, number, "withdraw", work, _("Taken back."))


def chosen_of(request: HttpRequest) -> tuple[PromiseFilter, CustomerRow | None]:
    """What the address narrows the list to; a customer that is not there promised nothing."""
    state, whose = request.GET.get("state", ""), None
    if request.GET.get("customer"):
        try:
            whose = customer(request.GET["customer"], scope=scope_of(request, READS))
        except Refusal:
            return PromiseFilter(customer_id=0), None
    chosen = PromiseFilter(
        state=state if state in STATES else "",
        text=request.GET.get("q", "").strip(),
        by_from=_day(request.GET.get("from", "")),
        by_until=_day(request.GET.get("until", "")),
        company_id=reading_of(request).company_id,
        customer_id=whose.id if whose else None,
    )
    return chosen, whose


def _acted(request: HttpRequest, number: int, name: str, work: Callable[..., None], told: str) -> HttpResponse:
    """Do something to a promise; a refusal leaves the form open with what was typed."""
    row, form = _found(request, number), Form(typed_in(request))
    if reading_of(request).is_past or not _may_write(request, row):
        raise Http404
    try:
        work(row, form, actor=request.user.get_username(), at=timezone.now())
    except Refusal as refusal:
        field = {"promise_day_over": "by", "promise_day_far": "by", "promise_reason_missing": "note"}
        form.blame(field.get(refusal.code, ""), refusal)
    if form.problems:
        return _page(request, row, form, name)
    messages.success(request, told)
    return HttpResponseRedirect(address(reverse("promises:promise", args=[number]), reading_of(request)))


def _page(request: HttpRequest, row: PromiseRow, form: Form, opened: str = "") -> HttpResponse:
    reading = reading_of(request)
    writes = _may_write(request, row) and not reading.is_past
    given = {"by": (reading.today + timedelta(days=7)).isoformat(), "source": "phone", "said_by": row.said_by}
    page: dict[str, Any] = {
        "row": row,
        "form": form if form.typed else Form(given),
        "opened": opened,
        "sources": [(source, _(SOURCE_NAMES[source])) for source in HEARD],
        "withdraws": writes and row.state == OPEN,
        "replaces": writes and row.is_last_word,
    }
    return render(request, "promises/promise.html", page, status=400 if form.problems else 200)


def _found(request: HttpRequest, number: int) -> PromiseRow:
    try:
        return promise(
            number,
            scope=scope_of(request, READS),
            as_of=reading_of(request).as_of,
            people=scope_of(request, Permission.VIEW_PERSONAL),
        )
    except Refusal as refusal:
        raise Http404 from refusal


def _may_write(request: HttpRequest, row: PromiseRow) -> bool:
    return may(request, WRITES) and seen(scope_of(request, WRITES)).has(row.company_id, row.customer_id)


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except Refusal:
        return None


def _place(text: str) -> str:
    """Where the next rows begin, as a page before has said it; anything else begins anew."""
    day, _dot, number = text.partition(".")
    return text if _day(day) and number.isascii() and number.isdigit() and len(number) == 19 else ""


def _chips(chosen: PromiseFilter, whose: CustomerRow | None) -> list[Chip]:
    found = [Chip(whose.name, ("customer",))] if whose else []
    if chosen.by_from or chosen.by_until:
        span = f"{chosen.by_from or '…'} – {chosen.by_until or '…'}"
        found.append(Chip(f"{_('To pay by')} {span}", ("from", "until")))
    return [*found, Chip(chosen.text, ("q",))] if chosen.text else found


def _cells(row: PromiseRow) -> list[list[Cell]]:
    state, source = STATES, SOURCE_NAMES[row.source]
    return [
        [
            row.id, row.company_code, row.customer_code, row.customer_name, row.said_on, row.pay_by, _(source),
            row.said_by, part.item_id, part.document_number, row.currency,
            *(Decimal(to_text(minor, row.currency)) for minor in
              (part.amount, part.paid, part.later, part.otherwise, part.unpaid)),
            _(state[part.state]), row.actor, row.note,
        ]
        for part in row.parts
    ]  # fmt: skip
