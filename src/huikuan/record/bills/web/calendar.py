"""What matures when, of the bills that are held: by week or month, with its sums; each leads to its bills."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.bills.queries.listing import Maturing, maturing

BY = {"month": gettext_noop("By month"), "week": gettext_noop("By week"), "day": gettext_noop("By day")}


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_calendar(request: HttpRequest) -> HttpResponse:
    """The sums, what has matured and is not paid first; a bar beside each shows its share of the largest."""
    found, sums = _found(request), dict[str, int]()
    for one in found:
        sums[one.currency] = sums.get(one.currency, 0) + one.amount
    most: dict[str, int] = {}
    for one in found:
        most[one.currency] = max(most.get(one.currency, 0), one.amount)
    page = {
        "rows": [(one, one.last < reading_of(request).as_of, one.amount * 100 // most[one.currency]) for one in found],
        "sums": sums,
        "by": _by(request),
        "ways": BY,
    }
    return render(request, "bills/calendar.html", page)


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_calendar(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx."""
    headers = [_("Matures from"), _("Matures until"), _("Currency"), _("Number of bills"), _("Face")]
    cells: Iterator[list[Cell]] = (
        [one.first, one.last, one.currency, one.count, Decimal(to_text(one.amount, one.currency))]
        for one in _found(request)
    )
    day = f"{reading_of(request).as_of:%Y-%m-%d}"
    return send_table(request.GET.get("format", ""), f"{_('maturities')}-{day}", headers, cells, title=day)


def _found(request: HttpRequest) -> list[Maturing]:
    reading = reading_of(request)
    return maturing(
        scope=scope_of(request, Permission.VIEW_LEDGER),
        day=reading.as_of,
        known=reading.horizon,
        by=_by(request),
        company_id=reading.company_id,
    )


def _by(request: HttpRequest) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in BY else "month"
