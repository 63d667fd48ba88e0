"""Whose money a payment is, where matching did not know: customers found by what is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.reading import address, path_of, reading_of
from huikuan.record.cash.domain.names import key
from huikuan.record.cash.web.permissions import READS
from huikuan.record.customers.queries import CustomerRow, find

_OFFERED = 8


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A customer that fits. `instead`: the payment with this customer alone; `beside`: with it too, '' where it is
    there already or nobody is."""

    customer: CustomerRow
    instead: str
    beside: str


@needs(READS)
@require_GET
def offer_customers(request: HttpRequest) -> HttpResponse:
    """Those that fit what is typed so far, for the form that stands."""
    return render(request, "cash/parts/customers.html", {"found": found_customers(request, request.GET)})


def found_customers(request: HttpRequest, query: QueryDict) -> dict[str, Any]:
    """What was typed and who fits it, each with the address that shows the payment with them."""
    text = query.get("find", "").strip()
    rows = find(text, scope=scope_of(request, Permission.VIEW_LEDGER), limit=_OFFERED) if text else []
    return {"text": text, "rows": [_row(request, query, one) for one in rows]}


def customers_called(name: str, *, scope: Scope) -> list[CustomerRow]:
    """The one customer registered under exactly this name; empty where nobody is, or several are."""
    rows = [one for one in find(name, scope=scope) if key(one.name) == key(name)] if key(name) else []
    return rows if len(rows) == 1 else []


def _row(request: HttpRequest, query: QueryDict, one: CustomerRow) -> FoundRow:
    there = query.getlist("customer")
    both = "" if not there or one.code in there else _address(request, query, [*there, one.code])
    return FoundRow(one, _address(request, query, [one.code]), both)


def _address(request: HttpRequest, query: QueryDict, codes: list[str]) -> str:
    kept = query.copy()
    for name in ("find", "proposal", "customer", "all"):
        kept.pop(name, None)
    kept.setlist("customer", codes)
    whole = address(path_of("cash:bench"), reading_of(request))
    return f"{path_of('cash:bench')}?{kept.urlencode()}" if "?" in whole or kept else whole
