"""Who is due for another look because something happened, and what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from huikuan.judge.rating.models import Assessment, ReviewCall
from huikuan.mechanisms.audit.models import Head
from huikuan.record.customers.queries.merging import merged


@dataclass(frozen=True, slots=True)
class CallRow:
    """What calls for a look at a customer, since which day."""

    customer_id: int
    cause: str
    detail: str
    on: date
    recorded_at: datetime


def calls_on(
    day: date, *, customer_ids: Collection[int] | None = None, known: Head | None = None
) -> dict[int, list[CallRow]]:
    """Customer id → what calls for a look by the day and was not answered by an assessment, oldest first. Of one
    merged into another: the other's. `customer_ids`: of these alone; whose they are is the caller's to ask."""
    ones = merged(known.horizon if known else None)
    rows = _standing(day, known)
    if customer_ids is not None:
        asked = set(customer_ids)
        rows = rows.filter(customer_id__in=asked | {one for one, into in ones.items() if into in asked})
    listed = list(rows.order_by("on_date", "tx", "id"))
    answered = _answered_elsewhere([row for row in listed if row.customer_id in ones], ones, day, known)
    found: dict[int, list[CallRow]] = defaultdict(list)
    for row in listed:
        if row.pk not in answered:
            shown = ones.get(row.customer_id, row.customer_id)
            found[shown].append(CallRow(shown, row.cause, row.detail, row.on_date, row.recorded_at))
    return dict(found)


def _answered_elsewhere(
    rows: Sequence[ReviewCall], ones: Mapping[int, int], day: date, known: Head | None
) -> frozenset[int]:
    """Those calls for merged customers that an assessment of the one each is shown as has answered."""
    if not rows:
        return frozenset()
    by_shown = defaultdict(list)
    for one in _assessments(day, known).filter(customer_id__in={ones[row.customer_id] for row in rows}):
        by_shown[one.customer_id].append(one)
    return frozenset(
        row.pk
        for row in rows
        if any(one.as_of >= row.on_date and one.tx > row.tx for one in by_shown[ones[row.customer_id]])
    )


def _standing(day: date, known: Head | None) -> QuerySet[ReviewCall]:
    """Calls by the day that no assessment as of their day or later, recorded after them, has answered."""
    rows = ReviewCall.objects.filter(on_date__lte=day)
    if known is not None:
        rows = rows.filter(tx__lt=known.horizon)
    answers = _assessments(day, known).filter(
        customer_id=OuterRef("customer_id"), as_of__gte=OuterRef("on_date"), tx__gt=OuterRef("tx")
    )
    return rows.filter(~Exists(answers))


def _assessments(day: date, known: Head | None) -> QuerySet[Assessment]:
    rows = Assessment.objects.filter(as_of__lte=day)
    return rows if known is None else rows.filter(tx__lt=known.horizon)
