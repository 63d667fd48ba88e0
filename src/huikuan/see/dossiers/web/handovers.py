"""Hand-overs: the list, drawing one up with what it moves, signing, calling off, the document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import owner_names
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.reading import address, day_named, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.domain.handover import GIVER, OPEN, RECEIVER, Reader, Signer
from huikuan.record.customers.operations import call_off_hand_over, draw_up_hand_over, sign_hand_over
from huikuan.record.customers.queries.handovers import HandOverRow, Paper, hand_overs, paper, signatures
from huikuan.record.customers.web.forms import Form, actor_of, attempt, sentence, typed
from huikuan.see.dossiers.operations.hand_over_paper import hand_over_pdf
from huikuan.see.dossiers.queries.handing import as_lines, check_reach, handed, handed_by, owners, totals
from huikuan.see.dossiers.queries.standing import Books
from huikuan.see.dossiers.web.asked import books_of
from huikuan.see.dossiers.web.words import HAND_OVER_STATES

SIDES = (GIVER, RECEIVER)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def show_hand_overs(request: HttpRequest) -> HttpResponse:
    """Those the reader sees, the newest first."""
    found = hand_overs(reader=_reader(request))
    return render(request, "dossiers/hand_overs.html", {"rows": found, "may_draw_up": _may_draw_up(request)})


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def export_hand_overs(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    headers = [
        *(_("No."), _("Given by"), _("Received by"), _("Holds from"), _("Customers"), _("State"), _("Reason")),
        *(_("By"), _("When")),
    ]
    rows: Iterable[Sequence[Cell]] = (
        [
            *(row.id, row.from_owner, row.to_owner, row.effective_on, len(row.customer_ids)),
            *(_(HAND_OVER_STATES[row.state]), row.reason, row.actor, row.recorded_at.isoformat(timespec="seconds")),
        ]
        for row in hand_overs(reader=_reader(request))
    )
    day = reading_of(request).today
    name = f"{_('hand-overs')}-{day:%Y-%m-%d}"
    return send_table(request.GET.get("format", ""), name, headers, rows, title=f"{day:%Y-%m-%d}")


@needs(Permission.HAND_OVER_CUSTOMERS)
def draw_up(request: HttpRequest) -> HttpResponse:
    """Choose whose customers go to whom and see what that moves; a POST draws it up for both to sign."""
    if reading_of(request).is_past:
        raise Http404
    asked = {name: request.GET.get(name, "").strip() for name in ("from", "to", "on")}
    form, drawn = Form({"to": asked["to"]}), list[int]()
    if request.method == "POST":
        form = Form(typed(request, ("to", "reason")))
        if attempt(form, lambda: drawn.append(_draw_up(request, asked["from"], _day(request), form.values))):
            messages.success(request, _("The hand-over was drawn up. Both sides sign it now."))
            return _to(request, drawn[0])
    day, scope = _day(request), scope_of(request)
    found = handed(asked["from"], day, _books(request), scope=scope) if asked["from"] else []
    page = {
        "form": form,
        "from_owner": asked["from"],
        "on": day,
        "owners": owners(day, scope=scope),
        "found": found,
        "ticked": _ticked(request) if request.method == "POST" else {one.customer_id for one in found},
        "sums": totals(found),
        "count": sum(len(one.lines) for one in found),
    }
    return render(request, "dossiers/hand_over_new.html", page, status=form.status)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def show_hand_over(request: HttpRequest, number: int) -> HttpResponse:
    """What was drawn up, who signed, and what the reader may do."""
    whole = _paper(request, number)
    row, signer = whole.row, _signer(request, whole.row)
    signed = {person(step.actor) for step in row.steps}
    open_to_me = row.state == OPEN and row.whole and signer.actor not in signed
    sides = [
        {
            "signature": one,
            "may_sign": open_to_me and one.step is None and signer.speaks_for(one.owner),
            "my_own": one.owner in signer.names,
        }
        for one in signatures(row)
    ]
    page = {
        "paper": row,
        "lines": whole.lines,
        "sides": sides,
        "called_off": row.step("called_off"),
        "may_call_off": row.state == OPEN and _may_call_off(request, number),
    }
    return render(request, "dossiers/hand_over.html", page)


@needs(Permission.VIEW_CUSTOMERS)
@require_POST
def sign(request: HttpRequest, number: int) -> HttpResponse:
    """Sign for one side what the page showed."""
    row, side = _paper(request, number).row, request.POST.get("side", "")
    if side not in SIDES or not row.whole:
        raise Http404
    digest = request.POST.get("content", "")

    def work() -> None:
        sign_hand_over(
            hand_over_id=row.id, side=side, content_sha256=digest, signer=_signer(request, row), at=timezone.now()
        )

    return _done(request, number, work, _("Signed."))


@needs(Permission.HAND_OVER_CUSTOMERS)
@require_POST
def call_off(request: HttpRequest, number: int) -> HttpResponse:
    """It will not be."""
    if not _may_call_off(request, number):
        raise Http404
    reason = request.POST.get("reason", "")

    def work() -> None:
        call_off_hand_over(hand_over_id=number, reason=reason, actor=actor_of(request), at=timezone.now())

    return _done(request, number, work, _("The hand-over was called off."))


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def send_document(request: HttpRequest, number: int) -> HttpResponseBase:
    """The hand-over as a PDF with its signatures so far."""
    found = _paper(request, number)
    response = HttpResponse(hand_over_pdf(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="hand-over-{number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _draw_up(request: HttpRequest, from_owner: str, day: date, values: dict[str, Any]) -> int:
    """Of the customers ticked, those of the owner that the reader may hand over."""
    books, scope = _books(request), scope_of(request)
    found = handed(from_owner, day, books, scope=scope, chosen=_ticked(request))
    check_reach(from_owner, found, scope=scope)
    return draw_up_hand_over(
        from_owner=from_owner,
        to_owner=values["to"],
        customer_ids=[one.customer_id for one in found],
        effective_on=day,
        lines=as_lines(found, books.as_of),
        reason=values["reason"],
        actor=actor_of(request),
        at=timezone.now(),
    )


def _ticked(request: HttpRequest) -> set[int]:
    return {int(one) for one in request.POST.getlist("customer") if one.isascii() and one.isdigit()}


def _books(request: HttpRequest) -> Books:
    """Of every company: a customer changes hands in all of them."""
    books = books_of(request)
    return Books(books.as_of, None, None, books.currency)


def _day(request: HttpRequest) -> date:
    text = request.GET.get("on", "")
    return day_named(text) if text else reading_of(request).today


def _reader(request: HttpRequest) -> Reader:
    """Papers tell amounts: whoever opens them sees what they see in the ledger."""
    return Reader(owner_names(actor_of(request)), scope_of(request, Permission.VIEW_LEDGER))


def _paper(request: HttpRequest, number: int) -> Paper:
    """Out of reach is as not there."""
    try:
        return paper(number, reader=_reader(request))
    except Refusal as refusal:
        raise Http404 from refusal


def _signer(request: HttpRequest, row: HandOverRow) -> Signer:
    actor, scope = actor_of(request), scope_of(request, Permission.HAND_OVER_CUSTOMERS)
    return Signer(actor, owner_names(actor), handed_by(row.customer_ids, scope=scope))


def _may_draw_up(request: HttpRequest) -> bool:
    return may(request, Permission.HAND_OVER_CUSTOMERS) and not reading_of(request).is_past


def _may_call_off(request: HttpRequest, number: int) -> bool:
    """Whoever may hand over all that the paper names; reading it is not enough."""
    if not _may_draw_up(request):
        return False
    reader = Reader(frozenset(), scope_of(request, Permission.HAND_OVER_CUSTOMERS))
    return any(row.whole for row in hand_overs(reader=reader, number=number))


def _done(request: HttpRequest, number: int, work: Any, said: str) -> HttpResponse:
    try:
        work()
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, said)
    return _to(request, number)


def _to(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponseRedirect(address(reverse("dossiers:hand-over", args=[number]), reading_of(request)))
