"""What every request passes on its way to a page: session limits, plain addresses, second factor, permissions."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from huikuan.mechanisms.files.limits import MEGABYTE, Limits
from huikuan.mechanisms.pages.access import LOGGED_IN, may, needed
from huikuan.mechanisms.pages.deeds import check_query, check_sent
from huikuan.shell.portal.guests import LARGEST_BODY as LARGEST_OF_GUESTS
from huikuan.shell.portal.guests import guest_at
from huikuan.shell.web.failures import too_large
from huikuan.shell.web.proving import TO_ENROL, factor_state, note

#: A session ends when nothing was asked for this long, and this long after log-in whatever was asked.
IDLE_SECONDS = 2 * 3600
WHOLE_SECONDS = 12 * 3600
#: How often a session's last use is written down: not with every page, so that reading seldom writes.
_NOTED_SECONDS = 300
#: A form with a file: the largest file, and room for the other fields.
LARGEST_BODY = Limits().size + MEGABYTE
#: What a stranger may send in that form: log-in's few fields, whoever writes them so.
STRANGERS_BODY = 10_000

_Answer = Callable[[HttpRequest], HttpResponse]


class Sessions:
    """Ends a session left alone for two hours, or twelve hours old."""

    def __init__(self, get_response: _Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._limit(request)
        return self.get_response(request)

    def _limit(self, request: HttpRequest) -> None:
        now, session = int(time.time()), request.session
        began, seen = session.get("began", now), session.get("seen", now)
        if now - began > WHOLE_SECONDS or now - seen > IDLE_SECONDS:
            logout(request)
        elif "began" not in session or now - seen > _NOTED_SECONDS:
            session["began"], session["seen"] = began, now
            note(request)


class PlainAddresses:
    """Answers 400 to a query or a cookie that no page of ours writes: NUL characters, endless values."""

    def __init__(self, get_response: _Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        check_query(request.GET)
        if any("\0" in value for value in [request.path, *request.COOKIES.values()]):
            raise BadRequest
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: Any, _places: Any) -> None:
        """The query a form says it was sent from, before anything it asks for is done."""
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            check_sent(request)


class Bodies:
    """Lets a file in from whoever is logged in, up to the largest that is read, before anything takes it in; from the
    portal's guests some papers; from strangers a form's few lines at most."""

    def __init__(self, get_response: _Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.content_type == "multipart/form-data":
            length = request.META.get("CONTENT_LENGTH") or "0"
            if not length.isdecimal() or int(length) > LARGEST_BODY:
                return too_large(request)
            if int(length) > STRANGERS_BODY and not request.user.is_authenticated:
                if guest_at(request) is None:
                    raise PermissionDenied
                if int(length) > LARGEST_OF_GUESTS:
                    return too_large(request)
        return self.get_response(request)


class SecondFactors:
    """Whoever owes an authenticator sets it up before any page opens but those for everybody."""

    def __init__(self, get_response: _Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or needed(view) in (None, LOGGED_IN):
            return None
        return redirect("shell:second-factor") if factor_state(request) == TO_ENROL else None


class Permissions:
    """Refuses a page to whoever lacks what it declares, and to everybody a page that declares nothing."""

    def __init__(self, get_response: _Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> None:
        if getattr(view, "login_required", True) and not may(request, needed(view, request.method or "GET")):
            raise PermissionDenied
