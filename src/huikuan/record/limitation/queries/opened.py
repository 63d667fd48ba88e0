"""Which claims are open on a day, and by how much: today as the ledger keeps it, before that from the facts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import among, narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.limitation.queries.debts import NOT_HERE
from huikuan.record.receivables.models import Item, OpenItem, Schedule, Settlement


@dataclass(frozen=True, slots=True)
class Opened:
    """A claim with what is open of it, minor units."""

    item_id: int
    company_id: int
    customer_id: int
    kind: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Late:
    """Which late claims are asked for: of the scope, open and due before the day (`due_by`: on that day or earlier). A
    customer is asked for with those it is one with."""

    as_of: date
    scope: Scope
    at: datetime
    company_id: int | None = None
    customer_id: int | None = None
    due_by: date | None = None

    @property
    def due(self) -> Q:
        """What of rows with a due date is due."""
        due = Q(due_date__lt=self.as_of)
        return due if self.due_by is None else due & Q(due_date__lte=self.due_by)


def late_ids(late: Late) -> set[int]:
    """The claims that were late."""
    return _ids(late, late.due)


def moved_ids(late: Late) -> set[int]:
    """The claims that were late by a schedule of theirs, whatever the one says that governs now: it may be one the
    debtor can deny."""
    return _ids(late, _moved(late))


def ever_late_ids(late: Late) -> set[int]:
    """Both, in one question."""
    return _ids(late, late.due | _moved(late))


def _moved(late: Late) -> Q:
    theirs = Schedule.objects.filter(item_id=OuterRef("pk"))
    own = Item.objects.filter(pk=OuterRef("pk"))
    return Q(Exists(theirs)) & (Q(Exists(theirs.filter(late.due))) | Q(Exists(own.filter(late.due))))


def _ids(late: Late, which: Q) -> set[int]:
    past = _past(late.as_of, late.at)
    every: QuerySet[Any] = _then(late.as_of) if past else OpenItem.objects.all()
    rows = every.filter(which).filter(side="debit").exclude(kind__in=NOT_HERE)
    if late.company_id is not None:
        rows = rows.filter(company_id=late.company_id)
    if late.customer_id is not None:
        rows = rows.filter(customer_id__in=one_with(late.customer_id))
    return set(narrowed(rows, seen(late.scope)).values_list("pk", flat=True))


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
