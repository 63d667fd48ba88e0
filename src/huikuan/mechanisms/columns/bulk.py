"""Many rows from a database into one Parquet file, through ADBC. A program of its own.

ADBC's SQLite driver brings a second copy of SQLite. Two copies in one process drop each other's file locks (POSIX
locks belong to the process), which loses writes; so this runs as a child process and imports nothing of ours.
Reads a JSON order from standard input, prints the number of rows.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_ARROW = {"integer": pa.int64(), "date": pa.date32(), "text": pa.string()}
_NULL = pa.scalar(None, pa.string())


def main() -> None:
    """{"vendor", "database", "sql", "path", "columns": [[name, kind, nullable]], "constants": {name: value}}"""
    print(transfer(**json.load(sys.stdin)))


def transfer(
    vendor: str,
    database: str,
    sql: str,
    path: str,
    columns: Sequence[tuple[str, str, bool]],
    constants: Mapping[str, int | str],
) -> int:
    """Write the query's rows, then the constants (an integer, or a date in ISO form), in batches; answers how many."""
    appended = {
        name: pa.scalar(date.fromisoformat(value)) if isinstance(value, str) else pa.scalar(value, pa.int64())
        for name, value in constants.items()
    }
    fields = [pa.field(name, _ARROW[kind]) for name, kind, _ in columns]
    schema = pa.schema(fields + [pa.field(name, value.type) for name, value in appended.items()])
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(vendor, database, _select(vendor, sql, columns)):
            arrays = [_typed(batch[name], kind) for name, kind, _ in columns]
            arrays += [pa.repeat(value, batch.num_rows) for value in appended.values()]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += batch.num_rows
    return rows


def _select(vendor: str, sql: str, columns: Sequence[tuple[str, str, bool]]) -> str:
    # SQLite's driver guesses types from the first rows, where all may be null: '' stands for null.
    chosen = [
        f"COALESCE(CAST({name} AS TEXT), '') AS {name}" if nullable and vendor == "sqlite" else name
        for name, _, nullable in columns
    ]
    return f"SELECT {', '.join(chosen)} FROM ({sql}) AS facts"


def _typed(values: pa.Array, kind: str) -> pa.Array:
    if pa.types.is_string(values.type) and kind != "text":
        values = pc.if_else(pc.equal(values, ""), _NULL, values)
    return values.cast(_ARROW[kind])


def _batches(vendor: str, database: str, sql: str) -> Iterator[pa.RecordBatch]:
    with _connection(vendor, database) as connection, connection.cursor() as cursor:
        if vendor == "sqlite":
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": "65536"})
        cursor.execute(sql)
        yield from cursor.fetch_record_batch()


@contextmanager
def _connection(vendor: str, database: str) -> Iterator[Any]:
    if vendor == "postgresql":
        import adbc_driver_postgresql.dbapi as driver  # each only where it is the database
    else:
        import adbc_driver_sqlite.dbapi as driver
    opened = driver.connect(database)
    try:
        yield opened
    finally:
        opened.close()


if __name__ == "__main__":
    main()
