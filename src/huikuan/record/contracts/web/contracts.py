"""The pages of contracts: the list and exactly its rows as a file, one contract, and its milestones' events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.downloads import download
from huikuan.mechanisms.pages.forms import Form, file_sent, typed_in
from huikuan.mechanisms.pages.lists import MORE, TABS, Column, Listing, Preset, listed, numbers_in, picked, register
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.contracts.domain.milestones import Milestone
from huikuan.record.contracts.domain.milestones import written as milestones_written
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.messages import STATUSES
from huikuan.record.contracts.operations.contracts import attach_file
from huikuan.record.contracts.operations.milestones import record_milestone, withdraw_milestone
from huikuan.record.contracts.queries.contracts import (
    ContractFilter,
    ContractRow,
    Whole,
    contract,
    contracts_page,
    every_contract,
    whole_contract,
)
from huikuan.record.contracts.queries.orders import OrderFilter, orders_page
from huikuan.record.contracts.web.asked import chips, customer_asked
from huikuan.record.customers.queries import seen

ROWS = 50
#: Orders of a contract shown on its page; the list has them all.
_FEW = 20

LISTING = register(
    Listing(
        name="contracts.contracts",
        place="contracts:contracts",
        columns=(
            Column("company", gettext_noop("Company")),
            Column("name", gettext_noop("Name")),
            Column("signed", gettext_noop("Signed")),
            Column("ends", gettext_noop("Ends")),
            Column("status", gettext_noop("Status")),
        ),
        conditions=("q", "customer", "status"),
        presets=(
            Preset(gettext_noop("All"), {}),
            *(Preset(title, {"status": status}) for status, title in STATUSES.items()),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a contract's story: `what` is signed, amended, reached, withdrawn or filed. `milestone`: the one an
    event belongs to, as any version named it."""

    what: str
    icon: str
    on: date
    recorded_at: datetime
    actor: str
    fact: Any
    milestone: Milestone | None = None


@needs(Permission.VIEW_CONTRACTS)
def show_contracts(request: HttpRequest) -> HttpResponse:
    """Contracts that match, 50 at a time; a partial update asks for the rows that follow."""
    reading, chosen = reading_of(request), _chosen(request)
    asked: dict[str, Any] = {"scope": scope_of(request), "as_of": reading.as_of, "known": reading.horizon}

    def count(query: Mapping[str, str]) -> int:
        return contracts_page(_chosen(request, query), **asked, limit=1).count

    page: dict[str, Any] = {"list": listed(request, LISTING, reading, path=request.path, count=count)}
    if request.headers.get("HX-Target") == TABS:
        return render(request, "shell/parts/list/tabs.html", page)
    found = contracts_page(chosen, **asked, after=request.GET.get("after", ""), limit=ROWS)
    page |= {
        "found": found,
        "chosen": chosen,
        "registers": may(request, Permission.MANAGE_CONTRACTS) and not reading.is_past,
        "chips": chips(
            customer_asked(request), status=_(STATUSES[chosen.status]) if chosen.status else "", q=chosen.text
        ),
        "several_companies": reading.company is None and len({row.company_code for row in found.rows}) > 1,
    }
    more = request.headers.get("HX-Target") == MORE
    return render(request, "contracts/parts/contract_rows.html" if more else "contracts/contracts.html", page)


@needs(Permission.VIEW_CONTRACTS)
def export_contracts(request: HttpRequest) -> HttpResponseBase:
    """Exactly the rows of the list as csv or xlsx, with their terms, read in one snapshot."""
    reading = reading_of(request)
    headers = [
        _("Company"), _("Contract"), _("Name"), _("Customer code"), _("Customer"), _("Signed"), _("Takes effect"),
        _("Ends"), _("Currency"), _("Amount"), _("Status"), _("Milestones"), _("Payment terms"),
    ]  # fmt: skip
    known = reading.horizon
    with snapshot():
        rows = every_contract(_chosen(request), scope=scope_of(request), as_of=reading.as_of, known=known)
        name = f"{_('contracts')}-{reading.as_of:%Y-%m-%d}"
        cells = (_cells(row, terms) for row, terms in rows)
        return send_table(request.GET.get("format", ""), name, headers, cells, title=f"{reading.as_of:%Y-%m-%d}")


@needs(Permission.VIEW_CONTRACTS)
def show_contract(request: HttpRequest, contract_id: int) -> HttpResponse:
    """One contract: its clauses, milestones and files as of the page's day, and how they came to be."""
    return _page(request, _contract(request, contract_id))


