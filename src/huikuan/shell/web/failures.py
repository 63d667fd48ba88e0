"""Pages for what went wrong: what happened, that nothing was changed, what to do."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from huikuan.connect.api.web.answering import send_problem
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.limits import MEGABYTE, Limits
from huikuan.shell.web.telling import told


class RefusalPages:
    """Middleware: a refusal raised by a page is shown as a sentence with its places, status 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        say = told(exception.code, exception.params)
        return _page(request, 400, _("That cannot be shown"), say, where=exception.where)


@login_not_required
def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("That cannot be shown"), _("The address is not one this program writes."))


@login_not_required
def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, _("Not allowed"), _("Your role does not open this page. Nothing was changed."))


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request, 404, _("Nothing is here"), _("The address is wrong, or what it named is gone from this view.")
    )


def too_large(request: HttpRequest) -> HttpResponse:
    """A body larger than any file that is read; nothing of it was taken in."""
    say = _("At most %(limit)s MB are taken at once. Split the file. Nothing was changed.")
    return _page(request, 413, _("The file is too large"), say % {"limit": Limits().size // MEGABYTE})


@login_not_required
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    say = _(
        "The form had lain open too long, so it was not taken. Nothing was changed; reload the page and try again."
    )
    return _page(request, 403, _("Please try again"), say)


@login_not_required
def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    say = _("Too many wrong passwords. Wait a quarter of an hour, or ask an administrator.")
    return _page(request, 429, _("Log-in is paused"), say)


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    """Without context processors: whatever broke may have broken them too."""
    if _asks_program(request):
        return send_problem(Refusal("request_failed"))
    page = {
        "title": _("Something failed on our side"),
        "say": _("No money moved: what failed was undone as a whole. Try again, or tell an administrator the time."),
    }
    return HttpResponse(render_to_string("shell/broken.html", page), status=500)


def _asks_program(request: HttpRequest) -> bool:
    return request.path.startswith("/api/v1")


def _page(request: HttpRequest, status: int, title: str, say: str, **more: object) -> HttpResponse:
    if _asks_program(request):
        return send_problem(Refusal("not_found" if status == 404 else "request_unreadable"))
    return render(request, "shell/failure.html", {"title": title, "say": say, "status": status, **more}, status=status)
