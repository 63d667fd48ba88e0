"""Rows in bulk: frames loaded with COPY (PostgreSQL) or plain inserts, rows
read back as frames. Frames too large to insert under SQLite's write lock go through store.staging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection, models

from huikuan.mechanisms.store.ids import columns_of, reserve_spans
from huikuan.mechanisms.store.transactions import is_postgres


def reserve_id_column(model: type[models.Model], count: int) -> pl.Series:
    """`count` ids as a column, without a Python integer for each."""
    spans = [pl.int_range(first, last + 1, dtype=pl.Int64, eager=True) for first, last in reserve_spans(model, count)]
    return pl.concat(spans).alias("id") if spans else pl.Series("id", [], dtype=pl.Int64)


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
    """Append `frame` (column names = database columns) to the table of `model`, in this transaction.

    For many rows on SQLite, stage them first (store.staging): this holds the write lock throughout.
    """
    if is_postgres():
        copy_frame(f'"{model._meta.db_table}"', frame)
        return
    insert_rows_by_column(model, frame.columns, frame.iter_rows())


def copy_frame(table: str, frame: pl.DataFrame) -> None:
    """PostgreSQL's COPY of `frame` into `table` (quoted), in this transaction."""
    if frame.is_empty():
        return
    quoted = ", ".join(f'"{name}"' for name in frame.columns)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({quoted}) FROM STDIN WITH (FORMAT csv)") as copy:
            for part in frame.iter_slices(50_000):
                copy.write(_for_copy(part).write_csv(include_header=False))


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
    """The rows of a query as a frame, inside the caller's transaction and snapshot.

    `schema` names the columns in order and gives their types; SQLite's text dates become dates.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        names = [description[0] for description in cursor.description]
        rows = cursor.fetchall()
    if schema is None:
        return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)
    if not rows:
        return pl.DataFrame(schema=dict(schema))
    frame = pl.DataFrame(rows, schema=list(schema), orient="row", infer_schema_length=None)
    return frame.with_columns(_typed(frame, name, kind) for name, kind in schema.items())


def _typed(frame: pl.DataFrame, name: str, kind: Any) -> pl.Expr:
    column = pl.col(name)
    return column.str.to_date("%Y-%m-%d") if kind == pl.Date and frame.schema[name] == pl.String else column.cast(kind)


def _for_copy(part: pl.DataFrame) -> pl.DataFrame:
    binary = [name for name, kind in part.schema.items() if kind == pl.Binary]
    return part.with_columns(
        pl.concat_str(pl.lit("\\x"), pl.col(name).bin.encode("hex")).alias(name) for name in binary
    )
