"""Runs of days that were, and one of them: what left the house, what waits for somebody, what was held back."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.act.collection.operations.triage import drop, let_go
from huikuan.act.collection.queries.preview import Left, Row
from huikuan.act.collection.queries.runs import (
    DROPPED,
    GONE,
    LET_GO,
    WAITING,
    ApproachRow,
    RunRow,
    approaches,
    narrowed_runs,
    run_excluded,
    run_lines,
    run_of,
    runs,
)
from huikuan.act.collection.telling import CHANNELS
from huikuan.act.collection.web.asked import company_of, number_of
from huikuan.act.collection.web.rows import SHOWN, send_rows, told
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may_for, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of

STATES = {
    GONE: gettext_noop("went by itself"),
    WAITING: gettext_noop("waits to be let go"),
    LET_GO: gettext_noop("let go"),
    DROPPED: gettext_noop("dropped"),
}


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_runs(request: HttpRequest) -> HttpResponse:
    """The runs of the page's company, the latest day first."""
    company = company_of(request)
    found = narrowed_runs(runs([company.pk], limit=60), scope_of(request))
    return render(request, "collection/runs.html", {"company": company, "runs": found})


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: its approaches, its lines with their reasons, and those that were held back."""
    return _run_page(request, _run(request, run_id), Form({}))


def _run_page(request: HttpRequest, run: RunRow, form: Form, ticked: Collection[int] = ()) -> HttpResponse:
    """The page; after a refusal with what was ticked and why. Nothing is ticked that nobody ticked: all that waits
    here waits because a person has to mean it."""
    scope = scope_of(request)
    made = approaches(run, scope=scope)
    rows, excluded = run_lines(run, scope=scope), run_excluded(run, scope=scope)
    page = {
        "run": run,
        "waiting": [(one, _how(one), one.id in ticked) for one in made if one.state == WAITING],
        "approaches": [(one, _how(one), _(STATES[one.state])) for one in made[:SHOWN]],
        "rows": told(rows[:SHOWN]),
        "excluded": told(excluded[:SHOWN]),
        "count": len(rows),
        "held": len(excluded),
        "more": max(len(rows) - SHOWN, 0),
        "decides": may_for(request, Permission.SEND_NOTICES, run.company_id),
        "form": form,
    }
    return render(request, "collection/run.html", page, status=400 if form.problems else 200)


def _how(one: ApproachRow) -> str:
    return _(CHANNELS[one.channel])


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_run(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """Its lines, those that went and those that were held back, as a file."""
    run, scope = _run(request, run_id), scope_of(request)
    rows: list[Row | Left] = [*run_lines(run, scope=scope), *run_excluded(run, scope=scope)]
    return send_rows(request, _("collection-run"), run.on, rows)


@needs(Permission.SEND_NOTICES)
@posted_from("collection:run", "run_id")
def decide(request: HttpRequest, run_id: int) -> HttpResponse:
    """Let the ticked messages go, or drop them with a reason."""
    run = _run(request, run_id)
    if not may_for(request, Permission.SEND_NOTICES, run.company_id):
        raise Http404
    mine = {one.id for one in approaches(run, scope=scope_of(request))}
    ticked = [number_of(one) for one in request.POST.getlist("approach")]
    if not set(ticked) <= mine:
        raise Http404
    form, who, at = Form(typed_in(request)), request.user.get_username(), timezone.now()
    try:
        if not ticked:
            raise Refusal("collection_nothing_ticked")
        if form.text("deed") == "drop":
            drop(approach_ids=ticked, reason=form.text("reason"), actor=who, at=at)
            messages.success(request, _("%(count)s dropped") % {"count": len(ticked)})
        else:
            let_go(approach_ids=ticked, actor=who, at=at)
            messages.success(request, _("%(count)s let go") % {"count": len(ticked)})
    except Refusal as refusal:
        form.blame("reason" if refusal.code == "collection_reason_missing" else "", refusal)
        return _run_page(request, run, form, ticked)
    return HttpResponseRedirect(address(reverse("collection:run", args=[run_id]), reading_of(request)))


def _run(request: HttpRequest, run_id: int) -> RunRow:
    try:
        return run_of(run_id, scope=scope_of(request, Permission.VIEW_LEDGER))
    except Refusal as refusal:
        raise Http404 from refusal
