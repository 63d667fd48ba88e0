"""Who a guest is: a cookie of its own, no user, no session of the product's; and what every page of theirs passes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.limits import MEGABYTE
from huikuan.see.confirmations.domain.links import CALLS, HEAVY, SESSION_WHOLE, Cap
from huikuan.see.confirmations.operations.guests import Opened, check_rate, count, touch
from huikuan.see.confirmations.queries.guests import Guest, guest_of
from huikuan.shell.logs import pseudonym
from huikuan.shell.messages import sentence
from huikuan.shell.web.throttling import client_address

COOKIE, PATH = "hk_guest", "/portal/"
#: What a guest may send in one form: some files, and the form around them.
LARGEST_BODY = 30 * MEGABYTE

_Answer = TypeVar("_Answer", bound=HttpResponseBase)
_GuestView = Callable[..., HttpResponseBase]


def guest_at(request: HttpRequest) -> Guest | None:
    """The guest who asks, looked up once; nobody outside the portal is one, whatever their cookies say."""
    if not request.path.startswith(PATH):
        return None
    if not hasattr(request, "_guest"):
        request._guest = guest_of(request.COOKIES.get(COOKIE, ""), at=timezone.now())  # type: ignore[attr-defined]
    found: Guest | None = request._guest  # type: ignore[attr-defined]
    return found


def for_guests(view: _GuestView) -> _GuestView:
    """A page for guests: `view(request, guest, …)`. Each request is counted. Whoever is none is told what a dead link
    tells; refusals of the door itself (paused, closed) are told as a page."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        guest = guest_at(request)
        if guest is None:
            return closed(request)
        try:
            _count(f"guest:{guest.invitation.pk}", CALLS)
            touch(guest=guest, language=spoken(), at=timezone.now())
            response = view(request, guest, *args, **kwargs)
        except Refusal as refusal:
            return closed(request, refusal)
        return kept_by_nobody(response)

    return login_not_required(guarded)


def closed(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    """What a guest is told who gets no further; the same page for every link that opens nothing."""
    told = refusal or Refusal("portal_link_dead")
    status = {"portal_paused": 429, "portal_code_paused": 429, "portal_link_dead": 404}.get(told.code, 400)
    page = {"say": sentence(told.code, told.params)}
    return kept_by_nobody(render(request, "portal/closed.html", page, status=status))


def kept_by_nobody(response: _Answer) -> _Answer:
    """Have no browser, proxy or search engine keep the page."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def let_in(response: HttpResponse, opened: Opened) -> None:
    """Give the cookie: for the portal's pages alone, read by no script, gone with the session's hours."""
    response.set_cookie(
        COOKIE,
        opened.key,
        max_age=int(SESSION_WHOLE.total_seconds()),
        path=PATH,
        samesite="Lax",
        secure=settings.HTTPS,
        httponly=True,
    )


def let_out(response: HttpResponse) -> None:
    """Take the cookie back."""
    response.set_cookie(COOKIE, "", max_age=0, path=PATH, samesite="Lax", secure=settings.HTTPS, httponly=True)


def whence(request: HttpRequest) -> str:
    """The address a request comes from, as a pseudonym: counted by, and of no other use."""
    return pseudonym(client_address(request))


def spoken() -> str:
    """The page's language as statements call it."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def count_heavy(guest: Guest) -> None:
    """Count what takes long, whatever comes of it; refused beyond its cap."""
    _count(f"guest-heavy:{guest.invitation.pk}", HEAVY)


def _count(about: str, cap: Cap) -> None:
    now = timezone.now()
    check_rate(about, cap, now)
    count(about, now)
