"""What the company register said of a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huikuan.judge.rating.domain.registry import Entry, entry_of
from huikuan.judge.rating.models import RegistryEntry
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.merging import one_with


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as it was on the day it was asked for."""

    entry: Entry
    on: date
    actor: str
    recorded_at: datetime


def entry_on(customer_id: int, *, scope: Scope, day: date, known: Head | None = None) -> EntryRow | None:
    """The last entry asked for by the day, as known by the head; None: none, or not seen."""
    theirs = seen(scope)
    if not theirs.has_customer(customer_id):
        return None
    ones = one_with(customer_id, known.horizon if known else None, theirs)
    rows = RegistryEntry.objects.filter(customer_id__in=ones, on_date__lte=day).order_by("-on_date", "-tx", "-id")
    row = (rows if known is None else rows.filter(tx__lt=known.horizon)).first()
    return EntryRow(entry_of(row.content), row.on_date, row.actor, row.recorded_at) if row else None
