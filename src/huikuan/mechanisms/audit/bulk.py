"""The set-based twin of `operations.record`: the facts of a whole frame with their leaves."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from huikuan.mechanisms.audit.frames import facts_for_frame, leaves_for_frame
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.store.models import Fact
from huikuan.mechanisms.store.staging import stage
from huikuan.mechanisms.store.transactions import transaction_number

__all__ = ["facts_for_frame", "leaves_for_frame", "load_facts", "record_frame"]


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
