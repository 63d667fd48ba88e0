"""Numbers as the driver should send them: always equally wide, so that one statement is prepared
whatever their size. SQLite takes them as they are."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from huikuan.mechanisms.store.transactions import is_postgres


def int8(value: int | None) -> Any:
    """A bigint parameter."""
    return value if value is None else _forms()[1](value)


def int4(value: int) -> Any:
    """An integer parameter."""
    return _forms()[0](value)


def array(values: Iterable[int | None]) -> str:
    """PostgreSQL's literal of an array of integers, for a parameter that says its type (%s::bigint[])."""
    return f"{{{','.join('NULL' if value is None else str(value) for value in values)}}}"


@cache
def _forms() -> tuple[type, type]:
    if not is_postgres():
        return int, int
    # The driver costs a command a tenth of its start: loaded only where PostgreSQL is the database.
    from psycopg.types.numeric import Int4, Int8

    return Int4, Int8
