"""The database refuses to change a fact, by whatever statement (catalogue 78)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, connection, models, transaction

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company, RoleGrant
from huikuan.mechanisms.store import guards
from huikuan.record.receivables.models import Settlement

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


def replacing(rowid: str = "", **changes: str) -> str:
    """INSERT OR REPLACE of the table's one row, with some columns changed."""
    names = [str(field.column) for field in Settlement._meta.concrete_fields]
    into = ", ".join([*(["rowid"] if rowid else []), *names])
    chosen = ", ".join([*([rowid] if rowid else []), *(changes.get(name, name) for name in names)])
    return (
        f"INSERT OR REPLACE INTO {Settlement._meta.db_table} ({into}) SELECT {chosen} FROM {Settlement._meta.db_table}"
    )


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL has no REPLACE")
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_replace_is_refused_through_every_key(transactional_db: None, recursive: str) -> None:
    """Through the nullable unique key and by the name of the rowid (which is the id), also where a
    connection forgot the pragma."""
    row = {"company_id": 1, "customer_id": 1, "credit_id": 1, "debit_id": 2, "credit_amount": -5, "debit_amount": -5}
    with transaction.atomic():
        record(
            Settlement,
            [{**row, "effective_on": AT.date(), "reason": "x", "reversal_of": 7, "actor": "root"}],
            at=AT,
        )
    statements = (
        replacing(reversal_of="8"),
        replacing(id="99"),
        replacing("rowid", reversal_of="8"),
    )
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA recursive_triggers={recursive}")
        try:
            for statement in statements:
                with pytest.raises(DatabaseError, match="facts are never changed"):
                    cursor.execute(statement)
        finally:
            cursor.execute("PRAGMA recursive_triggers=ON")
    assert Settlement.objects.count() == 1


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL has no REPLACE")
def test_a_lifted_guard_is_back_before_anyone_else_can_see(grant: int) -> None:
    """Within its own transaction a taken key still fails; after commit, error and rollback the guard stands."""
    taken = f"INSERT INTO {RoleGrant._meta.db_table} SELECT * FROM {RoleGrant._meta.db_table}"
    with pytest.raises(RuntimeError), guards.inserting([RoleGrant]):
        pass
    with transaction.atomic(), guards.inserting([RoleGrant]):
        assert [name for _, name in guards.missing()] == [f"{RoleGrant._meta.db_table}_no_replace"]
    assert guards.missing() == []
    with (
        pytest.raises(DatabaseError, match="UNIQUE"),
        transaction.atomic(),
        guards.inserting([RoleGrant]),
        connection.cursor() as cursor,
    ):
        cursor.execute(taken)
    assert guards.missing() == []
    assert RoleGrant.objects.count() == 1


def test_the_guards_survive_a_migration_that_rebuilds_the_table(grant: int) -> None:
    """On SQLite Django rebuilds a table for a new column and drops its triggers without a word."""
    field = models.CharField(max_length=10, default="x")
    field.set_attributes_from_name("added")
    with connection.schema_editor() as editor:
        editor.add_field(RoleGrant, field)
    try:
        emit_post_migrate_signal(0, False, "default")
        assert guards.missing() == []
        with pytest.raises(DatabaseError, match="facts are never changed"), transaction.atomic():
            RoleGrant.objects.update(role="admin")
    finally:
        with connection.schema_editor() as editor:
            editor.remove_field(RoleGrant, field)
        guards.install()
    assert guards.missing() == []


def test_a_company_may_change_but_not_disappear(transactional_db: None) -> None:
    company = Company.objects.create(code="HZ", name="江临")
    Company.objects.filter(pk=company.pk).update(name="江临本部")
    with pytest.raises(DatabaseError, match="facts are never changed"), transaction.atomic():
        Company.objects.filter(pk=company.pk).delete()
    assert Company.objects.get(pk=company.pk).name == "江临本部"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no such ways to weaken a trigger")
@pytest.mark.parametrize(
    "weaken",
    [
        "ALTER TABLE {table} DISABLE TRIGGER {table}_no_update",
        "ALTER TABLE {table} ENABLE TRIGGER {table}_no_update",
        "DROP TRIGGER {table}_no_update ON {table};"
        " CREATE TRIGGER {table}_no_update BEFORE UPDATE OF tx ON {table} EXECUTE FUNCTION store_refuse();"
        " ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_update",
        "CREATE OR REPLACE FUNCTION store_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    ],
)
def test_a_weakened_guard_is_named(transactional_db: None, weaken: str) -> None:
    table = RoleGrant._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(weaken.format(table=table))
    assert (table, f"{table}_no_update") in guards.missing()
    guards.install()
    assert guards.missing() == []
