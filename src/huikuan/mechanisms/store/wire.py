"""Values of statements of our own as the driver should send them, and as it hands them over.

Numbers are always equally wide, so that one statement is prepared whatever their size; SQLite takes them as they are
and gives days and instants as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
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


def among(parameter: str = "%s") -> str:
    """`IN (…)` over one `parameter` that `listed` makes. Through a subquery, so that PostgreSQL plans the statement
    once for any number of ids: it would plan an array it can see anew each time, which costs more than the reading."""
    if is_postgres():
        return f"IN (SELECT unnest((SELECT {parameter}::bigint[])))"
    return f"IN (SELECT value FROM json_each({parameter}))"


def listed(ids: Iterable[int]) -> str:
    """The parameter of `among`."""
    return array(ids) if is_postgres() else json.dumps(list(ids))


def as_date(value: date | str | None) -> date | None:
    """A day as the driver hands it over."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def as_instant(value: datetime | str) -> datetime:
    """An instant as the driver hands it over."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read if read.tzinfo else read.replace(tzinfo=UTC)


@cache
def _forms() -> tuple[type, type]:
    if not is_postgres():
        return int, int
    # The driver costs a command a tenth of its start: loaded only where PostgreSQL is the database.
    from psycopg.types.numeric import Int4, Int8

    return Int4, Int8
