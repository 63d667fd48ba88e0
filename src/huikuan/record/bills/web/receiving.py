"""A bill comes in: its paper, and which of the customer's claims it pays."""

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
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, company_preset, needs, scope_of
from huikuan.mechanisms.pages.forms import Form, file_sent, request_named, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.bills.domain.applying import suggest
from huikuan.record.bills.domain.classes import CLASSES
from huikuan.record.bills.domain.numbers import CURRENCY, KINDS, read_number, read_range
from huikuan.record.bills.messages import CLASSES as CLASS_NAMES
from huikuan.record.bills.messages import KINDS as KIND_NAMES
from huikuan.record.bills.operations.receiving import Paper, Scan, receive_bill
from huikuan.record.bills.queries.claims import claims_of
from huikuan.record.bills.queries.items import Offered, offered
from huikuan.record.bills.web.listing import WRITES
from huikuan.record.customers.queries import CustomerRow, customer_named

#: Beside which field a refusal of the whole stands.
_BESIDE = {
    "bill_known": "number", "bill_number_bad": "number", "bill_number_of_other_kind": "number",
    "bill_range_differs": "range", "bill_not_divisible": "range", "bill_amount_bad": "amount",
    "bill_claims_exceed": "amount", "bill_days_bad": "matures", "bill_received_too_early": "received",
    "period_locked": "received", "customer_unknown": "customer", "form_file_too_large": "file",
}  # fmt: skip

#: The field beside a claim, before the claim's id.
_NAMED = "claim-"
#: The claims a bill may pay on its day, and those that were named and it may not.
Offers = tuple[list[Offered], list[Offered]]


@needs(WRITES)
def receive(request: HttpRequest) -> HttpResponse:
    """An empty form; a POST with `suggest` fills in which claims it would pay, any other takes the bill in."""
    reading = reading_of(request)
    if reading.is_past:
        raise Http404
    form = Form(typed_in(request) if request.method == "POST" else _prefilled(request))
    company, whose = _company(request, form), _customer(request, form)
    claims = _claims(company, whose, form, _received(form, reading.today))
    if request.method == "POST" and "suggest" in form.typed:
        _fill_in(form, claims)
        claims = claims[0], []
    elif request.method == "POST" and (number := _take_in(request, form, company, whose, claims)) is not None:
        messages.success(request, _("Taken in; the claims are paid and the acceptor owes it."))
        return HttpResponseRedirect(address(reverse("bills:bill", args=[number]), reading))
    page: dict[str, Any] = {
        "form": form,
        "kept_by": [(one.code, one.name) for one in companies_offered(request)],
        "kinds": [(kind, _(KIND_NAMES[kind])) for kind in KINDS],
        "classes": [("", _("by its name")), *((name, _(CLASS_NAMES[name])) for name in CLASSES)],
        "claims": [(one, f"{_NAMED}{one.claim.item_id}") for one in (*claims[0], *claims[1])],
        "whose": whose,
        "named": bool(_named(form)),
    }
    return render(request, "bills/new.html", page, status=400 if form.problems else 200)


