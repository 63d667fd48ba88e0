"""The customer's own list beside ours: handed in for them, its differences worked off."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import file_sent
from huikuan.mechanisms.pages.partial import is_partial
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.pages.telling import said
from huikuan.see.confirmations.operations.lists import take_list, work_off
from huikuan.see.confirmations.queries.invitations import InvitationRow
from huikuan.see.confirmations.queries.lists import ListRow, last_list
from huikuan.see.confirmations.web.columns import COLUMNS_PART, asked_of, chosen_in, onward
from huikuan.see.confirmations.web.invitation import found_invitation, may_act_on
from huikuan.see.confirmations.web.words import DIFFERENCE_STATES, DIFFERENCES

_LONGEST = 9


@needs(Permission.VIEW_LEDGER, to_write=Permission.ISSUE_STATEMENTS)
def show_list(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """The list compared last; a POST hands one in that the customer sent."""
    row = found_invitation(request, invitation_id)
    asked: dict[str, object] = {}
    if request.method == "POST":
        if not may_act_on(request, row):
            raise Http404
        content, name = b"", ""
        try:
            name, content = file_sent(request)
            take_list(
                invitation_id=row.id,
                content=content,
                name=name,
                chosen=chosen_in(request.POST),
                source="staff",
                actor=request.user.get_username(),
                at=timezone.now(),
            )
            return onward(request, reverse("confirmations:list", args=[row.id]))
        except Refusal as refusal:
            asked = {"problem": said(refusal), "places": refusal.where}
            asked |= asked_of(refusal, content, name, request.POST)
    if asked and is_partial(request):
        return render(request, COLUMNS_PART, asked)
    compared = last_list(row.id)
    page = {
        "row": row,
        "compared": compared,
        "rows": [(one, _(DIFFERENCES[one.kind])) for one in compared.differences] if compared else [],
        "states": [(code, _(name)) for code, name in DIFFERENCE_STATES.items()],
        "may_act": may_act_on(request, row),
        "again": True,
        **asked,
    }
    return render(request, "confirmations/list.html", page, status=400 if asked else 200)


@needs(Permission.VIEW_LEDGER, to_write=Permission.ISSUE_STATEMENTS)
@require_POST
def work_off_one(request: HttpRequest, invitation_id: int, difference_id: int) -> HttpResponse:
    """Say how far one difference is."""
    row = found_invitation(request, invitation_id)
    compared = _compared(row)
    if not may_act_on(request, row) or difference_id not in {one.id for one in compared.differences}:
        raise Http404
    seen = request.POST.get("seen", "")
    try:
        work_off(
            difference_id=difference_id,
            state=request.POST.get("state", ""),
            note=request.POST.get("note", ""),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= _LONGEST else 0,
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, said(refusal))
    return HttpResponseRedirect(reverse("confirmations:list", args=[row.id]))


@needs(Permission.VIEW_LEDGER)
def export_list(request: HttpRequest, invitation_id: int) -> HttpResponseBase:
    """The differences as a table."""
    compared = _compared(found_invitation(request, invitation_id))
    headers = [_("What differs"), _("Ours"), _("In the list"), _("Difference"), _("State"), _("Note")]
    rows: Iterator[list[Cell]] = (
        [
            _(DIFFERENCES[one.kind]),
            ", ".join(line[1] for line in one.ours),
            ", ".join(line[1] for line in one.theirs),
            Decimal(to_text(one.difference, compared.currency)),
            _(DIFFERENCE_STATES[one.state]),
            one.note,
        ]
        for one in compared.differences
    )
    return send_table(request.GET.get("format", ""), _("differences"), headers, rows, title=_("What differs"))


@needs(Permission.VIEW_LEDGER)
def send_original(request: HttpRequest, invitation_id: int) -> HttpResponseBase:
    """The file as it came."""
    compared = _compared(found_invitation(request, invitation_id))
    return download(open_original(compared.file_sha256), compared.file_name)


def _compared(row: InvitationRow) -> ListRow:
    compared = last_list(row.id)
    if compared is None:
        raise Http404
    return compared
