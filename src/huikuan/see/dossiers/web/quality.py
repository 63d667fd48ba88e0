"""How good customers' data are: what is lacking, what went stale, who may be one and the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.kernel.dates import business_date
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.domain.completeness import is_stale
from huikuan.record.customers.queries import CustomerRow, row_of, seen, standing_seen
from huikuan.record.customers.queries.quality import Quality, last_said, look_alikes, quality_of
from huikuan.record.customers.web import words
from huikuan.see.dossiers.web.merging import may_merge

#: Lines shown; the file has them all.
_SHOWN = 100

VIEWS = {
    "": gettext_noop("To complete"),
    "stale": gettext_noop("Stale"),
    "alike": gettext_noop("Perhaps the same"),
}
REASONS = {
    "same_code": gettext_noop("same credit code"),
    "same_name": gettext_noop("same name"),
    "other_name": gettext_noop("short, English or former name"),
    "similar": gettext_noop("similar name"),
}


@dataclass(frozen=True, slots=True)
class Lacking:
    """A customer whose data want attention."""

    customer: CustomerRow
    quality: Quality
    last_said_on: date | None


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def show_quality(request: HttpRequest) -> HttpResponse:
    """The view's customers, those with the most to do first."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else ""
    if view == "alike":
        alike = look_alikes(scope=scope_of(request))
        page: dict[str, Any] = {
            "merges": may_merge(request),
            "alike": [(pair, _(REASONS[pair.reason]), *both) for pair, *both in alike[:_SHOWN]],
        }
        count = len(alike)
    else:
        lacking = _lacking(request, view)
        page, count = {"rows": lacking[:_SHOWN]}, len(lacking)
    page |= {"view": view, "views": VIEWS, "count": count, "shown": _SHOWN}
    return render(request, "dossiers/quality.html", page)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def export_quality(request: HttpRequest) -> HttpResponseBase:
    """All of the view's rows as a file."""
    view, day = request.GET.get("view", ""), reading_of(request).as_of
    name = f"{_('data-quality')}-{day:%Y-%m-%d}"
    if view == "alike":
        headers = [_("Customer code"), _("Customer"), _("Customer code"), _("Customer"), _("Why"), _("Likeness")]
        rows = _alike_cells(request)
        headers.append(_("Credit codes differ"))
    else:
        headers = [_("Customer code"), _("Customer"), _("Owner"), _("Completeness"), _("Lacking"), _("Last said")]
        rows = _lacking_cells(request, view)
    return send_table(request.GET.get("format", ""), name, headers, rows, title=f"{day:%Y-%m-%d}")


def _lacking(request: HttpRequest, view: str) -> list[Lacking]:
    day = reading_of(request).as_of
    rows = [row_of(one) for one in standing_seen(seen(scope_of(request))).order_by("code")]
    quality = quality_of(rows, day)
    said = {one: business_date(at) for one, at in last_said().items()}
    found = [Lacking(row, quality[row.id], said.get(row.id)) for row in rows]
    if view == "stale":
        stale = [one for one in found if is_stale(one.last_said_on, day)]
        return sorted(stale, key=lambda one: (one.last_said_on or date.min, one.customer.code))
    open_ = [one for one in found if one.quality.completeness.lacking]
    return sorted(open_, key=lambda one: (one.quality.completeness.score, one.customer.code))


def _lacking_cells(request: HttpRequest, view: str) -> Iterator[list[Cell]]:
    for one in _lacking(request, view):
        done = one.quality.completeness
        asked = _(", ").join(_(words.QUESTIONS[name]) for name in done.lacking)
        yield [one.customer.code, one.customer.name, one.quality.owner, done.score, asked, one.last_said_on]


def _alike_cells(request: HttpRequest) -> Iterator[list[Cell]]:
    for pair, left, right in look_alikes(scope=scope_of(request)):
        differ = _("yes") if pair.codes_differ else _("no")
        yield [left.code, left.name, right.code, right.name, _(REASONS[pair.reason]), pair.likeness, differ]
