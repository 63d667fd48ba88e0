"""What the audit does: record facts with their leaves, seal, erase. Facts enter by no other door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from huikuan.kernel.dates import aware
from huikuan.mechanisms.audit.erasing import erase_personal, reapply_erasures
from huikuan.mechanisms.audit.frames import facts_for_frame, leaves_for_frame
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.audit.sealing import export, seal
from huikuan.mechanisms.audit.writing import prepare, write
from huikuan.mechanisms.store.models import Fact
from huikuan.mechanisms.store.staging import stage
from huikuan.mechanisms.store.transactions import transaction_number

__all__ = [
    "erase_personal",
    "export",
    "facts_for_frame",
    "leaves_for_frame",
    "load_facts",
    "reapply_erasures",
    "record",
    "record_frame",
    "seal",
]


def record(model: type[Fact], rows: Sequence[Mapping[str, Any]], *, at: datetime) -> list[int]:
    """Write `rows` (database column → value) as facts of `model`, a leaf each; returns their ids.

    Call inside the operation's transaction. Columns left out take the field's default; `id`, `tx`
    and `recorded_at` are set here (an `id` given was reserved by the caller). Values are exact:
    integers are int, documents hold no floats; anything else, or an unknown column, is a TypeError.
    One fact is one round trip; from some thousand rows on, `record_frame` is faster.
    """
    if not rows:
        return []
    at = aware(at)
    return write(model, [prepare(model, row, at) for row in rows], at)


def record_frame(model: type[Fact], frame: pl.DataFrame, *, at: datetime) -> list[int]:
    """`record` for a frame (column names = database columns): the set-based twin, same leaves."""
    if frame.is_empty():
        return []
    facts = facts_for_frame(model, frame, at)
    leaves = leaves_for_frame(model, facts, at)
    load_facts(model, facts, leaves)
    return facts["id"].to_list()


def load_facts(model: type[Fact], facts: pl.DataFrame, leaves: pl.DataFrame) -> int:
    """Append prepared facts and leaves in the caller's transaction; returns its `tx`."""
    tx = transaction_number()
    with stage({model: facts, Leaf: leaves}) as staged:
        staged.load(tx=tx)
    return tx
