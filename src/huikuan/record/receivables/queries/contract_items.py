"""The items of one contract as of a day: what is open of each, and when it falls due; four queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.receivables.domain.aging import overdue_days
from huikuan.record.receivables.domain.schedules import Line, Version, earliest_due, governing, waterfall
from huikuan.record.receivables.models import Item, Schedule, Settlement


@dataclass(frozen=True, slots=True)
class ContractItem:
    """An item of a contract. `lines`: how what is open falls due, of a settled item how the whole did; `due_date`
    the earliest of what is open, None where all awaits an event (`awaits`) or nothing is. `slot` as in
    queries.items."""

    item_id: int
    kind: str
    side: str
    document_number: str
    document_date: date
    currency: str
    amount: int
    open_amount: int
    lines: tuple[Line, ...]
    due_date: date | None
    awaits: str
    overdue_days: int
    slot: str


def contract_numbers(company_id: int) -> dict[int, str]:
    """Item → the contract it names, of all the company's items that name one."""
    return dict(
        Item.objects.filter(company_id=company_id).exclude(contract_number="").values_list("id", "contract_number")
    )


def contract_items(
    *, company_id: int, customer_id: int, contract_number: str, as_of: date, scope: Scope, known: int | None = None
) -> list[ContractItem]:
    """Every item of the scope that names the contract, posted up to `as_of` and known below a horizon, oldest first.

    Items that were reversed, and their mirrors, are left out: nothing of them stands.
    """
    one = one_with(customer_id, known)
    named = Item.objects.filter(
        company_id=company_id, customer_id__in=one, contract_number=contract_number, posting_date__lte=as_of
    )
    rows = list(_known(narrowed(named, seen(scope)), known).order_by("document_date", "id"))
    reversed_ids = {row.reversal_of for row in rows if row.reversal_of is not None}
    standing = [row for row in rows if row.reversal_of is None and row.id not in reversed_ids]
    ids = [row.id for row in standing]
    settled, schedules = _settled(ids, as_of, known), _schedules(ids, known)
    return [_item(row, row.amount - settled.get(row.id, 0), schedules.get(row.id, []), as_of) for row in standing]


def _item(row: Item, open_amount: int, schedules: list[Version], as_of: date) -> ContractItem:
    own = Version(0, row.posting_date, (Line(row.due_date, row.awaits, row.amount),))
    planned = governing([own, *schedules], as_of).lines
    lines = waterfall(planned, open_amount)
    due = earliest_due(lines)
    late = overdue_days(due, as_of) if due else 0
    return ContractItem(
        item_id=row.id,
        kind=row.kind,
        side=row.side,
        document_number=row.document_number,
        document_date=row.document_date,
        currency=row.currency,
        amount=row.amount,
        open_amount=open_amount,
        lines=tuple(lines or planned),
        due_date=due,
        awaits=next((line.awaits for line in lines if line.awaits), ""),
        overdue_days=late,
        slot="awaiting" if due is None else "days" if late else "not_due",
    )


def _settled(ids: list[int], as_of: date, known: int | None) -> dict[int, int]:
    """Item → what settlements up to the day took from it."""
    sums: dict[int, int] = defaultdict(int)
    for side in ("credit", "debit"):
        found = _known(Settlement.objects.filter(**{f"{side}_id__in": ids, "effective_on__lte": as_of}), known)
        totals: Iterable[tuple[int, int]] = found.values_list(f"{side}_id").annotate(Sum(f"{side}_amount"))
        for item_id, amount in totals:
            sums[item_id] += amount
    return sums


def _schedules(ids: list[int], known: int | None) -> dict[int, list[Version]]:
    lines: dict[tuple[int, int, date], list[Line]] = defaultdict(list)
    for row in _known(Schedule.objects.filter(item_id__in=ids), known).order_by("item_id", "version", "line"):
        lines[row.item_id, row.version, row.effective_on].append(Line(row.due_date, row.awaits, row.amount))
    found: dict[int, list[Version]] = defaultdict(list)
    for (item_id, version, day), of in lines.items():
        found[item_id].append(Version(version, day, tuple(of)))
    return found


def _known(rows: Any, known: int | None) -> Any:
    return rows if known is None else rows.filter(tx__lt=known)
