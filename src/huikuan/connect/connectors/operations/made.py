"""What a batch did, as far as it still stands: read when the batch is to be undone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from huikuan.connect.connectors.operations.snapshots import SOURCE
from huikuan.mechanisms.store.bulk import read_frame
from huikuan.mechanisms.store.staging import stage
from huikuan.record.receivables.domain.settling import REVERSAL
from huikuan.record.receivables.queries.bulk import LIVE, STANDING, items_where, settlements_where

UNDO = "undo"

#: The schedule line `c` was written by a batch that is undone, or by the undoing of it.
OF_UNDONE = (
    f"(c.reason IN ('{SOURCE}', '{UNDO}') AND EXISTS (SELECT 1 FROM connectors_batch gone"
    " WHERE gone.state = 'undone' AND c.note = 'batch ' || gone.id))"
)

_LINES: dict[str, Any] = {
    "item_id": pl.Int64,
    "version": pl.Int64,
    "line": pl.Int64,
    "effective_on": pl.Date,
    "due_date": pl.Date,
    "awaits": pl.String,
    "amount": pl.Int64,
    "reason": pl.String,
    "note": pl.String,
}


@dataclass(frozen=True, slots=True)
class Made:
    """What the batch made (live items, standing settlements) and what it took back (items, settlements).

    `mirrored` and `reversed` carry the day of the reversal, `again_on` and `effective_on`. `moved` has each
    item whose schedule the batch moved, with the `version` it wrote; `lines` every schedule line of those
    and of the mirrored items, the item's own first due date being version 0.
    """

    items: pl.DataFrame
    settlements: pl.DataFrame
    mirrored: pl.DataFrame
    reversed: pl.DataFrame
    moved: pl.DataFrame
    lines: pl.DataFrame

    def touched(self) -> pl.Series:
        """Ids of the items that undoing changes."""
        sides = [frame[name] for frame in (self.settlements, self.reversed) for name in ("credit_id", "debit_id")]
        return pl.concat([self.items["id"], self.moved["item_id"], *sides]).unique()


def made_by(batch_id: int) -> Made:
    mirrors = items_where("i.batch_id = %s AND i.reversal_of IS NOT NULL", [batch_id])
    with stage(tables={"mirrors": mirrors.select(pl.col("reversal_of").alias("id"))}) as staged:
        mirrored = items_where(f"i.id IN (SELECT id FROM {staged.table('mirrors')})", [])
    reversals = settlements_where("s.batch_id = %s AND s.reversal_of IS NOT NULL", [batch_id])
    with stage(tables={"reversals": reversals.select(pl.col("reversal_of").alias("id"))}) as staged:
        originals = settlements_where(f"s.id IN (SELECT id FROM {staged.table('reversals')})", [])
    owners = originals.select(reversal_of="id", first_batch_id="batch_id", first_reason="reason")
    moved = _moved(batch_id)
    return Made(
        items=items_where(f"i.batch_id = %s AND {LIVE}", [batch_id]),
        settlements=settlements_where(f"s.batch_id = %s AND s.reason <> %s AND {STANDING}", [batch_id, REVERSAL]),
        mirrored=mirrored.join(
            mirrors.select(id="reversal_of", again_on="posting_date"), on="id", how="left", maintain_order="left"
        ),
        reversed=_on_successors(reversals.join(owners, on="reversal_of", maintain_order="left")),
        moved=moved,
        lines=_lines(pl.concat([moved["item_id"], mirrored["id"]])),
    )


def _on_successors(reversals: pl.DataFrame) -> pl.DataFrame:
    """The settlements with each item that was replaced since, and restored by undoing that, in its live form."""
    if reversals.is_empty():
        return reversals
    sides = pl.concat([reversals["credit_id"], reversals["debit_id"]])
    with stage(tables={"items": pl.DataFrame({"id": sides}).unique()}) as staged:
        found = read_frame(
            # From the few to the ledger: written as a cross join, SQLite keeps this order.
            f"SELECT old.id, i.id FROM {staged.table('items')} few CROSS JOIN receivables_item old"
            " CROSS JOIN receivables_item i WHERE old.id = few.id AND i.company_id = old.company_id"
            " AND i.origin_system = old.origin_system AND i.origin_key = old.origin_key AND +i.batch_id = old.batch_id"
            f" AND i.id > old.id AND {LIVE}"
            " AND EXISTS (SELECT 1 FROM receivables_item gone WHERE gone.reversal_of = old.id)",
            [],
            {"id": pl.Int64, "now": pl.Int64},
        )
    instead: dict[Any, Any] = dict(found.iter_rows())
    return reversals.with_columns(pl.col("credit_id", "debit_id").replace(instead)) if instead else reversals


def _moved(batch_id: int) -> pl.DataFrame:
    return read_frame(
        "SELECT DISTINCT c.item_id, c.version FROM receivables_schedule c JOIN receivables_item i ON i.id = c.item_id"
        f" WHERE c.reason = %s AND c.note = %s AND {LIVE} ORDER BY c.item_id",
        [SOURCE, f"batch {batch_id}"],
        {"item_id": pl.Int64, "version": pl.Int64},
    )


def _lines(items: pl.Series) -> pl.DataFrame:
    if items.is_empty():
        return pl.DataFrame(schema=_LINES)
    with stage(tables={"items": pl.DataFrame({"id": items}).unique()}) as staged:
        wanted = f"(SELECT id FROM {staged.table('items')})"
        return read_frame(
            "SELECT i.id AS item_id, 0 AS version, 1 AS line, i.posting_date, i.due_date, i.awaits, i.amount, '', ''"
            f" FROM receivables_item i WHERE i.id IN {wanted} UNION ALL"
            " SELECT c.item_id, c.version, c.line, c.effective_on, c.due_date, c.awaits, c.amount, c.reason, c.note"
            f" FROM receivables_schedule c WHERE c.item_id IN {wanted} ORDER BY item_id, version, line",
            [],
            _LINES,
        )
