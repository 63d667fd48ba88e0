"""The list of ratings with what is due when, its rows as a file, and runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from huikuan.judge.rating.domain.reading import read
from huikuan.judge.rating.operations.assessing import RUN, start_run
from huikuan.judge.rating.queries.assessing import scorecard_on
from huikuan.judge.rating.queries.calendar import (
    RatedRow,
    count_ratings,
    ratings_page,
    review_months,
)
from huikuan.judge.rating.telling import card_title, told_call
from huikuan.judge.rating.web import words
from huikuan.judge.rating.web.asked import chips_of, filter_of
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.jobs.queries import JobRow, latest
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.reading import Reading, address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot

ROWS = 50
_CHUNK = 1_000
VIEWS = {"": gettext_noop("All"), **words.STATES}


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def show_ratings(request: HttpRequest) -> HttpResponse:
    """Customers with their grades, 50 at a time; a partial update asks for the rows that follow."""
    reading, chosen, scope = reading_of(request), filter_of(request), scope_of(request)
    asked: dict[str, Any] = {"day": reading.as_of, "scope": scope, "known": reading.known}
    rows = ratings_page(chosen, after=request.GET.get("after", ""), limit=ROWS + 1, **asked)
    found = [(row, row.state(reading.as_of)) for row in rows[:ROWS]]
    page = {"rows": found, "chosen": chosen, "next": rows[ROWS - 1].code if len(rows) > ROWS else ""}
    if request.headers.get("HX-Target") == "more":
        return render(request, "rating/parts/rating_rows.html", page)
    policy = scorecard_on(reading.as_of, at=timezone.now(), known=reading.known)
    scorecards = read(policy.document)
    page |= {
        "count": count_ratings(chosen, **asked),
        "views": VIEWS,
        "chips": chips_of(chosen),
        "months": review_months(**asked),
        "grades": [band.grade for band in scorecards.bands],
        "cards": list(scorecards.cards),
        "policy": policy,
        "may_run": scope_of(request, Permission.ASSESS_CUSTOMERS).everything and not reading.is_past,
        "job": _under_way(),
    }
    return render(request, "rating/ratings.html", page)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def export_ratings(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the list as csv or xlsx, read in one snapshot."""
    reading = reading_of(request)
    headers = [
        *(_("Customer code"), _("Customer"), _("Grade"), _("Override until"), _("Score"), _("Grade by the scorecard")),
        *(_("Scorecard"), _("Known %"), _("As of"), _("Review on"), _("State"), _("Due because")),
    ]
    name = f"{_('ratings')}-{reading.as_of:%Y-%m-%d}"
    with snapshot():
        rows = (_cells(row, reading) for row in _every(request, reading))
        return send_table(request.GET.get("format", ""), name, headers, rows, title=f"{reading.as_of:%Y-%m-%d}")


@needs(Permission.ASSESS_CUSTOMERS)
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Ask for all customers, or those due, to be assessed by today."""
    reading = reading_of(request)
    if reading.is_past or not scope_of(request).everything:
        raise Http404
    due = request.POST.get("which") != "all"
    start_run(as_of=reading.today, due=due, actor=request.user.get_username(), at=timezone.now())
    messages.success(request, _("The run was asked for; a worker does it, and the list shows what came out."))
    return HttpResponseRedirect(address(reverse("rating:ratings"), reading))


def _under_way() -> JobRow | None:
    """The run that is waiting or working."""
    found = latest(RUN, "")
    return found[0] if found and found[0].state in ("queued", "running") else None


def _every(request: HttpRequest, reading: Reading) -> Iterator[RatedRow]:
    chosen, after = filter_of(request), ""
    while True:
        rows = ratings_page(
            chosen, day=reading.as_of, scope=scope_of(request), known=reading.known, after=after, limit=_CHUNK
        )
        yield from rows
        if len(rows) < _CHUNK:
            return
        after = rows[-1].code


def _cells(row: RatedRow, reading: Reading) -> list[Cell]:
    state = row.state(reading.as_of)
    # The same cause may have come up more than once.
    causes = dict.fromkeys(told_call(one.cause, one.detail) for one in row.calls)
    told = (_(words.STATES[state]) if state else "", "; ".join(causes))
    if row.rating is None:
        return [row.code, row.name, "", None, None, "", "", None, None, None, *told]
    last, override = row.rating.assessment, row.rating.override
    return [
        *(row.code, row.name, row.rating.grade, override.state.until if override else None, last.score, last.grade),
        *(card_title(last.card), last.known, last.as_of, row.rating.review_on, *told),
    ]
