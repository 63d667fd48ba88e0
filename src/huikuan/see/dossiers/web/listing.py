"""The list of customers, and exactly its rows as a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.lists import MORE, TABS, listed
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.customers.web import words
from huikuan.see.dossiers.queries.listing import Listed, count_customers, customers_page, every_customer
from huikuan.see.dossiers.queries.standing import Books
from huikuan.see.dossiers.web.asked import LISTING, books_of, chips_of, filter_of, order_of

ROWS = 50


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def show_customers(request: HttpRequest) -> HttpResponse:
    """Customers that match, 50 at a time; a partial update asks for the rows that follow."""
    chosen, books, order, reading = filter_of(request), books_of(request), order_of(request), reading_of(request)

    def count(query: Mapping[str, str]) -> int:
        return count_customers(filter_of(request, query), books, scope=scope_of(request))

    page: dict[str, Any] = {"list": listed(request, LISTING, reading, path=request.path, count=count)}
    if request.headers.get("HX-Target") == TABS:
        return render(request, "shell/parts/list/tabs.html", page)
    page |= {
        "found": customers_page(
            chosen,
            books,
            scope=scope_of(request),
            ledger=scope_of(request, Permission.VIEW_LEDGER),
            order=order,
            after=request.GET.get("after", ""),
            limit=ROWS,
        ),
        "chosen": chosen,
        "order": order,
        "chips": chips_of(chosen, order),
        "words": words,
        "currency": books.currency,
        "may_create": may(request, Permission.MANAGE_CUSTOMERS) and not reading.is_past,
    }
    more = request.headers.get("HX-Target") == MORE
    return render(request, "dossiers/parts/customer_rows.html" if more else "dossiers/customers.html", page)


@needs(Permission.VIEW_CUSTOMERS)
def export_customers(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the list as csv or xlsx, or those picked of it, read in one snapshot."""
    books = books_of(request)
    headers = [
        *(_("Customer code"), _("Customer"), _("Short name"), _("English name"), _("Unified Social Credit Code")),
        *(_("Status"), _("Value class"), _("Group"), _("Owner"), _("Region"), _("Industry"), _("Currency")),
        *(_("Open"), _("Overdue"), _("Credits"), _("Lines in no sum"), _("Completeness"), _("Lacking")),
    ]
    name = f"{_('customers')}-{books.as_of:%Y-%m-%d}"
    with snapshot():
        ledger, order = scope_of(request, Permission.VIEW_LEDGER), order_of(request)
        found = every_customer(filter_of(request), books, scope=scope_of(request), ledger=ledger, order=order)
        title = f"{books.as_of:%Y-%m-%d}"
        return send_table(request.GET.get("format", ""), name, headers, _cells(found, books), title=title)


def _cells(found: Iterable[Listed], books: Books) -> Iterable[list[Cell]]:
    def exact(minor: int) -> Decimal:
        return Decimal(to_text(minor, books.currency))

    for row in found:
        one, sums, quality = row.customer, row.balance, row.quality
        classes, lacking = words.VALUE_CLASSES, quality.completeness.lacking
        yield [
            *(one.code, one.name, one.short_name, one.english_name, one.uscc, _(words.STATUSES[one.status])),
            _(classes[quality.care.value_class]) if quality.care.value_class in classes else "",
            *(row.group, quality.owner, quality.region, one.industry, books.currency),
            *((exact(sums.total), exact(sums.overdue), exact(sums.credit)) if sums else (None, None, None)),
            sums.unvalued if sums else None,
            *(quality.completeness.score, _(", ").join(_(words.QUESTIONS[name]) for name in lacking)),
        ]
