"""Statistics of disputes: by cause, department, business type or outcome; every figure opens to its disputes."""

from __future__ import annotations

from dataclasses import dataclass
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
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.lists import NONE
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.disputes.domain.statistics import Figures
from huikuan.record.disputes.messages import OUTCOMES, REASONS
from huikuan.record.disputes.queries.listing import ALL, DisputeFilter
from huikuan.record.disputes.queries.statistics import statistics
from huikuan.record.disputes.web.listing import asking_of, day_asked

WAYS = {
    "reason": gettext_noop("By cause"),
    "department": gettext_noop("By department"),
    "business_type": gettext_noop("By business type"),
    "outcome": gettext_noop("By outcome"),
}
_TITLES = {"reason": REASONS, "outcome": OUTCOMES}


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the page tells it. `asked`: the value as the list's address takes it, '' where it takes none."""

    title: str
    asked: str
    figures: Figures
    share: str
    days: str


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_statistics(request: HttpRequest) -> HttpResponse:
    """The figures of the disputes raised in the days of the address (none: all), with their sums by currency."""
    lines = _lines(request)
    totals = {currency: _together([one.figures for one in lines if one.figures.currency == currency])
              for currency in sorted({one.figures.currency for one in lines})}  # fmt: skip
    chosen = _chosen(request)
    page = {"lines": lines, "totals": totals, "by": _by(request), "ways": WAYS, "since": chosen.since,
            "until": chosen.until}  # fmt: skip
    return render(request, "disputes/statistics.html", page)


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_statistics(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx."""
    way = WAYS[_by(request)]
    headers = [
        _(way), _("Currency"), _("Number of disputes"), _("Disputed"), _("Resolved"), _("Disputed of these"),
        _("Granted"), _("Granted %"), _("Days to resolve"),
    ]  # fmt: skip
    day = f"{reading_of(request).as_of:%Y-%m-%d}"
    rows = (_cells(one) for one in _lines(request))
    return send_table(request.GET.get("format", ""), f"{_('dispute-statistics')}-{day}", headers, rows, title=day)


def _lines(request: HttpRequest) -> list[Line]:
    by = _by(request)
    return [_line(by, one) for one in statistics(by, _chosen(request), asking_of(request))]


def _line(by: str, figures: Figures) -> Line:
    title = _TITLES.get(by, {}).get(figures.value, figures.value)
    named = by in _TITLES and bool(figures.value)
    without = _("not resolved") if by == "outcome" else _("(none)")
    return Line(
        title=_(title) if named else title or without,
        asked=figures.value or ("" if by in _TITLES else NONE),
        figures=figures,
        share="" if figures.share_e4 is None else f"{Decimal(figures.share_e4) / 100:.2f}",
        days="" if figures.days_x10 is None else f"{Decimal(figures.days_x10) / 10:.1f}",
    )


def _together(ones: list[Figures]) -> Figures:
    names = ("count", "amount", "resolved", "resolved_amount", "granted", "days_total")
    return Figures("", ones[0].currency, **{name: sum(getattr(one, name) for one in ones) for name in names})


def _cells(line: Line) -> list[Cell]:
    one = line.figures
    return [
        line.title, one.currency, one.count, Decimal(to_text(one.amount, one.currency)), one.resolved,
        Decimal(to_text(one.resolved_amount, one.currency)), Decimal(to_text(one.granted, one.currency)),
        Decimal(line.share) if line.share else None, Decimal(line.days) if line.days else None,
    ]  # fmt: skip


def _chosen(request: HttpRequest) -> DisputeFilter:
    return DisputeFilter(
        show=ALL,
        since=day_asked(request.GET.get("from", "")),
        until=day_asked(request.GET.get("until", "")),
        company_id=reading_of(request).company_id,
    )


def _by(request: HttpRequest) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in WAYS else "reason"
