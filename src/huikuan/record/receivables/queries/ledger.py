"""Single items and what is open of them, straight from the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.record.receivables.domain.openness import Entry, Open, open_amount
from huikuan.record.receivables.models import Item, Settlement


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as posted. Amounts in minor units; None where unknown."""

    id: int
    company_id: int
    customer_id: int
    kind: str
    side: str
    recognition: str
    currency: str
    amount: int
    net_amount: int | None
    tax_amount: int | None
    book_rate_e8: int | None
    book_amount: int | None
    document_number: str
    document_date: date
    posting_date: date
    due_date: date | None
    awaits: str
    obligation: str
    contract_number: str
    business_type: str
    text: str
    origin_system: str
    origin_key: str
    origin_generation: int
    batch_id: int | None
    batch_row: int | None
    reversal_of: int | None
    actor: str


_FIELDS = list(ItemRow.__dataclass_fields__)


def item(item_id: int) -> ItemRow:
    """The item, or a refusal when there is none."""
    row = Item.objects.filter(id=item_id).values(*_FIELDS).first()
    if row is None:
        raise Refusal("item_unknown", item=item_id)
    return ItemRow(**row)


def settlement_items(settlement_id: int) -> tuple[int, int]:
    """The debit and the credit of a settlement; refuses when there is none."""
    found = Settlement.objects.filter(id=settlement_id).values_list("debit_id", "credit_id").first()
    if found is None:
        raise Refusal("settlement_unknown", settlement=settlement_id)
    return found


def customer_items(
    customer_id: int, *, company_id: int | None = None, as_of: date | None = None, known: int | None = None
) -> list[ItemRow]:
    """Every item of a customer posted up to `as_of` and known below the horizon, oldest first."""
    rows = Item.objects.filter(customer_id=customer_id)
    if company_id is not None:
        rows = rows.filter(company_id=company_id)
    if as_of is not None:
        rows = rows.filter(posting_date__lte=as_of)
    if known is not None:
        rows = rows.filter(tx__lt=known)
    return [ItemRow(**row) for row in rows.order_by("posting_date", "id").values(*_FIELDS)]


def entries_of(item_id: int) -> list[Entry]:
    """Everything that moved an item: its posting, then its settlements and their reversals."""
    posted = Item.objects.filter(id=item_id).values_list("posting_date", "tx", "amount", "book_amount").first()
    if posted is None:
        raise Refusal("item_unknown", item=item_id)
    entries = [Entry(*posted)]
    for side in ("credit", "debit"):
        rows = Settlement.objects.filter(**{f"{side}_id": item_id}).values_list(
            "effective_on", "tx", f"{side}_amount", f"{side}_book_amount"
        )
        entries += [Entry(on, tx, -amount, None if book is None else -book) for on, tx, amount, book in rows]
    return entries


def open_of(item_id: int, *, as_of: date | None = None, known: int | None = None) -> Open:
    """What is open of an item as of a day, as known below a horizon (None: everything recorded)."""
    return open_amount(entries_of(item_id), as_of=as_of, known=known)
