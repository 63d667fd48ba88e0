"""A number and a line for every request, and a line for what concerns security: who by id, whence by pseudonym."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest, HttpResponse

from huikuan.mechanisms.pages.tracing import numbered
from huikuan.shell.logs import pseudonym
from huikuan.shell.web.throttling import client_address

access = logging.getLogger("huikuan.access")
security = logging.getLogger("huikuan.security")

_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
#: No token or log-in, not allowed, too often.
_REFUSED = (401, 403, 429)
#: Asked every few seconds by machines.
_PROBES = ("health/live", "health/ready", "metrics")


class Traces:
    """Outermost: whatever answers, it answers under a number, and one line says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        with numbered(request.headers.get("X-Request-Id", "")) as number:
            response = self.get_response(request)
            response.headers["X-Request-Id"] = number
            _tell(request, response.status_code, round((time.perf_counter() - began) * 1e3, 1))
        return response


def follow_log_ins() -> None:
    """Have log-ins, log-outs and what was refused at the door told to the security log (once, at start-up)."""
    user_logged_in.connect(_logged_in, dispatch_uid="huikuan.security")
    user_logged_out.connect(_logged_out, dispatch_uid="huikuan.security")
    user_login_failed.connect(_failed, dispatch_uid="huikuan.security")
    user_locked_out.connect(_locked_out, dispatch_uid="huikuan.security")


def _tell(request: HttpRequest, status: int, took: float) -> None:
    """The address as its route, which holds no name, number or search of the reader's."""
    match = request.resolver_match
    route = match.route if match else ""
    about: dict[str, Any] = {
        "method": request.method if request.method in _METHODS else "other",
        "address": route,
        "status": status,
        "ms": took,
        **_who(request),
    }
    access.log(logging.DEBUG if route in _PROBES else logging.INFO, "request", extra=about)
    if status in _REFUSED:
        security.warning("refused", extra={"address": route, "status": status, **_who(request)})


def _who(request: HttpRequest | None) -> Mapping[str, Any]:
    """The reader, as far as anybody has asked who it is: a line of the log asks the database nothing."""
    if request is None:
        return {}
    user = getattr(request, "_cached_user", None)
    return {"user": getattr(user, "pk", None), "from": pseudonym(client_address(request))}


def _logged_in(request: HttpRequest | None, user: Any, **_: Any) -> None:
    security.info("logged_in", extra={**_who(request), "user": user.pk})


def _logged_out(request: HttpRequest | None, user: Any, **_: Any) -> None:
    security.info("logged_out", extra={**_who(request), "user": getattr(user, "pk", None)})


def _failed(request: HttpRequest | None = None, **_: Any) -> None:
    security.warning("log_in_failed", extra=dict(_who(request)))


def _locked_out(request: HttpRequest | None = None, **_: Any) -> None:
    security.warning("log_in_paused", extra=dict(_who(request)))
