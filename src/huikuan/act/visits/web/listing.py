"""The list of visits: those to be made, those that were."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.act.visits.messages import OUTCOMES, PURPOSES, SIGHTS, STATES
from huikuan.act.visits.queries.visits import VisitFilter, VisitRow, every_visit, visits_page
from huikuan.act.visits.web.permissions import READS, WRITES
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table

VIEWS = {"": gettext_noop("All"), **STATES}
_LONGEST_PLACE_IN_LIST = 9


@needs(READS)
@require_GET
def show_visits(request: HttpRequest) -> HttpResponse:
    """Visits to be made first, by their day; `mine` narrows to the reader's own, `state` to where they stand."""
    chosen, reading = _chosen(request), reading_of(request)
    asked = request.GET.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < _LONGEST_PLACE_IN_LIST else 0
    found = visits_page(chosen, scope=scope_of(request), after=after)
    page: dict[str, Any] = {
        "found": found,
        "count": found.count,
        "rows": [(row, row.late_on(reading.today), _how(row), _(PURPOSES[row.purpose])) for row in found.rows],
        "views": VIEWS,
        "state": request.GET.get("state", ""),
        "mine": "mine" in request.GET,
        "writes": may(request, WRITES) and not reading.is_past,
    }
    return render(request, "visits/visits.html", page)


@needs(READS)
@require_GET
def export_visits(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx; who was met and where is personal and stays on the page."""
    headers = [
        _("Number"), _("Customer"), _("Planned for"), _("Visitor"), _("Purpose"), _("State"), _("Outcome"), _("Seen"),
        _("Satisfaction"), _("Follow-up on"),
    ]  # fmt: skip
    day = f"{reading_of(request).as_of:%Y-%m-%d}"
    rows = (
        [
            row.id, row.customer, row.planned_on, row.visitor, _(PURPOSES[row.purpose]), _(STATES[row.state]),
            _(OUTCOMES[row.end.outcome]) if row.end else "",
            _(", ").join(_(SIGHTS[one]) for one in row.end.sights) if row.end else "",
            row.end.satisfaction if row.end else None, row.end.follow_up_on if row.end else None,
        ]
        for row in every_visit(_chosen(request), scope=scope_of(request))
    )  # fmt: skip
    return send_table(request.GET.get("format", ""), f"{_('visits')}-{day}", headers, rows, title=day)


def _how(row: VisitRow) -> str:
    """Where it stands; of one that is over, how it ended."""
    return _(OUTCOMES[row.end.outcome]) if row.end else _(STATES[row.state])


def _chosen(request: HttpRequest) -> VisitFilter:
    state = request.GET.get("state", "")
    return VisitFilter(
        company_id=reading_of(request).company_id,
        state=state if state in STATES else None,
        visitor=request.user.get_username() if "mine" in request.GET else None,
    )
