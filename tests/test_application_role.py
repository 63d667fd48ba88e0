"""An application role that owns nothing: it imports and seals, and can change no fact and lift no guard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from huikuan.connect.connectors.operations.importing import import_checked
from huikuan.connect.connectors.tests.ledgers import checked, item, task
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.audit.queries import verify
from huikuan.mechanisms.audit.tests.conftest import seal_all
from huikuan.mechanisms.store import guards
from huikuan.mechanisms.store.grants import grant
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.check import check_ledger


def role() -> str:
    """Roles belong to the whole server: one for each test database."""
    return f"{connection.settings_dict['NAME']}_application"


postgres_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no roles")


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def as_application(transactional_db: None) -> Iterator[None]:
    name = role()
    run(f'CREATE ROLE "{name}"')
    grant(name)
    run(f'SET ROLE "{name}"')
    try:
        yield
    finally:
        run("RESET ROLE", f'DROP OWNED BY "{name}"', f'DROP ROLE "{name}"')


def imported() -> None:
    rows = [item(2, "A", 10_000), item(3, "B", 5_000, settled_on=date(2026, 1, 20))]
    import_checked(task("items"), checked("items", rows))


@postgres_only
def test_the_application_imports_and_seals(as_application: None) -> None:
    imported()
    assert seal_all(datetime.now(UTC)).size == Leaf.objects.count() > 0
    assert check_ledger() == []
    assert verify().ok
    assert guards.missing() == []


@postgres_only
def test_the_application_can_change_no_fact_and_lift_no_guard(as_application: None) -> None:
    imported()
    seal_all(datetime.now(UTC))
    before = list(Item.objects.order_by("id").values())
    for model in guards.guarded_models():
        table, names = model._meta.db_table, guards.expected(model)
        forbidden = [
            f'DELETE FROM "{table}"',
            f'TRUNCATE "{table}"',
            f'ALTER TABLE "{table}" DISABLE TRIGGER ALL',
            f'ALTER TABLE "{table}" ADD COLUMN more int',
            f'DROP TABLE "{table}"',
            *(f'DROP TRIGGER "{name}" ON "{table}"' for name, text in names.items() if text != "sequence"),
        ]
        if any(name.endswith("_no_update") for name in names):
            forbidden.append(f'UPDATE "{table}" SET id = id')
        for statement in [*forbidden, "SET session_replication_role = replica"]:
            with pytest.raises(DatabaseError) as refused, transaction.atomic():
                run(statement)
            assert isinstance(refused.value.__cause__, InsufficientPrivilege), statement
    for statement in (
        "UPDATE store_epoch SET tx_offset = 0",
        "SELECT setval('audit_leaf_ids', 1)",
        "CREATE OR REPLACE FUNCTION store_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "DELETE FROM django_migrations",
    ):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            run(statement)
        assert isinstance(refused.value.__cause__, InsufficientPrivilege), statement
    assert list(Item.objects.order_by("id").values()) == before
    assert guards.missing() == []


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL knows roles")
def test_sqlite_knows_no_roles(db: None) -> None:
    with pytest.raises(Refusal, match="grants_need_postgres"):
        grant("somebody")
