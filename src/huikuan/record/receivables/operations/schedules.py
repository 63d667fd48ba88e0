"""Changing when an item falls due: extensions, plans, milestones reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce_all
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.receivables.domain.periods import refuse_locked
from huikuan.record.receivables.domain.schedules import (
    Line,
    Version,
    check_lines,
    earliest_due,
    governing,
    reached,
)
from huikuan.record.receivables.models import Item, Schedule
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.queries.periods import locked_through
from huikuan.record.receivables.queries.schedules import schedule_of, versions_of


@dataclass(frozen=True, slots=True)
class Change:
    """A schedule to be: from `effective_on` the item falls due by these lines, for a reason."""

    item_id: int
    lines: Sequence[Line]
    effective_on: date
    reason: str
    actor: str
    note: str = ""
    file_sha256: str = ""


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
    change = Change(item_id, lines, effective_on, reason, actor, note, file_sha256)
    return retrying(lambda: record_schedules([change], at=at))[0]


def reach_milestone(
    *, item_id: int, awaits: str, due_date: date, effective_on: date, actor: str, at: datetime, file_sha256: str = ""
) -> int:
    """The event `awaits` happened: what waited for it falls due on `due_date`. Returns the version."""

    def work() -> int:
        open_items.lock([item_id])
        lines = reached(schedule_of(item_id).lines, awaits, due_date)
        change = Change(item_id, lines, effective_on, "milestone", actor, awaits, file_sha256)
        return record_schedules([change], at=at)[0]

    return retrying(work)


def record_schedules(changes: Sequence[Change], *, at: datetime, closed: bool = False) -> list[int]:
    """Several schedules at once, of one item in the order given; answers their version numbers.

    Refuses what `record_schedule` refuses; `closed` lets items pass that have nothing open now but may again.
    The caller holds a transaction, and with `closed` the company's period for itself.
    """
    item_ids = {change.item_id for change in changes}
    held = open_items.lock(item_ids)
    histories = versions_of(item_ids)
    owners = _owners(item_ids)
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    for change in changes:
        if change.item_id not in owners or not (closed or change.item_id in held.sides):
            raise Refusal("item_not_open" if change.item_id in owners else "item_unknown", item=change.item_id)
        history = histories[change.item_id]
        _check(change, history[0], held.locked_through, owners[change.item_id]["company_id"])
        version = Version(history[-1].number + 1, change.effective_on, tuple(change.lines))
        history.append(version)
        numbers.append(version.number)
        rows += _rows(change, version.number, owners[change.item_id])
    record(Schedule, rows, at=at)
    open_items.set_dues({item_id: earliest_due(governing(history).lines) for item_id, history in histories.items()})
    told = [{"item": change.item_id, "version": number} for change, number in zip(changes, numbers, strict=True)]
    whose = [(owners[change.item_id]["company_id"], owners[change.item_id]["customer_id"]) for change in changes]
    announce_all("receivables.rescheduled", [(*ids, said) for ids, said in zip(whose, told, strict=True)], at=at)
    return numbers


def _check(change: Change, first: Version, locks: Mapping[int, date | None], company_id: int) -> None:
    check_lines(change.lines, sum(line.amount for line in first.lines))
    if change.effective_on < first.effective_on:
        raise Refusal("effective_too_early", item=change.item_id, day=change.effective_on, earliest=first.effective_on)
    refuse_locked(change.effective_on, locks[company_id] if company_id in locks else locked_through(company_id))


def _owners(item_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Item → its company and customer."""
    return {
        item.pk: {"company_id": item.company_id, "customer_id": item.customer_id}
        for item in Item.objects.only("company_id", "customer_id").in_bulk(list(item_ids)).values()
    }


def _rows(change: Change, version: int, owner: Mapping[str, int]) -> list[dict[str, Any]]:
    shared = {
        **owner,
        "item_id": change.item_id,
        "version": version,
        "effective_on": change.effective_on,
        "reason": change.reason,
        "note": change.note,
        "file_sha256": change.file_sha256,
        "actor": change.actor,
    }
    return [
        {**shared, "line": number, "due_date": line.due_date, "awaits": line.awaits, "amount": line.amount}
        for number, line in enumerate(change.lines, start=1)
    ]
