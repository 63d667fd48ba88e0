"""What the frame around every page shows: where one may go, whose books, sealed until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.queries import last_head
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.pages.access import companies_offered, scope_of, visible_companies
from huikuan.mechanisms.pages.reading import Reading, read, reading_of
from huikuan.shell.web.bell import WINDOW, bell
from huikuan.shell.web.inbox import inbox
from huikuan.shell.web.keyboard import COOKIE as KEYS_COOKIE
from huikuan.shell.web.keyboard import OFF, keyboard_map
from huikuan.shell.web.places import places
from huikuan.shell.web.views import THEME_COOKIE, THEMES

#: Set by the page when the side bar is narrowed, so that the next page comes narrow.
RAIL_COOKIE = "hk_rail"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for shell/base.html. Asked once per request: what stands beside a page is rendered by itself first."""
    if not hasattr(request, "_frame"):
        request._frame = _frame(request)  # type: ignore[attr-defined]
    known: dict[str, Any] = request._frame  # type: ignore[attr-defined]
    return known


def _frame(request: HttpRequest) -> dict[str, Any]:
    """Little before log-in, where there is no frame."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    page: dict[str, Any] = {
        "theme": theme if theme in THEMES else "",
        "languages": settings.LANGUAGES,
        "keys_off": request.COOKIES.get(KEYS_COOKIE) == OFF,
        "rail": bool(request.COOKIES.get(RAIL_COOKIE)),
    }
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return page
    reading = _reading(request)
    companies = companies_offered(request)
    offered, now = places(request, reading), timezone.now()
    waiting = inbox(request, reading, since=now - WINDOW)
    return page | {
        "reading": reading,
        "unit": user.amount_unit,
        "places": offered,
        "keyboard": keyboard_map(offered),
        "bell": bell(request, user, waiting, at=now),
        "work_waiting": waiting.count,
        "usual_days": _usual_days(reading.today),
        "companies": companies,
        "all_companies": visible_companies(request) is None,
        "narrowed": scope_of(request).owners is not None and not scope_of(request).nothing,
        "home_currency": reading.company.currency if reading.company else companies[0].currency if companies else "",
        "sealed": last_head(),
    }


def _reading(request: HttpRequest) -> Reading:
    """The page's reading; on the page that refuses an unreadable one, today's."""
    try:
        return reading_of(request)
    except Refusal:
        return read({}, at=timezone.now())


def _usual_days(today: date) -> list[tuple[str, str]]:
    """The days most often asked for, one click away."""
    month = today.replace(day=1) - timedelta(days=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
    year = today.replace(month=1, day=1) - timedelta(days=1)
    return [
        (_("Today"), today.isoformat()),
        (_("End of last month"), month.isoformat()),
        (_("End of last quarter"), quarter.isoformat()),
        (_("End of last year"), year.isoformat()),
    ]
