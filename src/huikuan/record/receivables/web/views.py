"""The ledger's pages: the list of open items, exactly these rows as a file, and one item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.beside import beside
from huikuan.mechanisms.pages.lists import MORE, TABS, listed, picked
from huikuan.mechanisms.pages.reading import Reading, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.customers.queries import seen
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.items import ItemRow, Page, every_item, items_page
from huikuan.record.receivables.web.asked import DIMENSIONS, DUE, LISTING, SIDES, Asked, asked, lines_named
from huikuan.record.receivables.web.cells import item_cells, item_headers
from huikuan.record.receivables.web.story import story_page

ROWS = 50


@needs(Permission.VIEW_LEDGER)
def show_items(request: HttpRequest) -> HttpResponse:
    """Open lines that match, 50 at a time; a partial update asks for the rows that follow."""
    reading = reading_of(request)
    scope = scope_of(request)
    wanted = asked(request.GET, reading, scope)
    page: dict[str, Any] = {
        "list": listed(request, LISTING, reading, path=request.path, count=partial(_count, reading, scope))
    }
    if request.headers.get("HX-Target") == TABS:
        return render(request, "shell/parts/list/tabs.html", page)
    found = _page(wanted, reading, scope, after=request.GET.get("after") or None, limit=ROWS)
    page |= {
        "asked": wanted,
        "found": found,
        "due": DUE,
        "sides": SIDES,
        "dimensions": DIMENSIONS,
        "several_companies": reading.company is None and len({row.company_code for row in found.rows}) > 1,
        "dropped": _what_dropping_yields(wanted, reading, scope) if not found.rows and wanted.chips else [],
    }
    more = request.headers.get("HX-Target") == MORE
    return render(request, "receivables/parts/rows.html" if more else "receivables/items.html", page)


@needs(Permission.VIEW_LEDGER)
def export_items(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the list as csv or xlsx, or those picked of it, read in one snapshot."""
    reading = reading_of(request)
    scope = scope_of(request)
    wanted, keys = asked(request.GET, reading, scope), picked(request)
    if keys is not None:
        wanted = replace(wanted, filter=replace(wanted.filter, lines=lines_named(keys)))
    name = f"{_('open-items')}-{reading.as_of:%Y-%m-%d}"
    headers = item_headers(wanted.value_in)
    with snapshot(), _all(wanted, reading, scope) as (count, found):
        rows = (item_cells(row, wanted.value_in) for row in found)
        title, form = f"{reading.as_of:%Y-%m-%d}", request.GET.get("format", "")
        return send_table(form, name, headers, rows, title=title, count=count)


@needs(Permission.VIEW_LEDGER)
def show_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item: what is open, how that came to be, and where it was imported from."""
    theirs = seen(scope_of(request))
    whose = Item.objects.filter(id=item_id).values_list("company_id", "customer_id").first()
    if whose is None or not theirs.has(*whose):
        raise Http404
    page = story_page(item_id, reading_of(request), theirs)
    if not seen(scope_of(request, Permission.VIEW_CONTRACTS)).has(*whose):
        page["contract_id"] = None
    page["originals"] = scope_of(request, Permission.VIEW_IMPORTS).whole(whose[0])
    page["panels"] = beside("receivables.item", request, item_id)
    return render(request, "receivables/item.html", page)


def _page(wanted: Asked, reading: Reading, scope: Scope, *, after: str | None, limit: int) -> Page:
    return items_page(
        wanted.filter,
        as_of=reading.as_of,
        scope=scope,
        known=reading.known,
        basis=reading.basis,
        value_in=wanted.value_in or None,
        after=after,
        limit=limit,
    )


def _count(reading: Reading, scope: Scope, query: Mapping[str, str]) -> int:
    return _page(asked(query, reading, scope), reading, scope, after=None, limit=1).count


def _what_dropping_yields(wanted: Asked, reading: Reading, scope: Scope) -> list[dict[str, Any]]:
    """For an empty result: each condition, and how many lines there would be without it."""
    fields = {
        "slot": ("slot", "from_days", "to_days"),
        "only": ("currency",),
        "customer": ("customer_id",),
        "q": ("text",),
    }
    answers = []
    for chip in wanted.chips:
        names = fields.get(chip.names[0], chip.names)
        dropped: dict[str, Any] = {name: "" if name == "text" else None for name in names}
        loosened = replace(wanted.filter, **dropped)
        count = _page(replace(wanted, filter=loosened), reading, scope, after=None, limit=1).count
        if count:
            answers.append({"chip": chip, "count": count})
    return answers


def _all(wanted: Asked, reading: Reading, scope: Scope) -> AbstractContextManager[tuple[int, Iterator[ItemRow]]]:
    return every_item(
        wanted.filter,
        as_of=reading.as_of,
        scope=scope,
        known=reading.known,
        basis=reading.basis,
        value_in=wanted.value_in or None,
    )
