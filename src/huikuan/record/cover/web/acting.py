"""What is done to cover: proposed, revalued, released."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, company_preset, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, file_sent, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.cover.domain.pieces import INSURANCE, KINDS, WHOLE, Terms, Whose, share_of
from huikuan.record.cover.messages import KINDS as KIND_NAMES
from huikuan.record.cover.operations.pieces import WRITES, Paper, propose_cover, release_cover, revalue_cover
from huikuan.record.cover.queries.pieces import PieceRow
from huikuan.record.cover.web.pieces import found_piece, may_write, piece_page
from huikuan.record.customers.queries import CustomerRow, customer

#: Beside which field a refusal of the whole stands.
_BESIDE = {
    "cover_amount_bad": "amount", "amount_unreadable": "amount", "amount_too_fine": "amount",
    "amount_too_large": "amount", "cover_insured_bad": "insured", "cover_ends_early": "until",
    "cover_over_already": "until", "cover_known": "reference", "cover_of_itself": "guarantor",
    "customer_unknown": "customer", "group_unknown": "group", "contract_number_unknown": "contract",
    "cover_of_nobody": "customer", "cover_without_rate": "currency", "cover_reason_missing": "reason",
    "form_file_too_large": "file",
}  # fmt: skip


@needs(WRITES)
def propose(request: HttpRequest) -> HttpResponse:
    """An empty form; a POST asks that the piece may count."""
    reading = reading_of(request)
    if reading.is_past:
        raise Http404
    form = Form(typed_in(request) if request.method == "POST" else _prefilled(request))
    if request.method == "POST" and (number := _propose(request, form)) is not None:
        said = _("Proposed as request %(request)s; it counts once another person has approved it.")
        messages.success(request, said % {"request": number})
        back = {"customer": form.text("customer")} if form.text("customer") else {}
        return HttpResponseRedirect(address(reverse("cover:pieces"), reading, **back))
    page: dict[str, Any] = {
        "form": form,
        "kept_by": [(one.code, one.name) for one in companies_offered(request)],
        "kinds": [(kind, _(KIND_NAMES[kind])) for kind in KINDS],
    }
    return render(request, "cover/new.html", page, status=400 if form.problems else 200)


@needs(WRITES)
@posted_from("cover:piece", "number")
def revalue(request: HttpRequest, number: int) -> HttpResponse:
    """Say what the piece is now."""
    row, form = _written(request, number), Form(typed_in(request))
    changes: dict[str, Any] = {
        "amount": form.read("amount", lambda text: typed_minor(text, row.terms.currency)) or 0,
        "eligible_e4": form.read("eligible", share_of) or 0,
        "insured_e4": (form.read("insured", share_of) or 0) if row.terms.kind == INSURANCE else WHOLE,
        "valid_until": form.read("until", parse_date),
        "note": form.text("note"),
    }
    if form.problems:
        return piece_page(request, row, form)
    try:
        asked = revalue_cover(
            number=number, version=_version(form), changes=changes, paper=_paper(request), **_by(request)
        )
    except Refusal as refusal:
        return _refused(request, row, form, refusal)
    said = _("Recorded; it holds from today on.")
    if asked is not None:
        said = _("That would cover more: proposed as request %(request)s, which another person approves.")
        said %= {"request": asked}
    return _back(request, number, said)


@needs(WRITES)
@posted_from("cover:piece", "number")
def release(request: HttpRequest, number: int) -> HttpResponse:
    """The piece counts no more from today on."""
    row, form = _written(request, number), Form(typed_in(request))
    try:
        release_cover(number=number, version=_version(form), reason=form.text("reason"), **_by(request))
    except Refusal as refusal:
        return _refused(request, row, form, refusal)
    return _back(request, number, _("Recorded; it covers nothing from today on."))


def _propose(request: HttpRequest, form: Form) -> int | None:
    """The request's number; what stands against it is in the form."""
    company = _company(request, form)
    terms, whose = _terms(request, form, company), _whose(request, form)
    if form.problems or company is None or terms is None:
        return None
    try:
        return propose_cover(company=company, whose=whose, terms=terms, paper=_paper(request), **_by(request))
    except Refusal as refusal:
        form.blame(_field(refusal), refusal)
        return None


def _terms(request: HttpRequest, form: Form, company: Company | None) -> Terms | None:
    currency = form.text("currency").upper() or (company.currency if company else "")
    guarantor = _guarantor(request, form)
    amount = form.read("amount", lambda text: typed_minor(text, currency)) if currency else None
    begins: date = form.read("from", parse_date) or reading_of(request).today
    shares = {name: form.read(name, share_of) or WHOLE for name in ("eligible", "insured")}
    until = form.read("until", parse_date)
    if form.problems:
        return None
    return Terms(
        kind=form.text("kind"),
        provider=guarantor.name if guarantor else form.text("provider"),
        provider_id=guarantor.id if guarantor else None,
        reference=form.text("reference"),
        currency=currency,
        amount=amount or 0,
        valid_from=begins,
        valid_until=until,
        eligible_e4=shares["eligible"],
        insured_e4=shares["insured"] if form.text("kind") == INSURANCE else WHOLE,
        note=form.text("note"),
    )


def _whose(request: HttpRequest, form: Form) -> Whose:
    def found(code: str) -> CustomerRow:
        return customer(code, scope=scope_of(request, WRITES))

    named = form.read("customer", found)
    return Whose(named.id if named else None, form.text("contract"), form.text("group"))


def _guarantor(request: HttpRequest, form: Form) -> CustomerRow | None:
    return form.read("guarantor", lambda code: customer(code, scope=scope_of(request, WRITES)))


def _company(request: HttpRequest, form: Form) -> Company | None:
    offered = companies_offered(request)
    code = form.text("company")
    named = next((one for one in offered if one.code == code), None)
    if code and named is None:
        raise Http404
    if named is None:
        form.blame("company", Refusal("cover_field_missing", field="company"))
    return named


def _prefilled(request: HttpRequest) -> dict[str, str]:
    reading = reading_of(request)
    company = company_preset(reading.company, companies_offered(request))
    return {
        "company": company.code if company else "", "kind": KINDS[0], "eligible": "100", "insured": "100",
        "from": reading.today.isoformat(), "customer": request.GET.get("customer", ""),
    }  # fmt: skip


def _paper(request: HttpRequest) -> Paper | None:
    if "file" not in request.FILES:
        return None
    name, content = file_sent(request)
    return Paper(content, name)


def _written(request: HttpRequest, number: int) -> PieceRow:
    row = found_piece(request, number)
    if reading_of(request).is_past or not may_write(request, row):
        raise Http404
    return row


def _refused(request: HttpRequest, row: PieceRow, form: Form, refusal: Refusal) -> HttpResponse:
    form.blame(_field(refusal), refusal)
    return piece_page(request, row, form)


def _field(refusal: Refusal) -> str:
    if refusal.code in ("cover_field_missing", "cover_field_too_long"):
        return str(refusal.params["field"])
    return _BESIDE.get(refusal.code, "")


def _version(form: Form) -> int:
    text = form.text("version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user.get_username(), "at": timezone.now()}


def _back(request: HttpRequest, number: int, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(address(reverse("cover:piece", args=[number]), reading_of(request)))
