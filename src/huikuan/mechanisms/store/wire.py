"""Numbers as the driver should send them: always equally wide, so that one statement is prepared
whatever their size. SQLite takes them as they are."""

from __future__ import annotations

from functools import cache
from typing import Any

from huikuan.mechanisms.store.transactions import is_postgres


def int8(value: int | None) -> Any:
    """A bigint parameter."""
    return value if value is None else _forms()[1](value)


def int4(value: int) -> Any:
    """An integer parameter."""
    return _forms()[0](value)


@cache
def _forms() -> tuple[type, type]:
    if not is_postgres():
        return int, int
    # The driver costs a command a tenth of its start: loaded only where PostgreSQL is the database.
    from psycopg.types.numeric import Int4, Int8

    return Int4, Int8
