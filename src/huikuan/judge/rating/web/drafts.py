"""Scorecards somebody works on: the list, a draft's grades, choices and cards, and handing it in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.judge.rating.domain.editing import edited
from huikuan.judge.rating.domain.reading import read
from huikuan.judge.rating.operations.drafts import begin_draft, change_draft, drop_draft, hand_in_draft
from huikuan.judge.rating.operations.effects import MEASURE, ask_effect
from huikuan.judge.rating.policies import SCORECARD
from huikuan.judge.rating.queries.assessing import scorecard_on
from huikuan.judge.rating.queries.drafts import DraftRow, draft_with_id, drafts, migration_of
from huikuan.judge.rating.web.editing import Card, deed_of, number_in, of_frame, problems_within, stated
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.jobs.queries import JobRow, latest
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.telling import said
from huikuan.mechanisms.policies.queries import versions

_CARD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@needs(Permission.DRAFT_POLICY)
@require_GET
def show_drafts(request: HttpRequest) -> HttpResponse:
    """What governs, what is being worked on, and every version there was."""
    today = reading_of(request).today
    page = {
        "policy": scorecard_on(today, at=timezone.now()),
        "drafts": drafts(),
        "versions": versions(SCORECARD.name),
        "decides": may(request, Permission.APPROVE_POLICY),
    }
    return render(request, "rating/drafts.html", page)


@needs(Permission.DRAFT_POLICY)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft as the version named; 0: the shipped one."""
    base = number_in(request.POST.get("base", ""))
    number = begin_draft(base=base, actor=request.user.get_username(), at=timezone.now())
    return _to(request, "rating:draft", number)


@needs(Permission.DRAFT_POLICY)
def draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Grades, which card for whom, and the cards; a POST does one deed and keeps what was typed."""
    row = found(draft_id)
    if request.method != "POST":
        return _page(request, row, Form({}))
    form = Form(typed_in(request))
    try:
        document = _changed(row.document, form)
        edition = number_in(form.text("edition"))
        change_draft(
            draft_id=draft_id, edition=edition, document=document,
            actor=request.user.get_username(), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        form.blame("", refusal)
        return _page(request, row, form)
    return _to(request, "rating:draft", draft_id)


@needs(Permission.DRAFT_POLICY)
@require_POST
def hand_in(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Put the draft before whoever approves policies."""
    form = Form(typed_in(request))
    work = _with(request, hand_in_draft, draft_id, form, note=form.text("note"))
    return _did(request, draft_id, work, _("It was handed in; somebody else approves it under Policies."))


@needs(Permission.DRAFT_POLICY)
@require_POST
def drop(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Forget the draft."""
    work = _with(request, drop_draft, draft_id, Form(typed_in(request)))
    return _did(request, draft_id, work, _("The draft was dropped."), gone=True)


@needs(Permission.DRAFT_POLICY)
@require_POST
def measure(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Score every customer by today, by the scorecards in force and by the draft."""

    def work() -> object:
        today, at = reading_of(request).today, timezone.now()
        return ask_effect(draft_id=draft_id, as_of=today, actor=request.user.get_username(), at=at)

    return _did(request, draft_id, work, _("The effect on all customers is measured."))


def found(draft_id: int) -> DraftRow:
    try:
        return draft_with_id(draft_id)
    except Refusal as refusal:
        raise Http404 from refusal


def under_way(draft_id: int) -> JobRow | None:
    """The measuring that is waiting or working."""
    jobs = latest(MEASURE, str(draft_id))
    return jobs[0] if jobs and jobs[0].state in ("queued", "running") else None


def _changed(document: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """The document with the typed grades and choices, after the deed that was asked for."""
    deed, place, name = deed_of(form)
    whole = {**document, **stated(form, ("grades", "choice"))}
    cards = dict(whole.get("cards", {}))
    if deed == "copy":
        fresh = form.text("fresh")
        if not _CARD_NAME.fullmatch(fresh) or fresh in cards or place not in cards:
            raise Refusal("scorecard_card_name_bad")
        return {**whole, "cards": {**cards, fresh: cards[place]}}
    if deed == "forget":
        cards.pop(place, None)
        return {**whole, "cards": cards}
    return edited(whole, deed, place, name)


def _page(request: HttpRequest, row: DraftRow, form: Form) -> HttpResponse:
    typed = stated(form, ("grades", "choice")) if form.typed else {}
    shown = of_frame({**row.document, **typed}, {} if typed else problems_within(row, ""))
    shown.form.problems |= form.problems
    today = reading_of(request).today
    scope = scope_of(request, Permission.VIEW_CUSTOMERS)
    in_force = read(scorecard_on(today, at=timezone.now()).document)
    page = {
        "draft": row,
        "frame": shown,
        "form": shown.form,
        "cards": [Card(name, body, row) for name, body in row.document.get("cards", {}).items()],
        "migration": migration_of(row, [band.grade for band in in_force.bands], scope=scope) if row.measured else None,
        "sees_amounts": scope_of(request, Permission.VIEW_LEDGER).everything,
        "job": under_way(row.id),
    }
    return render(request, "rating/draft.html", page, status=400 if form.problems else 200)


def _with(
    request: HttpRequest, operation: Callable[..., object], draft_id: int, form: Form, **more: object
) -> Callable[[], object]:
    given = {"draft_id": draft_id, "edition": number_in(form.text("edition")), **more}
    return lambda: operation(**given, actor=request.user.get_username(), at=timezone.now())


def _did(
    request: HttpRequest, draft_id: int, work: Callable[[], object], told: str, *, gone: bool = False
) -> HttpResponse:
    try:
        work()
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return _to(request, "rating:draft", draft_id)
    messages.success(request, told)
    return _to(request, "rating:drafts") if gone else _to(request, "rating:draft", draft_id)


def _to(request: HttpRequest, name: str, *args: object) -> HttpResponse:
    return HttpResponseRedirect(address(reverse(name, args=args), reading_of(request)))
