"""Leaves and facts read in order and in bounded memory, for the sealer, the proofs and the verifier."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection

from huikuan.mechanisms.audit.domain.canonical import PLAIN, document
from huikuan.mechanisms.audit.frames import DTYPES, digests
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.audit.shapes import Shape
from huikuan.mechanisms.store.transactions import is_postgres

#: (subject id, tx, digest, commitment)
LeafRow = tuple[int, int, bytes, bytes | None]

#: Rows read at once.
CHUNK = 50_000


def leaf_texts(*, low: int | None = None, high: int | None = None) -> Iterator[list[str]]:
    """The leaves with low ≤ tx < high in the order of the tree, as what is hashed (see `leaf_bytes`)."""
    hexed = "encode({}, 'hex')" if is_postgres() else "lower(hex({}))"
    text = (
        "kind || '|' || subject_id || '|' || tx || '|' || "
        f"{hexed.format('digest')} || '|' || coalesce({hexed.format('commitment')}, '')"
    )
    bounds = [(f"tx {sign} {int(bound)}") for sign, bound in ((">=", low), ("<", high)) if bound is not None]
    where = f" WHERE {' AND '.join(bounds)}" if bounds else ""
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"SELECT {text} FROM {Leaf._meta.db_table}{where} ORDER BY tx, id")
        while rows := cursor.fetchmany(CHUNK):
            yield [row[0] for row in rows]


def hashes_of(texts: Sequence[str]) -> list[bytes]:
    """Leaf hashes (RFC 6962)."""
    sha256 = hashlib.sha256
    return [sha256(b"\x00" + text.encode()).digest() for text in texts]


def leaf_hashes(*, low: int | None = None, high: int | None = None) -> Iterator[bytes]:
    """The hashes of the leaves with low ≤ tx < high, in order."""
    for texts in leaf_texts(low=low, high=high):
        yield from hashes_of(texts)


def read_digests(shape: Shape, after: int) -> list[tuple[int, int, bytes]]:
    """(id, tx, digest) of up to CHUNK rows of a fact table with id > `after`, in the order of ids.

    Where the database can write a row's canonical form itself, one value is fetched for each row and
    not one for each column, which takes a quarter of the time; what is misplaced in a column comes
    out as no canonical form does. Hashing is ours.
    """
    if shape.later or not {"document", "uuid"}.isdisjoint(shape.kinds.values()):
        facts = read_facts(shape, after)
        return list(zip(facts["id"].to_list(), facts["tx"].to_list(), digests(shape, facts), strict=True))
    values = [_written(name, shape.kinds[name]) for name in shape.base]
    # As bytes, so that text that is not even text fails no reading.
    if is_postgres():
        array = " || ',' || ".join(values)
        form = f"convert_to('[' || {array} || ']', 'UTF8')"
    else:
        form = f"CAST(json_array({', '.join(values)}) AS BLOB)"
    rows = _fetch(f'SELECT id, tx, {form} FROM "{shape.table}" WHERE id > {after} ORDER BY id LIMIT {CHUNK}')
    sha256 = hashlib.sha256
    return [(subject, tx, sha256(row).digest()) for subject, tx, row in rows]


def read_facts(shape: Shape, after: int, limit: int = CHUNK) -> pl.DataFrame:
    """Up to `limit` rows of a fact table with id > `after`, in the order of ids, as a complete frame."""
    names = ", ".join(_selected(name, kind) for name, kind in shape.kinds.items())
    rows = _fetch(f'SELECT {names} FROM "{shape.table}" WHERE id > {after} ORDER BY id LIMIT {limit}')
    columns = zip(*rows, strict=True) if rows else ([] for _ in shape.kinds)
    return pl.DataFrame(
        [_series(name, kind, values) for (name, kind), values in zip(shape.kinds.items(), columns, strict=True)]
    )


def read_leaves(kind: str, after: int, upto: int | None) -> list[LeafRow]:
    """The leaves of one kind with after < subject id ≤ upto, in order."""
    bound = "" if upto is None else f" AND subject_id <= {upto}"
    limit = f" LIMIT {CHUNK}" if upto is None else ""
    return _fetch(
        f"SELECT subject_id, tx, digest, commitment FROM {Leaf._meta.db_table}"
        f" WHERE kind = %s AND subject_id > {after}{bound} ORDER BY subject_id{limit}",
        [kind],
    )


def _fetch(sql: str, params: Sequence[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return list(cursor.fetchall())


def _selected(name: str, kind: str) -> str:
    """The column as read: dates, instants and documents as their canonical text.

    Whatever else the database holds there (an infinite date, a text where an instant should be)
    stays as it is and so differs from what the leaf says.
    """
    column = f'"{name}"'
    if not is_postgres():
        text = f"substr({column}, 1, 10) || 'T' || substr({column}, 12, 8) || '.' || substr(substr({column}, 21)"
        text += " || '000000', 1, 6) || 'Z'"
        # An expression, because the driver would convert a plain column by its declared type.
        plain = {"date": f"{column} || ''", "boolean": f"+{column}"}.get(kind, column)
        return f"CASE WHEN length({column}) <= 26 THEN {text} ELSE {column} END" if kind == "instant" else plain
    if kind in ("date", "instant"):
        form = "YYYY-MM-DD" if kind == "date" else 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
        value = column if kind == "date" else f"{column} AT TIME ZONE 'UTC'"
        usual = f"isfinite({column}) AND {column} >= '0001-01-02' AND {column} < '9999-12-31'"
        return f"CASE WHEN {usual} THEN to_char({value}, '{form}') ELSE {column}::text END"
    return f"{column}::text" if kind in ("document", "uuid") else column


def _written(name: str, kind: str) -> str:
    """The column in SQL as its canonical form wants it: PostgreSQL's as JSON text, SQLite's as what
    json_array turns into it, '?' where the value is of a kind that has no such form."""
    column = f'"{name}"'
    if not is_postgres():
        return {
            "date": f"{column} || ''",
            "instant": _selected(name, kind),
            "binary": f"CASE typeof({column}) WHEN 'blob' THEN lower(hex({column}))"
            " WHEN 'null' THEN NULL ELSE '?' END",
            "boolean": f"CASE {column} WHEN 1 THEN json('true') WHEN 0 THEN json('false')"
            f" ELSE CASE WHEN {column} IS NOT NULL THEN '?' END END",
        }.get(kind, f"CASE typeof({column}) WHEN 'blob' THEN '?' ELSE {column} END")
    if kind in ("date", "instant"):
        value = f"'\"' || {_selected(name, kind)} || '\"'"
    elif kind == "binary":
        value = f"'\"' || encode({column}, 'hex') || '\"'"
    else:
        value = f"to_json({column})::text" if kind == "text" else f"{column}::text"
    return f"coalesce({value}, 'null')"


def _series(name: str, kind: str, values: Sequence[Any]) -> pl.Series:
    dtype = pl.String() if kind in ("date", "instant") else DTYPES[kind]
    try:
        if kind in _CONVERTED:
            values = [None if value is None else _CONVERTED[kind](value) for value in values]
        return pl.Series(name, values, dtype=dtype, strict=True)
    except (TypeError, ValueError, KeyError):
        # SQLite keeps any value in any column; the column is then read one value at a time.
        return pl.Series(name, [None if value is None else _odd(kind, value) for value in values], dtype=pl.String)


def _odd(kind: str, value: Any) -> str:
    """The canonical JSON of a value, or for a misplaced one what no canonical value looks like."""
    if _is_text(kind):
        return value if isinstance(value, str) else f"\x00{value!r}"
    try:
        return document(PLAIN[kind](_CONVERTED.get(kind, _same)(value)))
    except (TypeError, ValueError, KeyError):
        return f"\x00{value!r}"


def _is_text(kind: str) -> bool:
    """Whether a column of this kind is read as text whose quoted form is canonical."""
    return kind in ("text", "date", "instant", "uuid")


def _same(value: Any) -> Any:
    return value


_CONVERTED: dict[str, Callable[[Any], Any]] = {
    "boolean": {0: False, 1: True}.__getitem__,
    "document": lambda text: document(json.loads(text)),
    "uuid": lambda text: str(UUID(text)),
    "binary": bytes,
}
