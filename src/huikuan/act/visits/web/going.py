"""One visit: standing there, what one sees and photographs, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.act.visits.domain.visits import CALLED_OFF, LARGEST_PHOTO, MOST_PHOTOS, SATISFACTION, Ended
from huikuan.act.visits.messages import OUTCOMES, PURPOSES, SIGHTS, STATES
from huikuan.act.visits.operations import add_photos as keep_photos
from huikuan.act.visits.operations import check_in, finish_visit
from huikuan.act.visits.queries.visits import VisitRow, photo_of, visit
from huikuan.act.visits.web.permissions import READS, WRITES
from huikuan.judge.rating.queries.ratings import grade_of
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form, request_named, typed_in
from huikuan.mechanisms.pages.partial import is_partial
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.customers.queries import customer_with_id, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.customers.queries.people import contacts
from huikuan.record.customers.web.forms import people_seen
from huikuan.record.receivables.queries.lateness import overdue_now

#: Which field a refusal stands beside.
_BESIDE = {
    "visit_place_missing": "place", "visit_place_too_long": "place", "visit_coordinates_bad": "place",
    "visit_photo_bad": "photos", "visit_photo_too_large": "photos", "visit_photos_enough": "photos",
    "visit_day_bad": "follow_up_on", "visit_note_too_long": "note", "visit_outcome_unknown": "outcome",
    "date_unreadable": "follow_up_on",
}  # fmt: skip
_MEASURE = 1_000_000


@needs(READS)
@require_GET
def show_visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The visit with what can be done about it now."""
    return _page(request, _found(request, visit_id), Form({}))


