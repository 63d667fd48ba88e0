"""Milestones that are expected soon, or should have happened, and have not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.contracts.domain.milestones import Milestone, amounts
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import Contract, MilestoneEvent
from huikuan.record.contracts.queries.terms import terms_of_many
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import seen


@dataclass(frozen=True, slots=True)
class Awaited:
    """A milestone planned for `planned_on` whose event has not been recorded. `amount` in minor units, None where
    the contract has none."""

    contract_id: int
    number: str
    customer_name: str
    title: str
    planned_on: date
    currency: str
    amount: int | None


def milestones_awaited(
    *, scope: Scope, company_id: int | None, as_of: date, until: date, known: int | None = None
) -> tuple[Awaited, ...]:
    """Of active contracts within the scope, the milestones planned for `until` or before, the earliest first."""
    mine = seen(scope)
    active = Contract.objects.filter(status=Contract.Status.ACTIVE)
    contracts = {
        one.pk: one
        for one in (active if company_id is None else active.filter(company_id=company_id))
        if mine.has(one.company_id, one.customer_id)
    }
    happened = _happened(list(contracts), as_of, known)
    terms = terms_of_many(list(contracts), as_of, known=known)
    found = [
        (contract_id, milestone, amount)
        for contract_id, of in terms.items()
        for milestone, amount in _with_amounts(of)
        if milestone.planned_on is not None
        and milestone.planned_on <= until
        and milestone.code not in happened.get(contract_id, frozenset())
    ]
    names = _names({contracts[contract_id].customer_id for contract_id, _, _ in found})
    rows = [_row(contracts[contract_id], milestone, amount, names) for contract_id, milestone, amount in found]
    return tuple(sorted(rows, key=lambda one: (one.planned_on, one.number, one.title)))


def _with_amounts(terms: Terms) -> Iterator[tuple[Milestone, int | None]]:
    if terms.amount is None:
        return ((milestone, None) for milestone in terms.milestones)
    return zip(terms.milestones, amounts(terms.amount, terms.milestones), strict=True)


def _row(contract: Contract, milestone: Milestone, amount: int | None, names: dict[int, str]) -> Awaited:
    return Awaited(
        contract_id=contract.pk,
        number=contract.number,
        customer_name=names.get(contract.customer_id, ""),
        title=milestone.title or milestone.code,
        planned_on=milestone.planned_on or date.max,
        currency=contract.currency,
        amount=amount,
    )


def _names(customers: set[int]) -> dict[int, str]:
    return dict(Customer.objects.filter(id__in=customers).values_list("id", "name"))


def _happened(contract_ids: list[int], as_of: date, known: int | None) -> dict[int, frozenset[str]]:
    """Contract → the milestones whose event stands."""
    rows = MilestoneEvent.objects.filter(contract_id__in=contract_ids)
    facts = list(rows if known is None else rows.filter(tx__lt=known))
    undone = {fact.reversal_of for fact in facts}
    found: dict[int, set[str]] = {}
    for fact in facts:
        if fact.reversal_of is None and fact.pk not in undone and fact.happened_on <= as_of:
            found.setdefault(fact.contract_id, set()).add(fact.milestone)
    return {contract_id: frozenset(codes) for contract_id, codes in found.items()}
