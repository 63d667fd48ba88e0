"""The embedded database: one per process, and the files it writes. Beside `engine` none knows DuckDB."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import duckdb

from huikuan.mechanisms.columns.manifest import folder
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN, Closing, Table


def cursor() -> duckdb.DuckDBPyConnection:
    """A connection of the process's database; what is registered on it is its own."""
    return _database(os.getpid()).cursor()


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def write_marked(table: Table, closing: Closing, files: Sequence[Path], target: Path) -> int:
    """Write the rows of `files` into one, closed keys marked and sorted by the day they closed; answers how many.

    A key whose amounts sum to zero closed on its last effective day, and was known to be closed from its last tx on.
    """
    names = ", ".join(f"fact.{name}" for name in table.names)
    listed = f"read_parquet([{', '.join(quoted(str(file)) for file in files)}])"
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
    listed = f"read_parquet([{', '.join(quoted(str(file)) for file in files)}])"
    return _copy(f"SELECT {', '.join(table.names)} FROM {listed} ORDER BY tx", target)


def _copy(sql: str, target: Path) -> int:
    duck = cursor()
    try:
        done = duck.execute(f"COPY ({sql}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)").fetchone()
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
