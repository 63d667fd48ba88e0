"""Items and settlements one after another in order of id, as programs read them: as recorded now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.receivables.models import Item, OpenItem, Settlement
from huikuan.record.receivables.queries.ledger import ItemRow

_FIELDS = [*ItemRow.__dataclass_fields__, "recorded_at"]


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item, what is open of it by everything recorded, and the due date that governs now."""

    item: ItemRow
    recorded_at: datetime
    open_amount: int
    due_date: date | None


@dataclass(frozen=True, slots=True)
class ListedSettlement:
    """A settlement as recorded; a reversal's amounts are negative and `reversal_of` names what it takes back."""

    id: int
    company_id: int
    customer_id: int
    credit_id: int
    debit_id: int
    credit_amount: int
    debit_amount: int
    fx_amount: int
    effective_on: date
    reason: str
    reversal_of: int | None
    actor: str
    recorded_at: datetime
    credit_currency: str
    debit_currency: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows; None does not narrow. `customer_id`: with all that are one with it. `is_open` and
    `document_number` of items, `item_id` of settlements."""

    company_id: int | None = None
    customer_id: int | None = None
    kind: str | None = None
    document_number: str | None = None
    origin_key: str | None = None
    is_open: bool | None = None
    item_id: int | None = None


def items_after(chosen: Chosen, *, scope: Scope, after: int = 0, limit: int) -> list[ListedItem]:
    """The next `limit` items of the scope whose id is above `after`."""
    names = ("company_id", "kind", "document_number", "origin_key")
    rows = _among(narrowed(Item.objects.all(), seen(scope)), chosen, names)
    if chosen.is_open is not None:
        still_open = narrowed(OpenItem.objects.filter(item_id__gt=after), seen(scope)).values("item_id")
        rows = rows.filter(id__in=still_open) if chosen.is_open else rows.exclude(id__in=still_open)
    return _items(rows.filter(id__gt=after).order_by("id").values(*_FIELDS)[:limit])


def listed_item(item_id: int, *, scope: Scope) -> ListedItem:
    """The item; refuses an unknown one, and one outside the scope likewise."""
    found = _items(narrowed(Item.objects.filter(id=item_id), seen(scope)).values(*_FIELDS))
    if not found:
        raise Refusal("item_unknown", item=item_id)
    return found[0]


def listed_items(item_ids: Iterable[int], *, scope: Scope) -> list[ListedItem]:
    """Those of the items that the scope sees, by id."""
    rows = narrowed(Item.objects.filter(id__in=set(item_ids)), seen(scope))
    return _items(rows.order_by("id").values(*_FIELDS))


def settlements_after(chosen: Chosen, *, scope: Scope, after: int = 0, limit: int) -> list[ListedSettlement]:
    """The next `limit` settlements of the scope whose id is above `after`."""
    rows = _among(narrowed(Settlement.objects.all(), seen(scope)), chosen, ("company_id",))
    if chosen.item_id is not None:
        rows = rows.filter(credit_id=chosen.item_id) | rows.filter(debit_id=chosen.item_id)
    return _settlements(rows.filter(id__gt=after).order_by("id").values()[:limit])


def listed_settlement(settlement_id: int, *, scope: Scope) -> ListedSettlement:
    """The settlement; refuses an unknown one, and one outside the scope likewise."""
    found = listed_settlements([settlement_id], scope=scope)
    if not found:
        raise Refusal("settlement_unknown", settlement=settlement_id)
    return found[0]


def listed_settlements(settlement_ids: Iterable[int], *, scope: Scope) -> list[ListedSettlement]:
    """Those of the settlements that the scope sees, by id."""
    rows = narrowed(Settlement.objects.filter(id__in=set(settlement_ids)), seen(scope))
    return _settlements(rows.order_by("id").values())


def _among(rows: QuerySet[Any], chosen: Chosen, names: Iterable[str]) -> QuerySet[Any]:
    wanted = {name: getattr(chosen, name) for name in names}
    found = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return found if chosen.customer_id is None else found.filter(customer_id__in=one_with(chosen.customer_id))


def _items(rows: Iterable[Mapping[str, Any]]) -> list[ListedItem]:
    found = [dict(row) for row in rows]
    ids = [row["id"] for row in found]
    now = {
        item_id: (amount, due)
        for item_id, amount, due in OpenItem.objects.filter(item_id__in=ids).values_list(
            "item_id", "open_amount", "due_date"
        )
    }
    listed = []
    for row in found:
        recorded_at = row.pop("recorded_at")
        amount, due = now.get(row["id"], (0, row["due_date"]))
        listed.append(ListedItem(ItemRow(**row), recorded_at, amount, due))
    return listed


def _settlements(rows: Iterable[Mapping[str, Any]]) -> list[ListedSettlement]:
    found = list(rows)
    items = {row[side] for row in found for side in ("credit_id", "debit_id")}
    currencies = dict(Item.objects.filter(id__in=items).values_list("id", "currency"))
    own = [name for name in ListedSettlement.__dataclass_fields__ if not name.endswith("_currency")]
    return [
        ListedSettlement(
            **{name: row[name] for name in own},
            credit_currency=currencies[row["credit_id"]],
            debit_currency=currencies[row["debit_id"]],
        )
        for row in found
    ]
