"""The lines a strategy looks at: what is open as of a day and due by a day, with how far each has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from huikuan.mechanisms.columns.engine import Engine
from huikuan.mechanisms.columns.queries import asking
from huikuan.mechanisms.store.bulk import read_frame
from huikuan.record.receivables.columns import SCHEDULES
from huikuan.record.receivables.queries.open_lines import Moment, open_lines, plan

#: Claims somebody is asked to pay. What is not billed yet, papers held, and bookkeeping are not.
PURSUED = ("invoice", "opening", "retention", "interest", "fee", "advance", "deposit")

_LINE: dict[str, pl.DataType | type[pl.DataType]] = {
    "item_id": pl.Int64,
    "line": pl.Int64,
    "customer_id": pl.Int64,
    "currency": pl.String,
    "business_type": pl.String,
    "due_date": pl.Date,
    "open_amount": pl.Int64,
}
_KEY = ["item_id", "generation", "line"]
_LEVEL: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(_KEY, pl.Int64),
    "last_day": pl.Int64,
    "last_on": pl.Date,
}
LINES = {**_LINE, "generation": pl.Int64, "late": pl.Int64}


def lines_as_of(company_id: int, on: date, *, until: date) -> pl.DataFrame:
    """Open lines of pursued claims as of the day, due by `until`, in columns LINES. From the ledger's facts, so that
    any day of the past is answered as it was."""
    with asking("columns") as engine:
        moment = Moment(on, company_id=company_id)
        kinds = ", ".join(f"'{kind}'" for kind in PURSUED)
        wanted = (
            f"SELECT {', '.join(_LINE)} FROM ({open_lines(engine, moment, 'due')}) AS opened"
            f" WHERE side = 'debit' AND kind IN ({kinds}) AND due_date <= %(until)s"
        )
        found = engine.columns(wanted, {**moment.parameters(), "until": until})
        generations = _generations(engine, moment)
    lines = pl.DataFrame(dict(zip(_LINE, found, strict=True)), schema=_LINE)
    late = (pl.lit(on) - pl.col("due_date")).dt.total_days().alias("late")
    return lines.join(generations, on="item_id", how="left").with_columns(pl.col("generation").fill_null(0), late)


def _generations(engine: Engine, moment: Moment) -> pl.DataFrame:
    """Which version of its schedule governs each rescheduled item."""
    schema = {"item_id": pl.Int64, "generation": pl.Int64}
    if not engine.has(SCHEDULES):
        return pl.DataFrame(schema=schema)
    items, versions = engine.columns(
        f"WITH {plan(engine, moment)} SELECT item_id, version FROM governing", moment.parameters()
    )
    return pl.DataFrame({"item_id": items, "generation": versions}, schema=schema)


def levels(company_id: int, *, before: date | None = None) -> pl.DataFrame:
    """How far each line has come: the day of the highest step taken (`last_day`), and when the last was (`last_on`).
    `before`: only steps taken before that day count."""
    some, params = ("", [company_id]) if before is None else (" AND on_date < %s", [company_id, before])
    keys = ", ".join(_KEY)
    return read_frame(
        f"SELECT {keys}, MAX(day), MAX(on_date) FROM collection_taken WHERE company_id = %s{some} GROUP BY {keys}",
        params,
        _LEVEL,
    )


def reached(lines: pl.DataFrame, taken: pl.DataFrame, days: Sequence[int]) -> pl.DataFrame:
    """The lines for which any step at all may be due: that have reached a day of `days` above the one taken last.

    Cheaper than asking for each by its own segment, and it leaves none out; most lines are taken out by it, since what
    was reached was done on the day it was."""
    steps = pl.DataFrame({"late": sorted(set(days))}, schema={"late": pl.Int64}).with_columns(top=pl.col("late"))
    found = lines.sort("late").join_asof(steps.sort("late"), on="late", strategy="backward").drop_nulls("top")
    joined = found.join(taken, on=_KEY, how="left")
    return joined.filter(pl.col("last_day").is_null() | (pl.col("top") > pl.col("last_day"))).drop("top")


def window(on: date, earliest: int) -> date:
    """The last due date a strategy looks at whose first step is for `earliest`."""
    return on + timedelta(days=max(-earliest, 0))
