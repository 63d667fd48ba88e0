"""Calls by a voice bot: the list goes out as a file, the results come back as one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices import queries
from huikuan.mechanisms.notices.domain.call_results import COLUMNS, RESULTS
from huikuan.mechanisms.notices.domain.lifecycle import QUEUED
from huikuan.mechanisms.notices.domain.wanted import VOICE
from huikuan.mechanisms.notices.operations.calling import hand_out_calls, hear_calls
from huikuan.mechanisms.notices.queries import Chosen
from huikuan.mechanisms.pages.access import companies_offered, company_preset, may_for, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form, file_sent
from huikuan.mechanisms.pages.reading import address, reading_of


@needs(Permission.SEND_NOTICES)
@require_GET
def show_calls(request: HttpRequest) -> HttpResponse:
    """How many calls wait, and the two doors."""
    return _page(request, Form({}))


@needs(Permission.SEND_NOTICES)
@posted_from("notices:calls")
def hand_out(request: HttpRequest) -> HttpResponseBase:
    """The list, as a download; what is on it counts as called."""
    at, actor = timezone.now(), request.user.get_username()
    try:
        found = hand_out_calls(company_id=_company(request).pk, actor=actor, at=at)
    except Refusal as refusal:
        form = Form({})
        form.blame("", refusal)
        return _page(request, form)
    if not found.calls:
        messages.info(request, _("No call is due now."))
        return HttpResponseRedirect(address(reverse("notices:calls"), reading_of(request)))
    return download(found.content, f"calls-{at:%Y%m%d-%H%M%S}.csv", "text/csv; charset=utf-8")


@needs(Permission.SEND_NOTICES)
@posted_from("notices:calls")
def hear(request: HttpRequest) -> HttpResponse:
    """The results, whole or not at all."""
    form = Form({})
    try:
        _name, content = file_sent(request)
        actor, at = request.user.get_username(), timezone.now()
        found = hear_calls(content=content, company_id=_company(request).pk, actor=actor, at=at)
    except Refusal as refusal:
        form.blame("", refusal)
        return _page(request, form)
    said = _("%(new)s calls taken in, %(known)s known before, %(stopped)s want no more.")
    messages.success(request, said % {"new": found.new, "known": found.known, "stopped": found.stopped})
    return HttpResponseRedirect(address(reverse("notices:calls"), reading_of(request)))


def _company(request: HttpRequest) -> Company:
    """The company the page is about; with several, somebody has to say which. The lists are of all its customers, and
    not for who reaches some."""
    found = company_preset(reading_of(request).company, companies_offered(request))
    if found is None or not may_for(request, Permission.SEND_NOTICES, found.pk):
        raise Http404
    return found


def _page(request: HttpRequest, form: Form) -> HttpResponse:
    company = company_preset(reading_of(request).company, companies_offered(request))
    chosen = Chosen(state=QUEUED, channel=VOICE, company_id=company.pk if company else None)
    page = {
        "form": form,
        "company": company,
        "whole": company is not None and may_for(request, Permission.SEND_NOTICES, company.pk),
        "waiting": queries.notices_page(chosen, scope_of(request), limit=1).count,
        "columns": COLUMNS,
        "results": RESULTS,
    }
    return render(request, "notices/calls.html", page, status=400 if form.problems else 200)
