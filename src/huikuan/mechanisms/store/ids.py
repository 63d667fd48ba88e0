"""Ids reserved ahead of writing, in one step for many rows.

Apart from store.bulk, so that an operation on a single fact does not load the frames' library.
"""

from __future__ import annotations

from django.db import connection, models, transaction

from huikuan.mechanisms.store.models import Fact
from huikuan.mechanisms.store.transactions import is_postgres


def columns_of(model: type[models.Model]) -> list[str]:
    """Database column names of `model` in declaration order."""
    return [str(field.column) for field in model._meta.concrete_fields]


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` ids nobody else will get, ascending; gaps may remain after a rollback."""
    return [number for first, last in reserve_spans(model, count) for number in range(first, last + 1)]


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
