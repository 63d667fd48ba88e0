"""Which lines have a step due on a day, and which of them are held back: a million at once.

The rule itself is asked once for each different case: for every segment, days late and step taken last. Only the lines
against which something may stand are then looked at one by one, so that nothing of the rule is written a second time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from huikuan.act.collection.domain.deciding import Due, Level, Line, Reached, Stop, pursued, reached_step, stop_for
from huikuan.act.collection.domain.strategy import Strategy
from huikuan.act.collection.queries.lines import reached
from huikuan.act.collection.queries.standings import Against, against
from huikuan.act.collection.queries.traits import Segments, characters

#: What a segment is chosen by, and what a step of it.
_TRAITS = ["customer_id", "currency", "business_type"]
_CASE = ["segment", "late", "last_day", "last_on"]
_LINE = (
    "item_id", "generation", "line", "customer_id", "currency", "business_type", "due_date", "open_amount",
)  # fmt: skip
_ORDER = ("customer_id", "item_id", "line")
_STOPPED: dict[str, pl.DataType | type[pl.DataType]] = {"code": pl.String, "params": pl.String}


@dataclass(frozen=True, slots=True)
class Judged:
    """The lines whose step is due on a day, in order of customer: those that go, with what is pursued of them, and
    those held back, with the `code` and `params` (JSON) of what does. `case`: the place among `cases`."""

    cases: Sequence[Reached]
    going: pl.DataFrame
    held: pl.DataFrame

    @property
    def customers(self) -> frozenset[int]:
        """Everybody whom a step concerns."""
        return frozenset(self.going["customer_id"]) | frozenset(self.held["customer_id"])

    def dues(self) -> Iterator[Due]:
        """Those that go, one by one."""
        return _dues(self.going, self.cases)

    def stopped(self) -> Iterator[tuple[Due, Stop]]:
        """Those held back, one by one."""
        stops = self.held.select([*_STOPPED]).iter_rows()
        for due, (code, params) in zip(_dues(self.held, self.cases), stops, strict=True):
            yield due, Stop(code, json.loads(params))

    def parts(self, customers: int, lines: int) -> Iterator[Judged]:
        """The lines that go, in parts of so many customers, or fewer where they have more than so many lines; a
        customer's stay together."""
        lengths = self.going.group_by("customer_id", maintain_order=True).len()["len"].to_list()
        start = size = count = 0
        for length in lengths:
            if count == customers or (count and size + length > lines):
                yield Judged(self.cases, self.going.slice(start, size), self.held.clear())
                start, size, count = start + size, 0, 0
            size, count = size + length, count + 1
        if count:
            yield Judged(self.cases, self.going.slice(start, size), self.held.clear())


def judged(
    company_id: int, on: date, strategy: Strategy, lines: pl.DataFrame, taken: pl.DataFrame, *, past: bool
) -> Judged:
    """What of `lines` is due on the day, by how far each came (`taken`); `past` as `standings.against` takes it."""
    days = [step.day for segment in strategy.segments for step in segment.steps]
    found = reached(lines, taken, days)
    customers = found["customer_id"].unique().to_list()
    segments = Segments(strategy, characters(company_id, on, customers, lines, by_tier=strategy.by_tier))
    # Also of what waits for its next step: what is disputed of a claim is used up by its older instalments.
    waiting = lines.filter(pl.col("customer_id").is_in(customers))
    stands = against(company_id, on, strategy, waiting, past=past)
    cases, due = _decided(_in_segments(found, segments), strategy, on)
    return _held_apart(due.sort(_ORDER), cases, stands, strategy)


def _in_segments(found: pl.DataFrame, segments: Segments) -> pl.DataFrame:
    """With the place of the `segment` that takes each; without those that none takes."""
    different = found.select(_TRAITS).unique()
    places = pl.Series("segment", [segments.place(*row) for row in different.iter_rows()], dtype=pl.Int64)
    return found.join(different.with_columns(places).drop_nulls("segment"), on=_TRAITS)


def _decided(found: pl.DataFrame, strategy: Strategy, on: date) -> tuple[list[Reached], pl.DataFrame]:
    """The cases in which a step is due, and the lines with the place of theirs as `case`."""
    different = found.select(_CASE).unique(maintain_order=True)
    cases: list[Reached] = []
    places: list[int | None] = []
    for segment, late, day, last in different.iter_rows():
        level = None if day is None else Level(day, last)
        one = reached_step(strategy.segments[segment], late, level, on)
        places.append(None if one is None else len(cases))
        cases += [one] if one else []
    numbered = different.with_columns(pl.Series("case", places, dtype=pl.Int64)).drop_nulls("case")
    return cases, found.join(numbered, on=_CASE, nulls_equal=True).select(*_LINE, "late", "case")


def _held_apart(due: pl.DataFrame, cases: Sequence[Reached], stands: Against, strategy: Strategy) -> Judged:
    due = due.with_row_index("row")
    looked_at = due.filter(stands.touches() | (pl.col("open_amount") <= 0))
    left: dict[int, int] = {}
    stopped: list[tuple[int, str, str]] = []
    for row, one in zip(looked_at["row"], _dues(looked_at, cases), strict=True):
        standing = stands.standing(one.line)
        stop = stop_for(one, standing, strategy)
        if stop:
            stopped.append((row, stop.code, json.dumps(stop.params, ensure_ascii=False)))
        else:
            left[row] = pursued(one, standing).line.open_amount
    key = {"row": due.schema["row"]}
    held = pl.DataFrame(stopped, schema={**key, **_STOPPED}, orient="row")
    pursue = pl.DataFrame(list(left.items()), schema={**key, "left": pl.Int64}, orient="row")
    going = due.filter(~pl.col("row").is_in(held["row"].implode())).join(
        pursue, on="row", how="left", maintain_order="left"
    )
    going = going.with_columns(open_amount=pl.coalesce("left", "open_amount"))
    return Judged(cases, going.drop("row", "left"), due.join(held, on="row", maintain_order="left").drop("row"))


def _dues(lines: pl.DataFrame, cases: Sequence[Reached]) -> Iterator[Due]:
    for case, *line in lines.select("case", *_LINE).iter_rows():
        yield cases[case].of(Line(*line))
