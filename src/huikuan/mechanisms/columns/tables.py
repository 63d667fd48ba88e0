"""What is mirrored: a context describes rows of its facts, this mechanism keeps them as columns.

The mechanism knows no ledger. A `Table` names its columns and the query that yields them; the same query feeds
the bulk mirror, the tail and the database engine, so the three cannot drift apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

#: `closed_on` and `closed_tx` of rows that count for ever.
NEVER = date(9999, 12, 31)
ALWAYS_KNOWN = 2**62

Kind = Literal["integer", "date", "text"]


@dataclass(frozen=True, slots=True)
class Until:
    """Where a question ends: only facts effective by `as_of`, with a tx below `known`, count in it."""

    as_of: date
    known: int = ALWAYS_KNOWN


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """Rows of one `key` whose `amount` sums to zero cancel out from a day on: `effective` is the day's column."""

    key: str
    amount: str
    effective: str


@dataclass(frozen=True, slots=True)
class Table:
    """One mirrored table.

    `sql` selects exactly `columns`, in portable SQL, of facts with %(low)s ≤ tx < %(high)s; one column is `tx`.
    `key`: the column that says which item a row belongs to, '' where rows belong to none; keyed tables share it.
    `effective`: of a keyed table, the column with the day from which a row counts.
    """

    name: str
    columns: tuple[Column, ...]
    sql: str
    closing: Closing | None = None
    key: str = ""
    effective: str = ""

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def fingerprint(self) -> str:
        """Changes whenever the definition does; a mirror built by another one is rebuilt."""
        return hashlib.sha256(repr((self.columns, self.sql, self.closing)).encode()).hexdigest()


_TABLES: dict[str, Table] = {}


def register(table: Table) -> Table:
    """Make `table` part of the mirror; a context calls this once at import of its columns module."""
    _TABLES[table.name] = table
    return table


def registered() -> tuple[Table, ...]:
    return tuple(_TABLES[name] for name in sorted(_TABLES))


def mark(tables: Iterable[Table]) -> str:
    """One fingerprint over all definitions."""
    return _mark(tuple(tables))


@lru_cache(maxsize=8)
def _mark(tables: tuple[Table, ...]) -> str:
    return hashlib.sha256("".join(table.fingerprint() for table in tables).encode()).hexdigest()
