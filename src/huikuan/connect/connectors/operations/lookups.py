"""Meeting the rows of a file with what the ledger has under the same keys."""

from __future__ import annotations

import polars as pl
from django.db import connection

from huikuan.connect.connectors.domain.origins import classify, with_digest
from huikuan.connect.connectors.operations.plans import Task
from huikuan.mechanisms.store.bulk import read_frame
from huikuan.mechanisms.store.staging import stage

_KNOWN = {
    "key": pl.String,
    "item_id": pl.Int64,
    "generation": pl.Int64,
    "same": pl.Boolean,
    "reversed": pl.Boolean,
}


def meet(task: Task, frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with `origin_digest`, `meets`, `origin_generation` and `item_id` (domain.origins)."""
    digested = with_digest(frame)
    return classify(digested, _known(task, digested))


def _known(task: Task, frame: pl.DataFrame) -> pl.DataFrame:
    """What the ledger has under the keys of `frame`; set-based, however many."""
    if not _any_items(task):
        return pl.DataFrame(schema=_KNOWN)
    with stage(tables={"stated": frame.select("key", "origin_digest")}) as staged:
        return read_frame(
            "SELECT stated.key, i.id, i.origin_generation, coalesce(i.origin_digest = stated.origin_digest, false),"
            " EXISTS (SELECT 1 FROM receivables_item mirror WHERE mirror.reversal_of = i.id)"
            # CROSS: SQLite keeps this order, so each key is one look-up in the index of origins.
            f" FROM {staged.table('stated')} stated CROSS JOIN receivables_item i"
            " WHERE i.company_id = %s AND i.origin_system = %s AND i.origin_key = stated.key",
            [task.company.pk, task.system],
            _KNOWN,
        )


def _any_items(task: Task) -> bool:
    """Whether the company has anything from this system; the first import need not look further."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM receivables_item WHERE company_id = %s AND origin_system = %s LIMIT 1",
            [task.company.pk, task.system],
        )
        return cursor.fetchone() is not None
