"""Facts out of the database: in bulk through ADBC into Parquet, the newest few through the caller's own snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from adbc_driver_manager import dbapi
from django.db import connection

from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN, NEVER, Column, Table
from huikuan.mechanisms.store.transactions import is_postgres

_ARROW = {"integer": pa.int64(), "date": pa.date32(), "text": pa.string()}
ROW_GROUP = 122_880
COMPRESSION = "zstd"


def schema_of(table: Table) -> pa.Schema:
    """The columns of the table, then, where rows can close, `closed_on` and `closed_tx`."""
    fields = [pa.field(column.name, _ARROW[column.kind]) for column in table.columns]
    if table.closing:
        fields += [pa.field("closed_on", pa.date32()), pa.field("closed_tx", pa.int64())]
    return pa.schema(fields)


def extract(table: Table, low: int, high: int, path: Path) -> int:
    """Write the rows with low ≤ tx < high to `path`, in batches; answers how many.

    Reads on a connection of its own: rows below the horizon are committed and never change.
    """
    schema = schema_of(table)
    rows = 0
    with pq.ParquetWriter(path, schema, compression=COMPRESSION) as writer:
        for batch in _batches(_bulk_sql(table, low, high)):
            whole = _typed(pa.Table.from_batches([batch]), table, schema)
            writer.write_table(whole, row_group_size=ROW_GROUP)
            rows += whole.num_rows
    return rows


def tail(table: Table, low: int) -> pa.Table:
    """The rows with tx ≥ low as the caller's transaction sees them."""
    with connection.cursor() as cursor:
        cursor.execute(table.sql, {"low": low, "high": ALWAYS_KNOWN})
        rows = cursor.fetchall()
    columns = zip(*rows, strict=True) if rows else ((),) * len(table.columns)
    arrays = [
        pa.array([_as_date(value) for value in values] if column.kind == "date" else values, _ARROW[column.kind])
        for column, values in zip(table.columns, columns, strict=True)
    ]
    return pa.table(arrays, names=table.names)


def tail_is_longer_than(table: Table, low: int, most: int) -> bool:
    """Whether more than `most` rows have tx ≥ low; costs no more than reading that many."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM ({table.sql}) AS facts LIMIT {most + 1}) AS some",
            {"low": low, "high": ALWAYS_KNOWN},
        )
        return bool(cursor.fetchone()[0] > most)


def _bulk_sql(table: Table, low: int, high: int) -> str:
    # ADBC's drivers bind differently; both bounds are integers of ours.
    facts = table.sql.replace("%(low)s", str(int(low))).replace("%(high)s", str(int(high)))
    return f"SELECT {', '.join(_bulk_column(column) for column in table.columns)} FROM ({facts}) AS facts"


def _bulk_column(column: Column) -> str:
    if is_postgres() or not column.nullable:
        return column.name
    # SQLite's driver guesses types from the first rows, where all may be null: '' stands for null.
    return f"COALESCE(CAST({column.name} AS TEXT), '') AS {column.name}"


def _typed(batch: pa.Table, table: Table, schema: pa.Schema) -> pa.Table:
    arrays = []
    for column in table.columns:
        values = batch[column.name]
        if column.nullable and pa.types.is_string(values.type) and column.kind != "text":
            values = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
        arrays.append(values.cast(_ARROW[column.kind]))
    if table.closing:
        arrays.append(pa.array([NEVER] * batch.num_rows, pa.date32()))
        arrays.append(pa.array([ALWAYS_KNOWN] * batch.num_rows, pa.int64()))
    return pa.table(arrays, schema=schema)


def _batches(sql: str) -> Iterator[pa.RecordBatch]:
    with _bulk_connection() as bulk, bulk.cursor() as cursor:
        if not is_postgres():
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": "65536"})
        cursor.execute(sql)
        yield from cursor.fetch_record_batch()


@contextmanager
def _bulk_connection() -> Iterator[dbapi.Connection]:
    if is_postgres():
        import adbc_driver_postgresql.dbapi as postgres  # only where PostgreSQL is the database
        from psycopg.conninfo import make_conninfo

        settings = connection.settings_dict
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        given: dict[str, Any] = {key: settings[name] for name, key in names.items() if settings.get(name)}
        bulk = postgres.connect(make_conninfo(**given))
    else:
        import adbc_driver_sqlite.dbapi as sqlite

        bulk = sqlite.connect(str(connection.settings_dict["NAME"]))
    try:
        yield bulk
    finally:
        bulk.close()


def _as_date(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
