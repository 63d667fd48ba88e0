"""The canonical form of a fact: the bytes whose digest a leaf commits to.

JSON without spaces, keys in the order of the table's columns, text as is (no \\u escapes),
dates and instants in ISO form (instants in UTC with microseconds and 'Z'), binary as hex.
`id` and `tx` are left out: the leaf itself states them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

#: Columns that the leaf states by itself.
OUTSIDE = ("id", "tx")


def canonical(row: Mapping[str, Any]) -> bytes:
    """The canonical bytes of `row` (column name → value), whose keys are already in column order."""
    return json.dumps(
        {name: _plain(value) for name, value in row.items() if name not in OUTSIDE},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def digest(row: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical(row)).digest()


def commitment(salt: bytes, row: Mapping[str, Any]) -> bytes:
    """The salted digest of the personal part of a fact."""
    return hashlib.sha256(salt + canonical(row)).digest()


def leaf_bytes(kind: str, subject_id: int, tx: int, fact_digest: bytes, committed: bytes | None) -> bytes:
    """What is hashed as a leaf of the tree."""
    return b"|".join(
        (
            kind.encode(),
            str(subject_id).encode(),
            str(tx).encode(),
            fact_digest.hex().encode(),
            committed.hex().encode() if committed else b"",
        )
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, UUID):
        return str(value)
    return value
