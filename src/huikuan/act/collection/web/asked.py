"""What pages of runs and stories are asked about: a company, a day, and who reads requests."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import Http404, HttpRequest
from django.utils import timezone

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.queries import Reader
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, may, scope_of
from huikuan.mechanisms.pages.reading import reading_of


def company_of(request: HttpRequest) -> Company:
    """The page's company, else of those the reader sees the one that was there first: runs and lists are of one
    company each, and the page leads to the others."""
    company = reading_of(request).company
    offered = companies_offered(request)
    if company is None and not offered:
        raise Http404
    return company or min(offered, key=lambda one: one.pk)


def day_of(request: HttpRequest) -> date:
    """The day asked about: tomorrow, unless the address says another."""
    text = request.GET.get("date", "")
    try:
        return parse_date(text) if text else reading_of(request).today + timedelta(days=1)
    except Refusal as refusal:
        raise Http404 from refusal


def reads_requests(request: HttpRequest) -> Reader | None:
    """Who reads what was asked for, as the pages of approvals know the reader; None: they may not open those."""
    if not may(request, Permission.VIEW_REQUESTS):
        return None
    scope = scope_of(request, Permission.VIEW_REQUESTS)
    return Reader(request.user.get_username(), scope, timezone.now())


def number_of(text: str) -> int:
    """A number as posted."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)
