"""One invitation: how it stands, what was answered, and what can be done about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.telling import said
from huikuan.record.customers.queries import seen
from huikuan.see.confirmations.models import Invitation
from huikuan.see.confirmations.operations.inviting import remind, revoke
from huikuan.see.confirmations.operations.receipts import LINKS, PROOFS, receipt_pdf, said_words
from huikuan.see.confirmations.queries.invitations import InvitationRow, invitation
from huikuan.see.confirmations.queries.replies import ReplyRow, reply
from huikuan.see.confirmations.queries.shown import shown_to
from huikuan.see.confirmations.web.asking import DAYS, site_of
from huikuan.see.confirmations.web.words import CHANNELS, STATES, TONES
from huikuan.see.statements.operations.files import PDF


@needs(Permission.VIEW_LEDGER)
def show_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """The invitation with its reply, where there is one."""
    row = found_invitation(request, invitation_id)
    answered = _reply(request, row)
    page: dict[str, Any] = {
        "row": row,
        "state": _(STATES[row.state]),
        "tone": TONES[row.state],
        "channel": _(CHANNELS[row.channel]),
        "reply": answered,
        "lines": [(line, said_words(line, row.currency)) for line in answered.lines] if answered else [],
        "proved": _(PROOFS[answered.proof]) if answered else "",
        "link": _(LINKS[answered.link]) if answered else "",
        "may_act": may_act_on(request, row) and row.state in ("sent", "opened", "expired"),
        "channels": [(code, _(name)) for code, name in CHANNELS.items()],
        "days": DAYS,
    }
    return render(request, "confirmations/invitation.html", page)


@needs(Permission.VIEW_LEDGER, to_write=Permission.ISSUE_STATEMENTS)
@require_POST
def act_on(request: HttpRequest, invitation_id: int, deed: str) -> HttpResponse:
    """Send another link, or take the invitation back."""
    row = found_invitation(request, invitation_id)
    if not may_act_on(request, row) or deed not in ("remind", "revoke"):
        raise Http404
    back = reverse("confirmations:invitation", args=[row.id])
    actor, now = request.user.get_username(), timezone.now()
    try:
        if deed == "revoke":
            revoke(invitation_id=row.id, reason=request.POST.get("reason", ""), actor=actor, at=now)
            messages.success(request, _("The invitation was taken back."))
            return HttpResponseRedirect(back)
        channel = request.POST.get("channel", "")
        _count, link = remind(
            invitation_id=row.id, channel=channel, days=DAYS, actor=actor, at=now, site=site_of(request)
        )
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return HttpResponseRedirect(back)
    if channel == "copy":
        return render(request, "confirmations/link.html", {"link": link, "invitation": row.id, "statement": None})
    messages.success(request, _("Another link is on its way; the one before is dead."))
    return HttpResponseRedirect(back)


@needs(Permission.VIEW_LEDGER)
def send_receipt(request: HttpRequest, invitation_id: int) -> HttpResponseBase:
    """The receipt, as the customer has it."""
    row = found_invitation(request, invitation_id)
    answered = _reply(request, row)
    if answered is None:
        raise Http404
    shown = shown_to(Invitation.objects.get(pk=row.id))
    return download(receipt_pdf(answered, shown, language=row.language), f"receipt-{answered.digest[:12]}.pdf", PDF)


@needs(Permission.VIEW_LEDGER)
def send_file(request: HttpRequest, invitation_id: int, sha256: str) -> HttpResponseBase:
    """A file that came with the reply."""
    answered = _reply(request, found_invitation(request, invitation_id))
    files = {file.sha256: file for line in answered.lines for file in line.files} if answered else {}
    if sha256 not in files:
        raise Http404
    return download(open_original(sha256), files[sha256].name)


def found_invitation(request: HttpRequest, invitation_id: int) -> InvitationRow:
    """An invitation of a customer the reader does not see is not there."""
    try:
        return invitation(invitation_id, scope=scope_of(request), at=timezone.now())
    except Refusal as refusal:
        raise Http404 from refusal


def _reply(request: HttpRequest, row: InvitationRow) -> ReplyRow | None:
    """The reply, with who gave it in clear for whoever sees the people of this very customer."""
    people = seen(scope_of(request, Permission.VIEW_PERSONAL))
    clear = people.has(row.company_id, row.customer_id)
    return reply(row.reply_id, clear=clear) if row.reply_id is not None else None


def may_act_on(request: HttpRequest, row: InvitationRow) -> bool:
    """Whether the reader may write to the customer, on a page of today."""
    theirs = seen(scope_of(request, Permission.ISSUE_STATEMENTS))
    return theirs.has(row.company_id, row.customer_id) and not reading_of(request).is_past
