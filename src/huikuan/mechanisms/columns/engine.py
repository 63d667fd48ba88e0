"""Engines that answer SQL over mirrored tables. The only module that knows DuckDB.

Questions are standard SQL over `engine.source(table)`, with %(name)s parameters; an engine of another kind (a
distributed one) is one more class with these methods.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa
from django.db import connection

from huikuan.mechanisms.columns.answers import Answers
from huikuan.mechanisms.columns.manifest import Manifest, folder
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN, Closing, Table
from huikuan.mechanisms.columns.values import lists
from huikuan.mechanisms.store.transactions import is_postgres

_PARAMETER = re.compile(r"%\((\w+)\)s")
#: What this process has answered.
ANSWERS = Answers()
#: About what one value of a row takes in memory.
_CELL_BYTES = 60


class Engine(Protocol):
    """Where a question is answered."""

    horizon: int
    tail_rows: int

    def source(self, table: Table, *, as_of: date, known: int) -> str:
        """A relation, in parentheses, holding at least the rows of `table` that count as of the day and as
        known below the horizon `known`. Left out are only rows that cancel each other out then."""
        ...

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a query; dates come as dates."""
        ...

    def columns(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The same by columns, for many rows; sums are cast to BIGINT."""
        ...


class DatabaseEngine:
    """The database itself, from its raw facts."""

    horizon = 0
    tail_rows = 0

    def source(self, table: Table, *, as_of: date, known: int) -> str:  # noqa: ARG002 - nothing is marked here
        return f"({table.sql})"

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self._bound(parameters))
            return list(cursor.fetchall())

    def columns(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self._bound(parameters))
            width = len(cursor.description)
            return list(zip(*cursor.fetchall(), strict=True)) or [()] * width

    @staticmethod
    def _bound(parameters: Mapping[str, Any]) -> dict[str, Any]:
        plain = {
            name: value.isoformat() if isinstance(value, date) and not is_postgres() else value
            for name, value in parameters.items()
        }
        return {**plain, "low": 0, "high": ALWAYS_KNOWN}


class ColumnsEngine:
    """DuckDB over the mirror's files and the tail read from the database."""

    def __init__(self, manifest: Manifest, tails: Mapping[str, pa.Table]) -> None:
        self.horizon = manifest.horizon
        self.tail_rows = sum(tail.num_rows for tail in tails.values())
        self._manifest = manifest
        self._duck = _database(os.getpid()).cursor()
        for name, tail in tails.items():
            self._duck.register(f"tail_{name}", tail)
        self._facts = _digest(manifest, tails)
        self._kept: dict[str, str] = {}

    def source(self, table: Table, *, as_of: date, known: int) -> str:
        names = ", ".join(table.names)
        parts = [f"SELECT {names} FROM tail_{table.name}"]
        files = self._manifest.of(table.name)
        if files:
            counts = f" WHERE {self._counts(as_of, known)}" if table.closing else ""
            listed = ", ".join(_text(str(folder() / file.name)) for file in files)
            parts.insert(0, f"SELECT {names} FROM read_parquet([{listed}]){counts}")
        return f"({' UNION ALL '.join(parts)})"

    def _counts(self, as_of: date, known: int) -> str:
        open_later = f"closed_on > DATE '{as_of.isoformat()}'"
        if known >= self._manifest.marked_horizon:
            return open_later
        return f"({open_later} OR closed_tx >= {int(known)})"

    def rows(self, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        found = ANSWERS.get(
            self._question("rows", sql, parameters),
            lambda: self._run(sql, parameters).fetchall(),
            lambda rows: _CELL_BYTES * len(rows) * len(rows[0]) if rows else _CELL_BYTES,
        )
        return list(found)

    def columns(self, sql: str, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        return lists(self._table(self._question("table", sql, parameters), sql, parameters))

    def keep(self, name: str, sql: str, parameters: Mapping[str, Any]) -> None:
        """Keep a query's rows under a name for the further questions of this reading; sums are cast to BIGINT.

        Columns alone can do this: the database's snapshot is read-only.
        """
        question = self._question("table", sql, parameters)
        self._duck.register(name, self._table(question, sql, parameters))
        self._kept[name] = question

    def _table(self, question: str, sql: str, parameters: Mapping[str, Any]) -> pa.Table:
        return ANSWERS.get(
            question, lambda: self._relation(sql, parameters).to_arrow_table(), lambda table: int(table.nbytes)
        )

    def _question(self, form: str, sql: str, parameters: Mapping[str, Any]) -> str:
        """What is asked, of which facts, of which tables kept before."""
        used = [(name, parameters[name]) for name in _names(sql)]
        whole = repr((form, self._facts, sql, used, sorted(self._kept.items())))
        return hashlib.sha256(whole.encode()).hexdigest()

    def close(self) -> None:
        self._duck.close()

    def _run(self, sql: str, parameters: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
        used = {name: parameters[name] for name in _names(sql)}
        return self._duck.execute(_PARAMETER.sub(r"$\1", sql), used)

    def _relation(self, sql: str, parameters: Mapping[str, Any]) -> duckdb.DuckDBPyRelation:
        """The query as a relation, which hands its columns over without a copy."""
        used = {name: parameters[name] for name in _names(sql)}
        return self._duck.sql(_PARAMETER.sub(r"$\1", sql), params=used)


def write_marked(table: Table, closing: Closing, files: Sequence[Path], target: Path) -> int:
    """Write the rows of `files` into one, closed keys marked and sorted by the day they closed; answers how many.

    A key whose amounts sum to zero closed on its last effective day, and was known to be closed from its last tx on.
    """
    names = ", ".join(f"fact.{name}" for name in table.names)
    listed = f"read_parquet([{', '.join(_text(str(file)) for file in files)}])"
    sql = f"""
        SELECT {names},
               COALESCE(shut.closed_on, DATE '9999-12-31') AS closed_on,
               COALESCE(shut.closed_tx, {ALWAYS_KNOWN}) AS closed_tx
        FROM {listed} AS fact
        LEFT JOIN (
            SELECT {closing.key}, MAX({closing.effective}) AS closed_on, MAX(tx) AS closed_tx
            FROM {listed} GROUP BY {closing.key} HAVING SUM({closing.amount}) = 0
        ) AS shut ON shut.{closing.key} = fact.{closing.key}
        ORDER BY closed_on, fact.{closing.key}"""
    return _copy(sql, target)


def write_together(table: Table, files: Sequence[Path], target: Path) -> int:
    """Write the rows of `files` into one, ordered by tx."""
    listed = f"read_parquet([{', '.join(_text(str(file)) for file in files)}])"
    return _copy(f"SELECT {', '.join(table.names)} FROM {listed} ORDER BY tx", target)


def _copy(sql: str, target: Path) -> int:
    duck = _database(os.getpid()).cursor()
    try:
        done = duck.execute(f"COPY ({sql}) TO {_text(str(target))} (FORMAT parquet, COMPRESSION zstd)").fetchone()
    finally:
        duck.close()
    return int(done[0]) if done else 0


@lru_cache(maxsize=1)
def _database(process: int) -> duckdb.DuckDBPyConnection:  # noqa: ARG001 - a forked child needs its own
    """One in-memory database per process; every reading works on a cursor of it."""
    database = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": str(folder() / "spill"),
        },
    )
    # A file is written once, so what was read of its head stays true.
    database.execute("SET GLOBAL parquet_metadata_cache = true")
    return database


def _digest(manifest: Manifest, tails: Mapping[str, pa.Table]) -> str:
    """Names the facts a reading sees: files are written once, and the tail is short enough to be digested whole."""
    whole = hashlib.sha256(repr((manifest.ledger, manifest.horizon, manifest.files)).encode())
    for name in sorted(tails):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, tails[name].schema) as stream:
            stream.write_table(tails[name])
        whole.update(name.encode())
        whole.update(sink.getvalue())
    return whole.hexdigest()


def _names(sql: str) -> list[str]:
    return sorted(set(_PARAMETER.findall(sql)))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
