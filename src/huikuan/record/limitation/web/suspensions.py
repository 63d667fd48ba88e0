"""What kept us from suing for one claim: written down, ended, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from, stands_at
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.limitation.models import Suspension
from huikuan.record.limitation.operations.suspending import (
    Obstacle,
    end_suspension,
    lift_suspension,
    record_suspension,
)
from huikuan.record.limitation.queries.reaching import suspension_seen
from huikuan.record.limitation.web.items import item_page, paper_sent, recorded, written_item
from huikuan.record.limitation.web.listing import READS, WRITES
from huikuan.record.receivables.models import Item

#: Beside which field of the form a refusal stands; others stand with the whole.
_BESIDE = {
    "limitation_cause_unknown": "cause",
    "limitation_days_reversed": "until",
    "limitation_ahead": "until",
    "limitation_reason_missing": "words",
}


@needs(WRITES)
@posted_from("limitation:item", "item_id")
def suspend(request: HttpRequest, item_id: int) -> HttpResponse:
    """Something keeps us from suing, or did; a refusal leaves the form open with what was typed."""
    item, form = written_item(request, item_id), Form(typed_in(request))
    first, last = _required(form, "from"), form.read("until", parse_date)

    def work(by: dict[str, Any]) -> None:
        obstacle = Obstacle(form.text("cause"), first or date.min, last, form.text("words"))
        record_suspension(item_ids=[item_id], obstacle=obstacle, file=paper_sent(request), **by)

    return _done(request, item, form, work)


@needs(WRITES)
@posted_from("limitation:claims")
def end(request: HttpRequest, number: int) -> HttpResponse:
    """It lasted until a day."""
    item, form = _of(request, number), Form(typed_in(request))
    last = _required(form, "ended")
    return _done(request, item, form, lambda by: end_suspension(suspension_id=number, until_on=last or date.min, **by))


@needs(WRITES)
@posted_from("limitation:claims")
def lift(request: HttpRequest, number: int) -> HttpResponse:
    """It was none after all."""
    item, form = _of(request, number), Form(typed_in(request))
    return _done(request, item, form, lambda by: lift_suspension(suspension_id=number, note=form.text("reason"), **by))


@needs(READS)
@require_GET
def send_proof(request: HttpRequest, number: int, sha256: str) -> HttpResponseBase:
    """The paper a suspension rests on."""
    fact = _seen(request, number, READS)
    if not fact.sha256 or fact.sha256 != sha256:
        raise Http404
    return download(open_original(sha256), fact.file_name or "")


def _seen(request: HttpRequest, number: int, permission: Any) -> Suspension:
    try:
        return suspension_seen(number, scope_of(request, permission))
    except Refusal as refusal:
        raise Http404 from refusal


def _of(request: HttpRequest, number: int) -> Item:
    fact = _seen(request, number, WRITES)
    if fact.item_id is None or reading_of(request).is_past:
        raise Http404
    stands_at(request, reverse("limitation:item", args=[fact.item_id]))
    return written_item(request, fact.item_id)


def _required(form: Form, name: str) -> date | None:
    day = form.read(name, parse_date)
    if day is None and not form.problems:
        form.blame(name, Refusal("date_missing"))
    return day


def _done(request: HttpRequest, item: Item, form: Form, work: Callable[[dict[str, Any]], Any]) -> HttpResponse:
    if not form.problems:
        try:
            work({"actor": request.user.get_username(), "at": timezone.now()})
        except Refusal as refusal:
            form.blame(_BESIDE.get(refusal.code, ""), refusal)
    return item_page(request, item, form, opened="suspend") if form.problems else recorded(request, item.pk)
