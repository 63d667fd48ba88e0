"""What is done to a rating: assessed, informed of, departed from, decided; each leads back to the customer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huikuan.judge.rating.domain.factors import Reliability
from huikuan.judge.rating.operations.assessing import assess_customer
from huikuan.judge.rating.operations.information import record_agency_rating, record_information
from huikuan.judge.rating.operations.lookups import look_up
from huikuan.judge.rating.operations.overrides import draw_up_override, end_override
from huikuan.judge.rating.queries.ratings import override_with_id
from huikuan.judge.rating.web.asked import acted_on
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.forms import request_named, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.telling import said


@needs(Permission.ASSESS_CUSTOMERS)
@require_POST
def assess(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Assess the customer by today."""
    customer = acted_on(request, customer_id)

    def work() -> None:
        note = typed_in(request).get("note", "")
        day, at = reading_of(request).today, timezone.now()
        assess_customer(customer_id=customer.id, as_of=day, note=note, actor=_actor(request), at=at)

    return _done(request, customer.id, work, _("Assessed."))


@needs(Permission.ASSESS_CUSTOMERS)
@require_POST
def inform(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Record what a source says of a factor."""
    customer, typed = acted_on(request, customer_id), typed_in(request)

    def work() -> None:
        level = typed.get("reliability", "")
        record_information(
            customer_id=customer.id,
            factor=typed.get("factor", ""),
            value=typed.get("value", ""),
            source=typed.get("source", ""),
            on=_day(request, "on"),
            reliability=Reliability(int(level)) if level in ("1", "2", "3") else Reliability.REPORTED,
            note=typed.get("note", ""),
            actor=_actor(request),
            at=timezone.now(),
        )

    return _done(request, customer.id, work, _("Recorded; the next assessment counts it."))


@needs(Permission.ASSESS_CUSTOMERS)
@require_POST
def rate(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Record an agency's grade as what it means on our scale."""
    customer, typed = acted_on(request, customer_id), typed_in(request)

    def work() -> None:
        record_agency_rating(
            customer_id=customer.id,
            agency=typed.get("agency", ""),
            grade=typed.get("grade", ""),
            on=_day(request, "on"),
            actor=_actor(request),
            at=timezone.now(),
        )

    there = reverse("rating:facts", args=[customer.id])
    return _done(request, customer.id, work, _("Recorded; the next assessment counts it."), there)


@needs(Permission.ASSESS_CUSTOMERS)
@require_POST
def ask_register(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Ask the company register about the customer."""
    customer = acted_on(request, customer_id)

    def work() -> None:
        look_up(customer_id=customer.id, actor=_actor(request), at=timezone.now())

    there = reverse("rating:facts", args=[customer.id])
    return _done(request, customer.id, work, _("The register answered; the next assessment counts it."), there)


@needs(Permission.ASSESS_CUSTOMERS)
@require_POST
def override(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Say that the grade should be another; somebody else decides."""
    customer, typed = acted_on(request, customer_id), typed_in(request)

    def work() -> None:
        draw_up_override(
            customer_id=customer.id,
            grade=typed.get("grade", ""),
            reason=typed.get("reason", ""),
            until=_day(request, "until") if typed.get("until") else None,
            replaces=request_named(typed.get("again", "")),
            actor=_actor(request),
            at=timezone.now(),
        )

    return _done(request, customer.id, work, _("Drawn up; it counts once somebody else approves it."))


@needs(Permission.APPROVE_GRADE)
@require_POST
def end(request: HttpRequest, override_id: int) -> HttpResponse:
    """End an override before its day, saying why."""
    row = override_with_id(override_id, scope=scope_of(request))
    if row is None:
        raise Http404
    acted_on(request, row.customer_id)

    def work() -> None:
        comment = typed_in(request).get("comment", "")
        end_override(override_id=override_id, comment=comment, actor=_actor(request), at=timezone.now())

    return _done(request, row.customer_id, work, _("The override was ended; the scorecard's grade holds again."))


def _done(
    request: HttpRequest, customer_id: int, work: Callable[[], None], told: str, there: str = ""
) -> HttpResponse:
    """Back to the customer, or `there`, which says what was done, or why not."""
    try:
        work()
    except Refusal as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, told)
    if there:
        return HttpResponseRedirect(address(there, reading_of(request)))
    page = reverse("dossiers:customer", args=[customer_id])
    return HttpResponseRedirect(address(page, reading_of(request), tab="rating"))


def _day(request: HttpRequest, name: str) -> date:
    text = typed_in(request).get(name, "")
    return parse_date(text) if text else reading_of(request).today


def _actor(request: HttpRequest) -> str:
    return request.user.get_username()
