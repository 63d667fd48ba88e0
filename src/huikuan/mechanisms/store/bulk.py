"""Rows in bulk: ids reserved in one step, frames copied in (PostgreSQL), rows read back as frames.
Whole frames enter either database through store.staging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db import connection, models

from huikuan.mechanisms.store.ids import columns_of, reserve_spans

#: Rows handed over at once.
_SLICE = 50_000


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


def stored_form(frame: pl.DataFrame) -> pl.DataFrame:
    """Dates, instants and booleans exactly as Django stores them on SQLite."""
    kinds = frame.schema
    instant = "%Y-%m-%d %H:%M:%S%.6f"
    return frame.with_columns(
        [iso_days(frame[name]) for name, kind in kinds.items() if kind == pl.Date]
        + [
            # Instants are compared as text there, and Django writes a whole second without a fraction.
            pl.col(name).dt.strftime(instant).str.strip_suffix(".000000")
            for name, kind in kinds.items()
            if kind == pl.Datetime
        ]
        + [pl.col(name).cast(pl.Int8) for name, kind in kinds.items() if kind == pl.Boolean]
        + [pl.col(name).cast(pl.Int64) for name, kind in kinds.items() if kind == pl.Null]
    )


def iso_days(days: pl.Series) -> pl.Series:
    """Dates as YYYY-MM-DD. Each day between the first and the last is put into words once, where that is less."""
    first, last = days.min(), days.max()
    if not isinstance(first, date) or not isinstance(last, date) or (last - first).days > days.len():
        return days.dt.to_string("iso")
    words = pl.date_range(first, last, eager=True).dt.to_string("iso")
    return words.gather((days - first).dt.total_days()).alias(days.name)


def copy_frame(table: str, frame: pl.DataFrame) -> None:
    """PostgreSQL's COPY of `frame` into `table` (quoted), in this transaction. Raises Django's errors:
    a copy is not wrapped by Django's cursor, and callers tell an IntegrityError from others."""
    if frame.is_empty():
        return
    quoted = ", ".join(f'"{name}"' for name in frame.columns)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        with cursor.copy(f"COPY {table} ({quoted}) FROM STDIN WITH (FORMAT csv)") as copy:
            for part in frame.iter_slices(_SLICE):
                copy.write(_for_copy(part).write_csv(include_header=False))


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
