"""Rows in bulk: ids reserved in one step, frames loaded with COPY (PostgreSQL) or from a scratch
file (SQLite, where the single writer must not wait long), frames read back through Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection, models, transaction

from huikuan.mechanisms.store.transactions import is_postgres


def columns_of(model: type[models.Model]) -> list[str]:
    """Database column names of `model` in declaration order."""
    return [str(field.column) for field in model._meta.concrete_fields]


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` ids nobody else will get, ascending; gaps may remain after a rollback."""
    if count == 0:
        return []
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgres():
            cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s::bigint)", [f"{table}_ids", count])
            return sorted(row[0] for row in cursor.fetchall())
        cursor.execute(
            'INSERT INTO store_idcounter ("table", next_id) VALUES (%s, %s)'
            ' ON CONFLICT ("table") DO UPDATE SET next_id = next_id + %s RETURNING next_id',
            [table, 1 + count, count],
        )
        after = cursor.fetchone()[0]
        return list(range(after - count, after))


def insert_rows(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Plain INSERT of a few rows given by column name, without the ORM's overhead."""
    if not rows:
        return
    names = columns_of(model)
    fields = {field.column: field for field in model._meta.concrete_fields}
    sql = 'INSERT INTO "{}" ({}) VALUES ({})'.format(
        model._meta.db_table, ", ".join(f'"{name}"' for name in names), ", ".join(["%s"] * len(names))
    )
    values = [[fields[name].get_db_prep_save(row.get(name), connection) for name in names] for row in rows]
    with connection.cursor() as cursor:
        if len(values) == 1:
            cursor.execute(sql, values[0])
        else:
            cursor.executemany(sql, values)


def load_frame(model: type[models.Model], frame: pl.DataFrame) -> None:
    """Append `frame` (column names = database columns) to the table of `model`, in this transaction."""
    names = frame.columns
    if is_postgres():
        quoted = ", ".join(f'"{name}"' for name in names)
        with connection.cursor() as cursor:
            with cursor.copy(f'COPY "{model._meta.db_table}" ({quoted}) FROM STDIN WITH (FORMAT csv)') as copy:
                for part in frame.iter_slices(50_000):
                    copy.write(_for_copy(part).write_csv(include_header=False))
        return
    insert_rows_by_column(model, names, frame.iter_rows())


def insert_rows_by_column(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    fields = {field.column: field for field in model._meta.concrete_fields}
    chosen = [fields[name] for name in names]
    sql = 'INSERT INTO "{}" ({}) VALUES ({})'.format(
        model._meta.db_table, ", ".join(f'"{name}"' for name in names), ", ".join(["%s"] * len(names))
    )
    values = [
        [
            # In a frame a document is its JSON text already.
            value if isinstance(field, models.JSONField) else field.get_db_prep_save(value, connection)
            for field, value in zip(chosen, row, strict=True)
        ]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def read_frame(sql: str, params: Sequence[Any] = (), schema: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """The rows of a query as a frame, inside the caller's transaction and snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        names = [description[0] for description in cursor.description]
        rows = cursor.fetchall()
    return pl.DataFrame(rows, schema=list(schema.items()) if schema else names, orient="row", infer_schema_length=None)


def _for_copy(part: pl.DataFrame) -> pl.DataFrame:
    binary = [name for name, kind in part.schema.items() if kind == pl.Binary]
    return part.with_columns(
        pl.concat_str(pl.lit("\\x"), pl.col(name).bin.encode("hex")).alias(name) for name in binary
    )
