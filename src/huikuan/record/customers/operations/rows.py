"""Set-based reading and writing of the customer table: one statement for any number of rows.

The rows travel as one JSON parameter, which both databases take apart alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db import connection

from huikuan.kernel.text import spellings
from huikuan.mechanisms.audit.bulk import record_frame
from huikuan.mechanisms.store.transactions import is_postgres
from huikuan.record.customers.domain.master import Master, content_of
from huikuan.record.customers.domain.search_words import search_words
from huikuan.record.customers.models import CustomerVersion

_CHUNK = 20_000
_TEXTS = ("code", "name", "short_name", "english_name", "uscc", "uscc_override_reason", "status", "industry")
_COLUMNS = (*_TEXTS, "former_names", "search")
#: PostgreSQL's types of what is not text.
_TYPES = {"former_names": "jsonb", "id": "bigint"}


@dataclass(frozen=True, slots=True)
class Known:
    """A customer as the table has it."""

    id: int
    version: int
    master: Master


def known_by_code(codes: Iterable[str], *, lock: bool = False) -> dict[str, Known]:
    """The customers with these codes. `lock` holds them, and every customer that has a parent,
    in id order to the end of the transaction, so that no cycle can arise beside us."""
    wanted = sorted(set(codes))
    found: dict[str, Known] = {}
    if lock and is_postgres():
        _lock(wanted)
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), _CHUNK):
            cursor.execute(_SELECT.format(among=_among()), [json.dumps(wanted[start : start + _CHUNK])])
            found.update({row[2]: _known(row) for row in cursor.fetchall()})
    return found


def ids_by_code(codes: Iterable[str]) -> dict[str, int]:
    """Code → id of the customers that exist."""
    wanted = sorted(set(codes))
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), _CHUNK):
            cursor.execute(
                f"SELECT code, id FROM customers_customer WHERE code IN {_among()}",
                [json.dumps(wanted[start : start + _CHUNK])],
            )
            found.update(cursor.fetchall())
    return found


def ids_by_name(names: Iterable[str]) -> dict[str, list[int]]:
    """Name → ids of the customers registered under it, in whatever width of brackets; several may be."""
    ways = {way: name for name in names for way in spellings(name)}
    wanted = sorted(ways)
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), _CHUNK):
            cursor.execute(
                f"SELECT name, id FROM customers_customer WHERE name IN {_among()} ORDER BY id",
                [json.dumps(wanted[start : start + _CHUNK])],
            )
            for name, customer_id in cursor.fetchall():
                found.setdefault(ways[name], []).append(customer_id)
    return found


def parents_by_code() -> dict[str, str]:
    """Child code → parent code of every customer that has a parent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.code, parent.code FROM customers_customer child"
            " JOIN customers_customer parent ON parent.id = child.parent_id"
        )
        return dict(cursor.fetchall())


def insert_new(masters: Sequence[Master], ids: Mapping[str, int] | None = None) -> dict[str, int]:
    """Insert those whose code nobody has; code → id of the rows this call inserted.

    `ids` gives each code an id reserved before (store.bulk.reserve_ids).
    Codes go in sorted order, so two imports meeting on the same codes wait, not deadlock.
    """
    ordered = sorted(masters, key=lambda master: master.code)
    inserted: dict[str, int] = {}
    names = ("id", *_COLUMNS) if ids else _COLUMNS
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), _CHUNK):
            cursor.execute(
                f"INSERT INTO customers_customer ({columns}, version)"
                f" SELECT {columns}, 1 FROM {_rows(names)} WHERE true ORDER BY code"
                " ON CONFLICT (code) DO NOTHING RETURNING code, id",
                [_json(ordered[start : start + _CHUNK], ids)],
            )
            inserted.update(cursor.fetchall())
    return inserted


