"""Matching asked for from the workbench, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huikuan.mechanisms.jobs.queries import latest, worker_seen
from huikuan.mechanisms.pages.access import companies_offered, needs, permitted_companies
from huikuan.mechanisms.pages.reading import path_of, reading_of
from huikuan.record.cash.jobs import MATCH, ask_to_match
from huikuan.record.cash.web.permissions import READS, WRITES

_LIVE = ("queued", "running")
#: In the session: the matching that was asked for, shown until its end was seen.
_ASKED = "cash_matching"


@dataclass(frozen=True, slots=True)
class JobTold:
    """Matching as the page tells it. `waits`: no worker is there to do it."""

    under_way: bool
    waits: bool
    failed: bool
    message: str


@needs(WRITES)
@require_POST
def match_now(request: HttpRequest) -> HttpResponse:
    """Ask for a run over every company whose money the writer may apply, or over the page's one."""
    reading, whole = reading_of(request), permitted_companies(request, WRITES)
    offered = [reading.company] if reading.company else companies_offered(request)
    asked = [one.pk for one in offered if whole is None or one.pk in whole]
    for company_id in asked:
        ask_to_match(company_id, at=timezone.now())
    request.session[_ASKED] = asked
    return HttpResponseRedirect(path_of("cash:bench"))


@needs(READS)
@require_GET
def show_matching(request: HttpRequest) -> HttpResponse:
    """How far it is, for the page that stands."""
    return render(request, "cash/parts/job.html", {"job": job_told(request)})


def job_told(request: HttpRequest) -> JobTold | None:
    """The matching this session asked for; None: none, or its end was seen."""
    found = [kept[0] for company_id in request.session.get(_ASKED, []) if (kept := latest(MATCH, str(company_id)))]
    if not found:
        return None
    under_way = any(one.state in _LIVE for one in found)
    if not under_way:
        del request.session[_ASKED]
    return JobTold(
        under_way=under_way,
        waits=under_way and not worker_seen(at=timezone.now()),
        failed=any(one.state == "failed" for one in found),
        message=next((one.message for one in found if one.state == "running"), ""),
    )
