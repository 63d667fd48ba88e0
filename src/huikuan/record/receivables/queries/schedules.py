"""Payment schedules of items."""

from __future__ import annotations

from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.record.receivables.domain.schedules import Line, Version, earliest_due, governing
from huikuan.record.receivables.models import Item, Schedule


def versions(item_id: int, *, known: int | None = None) -> list[Version]:
    """Every schedule of an item in order, the item's own first due date as number 0."""
    own = Item.objects.filter(id=item_id).values("posting_date", "due_date", "awaits", "amount").first()
    if own is None:
        raise Refusal("item_unknown", item=item_id)
    found = [Version(0, own["posting_date"], (Line(own["due_date"], own["awaits"], own["amount"]),))]
    rows = Schedule.objects.filter(item_id=item_id).order_by("version", "line")
    if known is not None:
        rows = rows.filter(tx__lt=known)
    lines: dict[tuple[int, date], list[Line]] = {}
    for row in rows:
        lines.setdefault((row.version, row.effective_on), []).append(Line(row.due_date, row.awaits, row.amount))
    return found + [Version(number, day, tuple(of)) for (number, day), of in lines.items()]


def schedule_of(item_id: int, as_of: date | None = None, *, known: int | None = None) -> Version:
    """The schedule that governs an item as of a day (None: whatever is recorded)."""
    return governing(versions(item_id, known=known), as_of)


def governing_due(item_id: int, own: date | None) -> date | None:
    """The earliest due date of the governing schedule; `own` where there is none but the item's."""
    if not Schedule.objects.filter(item_id=item_id).exists():
        return own
    return earliest_due(schedule_of(item_id).lines)
