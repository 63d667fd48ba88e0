"""What a bill is in the ledger, as a page shows it: its two items, and the claims it has paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from huikuan.record.bills.domain.applying import Claim
from huikuan.record.bills.queries.bills import BillRow
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.queries.ledger import open_of


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An item with what is open of it on the day; `what`: credit or debit of the bill, or a claim. `paid`: so much of
    a claim the bill clears on the day."""

    item_id: int
    what: str
    kind: str
    document_number: str
    due_date: date | None
    amount: int
    open_amount: int
    paid: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A claim a bill may pay, with its number."""

    claim: Claim
    document_number: str


def ledger_of(row: BillRow, day: date, known: int | None = None) -> list[LedgerRow]:
    """The bill's items and the claims that its credit has cleared by a day, also what came back since."""
    moves = Settlement.objects.filter(credit_id=row.credit_id, effective_on__lte=day).exclude(debit_id=row.debit_id)
    if known is not None:
        moves = moves.filter(tx__lt=known)
    paid: dict[int, int] = {}
    for debit_id, amount in moves.order_by("id").values_list("debit_id", "debit_amount"):
        paid[debit_id] = paid.get(debit_id, 0) + amount
    items = Item.objects.in_bulk([row.credit_id, row.debit_id, *paid])
    what = {row.credit_id: "credit", row.debit_id: "debit"}
    return [
        LedgerRow(
            number,
            what.get(number, "claim"),
            items[number].kind,
            items[number].document_number,
            items[number].due_date,
            items[number].amount,
            open_of(number, as_of=day, known=known).amount,
            paid.get(number, 0),
        )
        for number in (row.debit_id, row.credit_id, *paid)
    ]


def offered(claims: Sequence[Claim]) -> list[Offered]:
    """The claims with their numbers, the earliest due first."""
    numbers = dict(Item.objects.filter(id__in=[one.item_id for one in claims]).values_list("id", "document_number"))
    ordered = sorted(claims, key=lambda one: (one.due_date or date.max, one.document_date, one.item_id))
    return [Offered(one, numbers[one.item_id]) for one in ordered]
