"""A strategy over the company's own past: who would have got what when, by the ledger as it stood on each day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

import polars as pl

from huikuan.act.collection.domain.bundling import Approach, bundled
from huikuan.act.collection.domain.strategy import Strategy
from huikuan.act.collection.queries.judging import judged
from huikuan.act.collection.queries.lines import lines_as_of, window
from huikuan.act.collection.queries.simulated import FELL_DUE, KEY, STEPS, Simulated
from huikuan.kernel.errors import Refusal

LONGEST_DAYS = 400
_LEVELS: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(KEY, pl.Int64),
    "last_day": pl.Int64,
    "last_on": pl.Date,
}


def simulate(
    company_id: int,
    strategy: Strategy,
    *,
    since: date,
    until: date,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Simulated:
    """Day by day from `since` to `until`, as the ledger stood: payments came when they came, whatever was sent.

    What had reached a step before `since` counts as having had it, so that the first day is a day like any other.
    Addresses, the bank's unmatched lines and what really was sent do not count. Refuses a period that is none or long.
    """
    require_period(since, until)
    days = (until - since).days
    before = since - timedelta(days=1)
    levels = _seeded(company_id, before, strategy)
    taken: list[tuple[object, ...]] = []
    fell_due = pl.DataFrame(schema=FELL_DUE)
    approaches = 0
    for number in range(days + 1):
        on = since + timedelta(days=number)
        lines = lines_as_of(company_id, on, until=window(on, strategy.earliest))
        falling = lines.filter(pl.col("due_date").is_between(since, until)).select(list(FELL_DUE))
        # A line that passed to another customer is of whoever had it at last.
        fell_due = pl.concat([fell_due, falling]).unique(KEY, keep="last")
        found = judged(company_id, on, strategy, lines, levels, past=True)
        today = bundled(found.dues())
        taken += _rows(on, today, approaches)
        approaches += len(today)
        levels = _after(levels, today, on)
        told(number + 1, days + 1)
    return Simulated(since, until, pl.DataFrame(taken, schema=STEPS, orient="row"), fell_due)


def require_period(since: date, until: date) -> None:
    """Refuse a period that is none or long."""
    if not 0 <= (until - since).days < LONGEST_DAYS:
        raise Refusal("collection_period_bad", since=since, until=until, longest=LONGEST_DAYS)


def _rows(on: date, approaches: Iterable[Approach], before: int) -> Iterator[tuple[object, ...]]:
    for number, one in enumerate(approaches, start=before):
        for due in one.dues:
            line = due.line
            whose = one.customer_id, line.item_id, line.generation, line.line
            yield (*whose, on, number, one.head.code, one.channel, due.late, line.open_amount, line.currency)


def _seeded(company_id: int, on: date, strategy: Strategy) -> pl.DataFrame:
    """The levels as if every step reached by the day had been taken on it, long ago."""
    lines = lines_as_of(company_id, on, until=window(on, strategy.earliest))
    found = judged(company_id, on, strategy, lines, pl.DataFrame(schema=_LEVELS), past=True)
    rows = [(due.line.item_id, due.line.generation, due.line.line, due.step.day, date.min) for due in found.dues()]
    return pl.DataFrame(rows, schema=_LEVELS, orient="row")


def _after(levels: pl.DataFrame, approaches: Iterable[Approach], on: date) -> pl.DataFrame:
    rows = [
        (due.line.item_id, due.line.generation, due.line.line, due.step.day, on)
        for one in approaches
        for due in one.dues
    ]
    if not rows:
        return levels
    together = pl.concat([levels, pl.DataFrame(rows, schema=_LEVELS, orient="row")])
    return together.group_by(KEY).agg(pl.col("last_day").max(), pl.col("last_on").max())
