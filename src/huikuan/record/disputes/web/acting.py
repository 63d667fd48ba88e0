"""What is done to disputes: raised from an item's page, said by the customer, answered and decided by the house."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, files_sent, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.customers.queries import customers_by_id, seen
from huikuan.record.disputes.domain.life import REASONS, TOLD, WITHDRAWN, require_said
from huikuan.record.disputes.messages import REASONS as REASON_NAMES
from huikuan.record.disputes.messages import SOURCES as SOURCE_NAMES
from huikuan.record.disputes.operations.facts import Paper
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.disputes.operations.resolving import Waits, resolve_dispute
from huikuan.record.disputes.operations.steps import Doing, add_evidence, answer_dispute, hand_dispute, reopen_dispute
from huikuan.record.disputes.queries.disputes import DisputeRow
from huikuan.record.disputes.web.disputes import DEEDS, deeds_of, dispute_page, found_dispute, may_do
from huikuan.record.receivables.queries.ledger import ItemRow, item, open_of

#: What is said once it is done.
_RECORDED = gettext_noop("Recorded.")
_ASKED = gettext_noop("It waits for approval: whoever has the authority decides, then it is posted.")
_LONGEST_NUMBER, _MOST_DAYS = 9, 90
#: Beside which field of the form a refusal stands; others stand with the whole.
_BESIDE = {
    **dict.fromkeys(("dispute_amount_bad", "dispute_more_than_open", "dispute_grant_bad", "amount_unreadable"),
    "amount"), **dict.fromkeys(("dispute_nothing_granted", "amount_too_fine", "amount_too_large"), "amount"),
    "dispute_reason_missing": "reason",
    "dispute_note_missing": "note", "dispute_whose_missing": "department", "dispute_day_bad": "on",
    "dispute_grant_without_rate": "amount", "request_waits_already": "outcome",
    "form_file_too_large": "file", "dispute_too_many_files": "file",
}  # fmt: skip


@needs(Permission.COLLECT)
def raise_it(request: HttpRequest, item_id: int) -> HttpResponse:
    """An empty form about an item; a POST records the dispute and routes it."""
    subject = _item(request, item_id)
    still_open = open_of(item_id).amount
    form = Form(typed_in(request) if request.method == "POST" else _prefilled(request, subject, still_open))
    if request.method == "POST" and (number := _raise(request, form, subject)) is not None:
        messages.success(request, _("Recorded and put to the department."))
        return _to(request, number)
    page: dict[str, Any] = {
        "form": form,
        "item": subject,
        "customer": customers_by_id([subject.customer_id])[subject.customer_id],
        "open_amount": still_open,
        "reasons": [("", ""), *((name, _(REASON_NAMES[name])) for name in REASONS)],
        "sources": [(name, _(SOURCE_NAMES[name])) for name in TOLD if name != "api"],
    }
    return render(request, "disputes/raise.html", page, status=400 if form.problems else 200)


@needs(Permission.COLLECT)
@posted_from("disputes:dispute", "number")
def say(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """What the customer said meanwhile: evidence, that it withdraws, that it does not accept how it ended."""
    return _do(request, number, name, Permission.COLLECT)


@needs(Permission.RESOLVE_DISPUTES)
@posted_from("disputes:dispute", "number")
def decide(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """What the house says: an answer, another department, the end."""
    return _do(request, number, name, Permission.RESOLVE_DISPUTES)


def _do(request: HttpRequest, number: int, name: str, permission: Permission) -> HttpResponse:
    row = found_dispute(request, number)
    if reading_of(request).is_past or DEEDS.get(name) != permission or not may_do(request, row, permission):
        raise Http404
    form = Form(typed_in(request))
    try:
        if name not in deeds_of(request, row):
            raise Refusal("dispute_changed_since", dispute=row.id)
        doing = Doing(row.id, request.user.get_username(), timezone.now(), form.text(f"{name}-note"),
                      _papers(request), _seen(form))  # fmt: skip
        done = _DOING[name](row, doing, form)
    except Refusal as refusal:
        field = _BESIDE.get(refusal.code, "")
        form.blame(f"{name}-{field}" if field else "", refusal)
        done = ""
    if not done or form.problems:
        return dispute_page(request, row, form, name)
    messages.success(request, _(done))
    return _to(request, number)


def _answer(row: DisputeRow, doing: Doing, form: Form) -> str:
    amount = _amount(form, "answer-amount", row.currency)
    if not form.problems:
        answer_dispute(doing, accepted=amount)
    return _RECORDED


def _resolve(row: DisputeRow, doing: Doing, form: Form) -> str:
    outcome = form.text("resolve-outcome")
    amount = None if outcome == "rejected" else _amount(form, "resolve-amount", row.currency)
    if form.problems:
        return ""
    ended = resolve_dispute(doing, outcome=outcome, accepted=amount, document_number=form.text("resolve-document"))
    return _ASKED if isinstance(ended, Waits) else _RECORDED


def _hand(_row: DisputeRow, doing: Doing, form: Form) -> str:
    person = form.text("hand-person")
    role = "" if person else form.text("hand-role")
    text = form.text("hand-days")
    days = int(text) if text.isascii() and text.isdigit() and int(text) <= _MOST_DAYS else None
    hand_dispute(doing, department=form.text("hand-department"), role=role, owner=person, days=days)
    return _RECORDED


def _evidence(_row: DisputeRow, doing: Doing, _form: Form) -> str:
    add_evidence(doing)
    return _RECORDED


def _withdraw(_row: DisputeRow, doing: Doing, _form: Form) -> str:
    resolve_dispute(doing, outcome=WITHDRAWN)
    return _RECORDED


def _reopen(row: DisputeRow, doing: Doing, form: Form) -> str:
    amount = _amount(form, "reopen-amount", row.currency)
    if not form.problems:
        reopen_dispute(doing, amount=amount)
    return _RECORDED


_DOING: dict[str, Callable[[DisputeRow, Doing, Form], str]] = {
    "answer": _answer,
    "resolve": _resolve,
    "hand": _hand,
    "evidence": _evidence,
    "withdraw": _withdraw,
    "reopen": _reopen,
}


def _raise(request: HttpRequest, form: Form, subject: ItemRow) -> int | None:
    """The dispute's number; what stands against it is in the form."""
    amount, on = _amount(form, "amount", subject.currency), form.read("on", parse_date)
    if form.problems:
        return None
    try:
        require_said(form.text("reason"), form.text("note"))
        return raise_dispute(
            company_id=subject.company_id,
            item_id=subject.id,
            amount=amount,
            reason=form.text("reason"),
            note=form.text("note"),
            files=_papers(request),
            source=form.text("source"),
            said_by=form.text("said_by"),
            opened_on=on,
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.blame(_BESIDE.get(refusal.code, ""), refusal)
        return None


def _prefilled(request: HttpRequest, subject: ItemRow, still_open: int) -> dict[str, str]:
    return {
        "amount": to_text(still_open, subject.currency),
        "source": TOLD[0],
        "on": reading_of(request).today.isoformat(),
    }


def _item(request: HttpRequest, item_id: int) -> ItemRow:
    """The item, in the reach in which the reader collects; else it is not there."""
    try:
        subject = item(item_id)
    except Refusal as refusal:
        raise Http404 from refusal
    theirs = seen(scope_of(request, Permission.COLLECT))
    if reading_of(request).is_past or not theirs.has(subject.company_id, subject.customer_id):
        raise Http404
    return subject


def _amount(form: Form, name: str, currency: str) -> int | None:
    return form.read(name, lambda text: typed_minor(text, currency))


def _papers(request: HttpRequest) -> list[Paper]:
    return [Paper(content, name) for name, content in files_sent(request)]


def _seen(form: Form) -> int | None:
    text = form.text("seen")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


def _to(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponseRedirect(address(reverse("disputes:dispute", args=[number]), reading_of(request)))
