"""Forms that do something: what was done, or why not, is said on the page they stood on."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from huikuan.kernel.errors import Refusal
from huikuan.shell.web.telling import told


def act(
    request: HttpRequest, work: Callable[[], object], *, done: str, then: str, otherwise: str = ""
) -> HttpResponse:
    """Do `work` and go to the page `then`, which says `done`; refused, to `otherwise` (by default the same),
    which says why."""
    try:
        work()
    except Refusal as refusal:
        messages.error(request, told(refusal.code, refusal.params))
        return HttpResponseRedirect(otherwise or then)
    messages.success(request, done)
    return HttpResponseRedirect(then)
