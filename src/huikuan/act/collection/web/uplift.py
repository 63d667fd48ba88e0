"""What messages bring (提升): whether those written to pay sooner than the control group, and the claims behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.act.collection.queries.uplift import measured_claims, uplift_of
from huikuan.act.collection.web.asked import company_of
from huikuan.act.collection.web.rows import SHOWN
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import may_for, needs
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import customers_by_id

_WITHIN, _MOST_DAYS = 30, 365
_HALF_YEAR = timedelta(days=180)
TREATED, CONTROL = "treated", "control"
#: Claims behind a figure: their group, and whether they were paid in time (None: whichever).
FIGURES: dict[str, tuple[str, bool | None, str]] = {
    "treated": (TREATED, None, gettext_noop("written to")),
    "treated_paid": (TREATED, True, gettext_noop("written to, paid in time")),
    "control": (CONTROL, None, gettext_noop("control group")),
    "control_paid": (CONTROL, True, gettext_noop("control group, paid in time")),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Claims of the company due from `since` to `until`, paid in time when within so many days of it."""

    company: Company
    since: date
    until: date
    within: int

    def claims(self) -> pl.DataFrame:
        return measured_claims(self.company.pk, since=self.since, until=self.until, within=self.within)


@needs(Permission.DRAFT_POLICY)
@require_GET
def show_uplift(request: HttpRequest) -> HttpResponse:
    """Both shares, their difference with its interval, and the claims behind the figure chosen."""
    asked, figure = _asked(request), _figure(request)
    claims = asked.claims()
    found, rows = uplift_of(claims), _of(claims, figure)
    page = {
        "asked": asked,
        "found": found,
        "shares": {
            name: _percent(value)
            for name, value in (
                ("treated", found.treated.value), ("control", found.control.value), ("value", found.value),
                ("low", found.low), ("high", found.high),
            )
        },
        "figures": [(name, _(title), name == figure) for name, (_group, _paid, title) in FIGURES.items()],
        "title": _(FIGURES[figure][2]),
        "rows": list(_named(rows.head(SHOWN))),
        "count": rows.height,
        "more": max(rows.height - SHOWN, 0),
    }  # fmt: skip
    return render(request, "collection/uplift.html", page)


@needs(Permission.DRAFT_POLICY)
@require_GET
def export_uplift(request: HttpRequest) -> HttpResponseBase:
    """The claims behind the figure chosen as a file."""
    asked, figure = _asked(request), _figure(request)
    headers = [
        *(_("Customer code"), _("Customer"), _("Document"), _("Due date"), _("Currency"), _("Amount")),
        *(_("Paid in time"), _("Whole"), _("Control group")),
    ]
    rows = _of(asked.claims(), figure)
    return send_table(
        request.GET.get("format", ""), f"{_('uplift')}-{asked.since}-{asked.until}", headers, _cells(rows),
        title=_(FIGURES[figure][2])[:31], count=rows.height,
    )  # fmt: skip


def _asked(request: HttpRequest) -> Asked:
    """What the address asks; else the half year whose claims had their days to be paid in."""
    company, today = company_of(request), reading_of(request).today
    if not may_for(request, Permission.DRAFT_POLICY, company.pk):
        raise Http404
    within = request.GET.get("within", "")
    days = int(within) if within.isascii() and within.isdigit() and len(within) <= len(str(_MOST_DAYS)) else _WITHIN
    days = min(days, _MOST_DAYS)
    until = _day(request, "until", today - timedelta(days=days))
    return Asked(company, _day(request, "since", until - _HALF_YEAR), until, days)


def _day(request: HttpRequest, name: str, usual: date) -> date:
    try:
        return parse_date(request.GET[name]) if request.GET.get(name) else usual
    except Refusal as refusal:
        raise Http404 from refusal


def _figure(request: HttpRequest) -> str:
    name = request.GET.get("figure", "")
    return name if name in FIGURES else "treated"


def _of(claims: pl.DataFrame, figure: str) -> pl.DataFrame:
    group, paid, _title = FIGURES[figure]
    found = claims.filter(pl.col("control") == (group == CONTROL))
    return found if paid is None else found.filter(pl.col("paid") == paid)


def _named(rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    names = customers_by_id(set(rows["customer_id"]))
    for row in rows.iter_rows(named=True):
        yield {**row, "customer": names[row["customer_id"]]}


def _cells(rows: pl.DataFrame) -> Iterator[list[Cell]]:
    for row in _named(rows):
        whose, currency = row["customer"], row["currency"]
        amount, settled = (Decimal(to_text(row[name], currency)) for name in ("amount", "settled"))
        said = [_("yes") if row[name] else _("no") for name in ("paid", "control")]
        yield [whose.code, whose.name, row["document_number"], row["due_date"], currency, amount, settled, *said]


def _percent(share: float | None) -> str:
    """In points of a hundred, with its sign where it is a loss."""
    return "–" if share is None else f"{share * 100:.1f}".replace("-", "−")
