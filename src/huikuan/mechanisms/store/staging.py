"""Frames brought next to the database before the write transaction opens.

SQLite has one writer: rows are first written to a scratch file beside the ledger, and the write
transaction only copies them over (`INSERT … SELECT`), so others wait half as long. PostgreSQL
needs no such detour: there facts go straight through COPY, and only look-up tables are staged.

    with stage({Item: items, Leaf: leaves}, {"expected": expected}) as staged:
        with transaction.atomic():
            staged.load(tx=transaction_number())
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi as adbc
import polars as pl
from django.db import connection, models

from huikuan.mechanisms.store.bulk import copy_frame, stored_form
from huikuan.mechanisms.store.guards import inserting
from huikuan.mechanisms.store.indexes import indexing_at_once
from huikuan.mechanisms.store.transactions import checkpoint_later, is_postgres

#: Below this many rows a temporary table of the connection is quicker than a file.
_SMALL = 5_000
#: From here on the guard's look-up for each row takes longer than lifting the guard.
_MANY = 20_000
#: Staged tables of rows to be loaded; others are look-ups, which have an index.
_FACTS = "rows "
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Where the rows of one model wait on SQLite: `columns` names each in the staged `table`, `fixed` holds
    those that say the same in every row."""

    table: str
    columns: Mapping[str, str]
    fixed: Mapping[str, Any]


class Staged:
    """Frames waiting to be loaded, and look-up tables that SQL may join."""

    def __init__(
        self,
        facts: Mapping[type[models.Model], pl.DataFrame],
        names: Mapping[str, str],
        waiting: Mapping[type[models.Model], _Waiting] | None = None,
    ) -> None:
        self._facts = facts
        self._names = names
        self._waiting = waiting or {}

    def table(self, name: str) -> str:
        """The SQL name of the look-up table `name`."""
        return self._names[name]

    def load(self, **constants: Any) -> None:
        """Append every staged frame to its model's table, each row with those `constants` the model has."""
        many = {model: frame.height for model, frame in self._facts.items() if frame.height > _MANY}
        with inserting(many) if many else nullcontext(), indexing_at_once(many):
            for model, frame in self._facts.items():
                if not frame.is_empty():
                    known = {str(field.column) for field in model._meta.concrete_fields}
                    self._load(model, frame, {name: value for name, value in constants.items() if name in known})

    def _load(self, model: type[models.Model], frame: pl.DataFrame, constants: Mapping[str, Any]) -> None:
        table = f'"{model._meta.db_table}"'
        if is_postgres():
            copy_frame(table, frame.with_columns(pl.lit(value).alias(name) for name, value in constants.items()))
            return
        waiting = self._waiting[model]
        fixed = {**waiting.fixed, **constants}
        target = ", ".join(f'"{name}"' for name in [*waiting.columns, *fixed])
        source = ", ".join([*(f'"{name}"' for name in waiting.columns.values()), *(["%s"] * len(fixed))])
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({target}) SELECT {source} FROM {waiting.table}", [*fixed.values()])


@contextmanager
def stage(
    facts: Mapping[type[models.Model], pl.DataFrame] | None = None,
    tables: Mapping[str, pl.DataFrame] | None = None,
) -> Iterator[Staged]:
    """Make `facts` (column names = database columns) ready to load and `tables` ready to join.

    Enter it before the write transaction; inside one it works too, only without the gain.
    """
    facts, tables = facts or {}, tables or {}
    if is_postgres():
        with _temporary(tables) as names:
            yield Staged(facts, names)
        return
    wide, waiting = _side_by_side({model: frame for model, frame in facts.items() if not frame.is_empty()})
    lookups = {name: stored_form(frame) for name, frame in tables.items()}
    small = connection.in_atomic_block or sum(frame.height for frame in [*wide.values(), *lookups.values()]) < _SMALL
    with _temporary({**wide, **lookups}) if small else _scratch(wide, lookups) as names:
        # What is staged need not stay in memory twice while it is written.
        del wide, lookups
        placed = {model: replace(where, table=names[where.table]) for model, where in waiting.items()}
        yield Staged(facts, names, placed)


def load_frame(model: type[models.Model], frame: pl.DataFrame) -> None:
    """Append `frame` (column names = database columns) to the table of `model`, in this transaction."""
    with stage({model: frame}) as staged:
        staged.load()


