"""Milestones that are expected soon, or should have happened, and have not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.contracts.domain.milestones import Milestone, amounts
from huikuan.record.contracts.domain.terms import ACTIVE, Terms
from huikuan.record.contracts.models import Contract, ContractVersion, MilestoneEvent
from huikuan.record.contracts.queries.listing import customers_named
from huikuan.record.contracts.queries.terms import standing_of_many, terms_of_many
from huikuan.record.customers.queries import narrowed, seen


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
    *, scope: Scope, company_id: int | None, as_of: date, until: date, known: int | None = None, limit: int
) -> tuple[tuple[Awaited, ...], int]:
    """Of contracts within the scope that are signed and active on the day, the milestones planned for `until` or
    before: the `limit` earliest, and how many contracts have one. However many contracts there are, the terms of few
    are read."""
    there = narrowed(Contract.objects.filter(Q(signed_on=None) | Q(signed_on__lte=as_of)), seen(scope))
    if company_id is not None:
        there = there.filter(company_id=company_id)
    # The row says what is awaited, and whether the contract is active, now; a contract with facts of later is asked
    # what it said then.
    since = there.filter(_told_later(as_of, known))
    steady = there.filter(status=Contract.Status.ACTIVE, awaited_on__lte=until).exclude(pk__in=since.values("pk"))
    steady = steady.order_by("awaited_on", "number")
    contracts = {one.pk: one for one in [*steady[:limit], *since]}
    rows = list(_awaited(contracts, as_of, until, known))
    changed = {one.contract_id for one in rows} & set(since.values_list("pk", flat=True))
    found = sorted(rows, key=lambda one: (one.planned_on, one.number, one.title))
    return tuple(found[:limit]), steady.count() + len(changed)


def signings_come(*, at: datetime) -> list[int]:
    """Contracts whose day of signature has come by `at` and was entered while it was ahead, and of which no event of
    that day was ever recorded, by id. Days are compared in UTC and may be one too many: the operation looks again."""
    entered_ahead = ContractVersion.objects.filter(
        contract_id=OuterRef("pk"), recorded_at__date__lte=OuterRef("signed_on")
    )
    told = MilestoneEvent.objects.filter(contract_id=OuterRef("pk"), happened_on=OuterRef("signed_on"))
    latest = business_date(at) + timedelta(days=1)
    come = Contract.objects.filter(signed_on__lte=latest).exclude(status=Contract.Status.VOID)
    return list(come.filter(Exists(entered_ahead), ~Exists(told)).order_by("pk").values_list("pk", flat=True))


def _told_later(as_of: date, known: int | None) -> Q:
    """Contracts of which something was said that holds from later than `as_of`, or was recorded above the horizon."""
    versions, events = Q(effective_on__gt=as_of), Q(happened_on__gt=as_of)
    if known is not None:
        versions, events = versions | Q(tx__gte=known), events | Q(tx__gte=known)
    told = ContractVersion.objects.filter(versions).values("contract_id")
    return Q(pk__in=told) | Q(pk__in=MilestoneEvent.objects.filter(events).values("contract_id"))


def _awaited(contracts: dict[int, Contract], as_of: date, until: date, known: int | None) -> Iterator[Awaited]:
    happened = standing_of_many(contracts, as_of=as_of, known=known)
    named = customers_named(one.customer_id for one in contracts.values())
    names = {customer_id: name for customer_id, (_, name) in named.items()}
    for contract_id, terms in terms_of_many(contracts, as_of, known=known).items():
        if terms.status != ACTIVE:
            continue
        for milestone, amount in _with_amounts(terms):
            waits = milestone.planned_on is not None and milestone.planned_on <= until
            if waits and milestone.code not in happened.get(contract_id, {}):
                yield _row(contracts[contract_id], milestone, amount, names)


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
