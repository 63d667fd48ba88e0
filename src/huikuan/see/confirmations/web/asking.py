"""Asking for a confirmation: one customer from its statement, or many at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity import masking
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.jobs.queries import worker_seen
from huikuan.mechanisms.pages.access import companies_offered, needs, scope_of
from huikuan.mechanisms.pages.lists import numbers_in
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.telling import said
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.people import ContactRow
from huikuan.see.confirmations.domain.links import LEAST_DAYS, MOST_DAYS
from huikuan.see.confirmations.models import Invitation
from huikuan.see.confirmations.operations.inviting import invite, start_run
from huikuan.see.confirmations.queries.people import reachable
from huikuan.see.confirmations.queries.runs import run
from huikuan.see.confirmations.web.words import CHANNELS
from huikuan.see.statements.queries.issued import IssuedFilter, IssuedRow, issued, issued_statement

DAYS = 14
#: Statements offered at once to be confirmed.
OFFERED = 200
_LONGEST = 3


@needs(Permission.VIEW_LEDGER, to_write=Permission.ISSUE_STATEMENTS)
def ask(request: HttpRequest, statement_id: int) -> HttpResponse:
    """The form for one statement; a POST asks. A link to be passed on is shown once, on the page that answers."""
    row = _statement(request, statement_id)
    page: dict[str, Any] = {
        "statement": row,
        "people": [_person(one) for one in reachable(row.customer_id, "copy")],
        "channels": [(code, _(name)) for code, name in CHANNELS.items()],
        "days": DAYS,
        "least": LEAST_DAYS,
        "most": MOST_DAYS,
        "may_ask": _may_ask(request, row) and not reading_of(request).is_past,
    }
    if request.method != "POST":
        return render(request, "confirmations/ask.html", page)
    posted = request.POST
    try:
        invited, link = invite(
            company_id=row.company_id,
            customer_id=row.customer_id,
            statement_id=row.id,
            person=_number(posted.get("person", "")),
            channel=posted.get("channel", ""),
            days=_number(posted.get("days", "")),
            site=site_of(request),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return render(request, "confirmations/ask.html", page | {"problem": said(refusal)}, status=400)
    if posted.get("channel") != "copy":
        return HttpResponseRedirect(reverse("confirmations:invitation", args=[invited]))
    return render(request, "confirmations/link.html", {"link": link, "invitation": invited, "statement": row})


@needs(Permission.VIEW_LEDGER, to_write=Permission.ISSUE_STATEMENTS)
def ask_many(request: HttpRequest) -> HttpResponse:
    """Statements nobody was asked about yet, to be ticked; a POST starts the run that asks."""
    scope, reading = scope_of(request, Permission.ISSUE_STATEMENTS), reading_of(request)
    company = reading.company or next(iter(companies_offered(request)), None)
    rows = _waiting(issued(IssuedFilter([company.pk] if company else []), scope=scope, limit=OFFERED))
    page: dict[str, Any] = {
        "company": company,
        "rows": rows,
        "channels": [(code, _(name)) for code, name in CHANNELS.items() if code != "copy"],
        "days": DAYS,
        "least": LEAST_DAYS,
        "most": MOST_DAYS,
        "may_ask": not scope.nothing and not reading.is_past,
    }
    if request.method != "POST" or company is None:
        return render(request, "confirmations/many.html", page)
    try:
        started = start_run(
            company_id=company.pk,
            statements=sorted(numbers_in(request.POST.getlist("statement"))),
            channel=request.POST.get("channel", ""),
            days=_number(request.POST.get("days", "")),
            site=site_of(request),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return render(request, "confirmations/many.html", page | {"problem": said(refusal)}, status=400)
    return HttpResponseRedirect(reverse("confirmations:run", args=[started]))


@needs(Permission.VIEW_LEDGER)
def show_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """How far a run is; the panel asks for itself again until it is done."""
    try:
        row = run(run_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal
    waits = row.state in ("queued", "running") and not worker_seen(at=timezone.now())
    left_out: dict[str, int] = {}
    for code in row.left_out:
        sentence = said(Refusal(code, channel="", customer=""))
        left_out[sentence] = left_out.get(sentence, 0) + 1
    page = {"run": row, "no_worker": waits, "left_out": sorted(left_out.items())}
    alone = request.headers.get("HX-Target") == "run"
    return render(request, "confirmations/parts/run.html" if alone else "confirmations/run.html", page)


def site_of(request: HttpRequest) -> str:
    """What links begin with: as set, else as this page was asked for."""
    return settings.SITE or request.build_absolute_uri("/").rstrip("/")


def _statement(request: HttpRequest, statement_id: int) -> IssuedRow:
    try:
        return issued_statement(statement_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal


def _may_ask(request: HttpRequest, row: IssuedRow) -> bool:
    return seen(scope_of(request, Permission.ISSUE_STATEMENTS)).has(row.company_id, row.customer_id)


def _person(row: ContactRow) -> dict[str, Any]:
    """As somebody who may not reach them otherwise recognises them."""
    contact = row.contact
    shown = {name: masking.shown(name, getattr(contact, name), ()) for name in ("name", "email", "phone")}
    return {"number": row.number, "position": contact.position, **shown}


def _waiting(rows: Iterable[IssuedRow]) -> list[IssuedRow]:
    """Those that were not replaced and that nobody was asked about."""
    found = [row for row in rows if not row.replaced_by]
    asked = set(
        Invitation.objects.filter(statement_id__in=[row.id for row in found]).values_list("statement_id", flat=True)
    )
    return [row for row in found if row.id not in asked]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else 0
