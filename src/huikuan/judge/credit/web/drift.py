"""Limits beside what the credit policy gives today: those that drifted, ended, end soon, or whose grade fell."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.judge.credit.domain.drift import SIGNS as NAMES
from huikuan.judge.credit.domain.drift import Measure
from huikuan.judge.credit.messages import LIMIT_STATES, SIGNS
from huikuan.judge.credit.queries.drift import DriftReport, DriftRow, drift_report
from huikuan.judge.credit.web.customer import companies_of
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.reading import Reading, address, reading_of
from huikuan.mechanisms.pages.tables import send_table

#: Rows a page shows; the file has them all.
ROWS = 100
_MOST_PERCENT = 1_000


@needs(Permission.VIEW_LEDGER)
def show_drift(request: HttpRequest) -> HttpResponse:
    """What is to be seen to about limits, company by company those that differ most first; then who has none."""
    sign, percent = _sign(request), _percent(request)
    reports = _reports(request, percent)
    rows = _chosen(reports, sign)
    reading = reading_of(request)
    counts = {name: sum(report.counts.get(name, 0) for report in reports) for name in NAMES}
    page = {
        "rows": [(row, [_(SIGNS[one]) for one in row.drift.signs], _link(row, reading)) for row in rows[:ROWS]],
        "company_codes": {report.company.pk: report.company.code for report in reports} if len(reports) > 1 else {},
        "count": len(rows),
        "more": max(0, len(rows) - ROWS),
        "tabs": [
            (name, _(SIGNS[name]), count, address(reverse("credit:drift"), reading, sign=name, percent=percent))
            for name, count in counts.items()
            if count
        ],
        "all_url": address(reverse("credit:drift"), reading, percent=percent),
        "all_count": sum(len(report.rows) for report in reports),
        "sign": sign,
        "percent": percent,
        "looked_at": sum(report.looked_at for report in reports),
        "policies": sorted({report.policy for report in reports}),
        "carried": list(reading.carried().items()),
    }
    return render(request, "credit/drift.html", page)


@needs(Permission.VIEW_LEDGER)
def export_drift(request: HttpRequest) -> HttpResponseBase:
    """The same as a table, all of it."""
    reports = _reports(request, _percent(request))
    rows = _chosen(reports, _sign(request))
    codes = {report.company.pk: report.company.code for report in reports}
    headers = [
        _("Company"), _("Customer code"), _("Customer"), _("Group"), _("Grade"), _("Grade when it was asked for"),
        _("Status"), _("Ends on"), _("Currency"), _("Limit"), _("By policy"), _("Difference"), _("Difference in %"),
        _("To be seen to"),
    ]  # fmt: skip
    table = (_cells(row, codes[row.company_id]) for row in rows)
    return send_table(
        request.GET.get("format", ""), _("limit-drift"), headers, table, title=_("Limits and policy"), count=len(rows)
    )


def _reports(request: HttpRequest, percent: int) -> list[DriftReport]:
    """As of today: what the policy gives is of today, so are the limits beside it."""
    scope = scope_of(request, Permission.VIEW_LEDGER)
    return [
        drift_report(
            company, scope=scope, day=reading_of(request).today, at=timezone.now(), measure=Measure(percent=percent)
        )
        for company in companies_of(request)
    ]


def _chosen(reports: Iterable[DriftReport], sign: str) -> list[DriftRow]:
    rows = [row for report in reports for row in report.rows if not sign or sign in row.drift.signs]
    return sorted(rows, key=lambda row: row.drift.only_lacks)


def _sign(request: HttpRequest) -> str:
    sign = request.GET.get("sign", "")
    return sign if sign in NAMES else ""


def _percent(request: HttpRequest) -> int:
    text = request.GET.get("percent", "")
    return min(int(text), _MOST_PERCENT) if text.isascii() and text.isdigit() and len(text) <= 4 else Measure().percent


def _link(row: DriftRow, reading: Reading) -> str:
    if row.customer_id is None:
        return address(reverse("credit:group"), reading, group=row.group)
    return address(reverse("credit:customer", args=[row.customer_id]), reading)


def _cells(row: DriftRow, company: str) -> list[Cell]:
    drift, limit = row.drift, row.limit
    whose: list[Cell] = ["", "", row.name] if row.group else [row.code, row.name, ""]
    return [
        company, *whose, row.grade, row.grade_then, _(LIMIT_STATES[limit.state]), limit.until_on, row.currency,
        *(_decimal(one, row.currency) for one in (drift.stands, drift.given, drift.difference)), drift.percent,
        " · ".join(_(SIGNS[one]) for one in drift.signs),
    ]  # fmt: skip


def _decimal(amount: int | None, currency: str) -> Decimal | None:
    return None if amount is None else Decimal(to_text(amount, currency))
