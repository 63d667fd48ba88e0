"""The facts that say which steps were taken on which lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

import polars as pl

from huikuan.act.collection.domain.bundling import Approach
from huikuan.act.collection.domain.deciding import Due
from huikuan.act.collection.models import Run, Taken
from huikuan.mechanisms.audit.bulk import record_frame
from huikuan.mechanisms.audit.operations import record

#: From so many facts on a frame is quicker than rows.
_MANY = 1_000
_OF_LINE: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("approach_id", "customer_id", "item_id", "generation", "line"), pl.Int64),
    "step": pl.String,
    "day": pl.Int64,
    "late": pl.Int64,
    "currency": pl.String,
    "amount": pl.Int64,
    "reason": pl.String,
}


def record_taken(run: Run, made: Iterable[tuple[int, Approach]], at: datetime) -> int:
    """Record, in the caller's transaction, that the steps of these approaches (with their ids) were taken on their
    lines; answers how many lines."""
    why = _Why()
    rows = [_row(number, due, why) for number, one in made for due in one.dues]
    same = (pl.lit(run.company_id).alias("company_id"), pl.lit(run.on_date).alias("on_date"))
    taken = pl.DataFrame(dict(zip(_OF_LINE, zip(*rows, strict=True), strict=False)), schema=_OF_LINE).with_columns(
        same
    )
    if taken.height < _MANY:
        record(Taken, taken.to_dicts(), at=at)
    else:
        record_frame(Taken, taken, at=at)
    return taken.height


class _Why:
    """Reasons as JSON: the same few are said of very many lines."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], str] = {}

    def of(self, due: Due) -> str:
        key = (due.segment, due.step.day, due.late, due.missed)
        if key not in self._known:
            self._known[key] = json.dumps(due.reason, ensure_ascii=False)
        return self._known[key]


def _row(number: int, due: Due, why: _Why) -> tuple[object, ...]:
    line, step = due.line, due.step
    return (
        number, line.customer_id, line.item_id, line.generation, line.line, step.code, step.day, due.late,
        line.currency, line.open_amount, why.of(due),
    )  # fmt: skip
