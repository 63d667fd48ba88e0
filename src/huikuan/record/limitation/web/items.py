"""One claim's clock: both days, what they count from, everything that interrupted it; and writing more of it down."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.beside import beside
from huikuan.mechanisms.pages.deeds import posted_from, stands_at
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form, file_sent, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.customers.queries import named_by_id, seen
from huikuan.record.limitation.domain.kinds import CAUSES, KINDS, PAYMENT
from huikuan.record.limitation.messages import CAUSES as CAUSE_NAMES
from huikuan.record.limitation.messages import KINDS as KIND_NAMES
from huikuan.record.limitation.messages import STRENGTHS
from huikuan.record.limitation.operations.interrupting import Paper, record_interruption, withdraw_interruption
from huikuan.record.limitation.queries.clocks import clock_of
from huikuan.record.limitation.queries.reaching import claims_seen, interruption_seen
from huikuan.record.limitation.web.listing import READS, WRITES
from huikuan.record.receivables.models import Item

#: Beside which field of the form a refusal stands; others stand with the whole.
_BESIDE = {
    "limitation_kind_unknown": "kind",
    "limitation_strength_bad": "strength",
    "limitation_proof_missing": "file",
    "limitation_ahead": "on",
    "limitation_before_claim": "on",
}


@needs(READS)
@require_GET
def show_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """The clock as of the page's day."""
    return item_page(request, _claim(request, item_id), Form({}))


@needs(WRITES)
@posted_from("limitation:item", "item_id")
def record(request: HttpRequest, item_id: int) -> HttpResponse:
    """Something interrupted it; a refusal leaves the form open with what was typed."""
    item, form = written_item(request, item_id), Form(typed_in(request))
    on = form.read("on", parse_date)
    if on is None and not form.problems:
        form.blame("on", Refusal("date_missing"))
    if on is None or form.problems:
        return item_page(request, item, form)
    try:
        record_interruption(
            item_ids=[item_id],
            kind=form.text("kind"),
            on=on,
            strength=form.text("strength"),
            file=paper_sent(request),
            note=form.text("note"),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.blame(_BESIDE.get(refusal.code, ""), refusal)
        return item_page(request, item, form)
    return recorded(request, item_id)


@needs(WRITES)
@posted_from("limitation:claims")
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """It did not happen, or was somebody else's."""
    try:
        fact = interruption_seen(number, scope_of(request, WRITES))
    except Refusal as refusal:
        raise Http404 from refusal
    if fact.item_id is None or reading_of(request).is_past:
        raise Http404
    stands_at(request, reverse("limitation:item", args=[fact.item_id]))
    item, form = written_item(request, fact.item_id), Form(typed_in(request))
    try:
        withdraw_interruption(
            interruption_id=number, note=form.text("reason"), actor=request.user.get_username(), at=timezone.now()
        )
    except Refusal as refusal:
        form.blame("", refusal)
        return item_page(request, item, form)
    return recorded(request, item.pk)


@needs(READS)
@require_GET
def send_proof(request: HttpRequest, number: int, sha256: str) -> HttpResponseBase:
    """The paper an interruption rests on."""
    try:
        fact = interruption_seen(number, scope_of(request, READS))
    except Refusal as refusal:
        raise Http404 from refusal
    if not fact.sha256 or fact.sha256 != sha256:
        raise Http404
    return download(open_original(sha256), fact.file_name)


def item_panel(request: HttpRequest, item_id: int) -> SafeString:
    """What limitation says on an item's page: its two days."""
    try:
        _debt, clock = clock_of(item_id, as_of=reading_of(request).as_of, at=timezone.now())
    except Refusal:
        return SafeString("")
    said = {"item_id": item_id, "clock": clock, "left": clock.days_left(reading_of(request).as_of)}
    return render_to_string("limitation/parts/clock.html", said, request=request)


def item_page(request: HttpRequest, item: Item, form: Form, opened: str = "record") -> HttpResponse:
    """The page of a claim's clock; a form that was refused keeps what was typed and stands open."""
    reading = reading_of(request)
    debt, clock = clock_of(item.pk, as_of=reading.as_of, at=timezone.now())
    writes = not reading.is_past and seen(scope_of(request, WRITES)).has(item.company_id, item.customer_id)
    page: dict[str, Any] = {
        "item": item,
        "customer": named_by_id({item.customer_id})[item.customer_id],
        "clock": clock,
        "left": clock.days_left(reading.as_of),
        "over": clock.is_over(reading.as_of),
        "debt": Item.objects.filter(id__in=debt.item_ids).exclude(pk=item.pk).order_by("id"),
        "interruptions": [
            (one, _(KIND_NAMES[one.kind]), _(STRENGTHS[one.strength]), KINDS[one.kind].source)
            for one in reversed(debt.interruptions)
        ],
        "suspensions": [(one, _(CAUSE_NAMES[one.cause]), CAUSES[one.cause]) for one in reversed(debt.suspensions)],
        "causes": [(name, _(title)) for name, title in CAUSE_NAMES.items()],
        "opened": opened if form.problems else "",
        "writes": writes,
        "panels": beside("limitation.item", request, item.pk),
        "form": form if form.typed or form.problems else Form({"on": reading.today.isoformat(), "kind": "demand"}),
        # What the ledger knows by itself nobody writes down again.
        "kinds": [(name, _(title)) for name, title in KIND_NAMES.items() if name != PAYMENT],
        "strengths": [(name, _(title)) for name, title in STRENGTHS.items()],
    }
    return render(request, "limitation/item.html", page, status=400 if form.problems else 200)


def _claim(request: HttpRequest, item_id: int) -> Item:
    """The claim, if it has a clock and is in reach."""
    try:
        item = claims_seen([item_id], scope_of(request, READS))[0]
        clock_of(item_id, as_of=reading_of(request).as_of, at=timezone.now())
    except Refusal as refusal:
        raise Http404 from refusal
    return item


def written_item(request: HttpRequest, item_id: int) -> Item:
    """The claim, of a customer for whom the reader writes; of a day gone by nothing is written."""
    item = _claim(request, item_id)
    if reading_of(request).is_past or not seen(scope_of(request, WRITES)).has(item.company_id, item.customer_id):
        raise Http404
    return item


def paper_sent(request: HttpRequest) -> Paper | None:
    """The proof that came with a form."""
    if not request.FILES.get("file"):
        return None
    name, content = file_sent(request)
    return Paper(content, name)


def recorded(request: HttpRequest, item_id: int) -> HttpResponse:
    """It is written down: back to the claim."""
    messages.success(request, _("Recorded."))
    return HttpResponseRedirect(address(reverse("limitation:item", args=[item_id]), reading_of(request)))
