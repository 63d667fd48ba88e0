"""Facts out of the database: many in bulk by a child process, few through the caller's own snapshot."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection

from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN, NEVER, Table
from huikuan.mechanisms.store.transactions import is_postgres

_ARROW = {"integer": pa.int64(), "date": pa.date32(), "text": pa.string()}
#: From here on a child process is quicker than the cursor.
_BULK = 100_000


def extract(table: Table, low: int, high: int, path: Path) -> int:
    """Write the rows with low ≤ tx < high to `path`; answers how many.

    `high` is at most the horizon, so the rows are committed and final whatever snapshot reads them.
    """
    if count_up_to(table, low, high, _BULK) == _BULK:
        return _in_bulk(table, low, high, path)
    rows = read(table, low, high)
    if table.closing:
        rows = rows.append_column("closed_on", pa.array([NEVER] * rows.num_rows, pa.date32()))
        rows = rows.append_column("closed_tx", pa.array([ALWAYS_KNOWN] * rows.num_rows, pa.int64()))
    pq.write_table(rows, path, compression="zstd")
    return int(rows.num_rows)


def read(
    table: Table, low: int, high: int = ALWAYS_KNOWN, *, most: int = ALWAYS_KNOWN, keys: Sequence[int] | None = None
) -> pa.Table:
    """The rows with low ≤ tx < high as the caller's transaction sees them; any `most` of them, or only of `keys`."""
    sql = table.sql
    if keys is not None:
        listed = ", ".join(str(int(key)) for key in keys) or "NULL"
        sql = f"SELECT * FROM ({sql}) AS facts WHERE {table.key} IN ({listed})"
    if most != ALWAYS_KNOWN:
        sql = f"{sql} LIMIT {int(most)}"
    with connection.cursor() as cursor:
        cursor.execute(sql, {"low": low, "high": high})
        rows = cursor.fetchall()
    columns = zip(*rows, strict=True) if rows else ((),) * len(table.columns)
    arrays = [
        pa.array([_as_date(value) for value in values] if column.kind == "date" else values, _ARROW[column.kind])
        for column, values in zip(table.columns, columns, strict=True)
    ]
    return pa.table(arrays, names=table.names)


def count_up_to(table: Table, low: int, high: int, most: int) -> int:
    """How many rows have low ≤ tx < high; counts no further than `most`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM ({table.sql}) AS facts LIMIT {most}) AS first",
            {"low": low, "high": high},
        )
        return int(cursor.fetchone()[0])


def _in_bulk(table: Table, low: int, high: int, path: Path) -> int:
    order = {
        "vendor": connection.vendor,
        "database": _address(),
        "sql": table.sql.replace("%(low)s", str(int(low))).replace("%(high)s", str(int(high))),
        "path": str(path),
        "columns": [(column.name, column.kind, column.nullable) for column in table.columns],
        "constants": {"closed_on": NEVER.isoformat(), "closed_tx": ALWAYS_KNOWN} if table.closing else {},
    }
    program = str(Path(__file__).with_name("bulk.py"))
    # Its own program, all of it ours; the order goes through standard input.
    child = subprocess.run([sys.executable, program], input=json.dumps(order), text=True, stdout=-1, check=True)  # noqa: S603
    return int(child.stdout)


def _address() -> str:
    settings = connection.settings_dict
    if not is_postgres():
        return str(settings["NAME"])
    from psycopg.conninfo import make_conninfo  # only where PostgreSQL is the database

    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return make_conninfo(**{key: str(settings[name]) for name, key in names.items() if settings.get(name)})


def _as_date(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
