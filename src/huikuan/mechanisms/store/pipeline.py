"""Several statements in one round trip, where the database can."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections

from huikuan.mechanisms.store.transactions import is_postgres, retrying

Answer = TypeVar("Answer")


@contextmanager
def together() -> Iterator[None]:
    """Statements inside are sent without waiting for one another's answers; the block ends when all
    have answered, or with the enclosing block. They run in order, each with its own snapshot; the first error
    is raised at the end and undoes what followed. Fetch results after the block. Call inside a transaction."""
    if not is_postgres():
        yield
        return
    connection.ensure_connection()
    if connection.connection.pgconn.pipeline_status:
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def briefly(work: Callable[[], Answer]) -> Answer:
    """`retrying` for `work` that waits for the database only when it fetches; COMMIT goes out with its last
    statements. An error may show as late as the next fetch or the end; nothing in it may COPY."""
    if not is_postgres() or connection.in_atomic_block:
        return retrying(work)

    def work_and_commit() -> Answer:
        with together():
            answer = work()
            # After an error the server skips it like all that follows; Django's own then finds nothing to do.
            send("COMMIT")
        return answer

    return retrying(work_and_commit)


def send(sql: str, params: Sequence[Any] = ()) -> Any:
    """Run one short statement; returns its cursor. Spares PostgreSQL what Django puts around each cursor
    (a third of the time of a statement), so times with a zone come in the server's, and no query is logged."""
    here = connections[DEFAULT_DB_ALIAS]  # once: the proxy looks it up at every mention
    if here.vendor != "postgresql":
        cursor = here.cursor()
        cursor.execute(sql, params)
        return cursor
    if here.connection is None:  # nothing was asked in this thread before
        here.ensure_connection()
    with here.wrap_database_errors:
        return here.connection.execute(sql, params)


def ask(sql: str, params: Sequence[Any] = ()) -> Callable[[], list[Any]]:
    """`send` for one statement whose rows are wanted later: call for them. Inside `together` nothing is waited for
    until then; SQLite, which would keep its table locked under an open question, answers at once."""
    asked = send(sql, params)
    if is_postgres():
        return cast(Callable[[], list[Any]], asked.fetchall)
    rows: list[Any] = asked.fetchall()
    return lambda: rows
