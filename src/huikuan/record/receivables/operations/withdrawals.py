"""Withdrawing items set-based: their settlements reversed, each item mirrored and settled against its mirror.

The same facts as operations.reversals makes one by one.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from huikuan.mechanisms.store.staging import stage
from huikuan.record.receivables.domain.settling import REVERSAL
from huikuan.record.receivables.operations.drafts import Draft
from huikuan.record.receivables.operations.reversals import ORIGIN
from huikuan.record.receivables.queries.bulk import returned_on


def reverse_standing(draft: Draft, settlements: pl.DataFrame, reason: str, day: date | None = None) -> None:
    """Reverse settlements, each on its own day but not before `day`; where that period is locked on the first
    open day."""
    if settlements.is_empty():
        return
    on = first_open(draft, pl.max_horizontal("effective_on", pl.lit(day, dtype=pl.Date)))
    dated = settlements.with_columns(reversed_on=on)
    late = dated.filter(pl.col("reversed_on") > pl.col("effective_on"))
    draft.returned = pl.concat(
        [
            draft.returned,
            *(late.select(item_id=f"{side}_id", returned_on="reversed_on") for side in ("credit", "debit")),
        ]
    )
    draft.reverse(
        dated.with_columns(effective_on="reversed_on", reason=pl.lit(reason)).drop("batch_id", "reversed_on")
    )


def mirror(draft: Draft, items: pl.DataFrame, text: str, day: date | None = None) -> pl.DataFrame:
    """Post the mirror of wholly open items (full Item rows, part of the draft) and settle each pair.

    Takes the original's posting date where that period is open and no settlement came back later, else
    the first day on which both holds; not before `day`. Returns the mirrors.
    """
    if items.is_empty():
        return items
    dated = items.join(
        last_returned(draft, items), left_on="id", right_on="item_id", how="left", maintain_order="left"
    )
    earliest = pl.max_horizontal("posting_date", "returned_on", pl.lit(day, dtype=pl.Date))
    rows = dated.with_columns(
        side=pl.when(pl.col("side") == "debit").then(pl.lit("credit")).otherwise(pl.lit("debit")),
        posting_date=first_open(draft, earliest),
        text=pl.lit(text),
        origin_system=pl.lit(ORIGIN),
        origin_key=pl.col("id").cast(pl.String),
        origin_generation=pl.lit(1, dtype=pl.Int64),
        origin_digest=pl.lit(None, dtype=pl.Binary),
        reversal_of=pl.col("id"),
    )
    mirrors = draft.post(rows.drop("id", "batch_id", "returned_on"))
    draft.settle(
        mirrors.select(
            credit_id=pl.when(pl.col("side") == "credit").then("id").otherwise("reversal_of"),
            debit_id=pl.when(pl.col("side") == "debit").then("id").otherwise("reversal_of"),
            amount="amount",
            effective_on="posting_date",
            reason=pl.lit(REVERSAL),
            batch_row="batch_row",
        )
    )
    return mirrors


def first_open(draft: Draft, day: pl.Expr) -> pl.Expr:
    """`day` itself where its period is open, else the first day after the lock (domain.periods)."""
    if draft.locked_through is None:
        return day
    return pl.max_horizontal(day, pl.lit(draft.locked_through + timedelta(days=1)))


def last_returned(draft: Draft, items: pl.DataFrame) -> pl.DataFrame:
    """Items (column id) → the last day on which a settlement came back later than it had cleared: before it
    the amount was not there, and what clears it again would clear it twice."""
    with stage(tables={"items": items.select("id")}) as staged:
        earlier = returned_on(staged.table("items"))
    return pl.concat([earlier, draft.returned]).group_by("item_id").agg(pl.col("returned_on").max())
