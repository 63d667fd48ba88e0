"""What the list of ratings was asked for, and whose rating a page is about."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from huikuan.judge.rating.queries.calendar import RatingFilter
from huikuan.judge.rating.telling import card_title
from huikuan.judge.rating.web import words
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.lists import Chip
from huikuan.mechanisms.pages.reading import day_named, reading_of
from huikuan.record.customers.queries import CustomerRow, customer_with_id, seen


def filter_of(request: HttpRequest) -> RatingFilter:
    state = request.GET.get("state", "")
    return RatingFilter(
        text=request.GET.get("q", "").strip(),
        grade=request.GET.get("grade", ""),
        card=request.GET.get("card", ""),
        state=state if state in words.STATES else "",
        month=_month(request.GET.get("month", "")),
    )


def chips_of(chosen: RatingFilter) -> list[Chip]:
    """The conditions as removable chips."""
    found = []
    if chosen.grade:
        shown = _("no grade") if chosen.grade == words.NO_GRADE else chosen.grade
        found.append(Chip(f"{_('Grade')} {shown}", ("grade",)))
    if chosen.card:
        found.append(Chip(f"{_('Scorecard')} {card_title(chosen.card)}", ("card",)))
    if chosen.month:
        found.append(Chip(f"{_('Review on')} {chosen.month:%Y-%m}", ("month",)))
    if chosen.text:
        found.append(Chip(chosen.text, ("q",)))
    return found


def _month(text: str) -> date | None:
    """The first day of a month as an address says it (2027-05); refuses what is none."""
    return day_named(f"{text}-01") if text else None


def may_act(request: HttpRequest, customer_id: int, permission: Permission) -> bool:
    """Whether the reader may do this to the customer's rating, on a page of today."""
    return not reading_of(request).is_past and seen(scope_of(request, permission)).has_customer(customer_id)


def acted_on(request: HttpRequest, customer_id: int) -> CustomerRow:
    """The customer of the address, whose rating the reader may do to what the page is for; else it is not there."""
    try:
        row = customer_with_id(customer_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal
    if reading_of(request).is_past:
        raise Http404
    return row