def _take_in(
    request: HttpRequest, form: Form, company: Company | None, whose: CustomerRow | None, claims: Offers
) -> int | None:
    """The bill's number; what stands against it is in the form."""
    paper = _paper(form)
    received_on = form.read("received", parse_date) or reading_of(request).today
    wanted = _wanted(form, claims, received_on)
    if company is None:
        form.blame("company", Refusal("bill_field_missing", field="company"))
    if whose is None and "customer" not in form.problems:
        form.blame("customer", Refusal("customer_missing"))
    if form.problems or paper is None or company is None or whose is None:
        return None
    try:
        return receive_bill(
            company=company,
            customer_id=whose.id,
            paper=paper,
            received_on=received_on,
            claims=wanted,
            scan=_scan(request),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        field = refusal.params["field"] if refusal.code == "bill_field_missing" else _BESIDE.get(refusal.code, "")
        form.blame(str(field), refusal)
        return None


def _paper(form: Form) -> Paper | None:
    kind = form.text("kind")
    form.read("number", lambda text: read_number(text, kind))
    if not form.text("number"):
        form.blame("number", Refusal("bill_number_bad", value=""))
    amount = form.read("amount", _amount)
    if amount is None and "amount" not in form.problems:
        form.blame("amount", Refusal("bill_amount_bad", value=""))
    units = form.read("range", read_range)
    issued, matures = _required_day(form, "issued"), _required_day(form, "matures")
    if form.problems or amount is None or issued is None or matures is None:
        return None
    return Paper(
        kind=kind,
        number=form.text("number"),
        amount=amount,
        drawer=form.text("drawer"),
        acceptor=form.text("acceptor"),
        issued_on=issued,
        matures_on=matures,
        range=units,
        transferable=not form.text("not_transferable"),
        acceptor_class=form.text("class"),
        note=form.text("note"),
    )


def _required_day(form: Form, name: str) -> date | None:
    found = form.read(name, parse_date)
    if found is None and name not in form.problems:
        form.blame(name, Refusal("date_missing"))
    return found


def _wanted(form: Form, claims: Offers, day: date) -> list[tuple[int, int]] | None:
    """What was typed beside the claims; None where nothing was: then the earliest due come first. A claim that is
    named and was not open by the day stands against it, and one named before that is gone: no other is paid in its
    place."""
    then, since = ({one.claim.item_id for one in some} for some in claims)
    found = []
    for item in _named(form):
        amount = form.read(f"{_NAMED}{item}", _amount)
        if amount and item in then:
            found.append((item, amount))
        elif amount:
            refusal = Refusal("bill_claim_not_open_then", item=item, day=day)
            form.blame(f"{_NAMED}{item}" if item in since else "", refusal)
    if not found and form.text("named") and not form.problems:
        form.blame("", Refusal("bill_claims_left"))
    return found or None


def _named(form: Form) -> list[int]:
    """The claims beside which something was typed."""
    typed = (name.removeprefix(_NAMED) for name, value in form.typed.items() if name.startswith(_NAMED) and value)
    return [item for text in typed if (item := request_named(text)) is not None and text == str(item)]


def _fill_in(form: Form, claims: Offers) -> None:
    amount = form.read("amount", _amount) or 0
    then, since = claims
    told = dict(suggest([one.claim for one in then], amount))
    for one in (*then, *since):
        part = told.get(one.claim.item_id)
        form.typed[f"{_NAMED}{one.claim.item_id}"] = to_text(part, CURRENCY) if part else ""


def _claims(company: Company | None, whose: CustomerRow | None, form: Form, day: date) -> Offers:
    """The claims a bill received on the day may pay, and those that are named and it may not."""
    if company is None or whose is None:
        return [], []
    then = claims_of(company.pk, whose.id, CURRENCY, posted_by=day)
    strange = set(_named(form)) - {one.item_id for one in then}
    now = claims_of(company.pk, whose.id, CURRENCY, posted_by=date.max) if strange else []
    return offered(then), offered([one for one in now if one.item_id in strange])


def _received(form: Form, today: date) -> date:
    """The day it was received on, today where none can be read; what is wrong with it is said when it is taken in."""
    try:
        return parse_date(form.text("received")) if form.text("received") else today
    except Refusal:
        return today


def _customer(request: HttpRequest, form: Form) -> CustomerRow | None:
    return form.read("customer", lambda text: customer_named(text, scope=scope_of(request, WRITES)))


def _company(request: HttpRequest, form: Form) -> Company | None:
    code = form.text("company")
    named = next((one for one in companies_offered(request) if one.code == code), None)
    if code and named is None:
        raise Http404
    return named


def _amount(text: str) -> int:
    return typed_minor(text, CURRENCY)


def _scan(request: HttpRequest) -> Scan | None:
    if "file" not in request.FILES:
        return None
    name, content = file_sent(request)
    return Scan(content, name)


def _prefilled(request: HttpRequest) -> dict[str, str]:
    reading = reading_of(request)
    company = company_preset(reading.company, companies_offered(request))
    return {
        "company": company.code if company else "", "kind": KINDS[0], "received": reading.today.isoformat(),
        "customer": request.GET.get("customer", ""), "range": "0",
    }  # fmt: skip
