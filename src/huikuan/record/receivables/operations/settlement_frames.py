"""Many settlements written at once: what `settlements` decided one after another, as frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection

from huikuan.mechanisms.audit.bulk import record_frame
from huikuan.mechanisms.audit.frames import DTYPES
from huikuan.mechanisms.audit.shapes import shape_of
from huikuan.mechanisms.store.staging import stage
from huikuan.record.receivables.domain.settling import OpenSide
from huikuan.record.receivables.models import Settlement

_CHANGED = {"item_id": pl.Int64, "open_amount": pl.Int64, "open_book_amount": pl.Int64}


def write(
    rows: Sequence[Mapping[str, Any]], before: Mapping[int, OpenSide], now: Mapping[int, OpenSide], at: datetime
) -> None:
    """Record the settlements and bring the items' cache rows to what is open `now`, in the caller's transaction."""
    kinds = shape_of(Settlement).kinds
    schema = {name: DTYPES[kinds[name]] for name in rows[0]}
    record_frame(Settlement, pl.DataFrame(rows, schema=schema), at=at)
    changed = [(item_id, now[item_id].open_amount, now[item_id].open_book_amount) for item_id in before]
    with stage(tables={"changed": pl.DataFrame(changed, schema=_CHANGED, orient="row")}) as staged:
        _save(staged.table("changed"))


def _save(changed: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM receivables_openitem WHERE item_id IN (SELECT item_id FROM {changed} WHERE open_amount = 0)"
        )
        cursor.execute(
            "UPDATE receivables_openitem SET open_amount = c.open_amount, open_book_amount = c.open_book_amount"
            f" FROM {changed} c WHERE c.item_id = receivables_openitem.item_id AND c.open_amount > 0"
        )
