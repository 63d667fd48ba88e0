"""One run of a company at a time. Whoever comes second is told so; a run that died has left its turn."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.store.folder import data_folder
from huikuan.mechanisms.store.transactions import is_postgres


@contextmanager
def turn(company_id: int) -> Iterator[None]:
    """Hold the company's turn until the end, over as many transactions as it takes; refuses where somebody holds it.

    On PostgreSQL the session's lock, on SQLite a file's: both go with the process that held them, however it ended.
    """
    if not is_postgres():
        name = f"collection-{company_id}.lock"
        with (data_folder() / name).open("a") as file:
            try:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise _taken(company_id) from None
            yield
        return
    name = f"hashtextextended('collection.run:{int(company_id)}', 0)"
    if not _ask(f"SELECT pg_try_advisory_lock({name})"):
        raise _taken(company_id)
    try:
        yield
    finally:
        _ask(f"SELECT pg_advisory_unlock({name})")


def _taken(company_id: int) -> Refusal:
    return Refusal("collection_run_under_way", company=company_id)


def _ask(sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return bool(cursor.fetchone()[0])
