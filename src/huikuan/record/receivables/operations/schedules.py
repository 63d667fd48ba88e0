"""Changing when an item falls due: extensions, plans, milestones reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.receivables.domain.periods import refuse_locked
from huikuan.record.receivables.domain.schedules import Line, check_lines, earliest_due, reached
from huikuan.record.receivables.models import Item, Schedule
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.queries.schedules import schedule_of


def record_schedule(
    *,
    item_id: int,
    lines: Sequence[Line],
    effective_on: date,
    reason: str,
    actor: str,
    at: datetime,
    note: str = "",
    file_sha256: str = "",
) -> int:
    """From `effective_on` the item falls due by `lines` (each a date or an awaited event), which sum
    to its whole amount. Returns the version number.

    Refused: a closed item, a day before its posting or in a locked period, another sum.
    """
    return retrying(lambda: _record(item_id, lines, effective_on, reason, note, file_sha256, actor, at))


def reach_milestone(
    *, item_id: int, awaits: str, due_date: date, effective_on: date, actor: str, at: datetime, file_sha256: str = ""
) -> int:
    """The event `awaits` happened: what waited for it falls due on `due_date`. Returns the version."""

    def work() -> int:
        open_items.lock([item_id])
        lines = reached(schedule_of(item_id).lines, awaits, due_date)
        return _record(item_id, lines, effective_on, "milestone", awaits, file_sha256, actor, at)

    return retrying(work)


def _record(
    item_id: int,
    lines: Sequence[Line],
    effective_on: date,
    reason: str,
    note: str,
    file_sha256: str,
    actor: str,
    at: datetime,
) -> int:
    locked = open_items.lock([item_id])
    item = Item.objects.filter(id=item_id).first()
    if item is None or item_id not in locked.sides:
        raise Refusal("item_not_open" if item else "item_unknown", item=item_id)
    check_lines(lines, item.amount)
    if effective_on < item.posting_date:
        raise Refusal("effective_too_early", item=item_id, day=effective_on, earliest=item.posting_date)
    refuse_locked(effective_on, locked.locked_through[item.company_id])
    latest = Schedule.objects.filter(item_id=item_id).aggregate(Max("version"))["version__max"]
    version: int = (latest or 0) + 1
    shared = {
        "item_id": item_id,
        "company_id": item.company_id,
        "customer_id": item.customer_id,
        "version": version,
        "effective_on": effective_on,
        "reason": reason,
        "note": note,
        "file_sha256": file_sha256,
        "actor": actor,
    }
    rows = [
        {**shared, "line": number, "due_date": line.due_date, "awaits": line.awaits, "amount": line.amount}
        for number, line in enumerate(lines, start=1)
    ]
    record(Schedule, rows, at=at)
    open_items.set_due(item_id, earliest_due(schedule_of(item_id).lines))
    announce(
        "receivables.rescheduled",
        at=at,
        company_id=item.company_id,
        customer_id=item.customer_id,
        payload={"item": item_id, "version": version},
    )
    return version
