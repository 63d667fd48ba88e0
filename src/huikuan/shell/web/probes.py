"""What watchers outside ask: is the process alive, can it serve, how does it stand.

Strangers learn whether it lives and whether it is ready, no more; the rest is for watchers (`health/watchers.py`).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from huikuan.shell.health.checks import examine, examine_readiness, ready
from huikuan.shell.health.metrics import CONTENT_TYPE, metrics
from huikuan.shell.health.watchers import may_watch
from huikuan.shell.web.throttling import whole_address


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks neither database nor disk."""
    return _said({"live": True})


@login_not_required
@require_safe
def be_ready(request: HttpRequest) -> HttpResponse:
    """200 when this process can answer people, else 503; watchers are told each check's state. For strangers only
    what may fail is looked at: whoever asks without end costs no question over the tables."""
    watches = _watches(request)
    checks = examine(at=timezone.now()) if watches else examine_readiness()
    said: dict[str, object] = {"ready": ready(checks)}
    if watches:
        said["checks"] = {check.name: check.state for check in checks}
    return _said(said, 200 if said["ready"] else 503)


@login_not_required
@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Every figure, for watchers; for others nothing is here."""
    if not _watches(request):
        raise Http404
    response = HttpResponse(metrics(examine(at=timezone.now())), content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _watches(request: HttpRequest) -> bool:
    return may_watch(
        address=_address(request),
        authorization=request.headers.get("Authorization", ""),
        among=settings.WATCHERS,
        token=settings.WATCH_TOKEN,
    )


def _address(request: HttpRequest) -> str:
    """The caller's address. Forwarded by more than the proxies we know of, it is nobody's: a watcher on the same
    machine as a proxy must not lend its address to everybody behind that proxy."""
    hops = [hop for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return whole_address(request) if len(hops) <= settings.PROXIES else ""


def _said(body: dict[str, object], status: int = 200) -> HttpResponse:
    response = JsonResponse(body, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
