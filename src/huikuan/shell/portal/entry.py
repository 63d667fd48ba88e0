"""Coming in by the link, and leaving."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from huikuan.kernel.errors import Refusal
from huikuan.see.confirmations.operations.guests import leave, open_link
from huikuan.see.confirmations.queries.guests import Guest
from huikuan.see.statements.operations.papers import django_language
from huikuan.shell.portal.guests import closed, for_guests, kept_by_nobody, let_in, let_out, whence
from huikuan.shell.web.speech import speak
from huikuan.shell.web.throttling import whole_address


@login_not_required
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Reading the address shows the same page whatever the token: programs that look at links in mails open nothing
    and learn nothing. The button on it opens the link."""
    if request.method != "POST":
        return kept_by_nobody(render(request, "portal/open.html", {}))
    try:
        opened = open_link(token=token, address=whole_address(request), whence=whence(request), at=timezone.now())
    except Refusal as refusal:
        return closed(request, refusal)
    response = HttpResponseRedirect(reverse("portal:account"))
    let_in(response, opened)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        speak(response, django_language(opened.language))
    return kept_by_nobody(response)


@for_guests
@require_POST
def leave_portal(request: HttpRequest, guest: Guest) -> HttpResponse:
    """End the session; what was filled in waits for the link to be opened again."""
    leave(session_id=guest.session.pk)
    response = render(request, "portal/left.html", {})
    let_out(response)
    return response
