"""The leaves of a frame of facts: the same digests as `audit.operations.record` gives row by row."""

from __future__ import annotations

import hashlib
from datetime import datetime

import polars as pl

from huikuan.kernel.dates import aware
from huikuan.mechanisms.audit.domain.canonical import OUTSIDE
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.store.bulk import columns_of, reserve_id_column
from huikuan.mechanisms.store.models import Fact


def leaves_for_frame(model: type[Fact], frame: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """A Leaf row for each fact of `frame`, which holds every column of `model` but `tx`."""
    names = [name for name in columns_of(model) if name not in OUTSIDE]
    encoded = frame.select(pl.struct(_canonical(frame, name) for name in names).struct.json_encode()).to_series()
    digests = [hashlib.sha256(text.encode()).digest() for text in encoded]
    return pl.DataFrame(
        {
            "id": reserve_id_column(Leaf, frame.height),
            "subject_id": frame["id"],
            "digest": pl.Series(digests, dtype=pl.Binary),
        }
    ).with_columns(
        recorded_at=pl.lit(aware(at)),
        kind=pl.lit(model._meta.db_table),
        commitment=pl.lit(None, dtype=pl.Binary),
    )


def _canonical(frame: pl.DataFrame, name: str) -> pl.Expr:
    kind = frame.schema[name]
    column = pl.col(name)
    if kind == pl.Date:
        return column.dt.strftime("%Y-%m-%d")
    if kind == pl.Datetime:
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    if kind == pl.Binary:
        return column.bin.encode("hex")
    return column
