"""The receivables overview."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop

from huikuan.mechanisms.columns.queries import one_view
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.reading import Reading, reading_of
from huikuan.record.receivables.queries.aging import Aging, aging, aging_first
from huikuan.see.cockpit.domain.overview import Overview
from huikuan.see.cockpit.queries.overview import overview
from huikuan.see.cockpit.web import lines
from huikuan.see.cockpit.web.findings import own_alone

DIMENSIONS = {
    "": gettext_noop("Total"),
    "customer": gettext_noop("Customer"),
    "group": gettext_noop("Group"),
    "owner": gettext_noop("Owner"),
    "region": gettext_noop("Region"),
    "business_type": gettext_noop("Business type"),
}
TOPS = {
    "overdue": gettext_noop("Overdue amount"),
    "total": gettext_noop("Open balance"),
    "overdue_rate": gettext_noop("Overdue rate"),
}
MONTHS = (12, 24)
FIRST_ROWS = 20
#: Of a long table the page shows so many and says how many more there are; its file has them all.
MOST_ROWS = 500


@needs(Permission.VIEW_LEDGER)
@one_view()
def show_overview(request: HttpRequest) -> HttpResponse:
    """The page, or only the panel a partial update asks for (`panel`)."""
    reading = reading_of(request)
    by = _one_of(request.GET.get("by", ""), DIMENSIONS, "")
    panel = request.headers.get("HX-Target", "")
    if panel == "aging" and by:
        return render(request, "cockpit/parts/aging.html", _by_dimension(request, reading, by))
    page = _figures(request, reading)
    page |= _by_dimension(request, reading, by) if by else {"by": "", "dimensions": DIMENSIONS}
    template = f"cockpit/parts/{panel}.html" if panel in ("aging", "trend", "top") else "cockpit/overview.html"
    return render(request, template, page)


def overview_asked(request: HttpRequest, reading: Reading) -> Overview:
    """The overview an address asks for."""
    return overview(
        company_id=reading.company_id,
        as_of=reading.as_of,
        scope=scope_of(request),
        known=reading.known,
        basis=reading.basis,
        currency=reading.currency or None,
        months=_months(request),
        top_by=_one_of(request.GET.get("top", ""), TOPS, "overdue"),
    )


def aging_asked(request: HttpRequest, reading: Reading, by: str) -> Aging:
    """Aging by a dimension, as an address asks for it."""
    return aging(**_asked(request, reading, by))


def _asked(request: HttpRequest, reading: Reading, by: str) -> dict[str, Any]:
    return {
        "as_of": reading.as_of,
        "scope": scope_of(request),
        "known": reading.known,
        "by": by,
        "basis": reading.basis,
        "company_id": reading.company_id,
    }


def _months(request: HttpRequest) -> int:
    return 24 if request.GET.get("months") == "24" else 12


def _figures(request: HttpRequest, reading: Reading) -> dict[str, Any]:
    months = _months(request)
    answer = overview_asked(request, reading)
    if not answer.items and not answer.credits.amount:
        return {"empty": True, "overview": answer}
    return {"overview": answer, "months": months, "months_offered": MONTHS, "tops": TOPS} | _drawn(
        request, answer, reading
    )


def _drawn(request: HttpRequest, answer: Overview, reading: Reading) -> dict[str, Any]:
    unit = getattr(request.user, "amount_unit", "yuan")
    rows = lines.Rows.behind(answer, reading)
    shown = lines.columns(answer, rows)
    return {
        "columns": shown,
        "bar": lines.bar(shown, answer, unit),
        "trend": lines.trend(answer, shown, rows, unit),
        "top": lines.top_lines(answer, shown, rows),
        "top_sum": {
            "total": sum(row.total for row in answer.top),
            "overdue": sum(row.overdue for row in answer.top),
        },
        "shares": lines.share_chart(answer, rows),
        "urls": {
            "total": rows.of(),
            "overdue": rows.overdue(),
            "credits": rows.of(side="credit"),
        },
        "own_alone": own_alone(request),
        "others": [total for total in answer.currencies if total.currency != answer.currency],
    }


def _by_dimension(request: HttpRequest, reading: Reading, by: str) -> dict[str, Any]:
    found = aging_first(**_asked(request, reading, by), first=MOST_ROWS if request.GET.get("all") else FIRST_ROWS)
    answer = found.aging
    return {
        "by": by,
        "dimensions": DIMENSIONS,
        "aging": answer,
        "aging_lines": lines.aging_lines(answer, reading),
        "aging_hidden": found.count - len(answer.rows),
        "bucket_names": lines.bucket_names(answer),
        "several_currencies": len(answer.totals) > 1,
        "several_companies": found.companies > 1,
    }


def _one_of(asked: str, offered: dict[str, str], otherwise: str) -> str:
    return asked if asked in offered else otherwise
