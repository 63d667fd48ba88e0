"""Who gets what on a day and why, as rows for people and programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.act.collection.domain.deciding import Due, Stop
from huikuan.act.collection.queries.due import Found, due_on
from huikuan.act.collection.queries.strategies import StrategyInForce, strategy_in_force
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.queries import CustomerRow, among, customers_by_id, seen
from huikuan.record.receivables.models import Item


@dataclass(frozen=True, slots=True)
class Row:
    """A line with the step it is due for, in the message or task it goes with; `together` lines do. Amount in minor
    units."""

    customer_id: int
    customer: str
    name: str
    item_id: int
    line: int
    document_number: str
    currency: str
    amount: int
    late: int
    step: str
    channel: str
    template: str
    why: Mapping[str, Any]
    together: int
    approve: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """A line whose step is due and is not taken, and what holds it back."""

    customer_id: int
    customer: str
    name: str
    item_id: int
    line: int
    document_number: str
    currency: str
    amount: int
    late: int
    step: str
    stop: Stop


@dataclass(frozen=True, slots=True)
class Preview:
    """A day under a strategy."""

    on: date
    strategy: StrategyInForce
    rows: tuple[Row, ...]
    excluded: tuple[Left, ...]


def preview(
    company: Company, on: date, *, scope: Scope, at: datetime, strategy: StrategyInForce | None = None
) -> Preview:
    """What a run for the day would do, by the strategy in force at `at` or another; of it what the scope reaches.
    Nothing is written."""
    used = strategy or strategy_in_force(company, at=at)
    rows, excluded = rows_of(due_on(company.pk, on, used.strategy).whole())
    theirs = seen(scope)
    return Preview(
        on,
        used,
        tuple(row for row in rows if theirs.has(company.pk, row.customer_id)),
        tuple(row for row in excluded if theirs.has(company.pk, row.customer_id)),
    )


def rows_of(found: Found) -> tuple[list[Row], list[Left]]:
    """The lines by customer, those that go and those that are held back, with codes, names and document numbers."""
    customers = customers_by_id(found.customers)
    items = [due.line.item_id for one in found.planned for due in one.approach.dues]
    numbers = documents_of([*items, *(one.due.line.item_id for one in found.excluded)])
    rows = [
        Row(
            **_line(due, customers[one.approach.customer_id], numbers),
            channel=one.approach.channel,
            template=one.approach.head.template,
            why=due.reason,
            together=len(one.approach.dues),
            approve=one.approach.head.approve,
        )
        for one in found.planned
        for due in one.approach.dues
    ]
    left = [
        Left(**_line(one.due, customers[one.due.line.customer_id], numbers), stop=one.stop) for one in found.excluded
    ]
    return rows, left


def documents_of(item_ids: Iterable[int]) -> dict[int, str]:
    """Item → its document's number."""
    return dict(Item.objects.filter(id__in=among(item_ids)).values_list("id", "document_number"))


def _line(due: Due, customer: CustomerRow, numbers: Mapping[int, str]) -> dict[str, Any]:
    line = due.line
    return {
        "customer_id": line.customer_id,
        "customer": customer.code,
        "name": customer.name,
        "item_id": line.item_id,
        "line": line.line,
        "document_number": numbers[line.item_id],
        "currency": line.currency,
        "amount": line.open_amount,
        "late": due.late,
        "step": due.step.code,
    }
