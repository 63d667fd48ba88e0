"""The overview's panels as files: aging, trend, TOP 10 and concentration, exact to the cent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.figures import bucket_name
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.receivables.queries.aging import Aging
from huikuan.see.cockpit.domain.overview import Overview
from huikuan.see.cockpit.web import lines
from huikuan.see.cockpit.web.views import DIMENSIONS, aging_asked, overview_asked


@dataclass(frozen=True, slots=True)
class Sheet:
    """A panel as a table; `name` of its file."""

    name: str
    headers: list[str]
    rows: list[list[Cell]]


@needs(Permission.VIEW_LEDGER)
def export_panel(request: HttpRequest, panel: str) -> HttpResponseBase:
    """One panel as the page has it: its day, basis, currency, dimension and ranking."""
    if panel not in PANELS:
        raise Http404
    reading = reading_of(request)
    by = request.GET.get("by", "")
    if panel == "aging" and by in DIMENSIONS and by:
        sheet = _aging_by(aging_asked(request, reading, by), by)
    else:
        sheet = PANELS[panel](overview_asked(request, reading))
    day = f"{reading.as_of:%Y-%m-%d}"
    return send_table(request.GET.get("format", ""), f"{sheet.name}-{day}", sheet.headers, sheet.rows, title=day)


def _aging(found: Overview) -> Sheet:
    rows: list[list[Cell]] = [
        [
            bucket_name(line.code, line.from_days, line.to_days), found.currency, _money(line.amount, found.currency),
            line.share, line.items, line.customers, _money(line.change, found.currency),
        ]
        for line in found.buckets
    ]  # fmt: skip
    rows.append(
        [
            _("Total"), found.currency, _money(found.total.amount, found.currency), None, found.items,
            found.customers, _money(found.total.change, found.currency),
        ]
    )  # fmt: skip
    headers = [
        _("Age"), _("Currency"), _("Amount"), _("Share"), pgettext("count", "Items"), _("Customers"),
        _("Since %(before)s") % {"before": found.previous_as_of.isoformat()},
    ]  # fmt: skip
    return Sheet(_("Aging"), headers, rows)


def _aging_by(found: Aging, by: str) -> Sheet:
    headers = [
        _("Company"), _(DIMENSIONS[by]), _("Name"), _("Currency"), pgettext("headline", "Open"),
        *(name for name, _shade in lines.bucket_names(found)), _("Credits"),
    ]  # fmt: skip
    awaiting = any(row.awaiting for row in found.rows)
    rows: list[list[Cell]] = []
    for row in found.rows:
        first = [row.not_due, *([row.awaiting] if awaiting else [])] if found.basis == "due" else []
        amounts = [row.total, *first, *(bucket.amount for bucket in row.buckets), row.credits]
        rows.append([row.company, row.key, row.name, row.currency, *(_money(one, row.currency) for one in amounts)])
    return Sheet(f"{_('Aging')}-{_(DIMENSIONS[by])}", headers, rows)


def _trend(found: Overview) -> Sheet:
    aged = [bucket_name(line.code, line.from_days, line.to_days) for line in found.buckets if line.code == "days"]
    rows: list[list[Cell]] = [
        [
            point.on, found.currency, *(_money(amount, found.currency) for amount in point.buckets),
            _money(sum(point.buckets), found.currency), point.overdue_rate,
        ]
        for point in found.trend
    ]  # fmt: skip
    return Sheet(_("Trend"), [_("As of"), _("Currency"), *aged, _("Sum"), _("Overdue rate")], rows)


def _top(found: Overview) -> Sheet:
    rows: list[list[Cell]] = [
        [
            row.code, row.name, found.currency, _money(row.total, found.currency), _money(row.overdue, found.currency),
            row.longest_overdue_days, row.overdue_rate, row.collection_rate, row.owner,
        ]
        for row in found.top
    ]  # fmt: skip
    headers = [
        _("Customer code"), _("Customer"), _("Currency"), pgettext("headline", "Open"),
        pgettext("headline", "Overdue"), _("Longest overdue"), _("Overdue rate"), _("Collection rate"), _("Owner"),
    ]  # fmt: skip
    return Sheet("TOP10", headers, rows)


def _concentration(found: Overview) -> Sheet:
    rows: list[list[Cell]] = [
        [place, bar.code, bar.name, found.currency, _money(bar.amount, found.currency), bar.share]
        for place, bar in enumerate(found.concentration.bars, start=1)
    ]
    headers = [_("Rank"), _("Customer code"), _("Customer"), _("Currency"), _("Amount"), _("Share")]
    return Sheet(_("Concentration"), headers, rows)


def _money(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Decimal(to_text(minor, currency))


PANELS: dict[str, Callable[[Overview], Sheet]] = {
    "aging": _aging,
    "trend": _trend,
    "top": _top,
    "concentration": _concentration,
}
