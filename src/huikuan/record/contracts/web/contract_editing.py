"""Registering and amending a contract by hand. Whoever comes second sees what the first changed; what they typed
stays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.operations import keep_bytes
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import companies_offered, needs, scope_of
from huikuan.mechanisms.pages.forms import Form, check_fits, file_sent, touched, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.messages import ABOUT_CONTRACT, CONTRACT_FIELDS, EVENTS, STATUSES
from huikuan.record.contracts.operations.contracts import amend_contract, attach_file, create_contract
from huikuan.record.contracts.queries.contracts import ContractRow, contract
from huikuan.record.contracts.queries.terms import Amendment, amendments, terms_at
from huikuan.record.contracts.web.choosing import (
    CUSTOMERS,
    company_chosen,
    company_to_write,
    customer_prefilled,
    offer_customers,
    read_customer,
    usual_currency,
)
from huikuan.record.contracts.web.contract_form import CELLS, blame, terms_in, told_of, typed_of
from huikuan.record.contracts.web.meanwhile import Meanwhile, State, carry_over, version_opened

#: The field of the terms that a group of fields says, where it is called otherwise.
_NAMED = {"milestone": "milestones"}


@needs(Permission.MANAGE_CONTRACTS)
def create(request: HttpRequest) -> HttpResponse:
    """A new contract with its clauses, milestones and, if at hand, the signed text."""
    if request.headers.get("HX-Target") == CUSTOMERS:
        return offer_customers(request)
    if request.method != "POST":
        return _page(request, _blank(request))
    form = Form(typed_in(request))
    created = None if "more" in form.typed else _create(request, form)
    return _page(request, form) if created is None else _to(request, created)


@needs(Permission.MANAGE_CONTRACTS)
def amend(request: HttpRequest, contract_id: int) -> HttpResponse:
    """From a day on the contract says something else, for a reason."""
    row = _contract(request, contract_id)
    history = amendments(row.id)
    check_fits(len(terms_at(history, row.version).milestones))
    if request.method != "POST":
        today = reading_of(request).today.isoformat()
        first = typed_of(terms_at(history, row.version)) | {"version": str(row.version), "amended_on": today}
        return _page(request, Form(first), row)
    form = Form(typed_in(request))
    seen = version_opened(form, row.version)
    base = terms_at(history, seen)
    if "more" in form.typed or not _amend(request, form, row, seen, base):
        row = _contract(request, contract_id)
        history = amendments(row.id)
        moved = row.version != seen and not form.problems
        return _page(request, form, row, _meanwhile(form, history, seen, row.version) if moved else None)
    return _to(request, row.id)


def _create(request: HttpRequest, form: Form) -> int | None:
    company = company_to_write(request, form)
    if company is None:
        return None
    customer = form.read("customer", partial(read_customer, request, company))
    for name in ("customer", "number", "name"):
        if not form.text(name):
            blame(form, Refusal("contract_field_missing", field=name))
    terms, sent = terms_in(form), _file(request, form)
    if form.problems or customer is None:
        return None
    by: dict[str, Any] = {"actor": request.user.get_username(), "at": timezone.now()}

    def work() -> int:
        number = form.text("number")
        created = create_contract(company=company, customer_id=customer.id, number=number, terms=terms, **by)
        if sent is not None and kept is not None:
            attach_file(contract_id=created, content=kept, name=sent[0], **by)
        return created

    try:
        # On the disk before anything is written: a full disk leaves no contract without its file.
        kept = keep_bytes(sent[1]) if sent else None
        return retrying(work)
    except Refusal as refusal:
        blame(form, refusal)
        return None


def _amend(request: HttpRequest, form: Form, row: ContractRow, seen: int, base: Terms) -> bool:
    """Whether it was amended; what stands against it is in the form."""
    wanted, applies = terms_in(form, base), form.read("amended_on", parse_date)
    for name in ("name", "amended_on"):
        if not form.text(name):
            blame(form, Refusal("contract_field_missing", field=name))
    if not form.text("reason"):
        blame(form, Refusal("amendment_reason_needed"))
    # Only what was changed here: what others change at the same time in another place stays theirs.
    mine = touched(form.typed, typed_of(base)) & CONTRACT_FIELDS.keys()
    changes = {name: getattr(wanted, name) for name in (_NAMED.get(group, group) for group in mine)}
    if form.problems or applies is None:
        return False
    try:
        amend_contract(
            contract_id=row.id,
            version=seen,
            changes=changes,
            effective_on=applies,
            reason=form.text("reason"),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        if refusal.code != "contract_changed_since":
            blame(form, refusal)
        return False
    return True


def _meanwhile(form: Form, history: Sequence[Amendment], seen: int, version: int) -> Meanwhile:
    before, now = (
        State(typed_of(terms), told_of(terms)) for terms in (terms_at(history, seen), terms_at(history, version))
    )
    return carry_over(form, before, now, titles=CONTRACT_FIELDS, by=[one for one in history if one.number > seen])


def _page(
    request: HttpRequest, form: Form, row: ContractRow | None = None, meanwhile: Meanwhile | None = None
) -> HttpResponse:
    page = {
        "form": form,
        "contract": row,
        "own_companies": companies_offered(request),
        "rows": form.offered("milestone", (*CELLS, "code")),
        "titles": {name: _(title) for name, title in {**CONTRACT_FIELDS, **ABOUT_CONTRACT}.items()},
        "events": [("", _("as titled")), *((name, _(title)) for name, title in EVENTS.items())],
        "statuses": [(name, _(title)) for name, title in STATUSES.items()],
        "meanwhile": meanwhile,
    }
    status = 409 if meanwhile else 400 if form.problems else 200
    return render(request, "contracts/contract_form.html", page, status=status)


def _blank(request: HttpRequest) -> Form:
    company = company_chosen(request, Form({}))
    given = {
        "company": company.code if company else "",
        "currency": usual_currency(request, company),
        "customer": customer_prefilled(request),
    }
    return Form(given)


def _file(request: HttpRequest, form: Form) -> tuple[str, bytes] | None:
    """The file sent along, if one was; what is wrong with it stands beside it."""
    if not request.FILES.get("file"):
        return None
    try:
        return file_sent(request)
    except Refusal as refusal:
        form.blame("file", refusal)
        return None


def _contract(request: HttpRequest, contract_id: int) -> ContractRow:
    try:
        return contract(contract_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal


def _to(request: HttpRequest, contract_id: int) -> HttpResponse:
    return HttpResponseRedirect(address(reverse("contracts:contract", args=[contract_id]), reading_of(request)))
