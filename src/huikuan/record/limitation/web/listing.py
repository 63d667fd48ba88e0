"""Claims whose limitation runs out, and exactly these rows as a file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.lists import Chip
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import CustomerRow, customer
from huikuan.record.limitation.queries.clocks import ClockRow, expiring

READS, WRITES = Permission.VIEW_LEDGER, Permission.COLLECT
#: So many are shown; the file has all.
MOST = 200
#: How far ahead each view looks, in days; over: what is past.
VIEWS = {
    "": gettext_noop("Within 180 days"),
    "90": gettext_noop("Within 90 days"),
    "30": gettext_noop("Within 30 days"),
    "over": gettext_noop("Run out"),
    "all": gettext_noop("All that are due"),
}
_AHEAD = {"": 180, "90": 90, "30": 30, "over": 0, "all": None}


@needs(READS)
@require_GET
def show_claims(request: HttpRequest) -> HttpResponse:
    """The first to run out first."""
    found, whose = _found(request)
    page: dict[str, Any] = {
        "rows": found[:MOST],
        "count": len(found),
        "most": MOST,
        "views": VIEWS,
        "view": _view(request),
        "customer": whose,
        "chips": [Chip(whose.name, ("customer",))] if whose else [],
    }
    return render(request, "limitation/claims.html", page)


@needs(READS)
@require_GET
def export_claims(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx."""
    headers = [
        _("Item"), _("Company"), _("Customer code"), _("Customer"), _("Document number"), _("Currency"), _("Open"),
        _("Runs from"), _("Safe until"), _("If all arrived"), _("Twenty years"), _("Days left"), _("Alarm"),
    ]  # fmt: skip
    day = f"{reading_of(request).as_of:%Y-%m-%d}"
    cells: Iterator[list[Cell]] = (
        [
            row.item_id, row.company_code, row.customer_code, row.customer_name, row.document_number, row.currency,
            Decimal(to_text(row.open_amount, row.currency)), row.clock.starts_on, row.clock.safe_on,
            row.clock.hoped_on, row.clock.absolute_on, row.days_left, row.stage,
        ]
        for row in _found(request)[0]
    )  # fmt: skip
    return send_table(request.GET.get("format", ""), f"{_('limitation')}-{day}", headers, cells, title=day)


def _found(request: HttpRequest) -> tuple[list[ClockRow], CustomerRow | None]:
    """The rows the address asks for; a customer that is not there has none."""
    reading, scope, whose = reading_of(request), scope_of(request, READS), None
    if code := request.GET.get("customer", ""):
        try:
            whose = customer(code, scope=scope)
        except Refusal:
            return [], None
    rows = expiring(
        as_of=reading.as_of,
        scope=scope,
        at=timezone.now(),
        within=_AHEAD[_view(request)],
        company_id=reading.company_id,
        customer_id=whose.id if whose else None,
    )
    return [row for row in rows if row.over] if _view(request) == "over" else rows, whose


def _view(request: HttpRequest) -> str:
    asked = request.GET.get("view", "")
    return asked if asked in VIEWS else ""