@needs(Permission.VIEW_CONTRACTS, to_write=Permission.MANAGE_CONTRACTS)
@posted_from("contracts:contract", "contract_id")
def reach(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Record that a milestone's event happened."""
    row, form = _contract(request, contract_id), Form(typed_in(request))
    try:
        record_milestone(
            contract_id=row.id,
            milestone=form.text("milestone"),
            happened_on=parse_date(form.text("happened_on")),
            note=form.text("note"),
            actor=_actor(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.blame("", refusal)
        return _page(request, row, form, status=400)
    return _back(request, row.id)


@needs(Permission.VIEW_CONTRACTS, to_write=Permission.MANAGE_CONTRACTS)
@posted_from("contracts:contract", "contract_id")
def withdraw(request: HttpRequest, contract_id: int, event_id: int) -> HttpResponse:
    """Take the event of a milestone back."""
    row, form = _contract(request, contract_id), Form(typed_in(request))
    if event_id not in {event.id for event in whole_contract(row, scope=scope_of(request)).events}:
        raise Http404
    try:
        withdraw_milestone(event_id=event_id, reason=form.text("reason"), actor=_actor(request), at=timezone.now())
    except Refusal as refusal:
        form.blame("", refusal)
        return _page(request, row, form, status=400)
    return _back(request, row.id)


@needs(Permission.VIEW_CONTRACTS, to_write=Permission.MANAGE_CONTRACTS)
@require_POST
def attach(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Keep a file with the contract."""
    row = _contract(request, contract_id)
    name, content = file_sent(request)
    attach_file(contract_id=row.id, content=content, name=name, actor=_actor(request), at=timezone.now())
    return _back(request, row.id)


@needs(Permission.VIEW_CONTRACTS)
def send_file(request: HttpRequest, contract_id: int, sha256: str) -> HttpResponseBase:
    """A file of the contract exactly as it came in."""
    row = _contract(request, contract_id)
    file = next((one for one in whole_contract(row, scope=scope_of(request)).files if one.sha256 == sha256), None)
    if file is None:
        raise Http404
    return download(open_original(sha256), file.name)


def _page(request: HttpRequest, row: ContractRow, form: Form | None = None, status: int = 200) -> HttpResponse:
    """The page of a contract. `form`: what was typed into it and refused."""
    reading = reading_of(request)
    known = reading.horizon
    whole = whole_contract(row, scope=scope_of(request), as_of=reading.as_of, known=known)
    of_it = OrderFilter(company_id=row.company_id, customer_id=row.customer_id, contract_number=row.number)
    page = {
        "contract": row,
        "seller": Company.objects.get(pk=row.company_id).name,
        "whole": whole,
        "terms": whole.terms,
        "orders": orders_page(
            of_it, scope=scope_of(request, Permission.VIEW_ORDERS), as_of=reading.as_of, known=known, limit=_FEW
        )
        if may(request, Permission.VIEW_ORDERS)
        else None,
        "sees_items": _reaches(request, Permission.VIEW_LEDGER, row),
        "manages": _reaches(request, Permission.MANAGE_CONTRACTS, row) and not reading.is_past,
        "orders_more": _reaches(request, Permission.MANAGE_ORDERS, row) and not reading.is_past,
        "story": sorted(_story(whole), key=lambda one: (one.on, one.recorded_at)),
        "form": form or Form({}),
    }
    return render(request, "contracts/contract.html", page, status=status)


def _contract(request: HttpRequest, contract_id: int) -> ContractRow:
    """The contract; one out of reach is not there."""
    try:
        return contract(contract_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal


def _reaches(request: HttpRequest, permission: Permission, row: ContractRow) -> bool:
    """Whether the reader may do this on the rows of the contract's customer."""
    return seen(scope_of(request, permission)).has(row.company_id, row.customer_id)


def _chosen(request: HttpRequest, query: Mapping[str, str] | None = None) -> ContractFilter:
    """What the address asks for, or a view's `query`; of rows picked in a form, those alone."""
    asked, keys = request.GET if query is None else query, picked(request)
    status, customer = asked.get("status", ""), customer_asked(request, asked)
    return ContractFilter(
        company_id=reading_of(request).company_id,
        customer_id=customer.id if customer else None,
        status=status if status in STATUSES else None,
        text=asked.get("q", "").strip(),
        ids=None if keys is None else numbers_in(keys),
    )


def _cells(row: ContractRow, terms: Terms) -> list[Cell]:
    return [
        row.company_code,
        row.number,
        row.name,
        row.customer_code,
        row.customer_name,
        row.signed_on,
        row.effective_on,
        row.expires_on,
        row.currency,
        None if row.amount is None else Decimal(to_text(row.amount, row.currency)),
        _(STATUSES[row.status]),
        milestones_written(terms.milestones),
        terms.payment_terms,
    ]


def _story(whole: Whole) -> Iterator[Moment]:
    for one in whole.amendments:
        what, icon = ("signed", "file-text") if one.number == 1 else ("amended", "replace")
        yield Moment(what, icon, one.effective_on, one.recorded_at, one.actor, one)
    named = {one.code: one for version in whole.amendments for one in version.terms.milestones}
    for event in whole.events:
        what, icon = ("withdrawn", "arrow-back-up") if event.withdrawn else ("reached", "calendar-event")
        yield Moment(what, icon, event.happened_on, event.recorded_at, event.actor, event, named.get(event.milestone))
    for file in whole.files:
        yield Moment("filed", "file-text", file.recorded_at.date(), file.recorded_at, file.actor, file)


def _back(request: HttpRequest, contract_id: int) -> HttpResponse:
    return HttpResponseRedirect(address(reverse("contracts:contract", args=[contract_id]), reading_of(request)))


def _actor(request: HttpRequest) -> str:
    return request.user.username if isinstance(request.user, User) else ""
