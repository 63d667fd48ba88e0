"""Rows in bulk: ids reserved in one step, frames loaded with COPY (PostgreSQL) or plain inserts, rows
read back as frames. Frames too large to insert under SQLite's write lock go through store.staging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection, models, transaction

from huikuan.mechanisms.store.models import Fact
from huikuan.mechanisms.store.transactions import is_postgres


def columns_of(model: type[models.Model]) -> list[str]:
    """Database column names of `model` in declaration order."""
    return [str(field.column) for field in model._meta.concrete_fields]


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` ids nobody else will get, ascending; gaps may remain after a rollback."""
    return [number for first, last in reserve_spans(model, count) for number in range(first, last + 1)]


def reserve_id_column(model: type[models.Model], count: int) -> pl.Series:
    """`count` ids as a column, without a Python integer for each."""
    spans = [pl.int_range(first, last + 1, dtype=pl.Int64, eager=True) for first, last in reserve_spans(model, count)]
    return pl.concat(spans).alias("id") if spans else pl.Series("id", [], dtype=pl.Int64)


def reserve_spans(model: type[models.Model], count: int) -> list[tuple[int, int]]:
    """`count` ids as ascending (first, last) spans: several only where another session drew in between."""
    if count == 0:
        return []
    if is_postgres():
        return _spans_of_sequence(_sequence(model), count)
    if issubclass(model, Fact):
        return _span_of_counter(model._meta.db_table, count)
    return _span_of_autoincrement(model._meta.db_table, count)


def _sequence(model: type[models.Model]) -> str:
    table = model._meta.db_table
    return f"{table}_ids" if issubclass(model, Fact) else f"{table}_id_seq"


def _spans_of_sequence(sequence: str, count: int) -> list[tuple[int, int]]:
    # A row number less than the value is the same along a run without gap.
    sql = (
        "SELECT min(v), max(v) FROM (SELECT v, v - row_number() OVER (ORDER BY v) AS run FROM"
        " (SELECT nextval(%s::regclass) AS v FROM generate_series(1, %s::bigint)) AS drawn) AS runs"
        " GROUP BY run ORDER BY 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [sequence, count])
        return [(int(first), int(last)) for first, last in cursor.fetchall()]


def _span_of_counter(table: str, count: int) -> list[tuple[int, int]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO store_idcounter ("table", next_id) VALUES (%s, %s)'
            ' ON CONFLICT ("table") DO UPDATE SET next_id = next_id + %s RETURNING next_id',
            [table, 1 + count, count],
        )
        after = int(cursor.fetchone()[0])
    return [(after - count, after - 1)]


def _span_of_autoincrement(table: str, count: int) -> list[tuple[int, int]]:
    """Push SQLite's own AUTOINCREMENT counter on, so that later plain inserts continue behind the span."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq", [count, table])
        row = cursor.fetchone()
        if row is None:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s) RETURNING seq", [table, count])
            row = cursor.fetchone()
    last = int(row[0])
    return [(last - count + 1, last)]


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
    insert_frame(model, frame)


def copy_frame(table: str, frame: pl.DataFrame) -> None:
    """PostgreSQL's COPY of `frame` into `table` (quoted), in this transaction."""
    if frame.is_empty():
        return
    quoted = ", ".join(f'"{name}"' for name in frame.columns)
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({quoted}) FROM STDIN WITH (FORMAT csv)") as copy:
            for part in frame.iter_slices(50_000):
                copy.write(_for_copy(part).write_csv(include_header=False))


def insert_frame(model: type[models.Model], frame: pl.DataFrame) -> None:
    """SQLite's plain INSERT of `frame`, without the ORM's conversion of every value."""
    if frame.is_empty():
        return
    identifiers = {str(field.column) for field in model._meta.concrete_fields if isinstance(field, models.UUIDField)}
    plain = sqlite_form(frame).with_columns(
        pl.col(name).str.replace_all("-", "", literal=True) for name in frame.columns if name in identifiers
    )
    names, marks = ", ".join(f'"{name}"' for name in plain.columns), ", ".join("?" * plain.width)
    with connection.wrap_database_errors:
        connection.connection.executemany(
            f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})', plain.iter_rows()
        )


def sqlite_form(frame: pl.DataFrame) -> pl.DataFrame:
    """Dates, instants and booleans as Django stores them on SQLite."""
    kinds = frame.schema
    return frame.with_columns(
        [pl.col(name).dt.strftime("%Y-%m-%d") for name, kind in kinds.items() if kind == pl.Date]
        + [pl.col(name).dt.strftime("%Y-%m-%d %H:%M:%S%.6f") for name, kind in kinds.items() if kind == pl.Datetime]
        + [pl.col(name).cast(pl.Int8) for name, kind in kinds.items() if kind == pl.Boolean]
        + [pl.col(name).cast(pl.Int64) for name, kind in kinds.items() if kind == pl.Null]
    )


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
