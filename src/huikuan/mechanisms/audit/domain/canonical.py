"""The canonical form of a fact: the bytes whose SHA-256 a leaf commits to.

A JSON array without spaces, text as is (no \\u escapes beyond those JSON demands): first the values
of the table's first columns in the alphabetical order of their names, then the columns added by
later releases in the order they were added, of which trailing nulls are left out. So neither the
order of fields in a class nor a new column changes what an old leaf commits to. `id` and `tx` are
left out: the leaf states them itself. Dates and instants are ISO text (instants UTC, microseconds,
'Z'), binary is lower-case hex, documents are nested with their keys sorted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

#: Columns that the leaf states by itself.
OUTSIDE = ("id", "tx")


def canonical(base: Iterable[Any], later: Iterable[Any] = ()) -> bytes:
    """The canonical bytes of plain values (see `PLAIN`) in canonical order."""
    added = list(later)
    while added and added[-1] is None:
        added.pop()
    return document([*base, *added]).encode()


def document(value: Any) -> str:
    """Canonical JSON text."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def digest(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def commitment(salt: bytes, personal: str) -> bytes:
    """The salted digest of a fact's personal part: without the salt it cannot be guessed back."""
    return hashlib.sha256(salt + personal.encode()).digest()


def leaf_bytes(kind: str, subject_id: int, tx: int, fact_digest: bytes, committed: bytes | None) -> bytes:
    """What is hashed as a leaf of the tree: `kind|id|tx|digest|commitment`, hex, nothing for none."""
    return f"{kind}|{subject_id}|{tx}|{fact_digest.hex()}|{committed.hex() if committed else ''}".encode()


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"an integer is wanted, not {value!r}")
    return value


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError(f"a boolean is wanted, not {value!r}")
    return value


def _text(value: Any) -> str:
    if isinstance(value, Enum):
        value = value.value
    if not isinstance(value, str):
        raise TypeError(f"text is wanted, not {value!r}")
    return str(value)


def _date(value: Any) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"a date is wanted, not {value!r}")
    return value.isoformat()


def _instant(value: Any) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"an instant with a zone is wanted, not {value!r}")
    # Not strftime: %Y does not pad years below 1000 everywhere.
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _binary(value: Any) -> str:
    return bytes(value).hex()


def _uuid(value: Any) -> str:
    return str(value if isinstance(value, UUID) else UUID(value))


def _document(value: Any) -> Any:
    """A document of objects, lists, text, integers, booleans and null; floats are refused, because
    no two databases agree how to write them."""
    if isinstance(value, dict):
        return {_text(key): _document(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_document(inner) for inner in value]
    if isinstance(value, str):
        return _text(value)
    if value is None or type(value) in (bool, int):
        return value
    raise TypeError(f"a document holds no {type(value).__name__}: {value!r}")


#: What each kind of column looks like as a JSON value.
PLAIN: dict[str, Callable[[Any], Any]] = {
    "integer": _integer,
    "boolean": _boolean,
    "text": _text,
    "date": _date,
    "instant": _instant,
    "binary": _binary,
    "uuid": _uuid,
    "document": _document,
}
