"""Instalment plans as they stand on a day: schedule beside what was paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import among, as_date, listed
from huikuan.record.customers.queries import CustomerRow, customers_by_id, narrowed, seen
from huikuan.record.customers.queries import among as among_ids
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.promises.domain.instalments import (
    BROKEN,
    Came,
    Instalment,
    LineStanding,
    PlanStanding,
    standing_on,
)
from huikuan.record.promises.models import Plan, PlanEnd, PlanItem, PlanLine
from huikuan.record.promises.queries.sums import CAME, bills_paid
from huikuan.record.receivables.models import Item

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """A claim of a plan; `amount` was open of it then, `due_before` when it was to be paid before the plan, `due_on`
    its own first due date."""

    item_id: int
    document_number: str
    amount: int
    due_before: date | None
    due_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan as it stood on a day; `ended_on` None: it is not broken. Amounts in minor units."""

    id: int
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    currency: str
    total: int
    paid: int
    agreed_on: date
    grace_days: int
    on_miss: str
    interest: str
    note: str
    sha256: str
    file_name: str
    request_id: int
    approved_by: str
    actor: str
    recorded_at: datetime
    state: str
    ended_on: date | None
    missed: int | None
    lines: tuple[LineStanding, ...]
    items: tuple[PlannedItem, ...]

    @property
    def next(self) -> LineStanding | None:
        """The instalment that is awaited next; None: all are paid, or the plan is broken and none is."""
        if self.ended_on is not None:
            return None
        return next((line for line in self.lines if line.paid < line.amount), None)


@dataclass(frozen=True, slots=True)
class Stood:
    """A plan with what it rests on: for operations and whole-company reads."""

    plan: Plan
    items: tuple[PlanItem, ...]
    lines: tuple[Instalment, ...]
    standing: PlanStanding
    end: PlanEnd | None


def plan(plan_id: int, *, scope: Scope, as_of: date) -> PlanRow:
    """One plan; refuses one that is unknown by then or out of reach, which is the same to the reader."""
    found = _rows(plans_by(narrowed(Plan.objects.filter(pk=plan_id), seen(scope)), as_of))
    if not found:
        raise Refusal("plan_unknown", plan=plan_id)
    return found[0]


def plans(
    *, scope: Scope, as_of: date, state: str = "", company_id: int | None = None, customer_id: int | None = None
) -> list[PlanRow]:
    """The plans agreed by a day, the latest first; `state` '': in whatever state."""
    facts = narrowed(Plan.objects.all(), seen(scope))
    if company_id is not None:
        facts = facts.filter(company_id=company_id)
    if customer_id is not None:
        facts = facts.filter(customer_id__in=one_with(customer_id))
    return [row for row in _rows(plans_by(facts, as_of)) if not state or row.state == state]


def plans_by(facts: QuerySet[Plan], day: date) -> list[Stood]:
    """Those of the plans that were agreed by `day`, as they stood then, the latest first; few questions for many."""
    found = list(facts.filter(agreed_on__lte=day).order_by("-pk"))
    if not found:
        return []
    ids = [one.pk for one in found]
    items, lines = _grouped(PlanItem, ids, "pk"), _grouped(PlanLine, ids, "line")
    ends = {end.plan_id: end for end in PlanEnd.objects.filter(plan_id__in=ids, ended_on__lte=day)}
    came = came_by(ids, day)
    stood = []
    for one in found:
        said = tuple(Instalment(line.due_on, line.amount) for line in lines[one.pk])
        standing = standing_on(said, came.get(one.pk, ()), one.grace_days, day)
        stood.append(Stood(one, tuple(items[one.pk]), said, standing, ends.get(one.pk)))
    return stood


def running(company_id: int, day: date, item_ids: Collection[int] | None = None) -> QuerySet[Plan]:
    """The company's plans that are not broken by `day`, with any of these items (None: of all)."""
    ended = PlanEnd.objects.filter(company_id=company_id, ended_on__lte=day)
    found = Plan.objects.filter(company_id=company_id, agreed_on__lte=day).exclude(pk__in=ended.values("plan_id"))
    if item_ids is None:
        return found
    return found.filter(pk__in=PlanItem.objects.filter(item_id__in=among_ids(item_ids)).values("plan_id"))


