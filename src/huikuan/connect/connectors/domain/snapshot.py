"""Comparing a snapshot of open items with the ledger as of the same day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

#: What must not differ between the file and the ledger for a row to be the same claim.
_SAME = ("customer_id", "currency", "side", "document_date")


def compare(rows: pl.DataFrame, known: pl.DataFrame, under: Mapping[int, int]) -> pl.DataFrame:
    """File rows with `change`: new, same, smaller, larger, or conflict with its `differs`.

    `known` holds the live items under the file's keys: key, item_id, known_* attributes,
    `open_then` (open as of the day) and `open_now` (every later settlement regarded).
    `under`: who is merged into whom; those are one customer.
    A row is smaller only where what is to be cleared is still open now.
    """
    met = rows.drop("item_id").join(known, on="key", how="left", maintain_order="left")
    differs = pl.coalesce(
        pl.when(_of(name, under) != _of(f"known_{name}", under)).then(pl.lit(name)) for name in _SAME
    )
    return met.with_columns(differs=differs).with_columns(change=_change())


def _of(column: str, under: Mapping[int, int]) -> pl.Expr:
    """The column to compare, of customers the one they are shown under."""
    return pl.col(column).replace(under) if under and column.endswith("customer_id") else pl.col(column)


def _change() -> pl.Expr:
    amount, then, now = pl.col("amount"), pl.col("open_then"), pl.col("open_now")
    return (
        pl.when(pl.col("item_id").is_null())
        .then(pl.lit("new"))
        .when(pl.col("differs").is_not_null())
        .then(pl.lit("conflict"))
        .when(amount == then)
        .then(pl.lit("same"))
        .when(amount > then)
        .then(pl.lit("larger"))
        .when(then - amount > now)
        .then(pl.lit("conflict"))
        .otherwise(pl.lit("smaller"))
    )


def choose_reversals(missing: int, clearings: list[tuple[int, int]]) -> tuple[list[int], int] | None:
    """Which clearings (settlement id, amount; newest first) to reverse so that `missing` is open again.

    Answers their ids and what is then open too much; None when all of them are not enough.
    """
    chosen: list[int] = []
    for settlement_id, amount in clearings:
        if missing <= 0:
            break
        chosen.append(settlement_id)
        missing -= amount
    return (chosen, -missing) if missing <= 0 else None


def diff(groups: dict[str, pl.DataFrame]) -> list[dict[str, Any]]:
    """Per kind of change and currency: count and sum of minor units (frames with currency, amount)."""
    return [
        {"change": change, "currency": currency, "count": count, "amount": amount}
        for change, frame in groups.items()
        for currency, count, amount in frame.group_by("currency")
        .agg(pl.len(), pl.col("amount").sum())
        .sort("currency")
        .iter_rows()
    ]
