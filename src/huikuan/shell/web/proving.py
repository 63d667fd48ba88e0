"""Whether the person in front of the screen is who they say: lately proved, and by a second factor where due."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from huikuan.mechanisms.identity.domain.roles import APPROVING as APPROVING_RIGHTS
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import SecondFactor, User
from huikuan.mechanisms.identity.operations import note_session
from huikuan.mechanisms.pages.access import rights_of
from huikuan.mechanisms.policies.queries import in_force
from huikuan.shell.policies import APPROVING, EVERYBODY, LOG_IN
from huikuan.shell.web.throttling import client_address

#: So long after they proved themselves a person may do what is sensitive without doing so again.
FRESH_SECONDS = 600
PROVED = "proved"
FACTOR = "factor"
#: What a session knows of the second factor: a code was given, none is needed, one must be set up first.
GIVEN, NOT_NEEDED, TO_ENROL = "given", "not_needed", "to_enrol"

_View = Callable[..., HttpResponse]


def enter(request: HttpRequest, user: User, *, backend: str, factor: bool) -> None:
    """Log the user in, who proved themselves just now."""
    login(request, user, backend=backend)
    request.session[PROVED] = int(time.time())
    if factor:
        request.session[FACTOR] = GIVEN


def proved_again(request: HttpRequest) -> None:
    """The user has proved themselves once more."""
    request.session[PROVED] = int(time.time())


def sensitive(view: _View) -> _View:
    """Decorator: whoever proved themselves too long ago does so again, and then repeats what they wanted."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if int(time.time()) - request.session.get(PROVED, 0) > FRESH_SECONDS:
            return HttpResponseRedirect(f"{reverse('shell:again')}?{urlencode({'next': _where(request)})}")
        return view(request, *args, **kwargs)

    return guarded


def factor_state(request: HttpRequest) -> str:
    """What the session knows of the second factor; decided once per log-in, by the policy of then."""
    if FACTOR not in request.session:
        request.session[FACTOR] = TO_ENROL if _must_enrol(request) else NOT_NEEDED
    return str(request.session[FACTOR])


def note(request: HttpRequest) -> None:
    """Write down where the user is logged in."""
    if isinstance(request.user, User) and request.session.session_key:
        note_session(
            user=request.user,
            session_key=request.session.session_key,
            address=client_address(request),
            browser=request.headers.get("User-Agent", ""),
            at=timezone.now(),
        )


def own_page(request: HttpRequest, page: str, otherwise: str = "shell:home") -> str:
    """`page` if it is one of ours, else the one named."""
    if url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return page
    return reverse(otherwise)


def _where(request: HttpRequest) -> str:
    """The page a form stood on."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    parts = urlsplit(request.headers.get("Referer", ""))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _must_enrol(request: HttpRequest) -> bool:
    rule = in_force(LOG_IN.name, company_id=None, at=timezone.now()).document["second_factor"]
    powerful = rights_of(request).anywhere() & (APPROVING_RIGHTS | {Permission.MANAGE_USERS})
    wanted = rule == EVERYBODY or (rule == APPROVING and bool(powerful))
    return wanted and not SecondFactor.objects.filter(user=request.user.pk, confirmed_at__isnull=False).exists()