@needs(WRITES)
@posted_from("visits:visit", "visit_id")
def arrive(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Somebody stands there; where, in words or as the telephone says."""
    found, form = _mine(request, visit_id), Form(typed_in(request))
    return _done(request, found, form, lambda: _arrived(request, visit_id, form))


@needs(WRITES)
@posted_from("visits:visit", "visit_id")
def add_photos(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Photographs, all or none. A page that stands gets its photographs alone: what is typed in it is not sent yet and
    stays."""
    found, form = _mine(request, visit_id), Form(typed_in(request))

    def keep() -> None:
        sent = request.FILES.getlist("photos")
        if not sent:
            raise Refusal("visit_photo_bad")
        if any((one.size or 0) > LARGEST_PHOTO for one in sent):
            raise Refusal("visit_photo_too_large", most=LARGEST_PHOTO // 1024 // 1024)
        pictures = ((one.name or "photo", one.read()) for one in sent[: MOST_PHOTOS + 1])
        keep_photos(visit_id=visit_id, pictures=pictures, **_by(request))

    if not is_partial(request):
        return _done(request, found, form, keep)
    _tried(keep, form)
    return render(request, "visits/parts/photos.html", _told(request, _found(request, visit_id), form))


@needs(WRITES)
@posted_from("visits:visit", "visit_id")
def end(request: HttpRequest, visit_id: int) -> HttpResponse:
    """What came of it. A visit that is ended stays as it is."""
    found, form = _mine(request, visit_id), Form(typed_in(request))
    follow_up = form.read("follow_up_on", parse_date)
    if form.problems:
        return _page(request, found, form)
    ended = replace(_typed(request), follow_up_on=follow_up)
    return _done(
        request, found, form, lambda: finish_visit(visit_id=visit_id, ended=ended, **_by(request)), _("Kept.")
    )


@needs(READS)
@require_GET
def send_photo(request: HttpRequest, visit_id: int, photo_id: int) -> HttpResponseBase:
    """The original of a photograph, its hash checked just now."""
    try:
        photo = photo_of(visit_id, photo_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal
    return download(open_original(photo.sha256), photo.file_name, photo.media_type)


def _page(request: HttpRequest, found: VisitRow, form: Form) -> HttpResponse:
    return render(request, "visits/visit.html", _told(request, found, form), status=400 if form.problems else 200)


def _told(request: HttpRequest, found: VisitRow, form: Form) -> dict[str, Any]:
    reading = reading_of(request)
    owed: dict[str, int] = {}
    for one in overdue_now(found.company_id, one_with(found.customer_id), reading.today):
        owed[one.currency] = owed.get(one.currency, 0) + one.amount
    clear = people_seen(request).has_customer(found.customer_id) or _writes(request, found)
    return {
        "visit": found,
        "customer": customer_with_id(found.customer_id, scope=scope_of(request)),
        "state": _(STATES[found.state]),
        "grade": grade_of(found.customer_id, day=reading.as_of, scope=scope_of(request)),
        "owed": sorted(owed.items()),
        "form": form,
        "ticked": _typed(request),
        "clear": clear,
        "people": [one for one in contacts(found.customer_id, clear=clear) if one.contact.active and not one.erased],
        "purpose": _(PURPOSES[found.purpose]),
        "sights": [(name, _(title)) for name, title in SIGHTS.items()],
        "outcomes": [(name, _(title)) for name, title in OUTCOMES.items() if name != CALLED_OFF],
        "seen_there": [_(SIGHTS[one]) for one in found.end.sights] if found.end else [],
        "ended_how": _(OUTCOMES[found.end.outcome]) if found.end else "",
        "satisfactions": SATISFACTION,
        "most_photos": MOST_PHOTOS,
        "writes": found.end is None and _writes(request, found) and not reading.is_past,
        "returns": found.end is not None and _writes(request, found) and not reading.is_past,
    }


def _found(request: HttpRequest, visit_id: int) -> VisitRow:
    try:
        return visit(visit_id, scope=scope_of(request, READS))
    except Refusal as refusal:
        raise Http404 from refusal


def _mine(request: HttpRequest, visit_id: int) -> VisitRow:
    """The visit, if its customer may be collected from by the writer on a day that is today's."""
    found = _found(request, visit_id)
    if reading_of(request).is_past or not _writes(request, found):
        raise Http404
    return found


def _writes(request: HttpRequest, found: VisitRow) -> bool:
    return seen(scope_of(request, Permission.COLLECT)).has(found.company_id, found.customer_id)


def _done(
    request: HttpRequest, found: VisitRow, form: Form, work: Callable[[], object], said: str = ""
) -> HttpResponse:
    if not _tried(work, form):
        return _page(request, visit(found.id, scope=scope_of(request, READS)), form)
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(address(reverse("visits:visit", args=[found.id]), reading_of(request)))


def _typed(request: HttpRequest) -> Ended:
    """What came of it, as far as it was sent: the day of a follow-up is read on its own."""
    form = Form(typed_in(request))
    satisfaction = form.text("satisfaction")
    people = (request_named(text) for text in request.POST.getlist("people"))
    return Ended(
        outcome=form.text("outcome"),
        note=form.text("note"),
        sights=tuple(dict.fromkeys(request.POST.getlist("sights"))),
        people=tuple(one for one in people if one is not None),
        others=form.text("others")[:100],
        satisfaction=int(satisfaction) if satisfaction in {str(one) for one in SATISFACTION} else None,
    )


def _tried(work: Callable[[], object], form: Form) -> bool:
    """Do it; a refusal is kept beside its field."""
    try:
        work()
    except Refusal as refusal:
        form.blame(_BESIDE.get(refusal.code, ""), refusal)
    return not form.problems


def _arrived(request: HttpRequest, visit_id: int, form: Form) -> None:
    latitude, longitude = _degrees(form.text("latitude")), _degrees(form.text("longitude"))
    check_in(visit_id=visit_id, place=form.text("place"), latitude_e6=latitude, longitude_e6=longitude, **_by(request))


def _degrees(text: str) -> int | None:
    """Degrees × 10⁶; '' is none."""
    if not text:
        return None
    try:
        return int((Decimal(text) * _MEASURE).to_integral_value())
    except (InvalidOperation, OverflowError, ValueError):
        raise Refusal("visit_coordinates_bad") from None


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user.get_username(), "at": timezone.now()}
