"""What a customer has overdue at this moment: few rows, read for decisions that cannot wait for a mirror."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from huikuan.record.receivables.domain.schedules import Line, governing, waterfall
from huikuan.record.receivables.models import OpenItem, Schedule
from huikuan.record.receivables.queries.schedules import versions_of


@dataclass(frozen=True, slots=True)
class Overdue:
    """So much of a claim, minor units, should have been paid by `due_date`."""

    item_id: int
    due_date: date
    currency: str
    amount: int


def overdue_now(company_id: int, customer_ids: Collection[int], day: date) -> list[Overdue]:
    """What was due before `day` of the customers' open claims, oldest first.

    A claim whose schedule was changed counts line by line: what falls due later is not overdue.
    """
    rows = OpenItem.objects.filter(
        company_id=company_id, customer_id__in=customer_ids, side="debit", due_date__lt=day
    ).order_by("due_date", "item_id")
    found = list(rows.values_list("item_id", "due_date", "currency", "open_amount"))
    ids = [row[0] for row in found]
    planned = Schedule.objects.filter(item_id__in=ids).values_list("item_id", flat=True) if ids else ()
    schedules = versions_of(set(planned))
    late: list[Overdue] = []
    for item_id, due, currency, amount in found:
        changed = schedules.get(item_id)
        lines = waterfall(governing(changed, day).lines, amount) if changed else [Line(due, "", amount)]
        late += [
            Overdue(item_id, line.due_date, currency, line.amount)
            for line in lines
            if line.due_date is not None and line.due_date < day
        ]
    return sorted(late, key=lambda one: (one.due_date, one.item_id))