def _side_by_side(
    frames: Mapping[type[models.Model], pl.DataFrame],
) -> tuple[dict[str, pl.DataFrame], dict[type[models.Model], _Waiting]]:
    """The frames as tables to stage: those of one length in one table, and what they have in common (an id, a
    day) in it only once."""
    wide: dict[str, dict[str, pl.Series]] = {}
    waiting = {}
    for model, frame in frames.items():
        fixed, varied = _uniform(frame)
        table = f"{_FACTS}{frame.height}"
        beside, columns = wide.setdefault(table, {}), {}
        for column in stored_form(frame.select(varied)).iter_columns():
            known = next((name for name, other in beside.items() if _same(other, column)), None)
            columns[column.name] = known or f"c{len(beside)}"
            beside.setdefault(columns[column.name], column)
        waiting[model] = _Waiting(table, columns, fixed)
    return {table: pl.DataFrame(columns) for table, columns in wide.items()}, waiting


def _same(one: pl.Series, other: pl.Series) -> bool:
    return one.dtype == other.dtype and one[0] == other[0] and one[-1] == other[-1] and one.equals(other)


@contextmanager
def _temporary(frames: Mapping[str, pl.DataFrame]) -> Iterator[dict[str, str]]:
    """Each frame as a temporary table of this connection."""
    names = {key: f"staged_{next(_numbers)}" for key in frames}
    try:
        for key, frame in frames.items():
            _create_temporary(names[key], frame, indexed=not key.startswith(_FACTS))
        yield names
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                for name in names.values():
                    cursor.execute(f"DROP TABLE IF EXISTS {name}")


def _create_temporary(name: str, frame: pl.DataFrame, *, indexed: bool) -> None:
    columns = ", ".join(f'"{column}" {_sql_type(kind)}' for column, kind in frame.schema.items())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
    if is_postgres():
        copy_frame(name, frame)
    else:
        marks = ", ".join("?" * frame.width)
        connection.connection.executemany(f"INSERT INTO {name} VALUES ({marks})", frame.iter_rows())
    with connection.cursor() as cursor:
        if indexed:
            cursor.execute(_index_sql(name, frame))
        if is_postgres():
            cursor.execute(f"ANALYZE {name}")


@contextmanager
def _scratch(wide: Mapping[str, pl.DataFrame], lookups: Mapping[str, pl.DataFrame]) -> Iterator[dict[str, str]]:
    """Each frame as a table of a scratch file beside the ledger, attached to this connection."""
    schema = f"scratch_{next(_numbers)}"
    beside = Path(str(connection.settings_dict["NAME"])).parent
    tables = {key: f"staged_{number}" for number, key in enumerate([*wide, *lookups])}
    with tempfile.TemporaryDirectory(prefix="huikuan-scratch-", dir=beside, ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "staged.sqlite3"
        _fill(path, {tables[key]: (frame, key in lookups) for key, frame in [*wide.items(), *lookups.items()]})
        with connection.cursor() as cursor:
            cursor.execute(f"ATTACH DATABASE %s AS {schema}", [str(path)])
            # Read once, so that the file is open: it then needs no name, and a killed process leaves none.
            cursor.execute(f"SELECT count(*) FROM {schema}.sqlite_master")
            cursor.fetchone()
        with suppress(OSError):
            path.unlink()
        del wide, lookups
        try:
            with checkpoint_later():
                yield {key: f"{schema}.{table}" for key, table in tables.items()}
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"DETACH DATABASE {schema}")


def _fill(path: Path, frames: Mapping[str, tuple[pl.DataFrame, bool]]) -> None:
    """Write frames as tables of a new SQLite file (True: with an index), through Arrow: three times quicker
    than row by row."""
    with adbc.connect(str(path), autocommit=True) as scratch, scratch.cursor() as cursor:
        for pragma in ("journal_mode = OFF", "synchronous = OFF"):
            cursor.execute(f"PRAGMA {pragma}")
            cursor.fetchall()
        for name, (frame, indexed) in frames.items():
            cursor.adbc_ingest(name, frame.to_arrow(), mode="create")
            if indexed:
                cursor.execute(_index_sql(name, frame))
                cursor.fetchall()


def _index_sql(name: str, frame: pl.DataFrame) -> str:
    """Look-up tables are joined by their first column; without an index SQLite may scan them for every row."""
    return f'CREATE INDEX {name}_key ON {name} ("{frame.columns[0]}")'


def _uniform(frame: pl.DataFrame) -> tuple[dict[str, Any], list[str]]:
    same = frame.select(pl.all().eq_missing(pl.all().first()).all()).row(0, named=True)
    uniform = {name: value for name, value in stored_form(frame.head(1)).row(0, named=True).items() if same[name]}
    # A table needs a column: the first stays even where all are alike.
    uniform.pop(frame.columns[0], None)
    return uniform, [name for name in frame.columns if name not in uniform]


def _sql_type(kind: pl.DataType) -> str:
    if not is_postgres():
        return ""
    if kind == pl.Date:
        return "date"
    if kind == pl.Binary:
        return "bytea"
    if kind == pl.Boolean:
        return "boolean"
    return "bigint" if kind.is_integer() else "text"
