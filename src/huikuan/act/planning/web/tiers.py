"""Customers by collection tier: by what each was found, what holds for it, who changed."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.act.planning.messages import METHODS
from huikuan.act.planning.queries.tiers import TierRow, tiers_seen
from huikuan.act.planning.web.plans import asking_of, company_of_page
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table

ROWS = 500
#: The tab of those that changed tier.
CHANGED = "changed"


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_tiers(request: HttpRequest) -> HttpResponse:
    """The customers of a tier, or of all, or those that changed in the last 30 days."""
    every = _every(request)
    counts: dict[str, int] = {}
    for row in every:
        counts[row.standing.tier] = counts.get(row.standing.tier, 0) + 1
    shown = request.GET.get("tier", "")
    rows = _chosen(every, shown)
    page = {
        "rows": rows[:ROWS],
        "more": max(len(rows) - ROWS, 0),
        "count": len(rows),
        "counts": sorted(counts.items()),
        "changed": sum(row.drifted for row in every),
        "shown": shown,
    }
    return render(request, "planning/tiers.html", page)


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_tiers(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx."""
    headers = [
        _("Customer code"), _("Customer"), _("Tier"), _("What it is called"), _("In it since"), _("Tier before"),
        _("Grade"), _("Currency"), _("Open claims"), _("Payment cycle (days)"), _("Longest term (days)"),
        _("Way of paying"), _("Measures"),
    ]  # fmt: skip
    day = f"{reading_of(request).as_of:%Y-%m-%d}"
    rows = map(_cells, _chosen(_every(request), request.GET.get("tier", "")))
    return send_table(request.GET.get("format", ""), f"{_('collection-tiers')}-{day}", headers, rows, title=day)


def _every(request: HttpRequest) -> list[TierRow]:
    company = company_of_page(request)
    return tiers_seen(asking_of(request, company.pk)) if company else []


def _chosen(rows: list[TierRow], shown: str) -> list[TierRow]:
    if shown == CHANGED:
        return [row for row in rows if row.drifted]
    return [row for row in rows if not shown or row.standing.tier == shown]


def _cells(row: TierRow) -> list[Cell]:
    one, told = row.standing, row.told
    method = METHODS.get(told.method) if told else None
    return [
        row.customer_code, row.customer_name, one.tier, told.title if told else "", one.since, one.before, one.grade,
        one.currency, None if one.amount is None else Decimal(to_text(one.amount, one.currency)), one.cycle_days,
        told.term_days if told else None, _(method) if method else "", told.measures if told else "",
    ]  # fmt: skip
