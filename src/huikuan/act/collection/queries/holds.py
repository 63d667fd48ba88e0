"""What is held back, and whose approaches wait."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from huikuan.act.collection.models import Approach, Hold
from huikuan.act.collection.queries.preview import documents_of
from huikuan.act.collection.queries.standings import standing_holds
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import customers_by_id, seen
from huikuan.record.receivables.models import Item, OpenItem


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold that stands; `document_number` '': of the customer with all it owes."""

    id: int
    customer_id: int
    customer: str
    name: str
    item_id: int | None
    document_number: str
    reason: str
    from_on: date
    until: date | None
    actor: str


def holds(company_id: int, on: date, *, scope: Scope, customer_id: int | None = None) -> list[HoldRow]:
    """The holds that stand on the day, of what the scope reaches, the newest first."""
    theirs = seen(scope)
    found = [
        one
        for one in reversed(standing_holds(company_id, on))
        if theirs.has(company_id, one.customer_id) and customer_id in (None, one.customer_id)
    ]
    customers = customers_by_id({one.customer_id for one in found})
    numbers = documents_of(one.item_id for one in found if one.item_id is not None)
    return [
        HoldRow(
            one.pk, one.customer_id, customers[one.customer_id].code, customers[one.customer_id].name, one.item_id,
            numbers.get(one.item_id or 0, ""), one.reason, one.from_on, one.until, one.actor,
        )
        for one in found
    ]  # fmt: skip


def hold_company(hold_id: int) -> int:
    """Whose hold it is; refuses an unknown one."""
    found = Hold.objects.filter(pk=hold_id).values_list("company_id", flat=True).first()
    if found is None:
        raise Refusal("collection_hold_unknown", hold=hold_id)
    return found


def triage_company(approach_ids: Collection[int]) -> int:
    """Whose approaches these are; refuses unknown ones, and those of several companies."""
    found = set(Approach.objects.filter(pk__in=list(approach_ids)).values_list("company_id", flat=True))
    if len(found) != 1:
        raise Refusal("collection_approach_unknown", approach=", ".join(map(str, approach_ids)))
    return found.pop()


def open_document(company_id: int, customer_id: int, number: str) -> int:
    """The customer's open item with this document number; refuses where there is none."""
    opened = OpenItem.objects.filter(company_id=company_id, customer_id=customer_id, side="debit").values("item_id")
    found = Item.objects.filter(pk__in=opened, document_number=number).values_list("pk", flat=True).first()
    if found is None:
        raise Refusal("collection_document_unknown", document=number)
    return int(found)
