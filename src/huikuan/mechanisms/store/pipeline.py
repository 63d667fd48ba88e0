"""Several statements in one round trip, where the database can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from huikuan.mechanisms.store.transactions import is_postgres


@contextmanager
def together() -> Iterator[None]:
    """Statements inside are sent without waiting for one another's answers; the block ends when all
    have answered. They run in order, each with its own snapshot; the first error is raised at the end
    and undoes what followed. Fetch results after the block. Call inside a transaction."""
    if not is_postgres():
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
