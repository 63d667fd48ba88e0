"""Ctrl K: the page that answers, and its answers alone for the box that opens over any page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from huikuan.mechanisms.pages.access import LOGGED_IN, needs
from huikuan.mechanisms.pages.partial import render_either
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.shell.search.answers import answers
from huikuan.shell.search.asked import asked


@needs(LOGGED_IN)
def show_search(request: HttpRequest) -> HttpResponse:
    """Customers, documents, actions and places for what was typed; each group within the reader's scope."""
    wanted = asked(request.GET.get("q", ""), request.GET.get("only", ""))
    page = {"asked": wanted, "groups": answers(request, wanted, reading_of(request))}
    return render_either(request, "shell/search.html", "shell/parts/found.html", page)
