"""Claims of interest, and exactly these rows as a file."""

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
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import CustomerRow, customer, seen
from huikuan.record.interest.messages import CLAIM_STATES
from huikuan.record.interest.queries.claims import OVER, ClaimRow, claims

READS, WRITES = Permission.VIEW_LEDGER, Permission.CLAIM_INTEREST
#: So many are shown; the file has all.
MOST = 200
VIEWS = {"": gettext_noop("All"), **CLAIM_STATES, OVER: gettext_noop("Not what the days bear")}


@needs(READS)
@require_GET
def show_claims(request: HttpRequest) -> HttpResponse:
    """The latest first."""
    found, whose = _found(request)
    mine, writes = seen(scope_of(request, WRITES)), not reading_of(request).is_past
    page: dict[str, Any] = {
        "rows": [
            (row, _(CLAIM_STATES[row.state]), writes and mine.has(row.company_id, row.customer_id))
            for row in found[:MOST]
        ],
        "count": len(found),
        "most": MOST,
        "views": VIEWS,
        "state": _state(request),
        "customer": whose,
    }
    return render(request, "interest/claims.html", page)


@needs(READS)
@require_GET
def export_claims(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx."""
    headers = [
        _("Number"), _("Company"), _("Customer code"), _("Customer"), _("Document number"), _("First day"),
        _("Last day"), _("Rule"), _("Currency"), _("Claimed"), _("Waived"), _("Given back"), _("Claimed too much"),
        _("Claimed too little"), _("Open"), _("State"), _("Said by"), _("Computation sheet, SHA-256"),
    ]  # fmt: skip
    day = f"{reading_of(request).as_of:%Y-%m-%d}"
    cells: Iterator[list[Cell]] = (
        [
            row.id, row.company_code, row.customer_code, row.customer_name, row.document_number, row.first_on,
            row.last_on, row.rule, row.currency,
            *(Decimal(to_text(one, row.currency)) for one in _sums(row)),
            _(CLAIM_STATES[row.state]), row.actor, row.digest,
        ]
        for row in _found(request)[0]
    )  # fmt: skip
    return send_table(request.GET.get("format", ""), f"{_('interest claims')}-{day}", headers, cells, title=day)


def _found(request: HttpRequest) -> tuple[list[ClaimRow], CustomerRow | None]:
    scope, whose = scope_of(request, READS), None
    if code := request.GET.get("customer", ""):
        try:
            whose = customer(code, scope=scope)
        except Refusal:
            return [], None
    found = claims(
        scope=scope,
        at=timezone.now(),
        company_id=reading_of(request).company_id,
        customer_id=whose.id if whose else None,
        state=_state(request),
    )
    return found, whose


def _sums(row: ClaimRow) -> tuple[int, ...]:
    return row.amount, row.waived, row.corrected, row.over_claimed, row.under_claimed, row.open_amount


def _state(request: HttpRequest) -> str:
    asked = request.GET.get("state", "")
    return asked if asked in VIEWS else ""
