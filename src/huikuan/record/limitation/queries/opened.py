"""Which claims are open on a day, and by how much: today as the ledger keeps it, before that from the facts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import among, narrowed, seen
from huikuan.record.customers.queries.families import one_of
from huikuan.record.limitation.queries.debts import NOT_HERE
from huikuan.record.receivables.models import Item, OpenItem, Settlement


@dataclass(frozen=True, slots=True)
class Opened:
    """A claim with what is open of it, minor units."""

    item_id: int
    company_id: int
    customer_id: int
    kind: str
    currency: str
    amount: int


def late_ids(
    as_of: date,
    *,
    scope: Scope,
    at: datetime,
    company_id: int | None = None,
    customer_id: int | None = None,
    due_by: date | None = None,
) -> list[int]:
    """Claims of the scope that were open and due before the day; `due_by`: on that day or earlier. A customer is asked
    for with those it is one with."""
    rows: QuerySet[OpenItem] | QuerySet[Item] = _then(as_of) if _past(as_of, at) else OpenItem.objects.all()
    rows = rows.filter(side="debit", due_date__lt=as_of).exclude(kind__in=NOT_HERE)
    if company_id is not None:
        rows = rows.filter(company_id=company_id)
    if customer_id is not None:
        rows = rows.filter(customer_id__in=one_of(customer_id).members)
    if due_by is not None:
        rows = rows.filter(due_date__lte=due_by)
    return list(narrowed(rows, seen(scope)).values_list("pk", flat=True))


def opened_of(item_ids: Collection[int], as_of: date, *, at: datetime) -> list[Opened]:
    """Those of the items that were open on the day, in order of id."""
    past = _past(as_of, at)
    rows: QuerySet[OpenItem] | QuerySet[Item] = _then(as_of) if past else OpenItem.objects.all()
    names = ("pk", "company_id", "customer_id", "kind", "currency", "left" if past else "open_amount")
    return [Opened(*row) for row in rows.filter(pk__in=among(item_ids)).order_by("pk").values_list(*names)]


def _past(as_of: date, at: datetime) -> bool:
    return as_of < business_date(at)


def _then(as_of: date) -> QuerySet[Item]:
    """Items of which something was open at the end of the day, as known now."""
    settled = Settlement.objects.filter(debit_id=OuterRef("pk"), effective_on__lte=as_of).order_by().values("debit_id")
    paid = Subquery(settled.annotate(sum=Sum("debit_amount")).values("sum"))
    rows = Item.objects.filter(side="debit", reversal_of__isnull=True, posting_date__lte=as_of)
    return rows.annotate(left=F("amount") - Coalesce(paid, 0)).filter(left__gt=0)
