"""What stands in the way of undoing a batch: whatever was built on it since.

Batches are undone last first: while a later one rests on what a batch did, or a later snapshot of the
same source compared itself with it, that one is undone before.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from django.utils.translation import gettext

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.made import OF_UNDONE, Made
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.store.bulk import read_frame
from huikuan.mechanisms.store.staging import stage
from huikuan.record.receivables.operations.milestones import REASON, TAKEN_BACK
from huikuan.record.receivables.queries.bulk import LIVE, STANDING, settlements_where

#: Later batches (%s: this one, three times) that took back items or settlements of this one.
_TOOK_BACK = """
SELECT DISTINCT x.id FROM connectors_batch x WHERE x.state = 'committed' AND x.id <> %s AND x.id IN (
    SELECT m.batch_id FROM receivables_item m JOIN receivables_item i ON i.id = m.reversal_of WHERE i.batch_id = %s
    UNION
    SELECT r.batch_id FROM receivables_settlement r JOIN receivables_settlement s ON s.id = r.reversal_of
    WHERE s.batch_id = %s)
"""


def refuse_dependants(made: Made, batch: Batch) -> None:
    """Refuse with `batch_has_dependants`, listing them: batches, items, settlements, schedules."""
    live_again, items = _newer_generations(made, batch)
    batches = {*_took_back(batch), *_later_snapshots(made, batch), *live_again}
    where = [
        *_places(
            "batch",
            sorted(batches),
            gettext("This batch was imported later and builds on it."),
            gettext("Undo that batch first."),
        ),
        *_places(
            "item",
            items,
            gettext("This item stands under a key that the undo would restore."),
            gettext("Reverse the item by itself."),
        ),
        *_places(
            "settlement",
            _foreign_settlements(made, batch),
            gettext("This settlement stands on an item of the batch."),
            gettext("Reverse the settlement first."),
        ),
        *_places(
            "schedule",
            _later_schedules(made),
            gettext("This item's schedule was changed since."),
            gettext("Reverse the item by itself."),
        ),
    ]
    if where:
        raise Refusal("batch_has_dependants", batch=batch.pk, count=len(where), where=where)


def _places(column: str, numbers: Iterable[int], reason: str, fix: str) -> list[Place]:
    return [Place(column=column, value=str(number), reason=reason, fix=fix) for number in numbers]


def _took_back(batch: Batch) -> list[int]:
    return read_frame(_TOOK_BACK, [batch.pk] * 3, {"id": pl.Int64})["id"].to_list()


def _later_snapshots(made: Made, batch: Batch) -> list[int]:
    """Snapshots since, of any source whose items the undo would change: their figures rest on them."""
    with stage(tables={"touched": pl.DataFrame({"id": made.touched()})}) as staged:
        systems = read_frame(
            "SELECT DISTINCT i.origin_system FROM receivables_item i"
            f" WHERE i.id IN (SELECT id FROM {staged.table('touched')})",
            [],
            {"system": pl.String},
        )["system"].to_list()
    later = Batch.objects.filter(
        kind="open-items", company_id=batch.company_id, state=Batch.State.COMMITTED, pk__gt=batch.pk
    )
    return list(
        later.filter(mapping__system__in=[*systems, batch.mapping.get("system", "")]).values_list("pk", flat=True)
    )


def _newer_generations(made: Made, batch: Batch) -> tuple[list[int], list[int]]:
    """What lives under a key of which the batch took an item back: the batches, and items without one."""
    with stage(tables={"mirrored": made.mirrored.select("id")}) as staged:
        found = read_frame(
            "SELECT i.id, i.batch_id FROM receivables_item old JOIN receivables_item i"
            " ON i.company_id = old.company_id AND i.origin_system = old.origin_system"
            f" AND i.origin_key = old.origin_key WHERE old.id IN (SELECT id FROM {staged.table('mirrored')})"
            f" AND (i.batch_id IS NULL OR i.batch_id <> %s) AND {LIVE} ORDER BY i.id",
            [batch.pk],
            {"id": pl.Int64, "batch_id": pl.Int64},
        )
    return found["batch_id"].drop_nulls().to_list(), found.filter(pl.col("batch_id").is_null())["id"].to_list()


def _foreign_settlements(made: Made, batch: Batch) -> list[int]:
    with stage(tables={"items": made.items.select("id")}) as staged:
        ids = f"(SELECT id FROM {staged.table('items')})"
        return settlements_where(
            f"(s.credit_id IN {ids} OR s.debit_id IN {ids})"
            f" AND (s.batch_id IS NULL OR s.batch_id <> %s) AND {STANDING}",
            [batch.pk],
        )["id"].to_list()


def _later_schedules(made: Made) -> list[int]:
    """Items of the batch with a schedule, and items it moved that were moved again; undone batches do not count,
    nor what a milestone brought by itself: nobody decided that for the item, and its mirror ends it."""
    own = made.items.select("id", version=pl.lit(0, dtype=pl.Int64))
    known = pl.concat([own, made.moved.select(pl.col("item_id").alias("id"), "version")])
    with stage(tables={"known": known}) as staged:
        return read_frame(
            f"SELECT DISTINCT c.item_id FROM receivables_schedule c JOIN {staged.table('known')} k ON k.id = c.item_id"
            f" AND c.version > k.version WHERE NOT {OF_UNDONE} AND NOT (k.version = 0 AND c.reason IN (%s, %s))"
            " ORDER BY c.item_id",
            [REASON, TAKEN_BACK],
            {"id": pl.Int64},
        )["id"].to_list()
