"""The customer hands in its own list and sees at once what differs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.pages.partial import is_partial
from huikuan.see.confirmations.operations.guests import actor_of
from huikuan.see.confirmations.operations.lists import LARGEST, take_list
from huikuan.see.confirmations.queries.guests import Guest
from huikuan.see.confirmations.queries.lists import last_list
from huikuan.see.confirmations.queries.shown import shown_to
from huikuan.see.confirmations.web.columns import COLUMNS_PART, asked_of, chosen_in, onward
from huikuan.see.confirmations.web.words import DIFFERENCES
from huikuan.shell.messages import sentence
from huikuan.shell.portal.guests import count_heavy, for_guests


@for_guests
def show_list(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The list compared last; a POST hands one in."""
    asked: dict[str, object] = {}
    if request.method == "POST":
        count_heavy(guest)
        sent = request.FILES.get("file")
        content, name = (sent.read(LARGEST + 1), sent.name or "") if sent else (b"", "")
        try:
            take_list(
                invitation_id=guest.invitation.pk,
                content=content,
                name=name,
                chosen=chosen_in(request.POST),
                source="portal",
                actor=actor_of(guest),
                at=timezone.now(),
            )
            return onward(request, reverse("portal:list"))
        except Refusal as refusal:
            asked = {"problem": sentence(refusal.code, refusal.params), "places": refusal.where}
            asked |= asked_of(refusal, content, name, request.POST)
    if asked and is_partial(request):
        return render(request, COLUMNS_PART, asked)
    compared = last_list(guest.invitation.pk)
    page = {
        "said": shown_to(guest.invitation),
        "compared": compared,
        "rows": [(one, _(DIFFERENCES[one.kind])) for one in compared.differences] if compared else [],
        "again": True,
        **asked,
    }
    return render(request, "portal/list.html", page, status=400 if asked else 200)
