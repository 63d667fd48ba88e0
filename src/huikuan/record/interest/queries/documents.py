"""Items that bear interest: of a document by its number, of a customer."""

from __future__ import annotations

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import plain
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.customers.queries.families import one_of
from huikuan.record.interest.queries.accruals import BEARING
from huikuan.record.receivables.models import Item


def items_of_document(number: str, *, company: str, scope: Scope) -> list[int]:
    """The items that bear interest under a document's number (several are its instalments), or the one item `#17`.

    Refuses a number nobody has, what bears no interest, and one that two customers share.
    """
    rows = narrowed(Item.objects.filter(side="debit", reversal_of__isnull=True), seen(scope))
    if number.startswith("#") and number[1:].isascii() and number[1:].isdigit():
        rows = rows.filter(id=int(number[1:]))
    else:
        rows = rows.filter(company_id=company_record(company).pk, document_number__in={number, plain(number)})
    found = list(rows.order_by("id").values_list("id", "customer_id", "currency", "kind"))
    if not found:
        raise Refusal("interest_document_unknown", document=number, where=[Place(column="item", value=number)])
    bearing = [row for row in found if row[3] in BEARING]
    if not bearing:
        raise Refusal("interest_not_borne", item=found[0][0], where=[Place(column="item", value=number)])
    if len({row[1:3] for row in bearing}) > 1:
        where = [Place(column="item", value=f"#{row[0]}", fix=f"--item '#{row[0]}'") for row in bearing]
        raise Refusal("interest_document_shared", document=number, where=where)
    return [row[0] for row in bearing]


def items_of_customer(customer_id: int, *, company_id: int, scope: Scope) -> list[int]:
    """The items of a customer, and of those it is one with, that may bear interest, paid or not."""
    rows = Item.objects.filter(
        customer_id__in=one_of(customer_id).members, company_id=company_id, kind__in=BEARING, side="debit"
    )
    return list(narrowed(rows, seen(scope)).order_by("id").values_list("id", flat=True))
