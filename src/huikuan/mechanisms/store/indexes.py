"""Indexes of a table that is about to take very many rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import connection, models

from huikuan.mechanisms.store.transactions import is_postgres


@contextmanager
def indexing_at_once(arriving: Mapping[type[models.Model], int]) -> Iterator[None]:
    """Inside the caller's transaction, SQLite: tables that take at least as many rows as they have get their
    named indexes back only afterwards, built in one sorted pass.

    Rows come in any order of customer, and taking each to its place in the tree costs more than the row
    itself. Like lifting a guard it is part of the transaction: nobody sees the table without its indexes, and
    a failure or a crash leaves them where they were. Unique keys stay throughout.
    """
    indexes = (
        {}
        if is_postgres()
        else dict(_named_indexes([*(model for model in arriving if _doubles(model, arriving[model]))]))
    )
    with connection.cursor() as cursor:
        for name in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for text in indexes.values():
            cursor.execute(text)


def _doubles(model: type[models.Model], count: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT 1 FROM "{model._meta.db_table}" LIMIT 1 OFFSET %s', [count])
        return cursor.fetchone() is None


def _named_indexes(tables: list[type[models.Model]]) -> list[tuple[str, str]]:
    """(name, its statement) of the indexes that `Meta.indexes` declares, as the database has them."""
    found = []
    with connection.cursor() as cursor:
        for name in (index.name for model in tables for index in model._meta.indexes):
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name = %s", [name])
            found += cursor.fetchall()
    return found