def items_planned(company_id: int, day: date, item_ids: Collection[int] | None = None) -> set[int]:
    """The claims (None: of all; else at least those of these) that stand in a plan that goes on: nothing of it is
    missed, and something is to come. The same as `standing` says; a plan that was missed holds nobody back though
    nobody has judged it yet."""
    return _items_in(one for one in _unpaid(company_id, day, item_ids) if one.standing.missed is None)


def items_bound(company_id: int, day: date) -> set[int]:
    """The claims about which no other plan can be agreed: also those of a plan that was missed and not judged yet."""
    return _items_in(_unpaid(company_id, day))


def _unpaid(company_id: int, day: date, item_ids: Collection[int] | None = None) -> Iterable[Stood]:
    stood = plans_by(running(company_id, day, item_ids), day)
    return (one for one in stood if one.standing.next is not None)


def _items_in(plans: Iterable[Stood]) -> set[int]:
    return {item.item_id for one in plans for item in one.items}


_CAME_BY = """
SELECT i.plan_id, {came}, SUM(s.debit_amount)
FROM promises_planitem i
JOIN receivables_settlement s ON s.debit_id = i.item_id AND s.effective_on <= %s
    AND COALESCE(s.reversal_of, s.id) > i.seen
JOIN receivables_item c ON c.id = s.credit_id
LEFT JOIN (SELECT credit_id, SUM(amount) AS amount, MAX(paid_on) AS paid_on FROM ({bills}) AS pieces
    WHERE paid_on <= %s GROUP BY credit_id) AS b ON b.credit_id = c.id AND b.amount >= c.amount
WHERE i.plan_id {among}
GROUP BY i.plan_id, {came}
"""


def came_by(plan_ids: Collection[int], day: date) -> dict[int, list[Came]]:
    """Plan → what left its debt by `day`: money on the day it came, a bill when it was paid, anything else when it
    took effect."""
    came = f"COALESCE({CAME}, CASE WHEN c.kind <> 'bill' THEN s.effective_on END)"
    sql = _CAME_BY.format(came=came, bills=bills_paid(), among=among())
    found: defaultdict[int, list[Came]] = defaultdict(list)
    for plan_id, on, amount in ask(sql, [day, day, listed(sorted(plan_ids))])():
        if (read := as_date(on)) is not None:
            found[plan_id].append(Came(read, int(amount)))
    return found


def _grouped(model: Any, plan_ids: Sequence[int], order: str) -> Mapping[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for start in range(0, len(plan_ids), _AT_ONCE):
        for one in model.objects.filter(plan_id__in=plan_ids[start : start + _AT_ONCE]).order_by("plan_id", order):
            found[one.plan_id].append(one)
    return found


def _rows(stood: Iterable[Stood]) -> list[PlanRow]:
    """The plans with all names, in their order."""
    found = list(stood)
    customers = customers_by_id({one.plan.customer_id for one in found})
    companies = dict(Company.objects.values_list("pk", "code"))
    ids = {item.item_id for one in found for item in one.items}
    items = Item.objects.only("document_number", "due_date").in_bulk(ids)
    return [_row(one, companies[one.plan.company_id], customers[one.plan.customer_id], items) for one in found]


_COPIED = (
    "company_id", "customer_id", "currency", "total", "agreed_on", "grace_days", "on_miss", "interest", "note",
    "sha256", "file_name", "request_id", "approved_by", "actor", "recorded_at",
)  # fmt: skip


def _row(one: Stood, company: str, customer: CustomerRow, items: Mapping[int, Item]) -> PlanRow:
    planned = (
        PlannedItem(
            item.item_id,
            items[item.item_id].document_number,
            item.amount,
            item.due_before,
            items[item.item_id].due_date,
            item.version,
        )
        for item in one.items
    )
    return PlanRow(
        **{name: getattr(one.plan, name) for name in _COPIED},
        id=one.plan.pk,
        company_code=company,
        customer_code=customer.code,
        customer_name=customer.name,
        paid=one.standing.paid,
        state=BROKEN if one.end else one.standing.state,
        ended_on=one.end.ended_on if one.end else None,
        missed=one.end.line if one.end else one.standing.missed,
        lines=one.standing.lines,
        items=tuple(planned),
    )
