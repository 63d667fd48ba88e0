"""What a customer owes that a bill may pay, and what a bill has paid."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, OuterRef, Subquery

from huikuan.record.bills.domain.applying import Claim, Cleared
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.receivables.models import Item, OpenItem, Settlement


def claims_of(company_id: int, customer_id: int, currency: str, *, posted_by: date) -> list[Claim]:
    """The open claims of a customer, and of those that are one with it, in a currency, that may be settled on the day:
    posted by then, and not open again only since a later one. Bills are none of them."""
    undone_on = Settlement.objects.filter(pk=OuterRef("reversal_of")).values("effective_on")
    again = Settlement.objects.filter(
        debit_id=OuterRef("item_id"),
        reversal_of__isnull=False,
        effective_on__gt=posted_by,
    ).filter(effective_on__gt=Subquery(undone_on))
    rows = OpenItem.objects.filter(
        company_id=company_id,
        customer_id__in=one_with(customer_id),
        currency=currency,
        side=Item.Side.DEBIT,
        posting_date__lte=posted_by,
    ).exclude(kind=Item.Kind.BILL)
    rows = rows.filter(~Exists(again))
    return [Claim(row.item_id, row.open_amount, row.due_date, row.document_date) for row in rows]


def common_contract(item_ids: Collection[int]) -> str:
    """The contract all of these claims stand under; '' where they differ."""
    numbers = set(Item.objects.filter(id__in=list(item_ids)).values_list("contract_number", flat=True))
    return numbers.pop() if len(numbers) == 1 else ""


def standing_settlements(credit_id: int, *, without: int | None = None) -> list[Cleared]:
    """What a credit clears, reversed settlements left out; `without`: those against this claim, too."""
    undone = Settlement.objects.filter(credit_id=credit_id, reversal_of__isnull=False).values("reversal_of")
    rows = Settlement.objects.filter(credit_id=credit_id, reversal_of__isnull=True).exclude(id__in=undone)
    if without is not None:
        rows = rows.exclude(debit_id=without)
    return [Cleared(row.id, row.debit_id, row.credit_amount) for row in rows.order_by("id")]


def open_now(item_id: int) -> int:
    """What is open of an item; 0 where it is closed."""
    return OpenItem.objects.filter(item_id=item_id).values_list("open_amount", flat=True).first() or 0
