"""Writing the demo's contracts, the events of their milestones, and the orders of the cast."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from huikuan.mechanisms.identity.models import Company
from huikuan.record.contracts.domain.interest import read_late_interest
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.orders import DELIVERED, INVOICED, QUANTITY, Order, OrderLine
from huikuan.record.contracts.domain.stating import SoFar, StatedContract, StatedOrder
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import Contract, MilestoneEvent
from huikuan.record.contracts.operations.imports import Taken, import_contracts, record_many
from huikuan.record.contracts.operations.order_imports import import_orders
from huikuan.record.contracts.queries.terms import standing_of_many
from huikuan.record.customers.operations.rows import ids_by_code
from huikuan.shell.demo.journal import Agreement
from huikuan.shell.demo.story import Story

#: Every second contract says what late payment costs.
_LATE = "日万分之五"


def write_agreements(story: Story, company: Company, *, actor: str, at: datetime) -> None:
    """All contracts of one company with what has happened of their milestones, and the cast's orders."""
    # The cast comes last, so that it stands on top of the lists.
    agreed = [one for one in reversed(story.agreements) if one.seller == company.code]
    ids = ids_by_code({one.customer for one in agreed})
    common: dict[str, Any] = {"company": company, "batch_id": None, "actor": actor, "at": at}
    contracts = [_contract(row, one, ids[one.customer]) for row, one in enumerate(agreed, 2)]
    orders = [_order(row, one, ids[one.customer]) for row, one in enumerate(agreed, 2) if one.ordered]
    with transaction.atomic():
        _all_of_it(import_contracts(contracts, **common))
        _all_of_it(import_orders(orders, **common))
        numbers = dict(Contract.objects.filter(company_id=company.pk).values_list("number", "pk"))
        known = standing_of_many(numbers.values())
        events = [
            fact
            for one in agreed
            for fact in _events(one, numbers[one.number], ids[one.customer], company, actor)
            if fact["milestone"] not in known.get(fact["contract_id"], {})  # the signature's, which came with it
        ]
        record_many(MilestoneEvent, events, at)


def _contract(row: int, one: Agreement, customer_id: int) -> StatedContract:
    terms = Terms(
        name=one.name,
        currency=one.currency,
        amount=one.amount,
        signed_on=one.signed_on,
        effective_on=one.signed_on,
        status="",
        payment_terms=one.payment_terms,
        late_interest=read_late_interest(_LATE if row % 2 else ""),
        jurisdiction="江临市人民法院",
        governing_law="中华人民共和国法律",
        milestones=read_milestones(one.milestones),
    )
    return StatedContract(row, one.number, customer_id, terms)


def _order(row: int, one: Agreement, customer_id: int) -> StatedOrder:
    """What the contract's invoices were for: one line each, delivered and invoiced with it."""
    lines = tuple(
        OrderLine(number, entry.text, QUANTITY, entry.amount, "批", planned_on=entry.document_date)
        for number, entry in enumerate(one.ordered, 1)
    )
    done = tuple(
        SoFar(number, what, QUANTITY, entry.document_date)
        for number, entry in enumerate(one.ordered, 1)
        for what in (DELIVERED, INVOICED)
    )
    order = Order(one.signed_on + timedelta(days=3), one.currency, lines, one.number)
    return StatedOrder(row, f"SO-{one.number}", customer_id, order, done)


def _events(one: Agreement, contract_id: int, customer_id: int, company: Company, actor: str) -> list[dict[str, Any]]:
    days = {milestone.code: milestone.days for milestone in read_milestones(one.milestones)}
    return [
        {
            "contract_id": contract_id,
            "company_id": company.pk,
            "customer_id": customer_id,
            "milestone": code,
            "happened_on": happened_on,
            "due_date": happened_on + timedelta(days=days[code]),
            "note": "",
            "file_sha256": "",
            "reversal_of": None,
            "batch_id": None,
            "actor": actor,
        }
        for code, happened_on in one.happened.items()
    ]


def _all_of_it(taken: Taken) -> None:
    """The story contradicts no rule; if it did, the first place says so."""
    if taken.refused:
        raise taken.refused[0][1]
