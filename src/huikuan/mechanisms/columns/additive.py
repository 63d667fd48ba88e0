"""Answers that add up over keys: asked once of the mirror, then carried forward by what is new.

A figure over many items is a sum over items. So it is what it was over the mirrored facts, less what the items with
something new contributed to that, plus what they contribute now; and a list of items is the mirrored one without
those, and those as they are now. The first part is asked once for each mirror; the rest costs as much as the tail
is long. The outcome is that of the question over everything (`tests/test_additive.py`, and every parity test).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huikuan.mechanisms.columns.engine import ColumnsEngine, Source
from huikuan.mechanisms.columns.tables import Until

Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows kept under `name`, and under the same name with an ending their parts, where they have parts."""

    name: str
    parted: bool

    def part(self, ending: str) -> str:
        return f"{self.name}_{ending}" if self.parted else self.name


def keep_rows(
    engine: ColumnsEngine,
    name: str,
    ask: Callable[[Source], str],
    parameters: Parameters,
    *,
    until: Until,
    key: str,
) -> Kept:
    """Keep as `name` the rows of a question over the facts `until` then, each row belonging to one `key`."""
    parts = engine.parts(until)
    if parts is None or not parts.new:
        engine.keep(name, ask(parts.mirror if parts else engine), parameters)
        return Kept(name, parted=False)
    engine.keep(f"{name}_mirrored", ask(parts.mirror), parameters)
    engine.keep(f"{name}_now", ask(parts.now), parameters)
    touched = f"EXISTS (SELECT 1 FROM {parts.touched} AS touched WHERE touched.key = kept.{key})"
    engine.keep(f"{name}_before", f"SELECT * FROM {name}_mirrored AS kept WHERE {touched}", {})
    engine.define(
        name,
        f"SELECT * FROM {name}_mirrored AS kept WHERE NOT {touched} UNION ALL SELECT * FROM {name}_now",
    )
    return Kept(name, parted=True)


def keep_sums(
    engine: ColumnsEngine,
    name: str,
    ask: Callable[[Source], str],
    parameters: Parameters,
    *,
    until: Until,
    by: str,
    sums: Sequence[str],
) -> None:
    """Keep as `name` the columns `by` and `sums` of a question over the facts `until` then whose sums add up over
    keys.

    Groups whose sums are all zero may be there or not.
    """
    parts = engine.parts(until)
    if parts is None or not parts.new:
        engine.keep(name, ask(parts.mirror if parts else engine), parameters)
        return
    engine.keep(f"{name}_mirrored", ask(parts.mirror), parameters)
    _keep_added(engine, name, ask(parts.before), ask(parts.now), parameters, by, sums)


def keep_sums_of(
    engine: ColumnsEngine,
    name: str,
    kept: Kept,
    ask: Callable[[str], str],
    parameters: Parameters,
    *,
    by: str,
    sums: Sequence[str],
) -> None:
    """The same of a question over kept rows, whose relation `ask` is told."""
    if not kept.parted:
        engine.keep(name, ask(kept.name), parameters)
        return
    engine.keep(f"{name}_mirrored", ask(kept.part("mirrored")), parameters)
    _keep_added(engine, name, ask(kept.part("before")), ask(kept.part("now")), parameters, by, sums)


def _keep_added(
    engine: ColumnsEngine, name: str, before: str, now: str, parameters: Parameters, by: str, sums: Sequence[str]
) -> None:
    """The groups with something new are added up; the others stand as they were mirrored."""
    plus, minus = ", ".join(sums), ", ".join(f"-{column} AS {column}" for column in sums)
    added = ", ".join(f"CAST(SUM({column}) AS BIGINT) AS {column}" for column in sums)
    engine.keep(
        f"{name}_changes",
        f"""SELECT {by}, {plus} FROM ({now}) AS after
UNION ALL SELECT {by}, {minus} FROM ({before}) AS earlier""",
        parameters,
    )
    changed = f"SELECT {by} FROM {name}_changes"
    engine.keep(
        f"{name}_now",
        f"""SELECT {by}, {added} FROM (
    SELECT {by}, {plus} FROM {name}_changes
    UNION ALL SELECT {by}, {plus} FROM {name}_mirrored WHERE ({by}) IN ({changed})
) AS parts GROUP BY {by}""",
        {},
    )
    engine.define(
        name,
        f"SELECT {by}, {plus} FROM {name}_mirrored WHERE ({by}) NOT IN ({changed})"
        f" UNION ALL SELECT {by}, {plus} FROM {name}_now",
    )
