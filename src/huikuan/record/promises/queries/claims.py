"""What a customer owes and may promise, plan or pay in kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huikuan.record.customers.queries.merging import one_with
from huikuan.record.receivables.models import Item, OpenItem


@dataclass(frozen=True, slots=True)
class Owed:
    """An open claim: `open_amount` in minor units, `due_on` None: it awaits an event."""

    item_id: int
    document_number: str
    currency: str
    open_amount: int
    due_on: date | None


def owed_by(company_id: int, customer_id: int) -> list[Owed]:
    """The open claims of a customer and of those that are one with it, the oldest first."""
    rows = OpenItem.objects.filter(
        company_id=company_id, customer_id__in=one_with(customer_id), side=Item.Side.DEBIT
    ).order_by("due_date", "item_id")
    found = list(rows)
    numbers = dict(Item.objects.filter(pk__in=[row.item_id for row in found]).values_list("pk", "document_number"))
    return [Owed(row.item_id, numbers[row.item_id], row.currency, row.open_amount, row.due_date) for row in found]