def update_changed(masters: Sequence[Master]) -> None:
    """Write these masters over the rows of their codes, one version up."""
    settings = ", ".join(f"{name} = stated.{name}" for name in _COLUMNS if name != "code")
    with connection.cursor() as cursor:
        for start in range(0, len(masters), _CHUNK):
            cursor.execute(
                f"UPDATE customers_customer SET {settings}, version = customers_customer.version + 1"
                f" FROM {_rows(_COLUMNS)} WHERE customers_customer.code = stated.code",
                [_json(masters[start : start + _CHUNK])],
            )


def set_parents(parents: Mapping[str, str]) -> None:
    """Child code → parent code; both exist."""
    pairs = [{"code": child, "parent_code": parent} for child, parent in sorted(parents.items())]
    with connection.cursor() as cursor:
        for start in range(0, len(pairs), _CHUNK):
            cursor.execute(
                "UPDATE customers_customer SET parent_id ="
                " (SELECT id FROM customers_customer above WHERE above.code = stated.parent_code)"
                f" FROM {_rows(('code', 'parent_code'))} WHERE customers_customer.code = stated.code",
                [json.dumps(pairs[start : start + _CHUNK], ensure_ascii=False)],
            )


def record_versions(
    stated: Sequence[tuple[int, int, Master]], *, batch_id: int | None, actor: str, at: datetime
) -> None:
    """A CustomerVersion fact for each (customer id, version, master)."""
    facts = {
        "customer_id": pl.Series([customer_id for customer_id, _, _ in stated], dtype=pl.Int64),
        "version": pl.Series([version for _, version, _ in stated], dtype=pl.Int64),
        "content": pl.Series([content_of(master) for _, _, master in stated], dtype=pl.String),
        "actor": pl.repeat(actor, len(stated), eager=True),
        "batch_id": pl.repeat(batch_id, len(stated), dtype=pl.Int64, eager=True),
    }
    record_frame(CustomerVersion, pl.DataFrame(facts), at=at)


_SELECT = (
    "SELECT this.id, this.version, this.code, this.name, this.short_name, this.english_name, this.former_names,"
    " this.uscc, this.uscc_override_reason, this.status, parent.code, this.industry"
    " FROM customers_customer this LEFT JOIN customers_customer parent ON parent.id = this.parent_id"
    " WHERE this.code IN {among}"
)


def _known(row: Sequence[object]) -> Known:
    customer_id, version, code, name, short, english, former, uscc, reason, status, parent, industry = row
    master = Master(
        code=str(code),
        name=str(name),
        short_name=str(short),
        english_name=str(english),
        former_names=tuple(json.loads(former) if isinstance(former, str) else former),  # type: ignore[arg-type]
        uscc=str(uscc),
        uscc_override_reason=str(reason),
        status=str(status),
        parent_code=str(parent or ""),
        industry=str(industry),
    )
    return Known(int(customer_id), int(version), master)  # type: ignore[call-overload]


def _lock(codes: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM customers_customer WHERE parent_id IS NOT NULL OR code IN {_among()}"
            " ORDER BY id FOR NO KEY UPDATE",
            [json.dumps(codes)],
        )


def _json(masters: Sequence[Master], ids: Mapping[str, int] | None = None) -> str:
    rows = []
    for master in masters:
        more = {"search": search_words(master)} | ({"id": ids[master.code]} if ids else {})
        rows.append(f"{json.dumps(more, ensure_ascii=False)[:-1]},{content_of(master)[1:]}")
    return f"[{','.join(rows)}]"


def _among() -> str:
    if is_postgres():
        return "(SELECT json_array_elements_text(%s::json))"
    return "(SELECT value FROM json_each(%s))"


def _rows(columns: Sequence[str]) -> str:
    """The JSON parameter as a table named `stated`."""
    if is_postgres():
        typed = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in columns)
        return f"json_to_recordset(%s::json) AS stated({typed})"
    chosen = ", ".join(f"value {'->' if name == 'former_names' else '->>'} '{name}' AS {name}" for name in columns)
    return f"(SELECT {chosen} FROM json_each(%s)) AS stated"
