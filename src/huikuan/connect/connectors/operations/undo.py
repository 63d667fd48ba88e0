"""Undoing a batch: everything it did is reversed, and what it had reversed stands again.

Facts stay: items get mirrors, settlements negative rows; what the batch had reversed is posted
anew in its key's next generation. Customers it created stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import polars as pl
from django.utils.translation import gettext

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.plans import storage_refusals
from huikuan.connect.connectors.operations.snapshots import SOURCE
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.bulk import read_frame
from huikuan.mechanisms.store.staging import stage
from huikuan.record.customers.operations.affiliations import withdraw_affiliations
from huikuan.record.receivables.domain.settling import REVERSAL
from huikuan.record.receivables.operations.bulk import Moved, write
from huikuan.record.receivables.operations.drafts import Draft
from huikuan.record.receivables.operations.withdrawals import mirror, reverse_standing
from huikuan.record.receivables.queries.bulk import LIVE, STANDING, items_where, settlements_where, states_where

_ATTEMPTS = 5
UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Undone:
    """How much an undo reversed and restored."""

    batch_id: int
    items: int
    settlements: int
    restored: int


@dataclass(frozen=True, slots=True)
class _Made:
    """What the batch made (live items, standing settlements) and what it took back (items, settlements)."""

    items: pl.DataFrame
    settlements: pl.DataFrame
    mirrored: pl.DataFrame
    reversed: pl.DataFrame
    rescheduled: pl.DataFrame


def undo_batch(*, batch_id: int, actor: str, at: datetime) -> Undone:
    """Reverse everything the batch did, in one transaction.

    Refused with the list while others depend on it: settlements that are not the batch's own,
    schedules recorded since. Refused for a batch that is unknown or undone already.
    """
    for _ in range(_ATTEMPTS):
        batch = _committed(batch_id)
        draft = Draft(Company.objects.get(pk=batch.company_id), batch_id, actor, at)
        made = _made(batch_id)
        _refuse_dependants(made, batch_id)
        restored = _draft(draft, made, batch_id)
        done = Undone(batch_id, made.items.height, made.settlements.height, restored)
        try:
            with storage_refusals():
                write(draft, first=partial(_mark, batch_id, at), last=partial(_tell, batch, done, actor, at))
        except Moved:
            continue
        return done
    raise Refusal("ledger_busy")


def _committed(batch_id: int) -> Batch:
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise Refusal("batch_unknown", batch=batch_id)
    if batch.state == Batch.State.UNDONE:
        raise Refusal("batch_undone", batch=batch_id)
    if batch.kind == "customers":
        raise Refusal("batch_of_customers", batch=batch_id)
    return batch


def _mark(batch_id: int, at: datetime) -> None:
    """First write of the transaction: of two undos at the same moment the second finds nothing to mark."""
    changed = Batch.objects.filter(pk=batch_id, state=Batch.State.COMMITTED).update(
        state=Batch.State.UNDONE, undone_at=at
    )
    if not changed:
        raise Moved


def _tell(batch: Batch, done: Undone, actor: str, at: datetime) -> None:
    withdraw_affiliations(batch_id=done.batch_id, actor=actor, at=at)
    payload = {"batch_id": done.batch_id, "items": done.items, "settlements": done.settlements}
    announce("connectors.undone", at=at, company_id=batch.company_id, payload=payload)


def _made(batch_id: int) -> _Made:
    mirrors = items_where("i.batch_id = %s AND i.reversal_of IS NOT NULL", [batch_id])
    with stage(tables={"mirrors": mirrors.select(pl.col("reversal_of").alias("id"))}) as staged:
        mirrored = items_where(f"i.id IN (SELECT id FROM {staged.table('mirrors')})", [])
    reversals = settlements_where("s.batch_id = %s AND s.reversal_of IS NOT NULL", [batch_id])
    with stage(tables={"reversals": reversals.select(pl.col("reversal_of").alias("id"))}) as staged:
        originals = settlements_where(f"s.id IN (SELECT id FROM {staged.table('reversals')})", [])
    owners = originals.select(reversal_of="id", first_batch_id="batch_id", first_reason="reason")
    return _Made(
        items=items_where(f"i.batch_id = %s AND {LIVE}", [batch_id]),
        settlements=settlements_where(f"s.batch_id = %s AND s.reason <> %s AND {STANDING}", [batch_id, REVERSAL]),
        mirrored=mirrored.join(
            mirrors.select(id="reversal_of", again_on="posting_date"), on="id", how="left", maintain_order="left"
        ),
        reversed=reversals.join(owners, on="reversal_of", maintain_order="left"),
        rescheduled=_rescheduled(batch_id),
    )


def _rescheduled(batch_id: int) -> pl.DataFrame:
    """Items of others whose schedule the batch moved: version it wrote, latest version, and what held before."""
    return read_frame(
        "SELECT c.item_id, c.version, c.amount, c.effective_on,"
        " (SELECT max(l.version) FROM receivables_schedule l WHERE l.item_id = c.item_id),"
        " CASE WHEN p.item_id IS NULL THEN i.due_date ELSE p.due_date END,"
        " CASE WHEN p.item_id IS NULL THEN i.awaits ELSE p.awaits END"
        " FROM receivables_schedule c JOIN receivables_item i ON i.id = c.item_id"
        " LEFT JOIN receivables_schedule p ON p.item_id = c.item_id AND p.version = c.version - 1 AND p.line = 1"
        " WHERE c.reason = %s AND c.note = %s ORDER BY c.item_id",
        [SOURCE, f"batch {batch_id}"],
        {
            "item_id": pl.Int64,
            "version": pl.Int64,
            "amount": pl.Int64,
            "effective_on": pl.Date,
            "latest": pl.Int64,
            "due_date": pl.Date,
            "awaits": pl.String,
        },
    )


def _refuse_dependants(made: _Made, batch_id: int) -> None:
    with stage(tables={"items": made.items.select("id")}) as staged:
        ids = f"(SELECT id FROM {staged.table('items')})"
        foreign = settlements_where(
            f"(s.credit_id IN {ids} OR s.debit_id IN {ids})"
            f" AND (s.batch_id IS NULL OR s.batch_id <> %s) AND {STANDING}",
            [batch_id],
        )
        schedules = read_frame(
            f"SELECT DISTINCT c.item_id FROM receivables_schedule c WHERE c.item_id IN {ids} ORDER BY c.item_id",
            [],
            {"item_id": pl.Int64},
        )
    where = [
        _place(
            "settlement",
            number,
            gettext("This settlement stands on an item of the batch."),
            gettext("Reverse the settlement first."),
        )
        for number in foreign["id"]
    ]
    later = [*schedules["item_id"], *made.rescheduled.filter(pl.col("latest") > pl.col("version"))["item_id"]]
    where += [
        _place(
            "schedule",
            number,
            gettext("This item's schedule was changed since."),
            gettext("Reverse the item by itself."),
        )
        for number in later
    ]
    if where:
        raise Refusal("batch_has_dependants", batch=batch_id, count=len(where), where=where)


def _place(column: str, number: int, reason: str, fix: str) -> Place:
    return Place(column=column, value=str(number), reason=reason, fix=fix)


def _draft(draft: Draft, made: _Made, batch_id: int) -> int:
    """Work out the reversals and what stands again; answers how many facts do."""
    sides = [frame[name] for frame in (made.settlements, made.reversed) for name in ("credit_id", "debit_id")]
    touched = pl.concat([made.items["id"], made.rescheduled["item_id"], *sides]).unique()
    with stage(tables={"touched": pl.DataFrame({"id": touched})}) as staged:
        draft.touch(states_where(f"i.id IN (SELECT id FROM {staged.table('touched')})", []))
    reverse_standing(draft, made.settlements, UNDO)
    mirror(draft, made.items, f"{UNDO} {batch_id}")
    clones = _post_again(draft, made.mirrored)
    _settle_again(draft, made.reversed, clones)
    if made.rescheduled.height:
        draft.reschedule(
            made.rescheduled.with_columns(version=pl.col("latest") + 1, reason=pl.lit(UNDO)).select(
                "item_id", "version", "effective_on", "due_date", "awaits", "amount", "reason"
            )
        )
    return len(clones) + made.reversed.height + made.rescheduled.height


def _post_again(draft: Draft, mirrored: pl.DataFrame) -> dict[int, int]:
    """Post anew what the batch had mirrored, as the next generation; old id → new id."""
    if mirrored.is_empty():
        return {}
    with stage(tables={"again": mirrored.select("id")}) as staged:
        latest = read_frame(
            "SELECT i.id, max(g.origin_generation) FROM receivables_item i JOIN receivables_item g"
            " ON g.company_id = i.company_id AND g.origin_system = i.origin_system AND g.origin_key = i.origin_key"
            f" WHERE i.id IN (SELECT id FROM {staged.table('again')}) GROUP BY i.id",
            [],
            {"id": pl.Int64, "latest": pl.Int64},
        )
    rows = mirrored.join(latest, on="id", maintain_order="left").with_columns(
        origin_generation=pl.col("latest") + 1, posting_date=pl.max_horizontal("posting_date", "again_on")
    )
    again = draft.post(rows.drop("id", "latest", "again_on"))
    return dict(zip(mirrored["id"], again["id"], strict=True))


def _settle_again(draft: Draft, reversals: pl.DataFrame, clones: dict[int, int]) -> None:
    """Settle anew what the batch had reversed, from the day of its reversal."""
    if reversals.is_empty():
        return
    instead: dict[Any, Any] = clones
    again = reversals.with_columns(pl.col("credit_id", "debit_id").replace(instead))
    posted = draft.state.select("item_id", "posting_date")
    for side in ("credit", "debit"):
        again = again.join(
            posted.rename({"item_id": f"{side}_id", "posting_date": f"{side}_on"}),
            on=f"{side}_id",
            maintain_order="left",
        )
    draft.settle(
        again.select(
            "credit_id",
            "debit_id",
            amount=-pl.col("credit_amount"),
            effective_on=pl.max_horizontal("effective_on", "credit_on", "debit_on"),
            reason="first_reason",
            batch_row="batch_row",
            batch_id="first_batch_id",
        )
    )
