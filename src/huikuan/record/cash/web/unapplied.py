"""Unapplied cash (未核销款): what lies there and for how long, and exactly its rows as a file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.lists import Chip
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.cash.queries.unapplied import UnappliedRow, sums_by_age, unapplied
from huikuan.record.cash.web.asked import companies_of
from huikuan.record.cash.web.permissions import READS
from huikuan.record.cash.web.words import AGES, UNAPPLIED

#: More are in the file; the sums are over all.
_SHOWN = 200


@needs(READS)
@require_GET
def show_unapplied(request: HttpRequest) -> HttpResponse:
    """Sums by age of all, and the rows that the address narrows to."""
    everything = _rows(request)
    rows = _chosen(request, everything)
    page = {
        "sums": sums_by_age(everything),
        "rows": rows[:_SHOWN],
        "count": len(rows),
        "more": len(rows) - len(rows[:_SHOWN]),
        "chips": _chips(request),
    }
    return render(request, "cash/unapplied.html", page)


@needs(READS)
@require_GET
def export_unapplied(request: HttpRequest) -> HttpResponseBase:
    """The rows that the address narrows to, read in one snapshot."""
    reading = reading_of(request)
    headers = [_("What"), _("Day"), _("Days"), _("Payer or customer"), _("Memo or document"), _("Currency"), _("Left")]
    with snapshot():
        rows = _chosen(request, _rows(request))
        name, title = f"{_('unapplied-cash')}-{reading.today:%Y-%m-%d}", f"{reading.today:%Y-%m-%d}"
        return send_table(request.GET.get("format", ""), name, headers, _cells(rows), title=title, count=len(rows))


def _rows(request: HttpRequest) -> list[UnappliedRow]:
    reading = reading_of(request)
    companies = companies_of(request, reading)
    return unapplied(companies, today=reading.today, scope=scope_of(request, Permission.VIEW_LEDGER))


def _chosen(request: HttpRequest, rows: list[UnappliedRow]) -> list[UnappliedRow]:
    what, age, currency = (request.GET.get(name, "") for name in ("what", "age", "only"))
    return [row for row in rows if what in ("", row.what) and age in ("", row.age) and currency in ("", row.currency)]


def _chips(request: HttpRequest) -> list[Chip]:
    what, age, currency = (request.GET.get(name, "") for name in ("what", "age", "only"))
    found = [Chip(_(UNAPPLIED[what]), ("what",))] if what in UNAPPLIED else []
    if age in AGES:
        found.append(Chip(_(AGES[age]), ("age",)))
    return [*found, Chip(currency, ("only",))] if currency else found


def _cells(rows: list[UnappliedRow]) -> Iterator[list[Cell]]:
    for row in rows:
        amount = Decimal(to_text(row.amount, row.currency))
        yield [_(UNAPPLIED[row.what]), row.day, row.days, row.name, row.memo, row.currency, amount]
