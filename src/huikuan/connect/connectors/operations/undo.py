"""Undoing a batch: everything it did is reversed, and what it had reversed stands again.

Facts stay: items get mirrors, settlements negative rows; what the batch had reversed is posted
anew in its key's next generation. Nothing goes into a locked period: what would, takes the first
day that is open. Customers it created stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.dependants import refuse_dependants
from huikuan.connect.connectors.operations.made import UNDO, Made, made_by
from huikuan.connect.connectors.operations.plans import storage_refusals
from huikuan.connect.connectors.operations.registers import WITHDRAWALS, undo_register
from huikuan.connect.connectors.operations.turns import Standing, hold_batches, standing_batches
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.jobs.queries import latest
from huikuan.mechanisms.store.bulk import read_frame
from huikuan.mechanisms.store.staging import stage
from huikuan.record.customers.operations.affiliations import withdraw_affiliations
from huikuan.record.receivables.operations.bulk import Moved, write
from huikuan.record.receivables.operations.drafts import Draft
from huikuan.record.receivables.operations.withdrawals import first_open, last_returned, mirror, reverse_standing
from huikuan.record.receivables.queries.bulk import states_where

_ATTEMPTS = 5
UNDO_JOB = "imports.undo"


@dataclass(frozen=True, slots=True)
class Undone:
    """How much an undo reversed and restored."""

    batch_id: int
    items: int
    settlements: int
    restored: int


def undo_batch(*, batch_id: int, actor: str, at: datetime) -> Undone:
    """Reverse everything the batch did, in one transaction.

    Refused with the list while others depend on it (dependants): later batches, settlements that are not the
    batch's own, schedules recorded since; `more_than_open` where what it had reversed can no longer be
    settled again. Refused for a batch that is unknown or undone already.
    """
    first = _committed(batch_id)
    if first.kind in WITHDRAWALS:
        return Undone(batch_id, 0, 0, undo_register(first, actor=actor, at=at))
    for _ in range(_ATTEMPTS):
        batch = _committed(batch_id)
        standing = standing_batches(batch.company_id)
        draft = Draft(Company.objects.get(pk=batch.company_id), batch_id, actor, at)
        made = made_by(batch_id)
        refuse_dependants(made, batch)
        done = Undone(batch_id, made.items.height, made.settlements.height, _draft(draft, made, batch_id))
        try:
            with storage_refusals():
                _write(draft, batch, standing, done, at)
        except Moved:
            continue
        return done
    raise Refusal("ledger_busy")


def ask_undo(batch: Batch, *, language: str, actor: str, at: datetime) -> None:
    """Have the worker undo the batch; asking twice is asking once. Refused at once where nothing can be undone."""
    require(actor, Permission.UNDO_IMPORT, company_id=batch.company_id, at=at)
    _committed(batch.pk)
    found = latest(UNDO_JOB, str(batch.pk))
    if found is None or found[0].state not in (Job.State.QUEUED, Job.State.RUNNING):
        enqueue(UNDO_JOB, key=str(batch.pk), params={"batch": batch.pk, "by": actor, "language": language}, at=at)


def _committed(batch_id: int) -> Batch:
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise Refusal("batch_unknown", batch=batch_id)
    if batch.state == Batch.State.UNDONE:
        raise Refusal("batch_undone", batch=batch_id)
    if batch.kind == "customers":
        raise Refusal("batch_of_customers", batch=batch_id)
    return batch


def _write(draft: Draft, batch: Batch, standing: Standing, done: Undone, at: datetime) -> None:
    def first() -> None:
        """Of two undos at the same moment, or an undo and an import, the second draws up its plan anew."""
        hold_batches(batch.company_id)
        if standing_batches(batch.company_id) != standing:
            raise Moved
        Batch.objects.filter(pk=batch.pk).update(state=Batch.State.UNDONE, undone_at=at)

    def last() -> None:
        withdraw_affiliations(batch_id=done.batch_id, actor=draft.actor, at=at)
        payload = {"batch_id": done.batch_id, "items": done.items, "settlements": done.settlements}
        announce("connectors.undone", at=at, company_id=batch.company_id, payload=payload)

    write(draft, first=first, last=last)


def _draft(draft: Draft, made: Made, batch_id: int) -> int:
    """Work out the reversals and what stands again; answers how many facts do."""
    with stage(tables={"touched": pl.DataFrame({"id": made.touched()})}) as staged:
        draft.touch(states_where(f"i.id IN (SELECT id FROM {staged.table('touched')})", []))
    reverse_standing(draft, made.settlements, UNDO)
    mirror(draft, made.items, f"{UNDO} {batch_id}")
    clones = _post_again(draft, made)
    _settle_again(draft, made.reversed, clones)
    _schedule_again(draft, made)
    return len(clones) + made.reversed.height + made.moved.height


def _post_again(draft: Draft, made: Made) -> dict[int, int]:
    """Post anew what the batch had mirrored, as the next generation, with its schedules; old id → new id."""
    mirrored = made.mirrored
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
        origin_generation=pl.col("latest") + 1,
        posting_date=first_open(draft, pl.max_horizontal("posting_date", "again_on")),
    )
    again = draft.post(rows.drop("id", "latest", "again_on"))
    clones = pl.DataFrame({"item_id": mirrored["id"], "clone_id": again["id"], "posted_on": again["posting_date"]})
    lines = made.lines.filter(pl.col("version") > 0).join(clones, on="item_id", maintain_order="left")
    draft.reschedule(
        lines.drop("item_id").with_columns(
            item_id="clone_id", effective_on=first_open(draft, pl.max_horizontal("effective_on", "posted_on"))
        )
    )
    return dict(zip(mirrored["id"], again["id"], strict=True))


def _settle_again(draft: Draft, reversals: pl.DataFrame, clones: dict[int, int]) -> None:
    """Settle anew what the batch had reversed, from the day of its reversal or the first one possible."""
    if reversals.is_empty():
        return
    instead: dict[Any, Any] = clones
    again = reversals.with_columns(pl.col("credit_id", "debit_id").replace(instead))
    both = pl.concat([again["credit_id"], again["debit_id"]]).unique()
    there = draft.state.select("item_id", "posting_date").join(
        last_returned(draft, pl.DataFrame({"id": both})), on="item_id", how="left"
    )
    possible = there.select("item_id", on=pl.max_horizontal("posting_date", "returned_on"))
    for side in ("credit", "debit"):
        again = again.join(
            possible.rename({"item_id": f"{side}_id", "on": f"{side}_on"}), on=f"{side}_id", maintain_order="left"
        )
    draft.settle(
        again.select(
            "credit_id",
            "debit_id",
            amount=-pl.col("credit_amount"),
            effective_on=first_open(draft, pl.max_horizontal("effective_on", "credit_on", "debit_on")),
            reason="first_reason",
            batch_row="batch_row",
            batch_id="first_batch_id",
        )
    )


def _schedule_again(draft: Draft, made: Made) -> None:
    """Where the batch moved a due date, all lines of the version that would govern without it hold again:
    from the day of the move, and from each day on which a batch undone since had changed it further."""
    if made.moved.is_empty():
        return
    written = made.moved.rename({"version": "written"})
    versions = made.lines.join(written, on="item_id", maintain_order="left").filter(pl.col("written").is_not_null())
    days = (
        versions.filter(pl.col("version") >= pl.col("written"))
        .select("item_id", day=first_open(draft, pl.col("effective_on")))
        .unique()
        .sort("item_id", "day")
    )
    numbered = days.join(versions.group_by("item_id").agg(latest=pl.col("version").max()), on="item_id").with_columns(
        number=pl.col("latest") + pl.col("day").rank("ordinal").over("item_id").cast(pl.Int64)
    )
    before = versions.filter(pl.col("version") < pl.col("written"))
    governing = (
        numbered.join(before.select("item_id", "version", "effective_on").unique(), on="item_id")
        .filter((pl.col("version") == 0) | (pl.col("effective_on") <= pl.col("day")))
        .sort(pl.col("version") > 0, "effective_on", "version")
        .group_by("item_id", "day", "number")
        .agg(pl.col("version").last())
    )
    lines = governing.join(before.drop("effective_on"), on=["item_id", "version"]).sort("item_id", "number", "line")
    draft.reschedule(
        lines.select(
            "item_id", "line", "due_date", "awaits", "amount",
            version="number", effective_on="day", reason=pl.lit(UNDO),
        )
    )  # fmt: skip
