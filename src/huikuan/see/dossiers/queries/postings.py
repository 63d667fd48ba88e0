"""Every document ever posted to a customer, settled or not, the latest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.receivables.models import Item
from huikuan.see.dossiers.queries.standing import Books


@dataclass(frozen=True, slots=True)
class Posted:
    """One item; amounts in minor units of its currency."""

    id: int
    kind: str
    side: str
    currency: str
    amount: int
    document_number: str
    document_date: date
    posting_date: date
    due_date: date | None
    contract_number: str
    text: str


_FIELDS = tuple(Posted.__dataclass_fields__)


def postings(customer_id: int, books: Books, *, scope: Scope, after: int | None = None, limit: int) -> list[Posted]:
    """Those posted by the day and known, before the id `after`."""
    rows = _rows(customer_id, books, scope)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return [Posted(*row) for row in rows.order_by("-pk").values_list(*_FIELDS)[:limit]]


def count_postings(customer_id: int, books: Books, *, scope: Scope) -> int:
    return _rows(customer_id, books, scope).count()


def _rows(customer_id: int, books: Books, scope: Scope) -> QuerySet[Item]:
    rows = narrowed(Item.objects.filter(customer_id__in=one_with(customer_id, books.horizon)), seen(scope))
    rows = rows.filter(posting_date__lte=books.as_of, tx__lt=books.horizon)
    return rows if books.company_id is None else rows.filter(company_id=books.company_id)
