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
from huikuan.record.customers.queries import CustomerRow, customer, customers_by_id, seen
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


def collected_from(company_id: int, code: str, *, scope: Scope) -> CustomerRow:
    """The customer with this code; refuses one the scope does not reach in this company, like one nobody knows."""
    found = customer(code, scope=scope)
    if not seen(scope).has(company_id, found.id):
        raise Refusal("customer_unknown", customer=code)
    return found


def hold_company(hold_id: int, *, scope: Scope) -> int:
    """Whose hold it is; refuses an unknown one, and one out of reach likewise."""
    found = Hold.objects.filter(pk=hold_id).first()
    if found is None or not seen(scope).has(found.company_id, found.customer_id):
        raise Refusal("collection_hold_unknown", hold=hold_id)
    return found.company_id


def triage_company(approach_ids: Collection[int], *, scope: Scope) -> int:
    """Whose approaches these are; refuses unknown ones and any out of reach, and those of several companies."""
    rows = Approach.objects.filter(pk__in=list(approach_ids)).values_list("company_id", "customer_id")
    found, theirs = set(rows), seen(scope)
    companies = {company_id for company_id, _ in found}
    if len(companies) != 1 or not all(theirs.has(*one) for one in found):
        raise Refusal("collection_approach_unknown", approach=", ".join(map(str, approach_ids)))
    return companies.pop()


def open_document(company_id: int, customer_id: int, number: str) -> int:
    """The customer's open item with this document number; refuses where there is none."""
    opened = OpenItem.objects.filter(company_id=company_id, customer_id=customer_id, side="debit").values("item_id")
    found = Item.objects.filter(pk__in=opened, document_number=number).values_list("pk", flat=True).first()
    if found is None:
        raise Refusal("collection_document_unknown", document=number)
    return int(found)
