"""The database refuses to change a fact, by whatever statement (catalogue 78)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import RoleGrant
from huikuan.mechanisms.store import guards

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)


@pytest.fixture
def grant(transactional_db: None) -> int:
    with transaction.atomic():
        return record(RoleGrant, [{"user_id": 1, "role": "auditor", "granted": True, "actor": "root"}], at=AT)[0]


def statements() -> list[str]:
    table = RoleGrant._meta.db_table
    common = [
        f"UPDATE {table} SET role = 'admin'",
        f"DELETE FROM {table}",
        f"UPDATE {table} SET role = 'x' WHERE 1 = 0",
    ]
    if connection.vendor == "postgresql":
        upsert = f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET role = 'admin'"
        return [common[0], common[1], f"TRUNCATE {table}", upsert]
    return [
        *common[:2],
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT (id) DO UPDATE SET role = 'admin'",
    ]


def test_every_change_is_refused_and_nothing_changes(grant: int) -> None:
    for statement in statements():
        with pytest.raises(DatabaseError, match="facts are never changed"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)
        assert list(RoleGrant.objects.values_list("id", "role")) == [(grant, "auditor")]


def test_with_the_guards_off_the_change_goes_through(grant: int) -> None:
    table = RoleGrant._meta.db_table
    with connection.cursor() as cursor:
        for name, text in guards.expected(RoleGrant).items():
            if text == "sequence":
                continue
            on_table = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "{name}"{on_table}')
        assert {missing for missing in guards.missing() if missing[0] == table}
        cursor.execute(f"UPDATE {table} SET role = 'admin'")
    assert RoleGrant.objects.get().role == "admin"
    guards.install()
    assert guards.missing() == []
