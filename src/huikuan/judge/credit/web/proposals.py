"""What the credit policy proposes, opening into its calculation, with the way to ask for just that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.judge.credit.domain.calculation import chosen_method
from huikuan.judge.credit.domain.proposing import GroupProposal, Proposal, Worked
from huikuan.judge.credit.messages import METHODS
from huikuan.judge.credit.queries.proposals import ByPolicy, GroupByPolicy, proposed, proposed_group
from huikuan.judge.credit.telling.proposals import told_figure, told_missing, told_payment_methods, told_steps
from huikuan.judge.rating.domain.behaviour import YEAR_DAYS
from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.reading import Reading, address, reading_of
from huikuan.mechanisms.pages.telling import said
from huikuan.record.customers.queries import CustomerRow, customers_by_id, seen


@dataclass(frozen=True, slots=True)
class MethodShown:
    """A method with its figures (name, value, source, day, list of its rows) and steps; `missing`: why there is no
    amount; `chosen`: whether its amount is the one that goes on."""

    title: str
    amount: int | None
    chosen: bool
    missing: str
    figures: tuple[tuple[str, str, str, str, str], ...]
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as the page shows it. `ask_url`: the same page with the form filled in, '' where nobody may ask."""

    company: Company
    policy: int
    proposal: Proposal | GroupProposal
    steps: tuple[tuple[str, str], ...]
    methods: tuple[MethodShown, ...]
    members: tuple[tuple[str, str, int | None], ...]
    payment_methods: str
    ask_url: str


def customer_proposals(
    request: HttpRequest, customer: CustomerRow, companies: Iterable[Company]
) -> tuple[list[Shown], str]:
    """(what each company's policy proposes of today, what is wrong with the sales that were stated); nothing of a
    past day, and nothing where the reader may not read statements."""
    reading = reading_of(request)
    if reading.is_past or not seen(scope_of(request, Permission.VIEW_CUSTOMERS)).has_customer(customer.id):
        return [], ""
    found, problem = [], ""
    for company in companies:
        sales = None
        try:
            sales = _stated(request, company)
        except Refusal as refusal:
            problem = said(refusal)
        try:
            one = proposed(
                company,
                customer.id,
                day=reading.today,
                at=timezone.now(),
                scope=scope_of(request, Permission.VIEW_LEDGER),
                stated_sales=sales,
            )
        except Refusal:
            # Merged with a customer the reader does not see: nothing is told.
            continue
        found.append(_customer(request, one, company, customer))
    return found, problem


def group_proposals(request: HttpRequest, group: str, companies: Iterable[Company]) -> list[Shown]:
    """The same of a group everybody in which the reader sees."""
    reading, scope = reading_of(request), scope_of(request, Permission.VIEW_LEDGER)
    found = []
    for company in companies:
        one = proposed_group(company, group, day=reading.today, at=timezone.now(), scope=scope)
        found.append(_group(one, company, group, reading))
    return found


def chosen(request: HttpRequest, found: Iterable[Shown]) -> Shown | None:
    """The proposal whose form was asked for."""
    code = request.GET.get("by", "")
    return next((one for one in found if one.company.code == code), None)


def _stated(request: HttpRequest, company: Company) -> int | None:
    text = request.GET.get("sales", "").strip()
    return typed_minor(text, company.currency) if text else None


def _customer(request: HttpRequest, found: ByPolicy, company: Company, customer: CustomerRow) -> Shown:
    one, reading = found.proposal, reading_of(request)
    asks = seen(scope_of(request, Permission.PROPOSE_LIMIT)).has(company.pk, customer.id)
    more: dict[str, Any] = {"by": company.code, "sales": request.GET.get("sales", "")}
    url = address(reverse("credit:customer", args=[customer.id]), reading, **more)
    return Shown(
        company=company,
        policy=found.policy.number,
        proposal=one,
        steps=tuple(told_steps(one.steps, one.currency)),
        methods=tuple(_method(worked, one, customer, reading) for worked in one.methods),
        members=(),
        payment_methods=told_payment_methods(one),
        ask_url=f"{url}#ask" if asks and one.amount is not None else "",
    )


def _group(found: GroupByPolicy, company: Company, group: str, reading: Reading) -> Shown:
    one = found.proposal
    rows = customers_by_id([customer_id for customer_id, _each in one.members])
    url = address(reverse("credit:group"), reading, group=group, by=company.code)
    return Shown(
        company=company,
        policy=found.policy.number,
        proposal=one,
        steps=tuple(told_steps(one.steps, one.currency)),
        methods=(),
        members=tuple(
            (address(reverse("credit:customer", args=[each]), reading), rows[each].name, given.amount)
            for each, given in one.members
        ),
        payment_methods="",
        ask_url=f"{url}#ask",
    )


def _method(one: Worked, proposal: Proposal, customer: CustomerRow, reading: Reading) -> MethodShown:
    figures = []
    for figure in one.figures:
        name, value, source = told_figure(figure, proposal.currency)
        figures.append((name, value, source, figure.on.isoformat(), _rows_of(figure.source, customer, reading)))
    steps = tuple(told_steps(one.steps, proposal.currency))
    chosen = one.method == chosen_method(proposal)
    return MethodShown(_(METHODS[one.method]), one.amount, chosen, told_missing(one), tuple(figures), steps)


def _rows_of(source: str, customer: CustomerRow, reading: Reading) -> str:
    """Where a figure's rows are."""
    if source == "ledger":
        begins = reading.today - timedelta(days=YEAR_DAYS - 1)
        return address(reverse("statements:statement", args=[customer.id]), reading, since=begins)
    if source == "statements":
        return address(reverse("financials:statements", args=[customer.id]), reading)
    if source == "rating":
        return address(reverse("dossiers:customer", args=[customer.id]), reading, tab="rating")
    return ""
