"""How a fact and its leaf reach the database: one statement each, prepared once per table."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from huikuan.mechanisms.audit.domain.canonical import commitment, digest, document
from huikuan.mechanisms.audit.models import Erasable, Leaf
from huikuan.mechanisms.audit.shapes import Shape, shape_of
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.mechanisms.store.models import Fact
from huikuan.mechanisms.store.pipeline import send
from huikuan.mechanisms.store.transactions import is_postgres, transaction_number
from huikuan.mechanisms.store.wire import int8

_TX = "pg_current_xact_id()::text::bigint + (SELECT tx_offset FROM store_epoch WHERE id = 1)"
_ERASABLE = f"INSERT INTO {Erasable._meta.db_table} (kind, subject_id, salt, content) VALUES (%s, %s, %s, %s)"


@dataclass(frozen=True)
class Ready:
    """One fact, complete and in canonical form, waiting to be written."""

    row: dict[str, Any]
    digest: bytes
    salt: bytes | None
    content: str

    @property
    def commitment(self) -> bytes | None:
        return commitment(self.salt, self.content) if self.salt else None


def prepare(model: type[Fact], row: Mapping[str, Any], at: datetime) -> Ready:
    """Complete `row` with defaults and digest it; unknown columns and inexact values are a TypeError."""
    shape = shape_of(model)
    unknown = row.keys() - shape.kinds.keys() - set(shape.personal)
    if unknown:
        raise TypeError(f"{shape.table} has no column {sorted(unknown)}")
    whole = {
        name: row[name] if name in row else default() for name, default in _defaults(model) if name not in ("id", "tx")
    }
    whole["recorded_at"] = at
    if "id" in row:
        whole["id"] = row["id"]
    fact = digest(shape.canonical(whole))
    if not shape.personal:
        return Ready(whole, fact, None, "")
    content = document({name: row[name] for name in shape.personal})
    return Ready(whole, fact, secrets.token_bytes(32), content)


def write(model: type[Fact], facts: Sequence[Ready], at: datetime) -> list[int]:
    """Insert facts and leaves in the caller's transaction; returns the facts' ids."""
    ids = _write_postgres(model, facts) if is_postgres() else _write_sqlite(model, facts, at)
    table = model._meta.db_table
    kept = [(table, subject, fact.salt, fact.content) for subject, fact in zip(ids, facts, strict=True) if fact.salt]
    if kept:
        with connection.cursor() as cursor:
            cursor.executemany(_ERASABLE, kept)
    return ids


def append(model: type[Fact], facts: Sequence[Ready], at: datetime) -> None:
    """`write` for a caller who needs no ids: inside `store.pipeline.together` nothing is waited for."""
    if not is_postgres() or any(fact.salt or "id" in fact.row for fact in facts):
        write(model, facts, at)
        return
    _execute(_postgres_insert(model, given=False), [_postgres_values(shape_of(model), fact) for fact in facts])


def _write_postgres(model: type[Fact], facts: Sequence[Ready]) -> list[int]:
    """One round trip for one fact; for many, ids first, then a pipeline."""
    shape = shape_of(model)
    if len(facts) == 1 and "id" not in facts[0].row:
        with connection.cursor() as cursor:
            cursor.execute(_postgres_insert(model, given=False), _postgres_values(shape, facts[0]))
            return [cursor.fetchone()[0]]
    ids = _with_ids(model, facts)
    rows = [[int8(one), *_postgres_values(shape, fact)] for one, fact in zip(ids, facts, strict=True)]
    _execute(_postgres_insert(model, given=True), rows)
    return ids


def _execute(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    if len(rows) == 1:
        send(sql, rows[0])
        return
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _postgres_values(shape: Shape, fact: Ready) -> list[Any]:
    convert = _postgres_forms()
    values = [
        None if fact.row[name] is None else convert[kind](fact.row[name])
        for name, kind in shape.kinds.items()
        if name not in ("id", "tx")
    ]
    return [*values, fact.row["recorded_at"], fact.digest, fact.commitment]


@cache
def _postgres_insert(model: type[Fact], *, given: bool) -> str:
    table, leaf = model._meta.db_table, Leaf._meta.db_table
    names = [name for name in shape_of(model).kinds if name not in ("id", "tx")]
    subject = "%s" if given else f"nextval('{table}_ids')"
    return (
        f'WITH fact AS (INSERT INTO "{table}" (id, tx, {", ".join(chr(34) + name + chr(34) for name in names)})'
        f" VALUES ({subject}, {_TX}, {', '.join(['%s'] * len(names))}) RETURNING id, tx)"
        f' INSERT INTO "{leaf}" (id, tx, recorded_at, kind, subject_id, digest, commitment)'
        f" SELECT nextval('{leaf}_ids'), tx, %s::timestamptz, '{table}', id, %s::bytea, %s::bytea FROM fact"
        " RETURNING subject_id"
    )


def _write_sqlite(model: type[Fact], facts: Sequence[Ready], at: datetime) -> list[int]:
    shape = shape_of(model)
    tx = transaction_number()
    ids = _with_ids(model, facts)
    leaf_ids = reserve_ids(Leaf, len(facts))
    rows, leaves = [], []
    recorded_at = _SQLITE["instant"](at)
    for subject, leaf_id, fact in zip(ids, leaf_ids, facts, strict=True):
        row = {**fact.row, "id": subject, "tx": tx}
        rows.append([None if row[name] is None else _SQLITE[kind](row[name]) for name, kind in shape.kinds.items()])
        leaves.append((leaf_id, tx, recorded_at, shape.table, subject, fact.digest, fact.commitment))
    with connection.cursor() as cursor:
        cursor.executemany(_sqlite_insert(shape.table, tuple(shape.kinds)), rows)
        cursor.executemany(_sqlite_insert(Leaf._meta.db_table, LEAF_COLUMNS), leaves)
    return ids


LEAF_COLUMNS = ("id", "tx", "recorded_at", "kind", "subject_id", "digest", "commitment")


@cache
def _sqlite_insert(table: str, names: tuple[str, ...]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table}" ({quoted}) VALUES ({", ".join(["%s"] * len(names))})'


def _with_ids(model: type[Fact], facts: Sequence[Ready]) -> list[int]:
    fresh = iter(reserve_ids(model, sum(1 for fact in facts if "id" not in fact.row)))
    return [fact.row["id"] if "id" in fact.row else next(fresh) for fact in facts]


@cache
def _defaults(model: type[Fact]) -> list[tuple[str, Callable[[], Any]]]:
    return [(name, field.get_default) for name, field in shape_of(model).fields.items()]


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    return value if type(value) is str else str(getattr(value, "value", value))


#: How each kind is handed to the driver.
_PLAIN: dict[str, Callable[[Any], Any]] = {
    "integer": _same,
    "boolean": _same,
    "text": _text,
    "date": _same,
    "instant": _same,
    "binary": bytes,
    "uuid": _same,
}


@cache
def _postgres_forms() -> dict[str, Callable[[Any], Any]]:
    # The driver costs a command a tenth of its start: loaded only where PostgreSQL is the database.
    from psycopg.types.json import Jsonb

    return {**_PLAIN, "integer": int8, "document": lambda value: Jsonb(value, dumps=document)}


def _sqlite_instant(value: datetime) -> str:
    return str(connection.ops.adapt_datetimefield_value(value))


#: The forms Django's SQLite backend writes and reads.
_SQLITE: dict[str, Callable[[Any], Any]] = {
    **_PLAIN,
    "date": str,
    "instant": _sqlite_instant,
    "uuid": lambda value: value.hex,
    "document": document,
}
