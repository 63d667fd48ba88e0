"""What a guest takes away: the receipt as a page, PDF and data; and the page on which anybody checks one."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.pages.downloads import download
from huikuan.see.confirmations.domain.links import CHECKS
from huikuan.see.confirmations.operations.guests import check_rate, count
from huikuan.see.confirmations.operations.receipts import LINKS, PROOFS, receipt_pdf, said_words
from huikuan.see.confirmations.queries.guests import Guest
from huikuan.see.confirmations.queries.replies import proof_of, recorded, reply
from huikuan.see.confirmations.queries.shown import shown_to
from huikuan.see.statements.operations.files import PDF
from huikuan.shell.portal.guests import closed, count_heavy, for_guests, kept_by_nobody, spoken, whence

_JSON = "application/json"


@for_guests
def show_receipt(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Who said what of which account when, and how it is proved."""
    if guest.reply_id is None:
        return HttpResponseRedirect(reverse("portal:account"))
    row = reply(guest.reply_id)
    page = {
        "reply": row,
        "said": shown_to(guest.invitation),
        "lines": [(line, said_words(line, row.currency)) for line in row.lines],
        "proved": _(PROOFS[row.proof]),
        "link": _(LINKS[row.link]),
    }
    return render(request, "portal/receipt.html", page)


@for_guests
def send_receipt(request: HttpRequest, guest: Guest, form: str) -> HttpResponseBase:
    """The receipt as PDF; `reply`: the very text whose SHA-256 is the digest; `proof`: that it is in the ledger."""
    if guest.reply_id is None or form not in ("pdf", "reply", "proof"):
        raise Http404
    count_heavy(guest)
    row = reply(guest.reply_id)
    name = f"receipt-{row.digest[:12]}"
    if form == "pdf":
        return download(receipt_pdf(row, shown_to(guest.invitation), language=spoken()), f"{name}.pdf", PDF)
    if form == "reply":
        return download(row.content.encode(), f"{name}.json", _JSON)
    return download(json.dumps(proof_of(row), ensure_ascii=False, indent=1).encode(), f"{name}-proof.json", _JSON)


@login_not_required
def verify(request: HttpRequest) -> HttpResponse:
    """Whether a reply with a digest was recorded, and under which head; of what it says nothing is told."""
    digest = (request.POST if request.method == "POST" else request.GET).get("digest", "")[:100]
    page = {"digest": digest, "asked": bool(digest), "found": None}
    if digest:
        about, now = f"verify:{whence(request)}", timezone.now()
        try:
            check_rate(about, CHECKS, now)
        except Refusal as refusal:
            return closed(request, refusal)
        count(about, now)
        page["found"] = recorded(digest)
    return kept_by_nobody(render(request, "portal/verify.html", page))
