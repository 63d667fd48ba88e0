"""The canonical form written by the database, one value for each row, is the form written here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.mechanisms.audit.domain.canonical import digest
from huikuan.mechanisms.audit.reading import read_digests
from huikuan.mechanisms.audit.tests.test_canonical import AT, KINDS, SHAPE, rows
from huikuan.mechanisms.audit.writing import _SQLITE

LEFT_OUT = ("payload", "added", "newest")
PLAIN = replace(
    SHAPE,
    kinds={name: kind for name, kind in KINDS.items() if name not in LEFT_OUT},
    base=tuple(name for name in SHAPE.base if name not in LEFT_OUT),
    later=(),
)
TYPES = {
    "integer": "bigint", "instant": "timestamp with time zone", "date": "date", "boolean": "boolean",
    "text": "varchar", "binary": "bytea",
}  # fmt: skip


def stored(row: dict[str, Any]) -> list[Any]:
    if connection.vendor == "postgresql":
        return [row[name] for name in PLAIN.kinds]
    return [None if row[name] is None else _SQLITE[kind](row[name]) for name, kind in PLAIN.kinds.items()]


def written(many: list[dict[str, Any]]) -> list[tuple[int, int, bytes]]:
    """The rows kept in a table of their own and read back as the verifier reads facts."""
    columns = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in PLAIN.kinds.items())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE example ({columns})")
        cursor.executemany(
            f"INSERT INTO example VALUES ({', '.join(['%s'] * len(PLAIN.kinds))})", [stored(row) for row in many]
        )
        found = read_digests(PLAIN, 0)
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(rows, min_size=1, max_size=5, unique_by=lambda row: row["id"]))
def test_the_database_writes_the_form_the_domain_defines(many: list[dict[str, Any]]) -> None:
    for row in many:
        row.update(tx=7, recorded_at=AT)
        if connection.vendor == "postgresql" and row["name"]:
            row["name"] = row["name"].replace("\x00", "")  # which it does not take
    expected = [(row["id"], 7, digest(PLAIN.canonical(row))) for row in sorted(many, key=lambda row: row["id"])]
    assert written(many) == expected


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL keeps no value in a column of another type")
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("amount", 5, "x5"), ("amount", 5, 5.5), ("amount", None, "null"), ("amount", 5, b"5"),
        ("name", "5", b"5"), ("name", None, "null"), ("flag", True, 2), ("flag", None, "null"),
        ("print", b"ab", "ab"), ("print", None, ""), ("day", None, "null"), ("day", None, ""),
    ],
)  # fmt: skip
def test_a_misplaced_value_has_another_digest(name: str, right: object, wrong: object) -> None:
    row: dict[str, Any] = {**dict.fromkeys(KINDS), "id": 1, "tx": 7, "recorded_at": AT, name: right}
    assert written([row]) == [(1, 7, digest(PLAIN.canonical(row)))]
    values = stored(row)
    values[list(PLAIN.kinds).index(name)] = wrong
    columns = ", ".join(f'"{one}" {TYPES[kind]}' for one, kind in PLAIN.kinds.items())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE example ({columns})")
        cursor.execute(f"INSERT INTO example VALUES ({', '.join(['%s'] * len(values))})", values)
        found = read_digests(PLAIN, 0)
        transaction.set_rollback(True)
    assert [one[:2] for one in found] == [(1, 7)]
    assert found != written([row])
