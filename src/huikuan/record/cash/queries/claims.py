"""The claims matching looks at: what is open of a company's items, what was settled lately, and every number each goes
by. A few questions for any number of items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from huikuan.record.cash.domain.book import Claim
from huikuan.record.contracts.models import Fulfilment, SalesOrder
from huikuan.record.customers.queries import among
from huikuan.record.receivables.models import Item, OpenItem, Settlement

#: What a payment may pay, and what it may be netted with. Money on account is neither: it was somebody's payment.
_PAID = ("invoice", "retention", "interest", "fee", "unbilled", "opening", "deposit")
_NETTED = ("credit_note", "return", "discount", "opening", "offset")
_FIELDS = (
    "id", "customer_id", "document_number", "side", "currency", "amount", "document_date", "due_date", "kind",
    "contract_number", "obligation",
)  # fmt: skip


def claims_of(company_id: int, shown: Mapping[int, int], *, since: date) -> list[Claim]:
    """Every open claim and credit, and those settled on or after `since` as closed ones. `shown`: customer → the one
    it is shown under, of those merged."""
    opened = {
        item_id: (amount, due)
        for item_id, amount, due in OpenItem.objects.filter(company_id=company_id)
        .filter(Q(side="debit", kind__in=_PAID) | Q(side="credit", kind__in=_NETTED))
        .values_list("item_id", "open_amount", "due_date")
    }
    orders = _orders(company_id)
    rows = _items(company_id, opened) + _items(company_id, _settled_lately(company_id, since, opened))
    return [_claim(row, opened.get(row["id"]), shown, orders) for row in rows]


def _items(company_id: int, ids: Collection[int]) -> list[dict[str, Any]]:
    chosen = Item.objects.filter(company_id=company_id, reversal_of=None, id__in=among(ids))
    return list(chosen.order_by("id").values(*_FIELDS))


def _settled_lately(company_id: int, since: date, opened: Collection[int]) -> set[int]:
    """Debits something was cleared of since then and of which nothing is open."""
    rows = Settlement.objects.filter(company_id=company_id, effective_on__gte=since, reversal_of=None)
    return set(rows.values_list("debit_id", flat=True)) - set(opened)


def _orders(company_id: int) -> dict[str, set[str]]:
    """Invoice → the numbers of the orders it was written for."""
    rows = Fulfilment.objects.filter(company_id=company_id, what=Fulfilment.What.INVOICED, reversal_of=None)
    pairs = set(rows.exclude(document_number="").values_list("document_number", "order_id"))
    numbers = dict(SalesOrder.objects.filter(id__in=among({order for _, order in pairs})).values_list("id", "number"))
    found: dict[str, set[str]] = defaultdict(set)
    for document, order in pairs:
        found[document].add(numbers[order])
    return found


def _claim(
    row: Mapping[str, Any],
    opened: tuple[int, date | None] | None,
    shown: Mapping[int, int],
    orders: Mapping[str, Iterable[str]],
) -> Claim:
    own = row["document_number"]
    others = (row["contract_number"], row["obligation"], *sorted(orders.get(own, ())))
    amount, due = opened or (0, row["due_date"])
    return Claim(
        item_id=row["id"],
        customer_id=shown.get(row["customer_id"], row["customer_id"]),
        document_number=own,
        side=row["side"],
        currency=row["currency"],
        open_amount=amount,
        amount=row["amount"],
        document_date=row["document_date"],
        due_date=due,
        kind=row["kind"],
        numbers=tuple(dict.fromkeys(number for number in others if number and number != own)),
    )
