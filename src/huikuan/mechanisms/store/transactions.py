"""Write transactions and the order of knowledge.

Every fact carries `tx`, the number of the transaction that wrote it. `horizon()` is the lowest
number that may still commit: every fact with tx < horizon is committed, visible and final. The
mirror, the sealer and the event feed all advance by this one rule. (A watermark on ids would miss
transactions that commit late.)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction

from huikuan.kernel.errors import Refusal

Answer = TypeVar("Answer")

#: SQLSTATEs after which PostgreSQL asks to run the transaction again.
_AGAIN = {"40001", "40P01", "55P03"}
_ATTEMPTS = 6


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def transaction_number() -> int:
    """The number of the current write transaction. Call inside `transaction.atomic()`."""
    if is_postgres():
        sql = "SELECT pg_current_xact_id()::text::bigint + (SELECT tx_offset FROM store_epoch WHERE id = 1)"
    else:
        sql = "UPDATE store_epoch SET last_tx = last_tx + 1 WHERE id = 1 RETURNING last_tx"
    return _number(sql)


def horizon() -> int:
    """Every fact with tx below this is committed and visible to the caller's snapshot."""
    if is_postgres():
        sql = (
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            " + (SELECT tx_offset FROM store_epoch WHERE id = 1)"
        )
    else:
        sql = "SELECT last_tx + 1 FROM store_epoch WHERE id = 1"
    return _number(sql)


@contextmanager
def snapshot() -> Iterator[None]:
    """One consistent view of the database for several reads; nests inside a write transaction."""
    if connection.in_atomic_block or _in_snapshot():
        yield
        return
    if is_postgres():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # A deferred transaction on SQLite reads from one WAL snapshot and takes no write lock.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def retrying(work: Callable[[], Answer]) -> Answer:
    """Run `work` in a transaction, again after a serialization failure, deadlock or busy database.

    The only retry in the product. `work` must be safe to run again from its start.
    """
    for attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            last = attempt == _ATTEMPTS - 1
            if connection.in_atomic_block or not _worth_repeating(error):
                raise
            if last:
                raise Refusal("database_busy") from error
            time.sleep(0.01 * 2**attempt)
    raise AssertionError("unreachable: the loop returns or raises")


@contextmanager
def checkpoint_later() -> Iterator[None]:
    """SQLite: what this connection commits within is carried from the log into the database file only at the end.

    Left alone, the commit of a large transaction does that before it answers. A checkpoint that fails is made up
    for by the next one: what was committed is safe in the log.
    """
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_autocheckpoint")
        usual = int(cursor.fetchone()[0])
        cursor.execute("PRAGMA wal_autocheckpoint = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA wal_autocheckpoint = {usual}")
            with suppress(DatabaseError):
                cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


@contextmanager
def exclusive(name: str) -> Iterator[bool]:
    """Hold the database-wide lock `name` for the enclosing transaction; yields False if taken.

    SQLite has one writer, so the enclosing write transaction is lock enough.
    """
    if not is_postgres():
        yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        yield bool(cursor.fetchone()[0])


def _in_snapshot() -> bool:
    """On SQLite a snapshot is a plain transaction that Django does not know of."""
    return not is_postgres() and connection.connection is not None and connection.connection.in_transaction


def _worth_repeating(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state in _AGAIN or "database is locked" in str(error)


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
