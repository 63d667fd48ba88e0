"""One sealer at a time, and questions about the present wait for it.

A head becomes visible a moment after the instant it states. Were a question about that instant
answered in between, its answer would change once the head is there. So a sealer holds its turn
from before it reads its clock until its commit, and who asks about the newest instants waits that out.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from huikuan.mechanisms.store.folder import data_folder
from huikuan.mechanisms.store.transactions import is_postgres

_NAME = "hashtextextended('audit.seal', 0)"


@contextmanager
def sealing() -> Iterator[timedelta]:
    """The sealer's turn; yields how long it had to be waited for (zero when it was free)."""
    with _held("", fcntl.LOCK_EX) as waited:
        yield waited


@contextmanager
def no_sealing() -> Iterator[None]:
    """A moment in which no seal is under way."""
    with _held("_shared", fcntl.LOCK_SH):
        yield


@contextmanager
def _held(sharing: str, mode: int) -> Iterator[timedelta]:
    if not is_postgres():
        with (data_folder() / "seal.lock").open("a") as file:
            yield _wait(lambda: _flock(file.fileno(), mode | fcntl.LOCK_NB), lambda: _flock(file.fileno(), mode))
        return
    try:
        yield _wait(
            lambda: _ask(f"SELECT pg_try_advisory_lock{sharing}({_NAME})"),
            lambda: _ask(f"SELECT pg_advisory_lock{sharing}({_NAME}) IS NULL"),
        )
    finally:
        _ask(f"SELECT pg_advisory_unlock{sharing}({_NAME})")


def _wait(attempt: Callable[[], bool], insist: Callable[[], bool]) -> timedelta:
    if attempt():
        return timedelta()
    began = time.monotonic()
    insist()
    return timedelta(seconds=time.monotonic() - began)


def _flock(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode)
    except BlockingIOError:
        return False
    return True


def _ask(sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return bool(cursor.fetchone()[0])
