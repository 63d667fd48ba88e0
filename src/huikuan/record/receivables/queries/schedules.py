"""Payment schedules of items."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby

from huikuan.kernel.errors import Refusal
from huikuan.record.receivables.domain.schedules import Line, Version, earliest_due, governing
from huikuan.record.receivables.models import Item, Schedule

#: Items asked for in one statement; a database takes only so many parameters.
_AT_ONCE = 500


def versions(item_id: int, *, known: int | None = None) -> list[Version]:
    """Every schedule of an item in order, the item's own first due date as number 0."""
    found = versions_of([item_id], known=known)
    if not found:
        raise Refusal("item_unknown", item=item_id)
    return found[item_id]


def versions_of(item_ids: Iterable[int], *, known: int | None = None) -> dict[int, list[Version]]:
    """The same of several items, in the order of their ids; unknown ones are left out."""
    wanted = sorted(set(item_ids))
    found: dict[int, list[Version]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        for own in (
            Item.objects.only("posting_date", "due_date", "awaits", "amount").filter(id__in=some).order_by("id")
        ):
            found[own.pk] = [Version(0, own.posting_date, (Line(own.due_date, own.awaits, own.amount),))]
        rows = Schedule.objects.filter(item_id__in=some).order_by("item_id", "version", "line")
        if known is not None:
            rows = rows.filter(tx__lt=known)
        for (item_id, number, day), of in groupby(rows, lambda row: (row.item_id, row.version, row.effective_on)):
            lines = tuple(Line(row.due_date, row.awaits, row.amount) for row in of)
            found[item_id].append(Version(number, day, lines))
    return found


def rescheduled(item_ids: Collection[int], known: int) -> list[int]:
    """Those of the items that have a schedule of their own, as known below a horizon, in one question."""
    facts = Schedule.objects.filter(tx__lt=known).values_list("item_id", flat=True).distinct()
    return [item_id for item_id in facts if item_id in item_ids]


def schedule_of(item_id: int, as_of: date | None = None, *, known: int | None = None) -> Version:
    """The schedule that governs an item as of a day (None: whatever is recorded)."""
    return governing(versions(item_id, known=known), as_of)


def governing_due(item_id: int, own: date | None) -> date | None:
    """The earliest due date of the governing schedule; `own` where there is none but the item's."""
    if not Schedule.objects.filter(item_id=item_id).exists():
        return own
    return earliest_due(schedule_of(item_id).lines)
