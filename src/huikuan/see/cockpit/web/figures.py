"""The indicators with their definitions, worked numbers of this ledger, and twelve months."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huikuan.kernel.dates import month_ends
from huikuan.mechanisms.columns.queries import one_view
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.figures import rounded
from huikuan.mechanisms.pages.reading import Reading, address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.see.cockpit.domain.figures import POINTS, Series, series_of
from huikuan.see.cockpit.domain.overview import Input, Overview
from huikuan.see.cockpit.queries.overview import overview
from huikuan.see.cockpit.templatetags.cockpit import FORMULAS, NAMES
from huikuan.see.cockpit.web import charts
from huikuan.see.cockpit.web.lines import Rows

#: Numbers of a receipt that stand on the page; a longer one is folded.
MOST_INPUTS = 8


@needs(Permission.VIEW_LEDGER)
@one_view()
def show_indicators(request: HttpRequest) -> HttpResponse:
    """Each figure with what it means, how it was computed here, and how it developed."""
    reading = reading_of(request)
    days = _days(request, reading)
    last = days[-1]
    rows = Rows.behind(last, reading)
    page = {
        "overview": last,
        "series": [_drawn(one, last, rows, reading) for one in series_of(days)],
        "days": [{"on": day.as_of, "url": _overview_url(day, last, reading)} for day in days],
    }
    return render(request, "cockpit/indicators.html", page)


@needs(Permission.VIEW_LEDGER)
@one_view()
def export_indicators(request: HttpRequest) -> HttpResponseBase:
    """The table of the page: an indicator a row, a month a column, and its definition."""
    reading = reading_of(request)
    days = _days(request, reading)
    headers = [_("Indicator"), _("Unit"), *(day.as_of.isoformat() for day in days), _("Definition")]
    units = {"days": _("days"), "percent": "%", "times": _("times"), "points": ""}
    rows: list[list[Cell]] = [
        [_(NAMES[one.indicator.code]), units[one.indicator.unit], *one.values, _(FORMULAS[one.indicator.code])]
        for one in series_of(days)
    ]
    name = f"{_('indicators')}-{reading.as_of:%Y-%m-%d}"
    return send_table(request.GET.get("format", ""), name, headers, rows, title=_("indicators"))


def _days(request: HttpRequest, reading: Reading) -> list[Overview]:
    """The overview of each day, the oldest first; all in the currency the last one has."""

    def of(on: Any, currency: str | None) -> Overview:
        return overview(
            company_id=reading.company_id,
            as_of=on,
            scope=scope_of(request),
            known=reading.known,
            currency=currency,
            months=1,
        )

    last = of(reading.as_of, reading.currency or None)
    before = month_ends(reading.as_of, POINTS - 1)[:-1]
    return [*(of(day, last.currency) for day in before), last]


def _drawn(one: Series, last: Overview, rows: Rows, reading: Reading) -> dict[str, Any]:
    """A series with its line, its change in words, and the lists behind its inputs."""
    places = 0 if one.indicator.unit == "points" else 1
    texts = ["" if value is None else rounded(value, places) for value in one.values]
    points, strokes = charts.strip(one.values, texts)
    return {
        "indicator": one.indicator,
        "long": len(one.indicator.inputs) > MOST_INPUTS,
        "change": "" if one.change is None else _signed(one.change, places),
        "points": points,
        "strokes": strokes,
        "cells": [text or _("n/a") for text in texts],
        "behind": [found for item in one.indicator.inputs if (found := _behind(item, last, rows, reading))],
    }


def _behind(item: Input, last: Overview, rows: Rows, reading: Reading) -> dict[str, str] | None:
    """The list of open items an input adds up, where it adds up open items."""
    if item.code in ("receivable", "opening") and item.from_date is None:
        return {"code": item.code, "url": rows.of(on=item.to_date or last.as_of, basis="")}
    if item.code == "overdue":
        return {"code": item.code, "url": rows.overdue()}
    return None


def _overview_url(day: Overview, last: Overview, reading: Reading) -> str:
    on = day.as_of.isoformat() if day.as_of != reading.today else ""
    return address(reverse("cockpit:overview"), reading, as_of=on, currency=last.currency, basis="")


def _signed(change: Decimal, places: int) -> str:
    return f"+{rounded(change, places)}" if change > 0 else rounded(change, places)
