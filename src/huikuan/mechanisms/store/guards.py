"""The database itself refuses to change a fact.

Triggers are re-created after every migration, because Django's SQLite table rebuild drops them
silently, and compared with what is expected at start and by `huikuan ledger check`.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection, models

from huikuan.mechanisms.store.models import Epoch, Fact
from huikuan.mechanisms.store.transactions import is_postgres


def fact_models() -> list[type[Fact]]:
    """Every concrete fact table, in a fixed order."""
    found = [model for model in apps.get_models() if issubclass(model, Fact) and not model._meta.proxy]
    return sorted(found, key=lambda model: model._meta.db_table)


def install(**_: object) -> None:
    """Create the epoch row, every guard and every id sequence (post-migrate hook; idempotent)."""
    present = set(connection.introspection.table_names())
    if Epoch._meta.db_table in present:
        Epoch.objects.get_or_create(id=1)
    with connection.cursor() as cursor:
        for model in fact_models():
            if model._meta.db_table in present:
                for statement in _statements(model):
                    cursor.execute(statement)


def missing() -> list[tuple[str, str]]:
    """(table, guard) pairs that should exist in the database and do not, or differ in their text."""
    found = _present()
    return [
        (model._meta.db_table, name)
        for model in fact_models()
        for name, text in _expected(model).items()
        if found.get(name) != text
    ]


def _expected(model: type[Fact]) -> dict[str, str]:
    table = model._meta.db_table
    if is_postgres():
        return {
            f"{table}_no_{verb}": f"BEFORE {verb.upper()} ON {table} FOR EACH STATEMENT EXECUTE store_refuse"
            for verb in ("update", "delete", "truncate")
        }
    return dict(_sqlite_triggers(model))


def _present() -> dict[str, str]:
    with connection.cursor() as cursor:
        if is_postgres():
            cursor.execute(
                "SELECT t.tgname, c.relname, t.tgtype, t.tgenabled FROM pg_trigger t JOIN pg_class c"
                " ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
                " WHERE p.proname = 'store_refuse' AND NOT t.tgisinternal"
            )
            verbs = {8: "DELETE", 16: "UPDATE", 32: "TRUNCATE"}
            return {
                name: f"BEFORE {verbs.get(kind & 56, '?')} ON {table} FOR EACH STATEMENT EXECUTE store_refuse"
                for name, table, kind, enabled in cursor.fetchall()
                if enabled in ("A", b"A") and kind & 3 == 2
            }
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _statements(model: type[Fact]) -> list[str]:
    table = model._meta.db_table
    if not is_postgres():
        return [
            statement
            for name, text in _sqlite_triggers(model)
            for statement in (f'DROP TRIGGER IF EXISTS "{name}"', text)
        ]
    statements = [
        f"CREATE SEQUENCE IF NOT EXISTS {table}_ids OWNED BY {table}.id",
        "CREATE OR REPLACE FUNCTION store_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'facts are never changed: % on %', TG_OP, TG_TABLE_NAME"
        " USING ERRCODE = 'integrity_constraint_violation'; END $$",
    ]
    for verb in ("update", "delete", "truncate"):
        statements += [
            f"DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}",
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION store_refuse()",
            # ALWAYS: a session that sets session_replication_role = replica is refused all the same.
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_{verb}",
        ]
    return statements


def _sqlite_triggers(model: type[Fact]) -> list[tuple[str, str]]:
    table = model._meta.db_table
    refuse = f"SELECT RAISE(ABORT, 'facts are never changed: {table}')"
    triggers = [
        (
            f"{table}_no_{verb}",
            f'CREATE TRIGGER "{table}_no_{verb}" BEFORE {verb.upper()} ON "{table}" BEGIN {refuse}; END',
        )
        for verb in ("update", "delete")
    ]
    # INSERT OR REPLACE deletes the old row without firing the delete trigger, through any unique key.
    taken = " OR ".join(
        'EXISTS (SELECT 1 FROM "{}" WHERE {})'.format(
            table, " AND ".join(f'"{column}" = NEW."{column}"' for column in columns)
        )
        for columns in _unique_keys(model)
    )
    triggers.append(
        (
            f"{table}_no_replace",
            f'CREATE TRIGGER "{table}_no_replace" BEFORE INSERT ON "{table}" WHEN {taken} BEGIN {refuse}; END',
        )
    )
    return triggers


def _unique_keys(model: type[Fact]) -> list[list[str]]:
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    alone = [[str(field.column)] for field in model._meta.concrete_fields if field.unique]
    together = [
        [columns[name] for name in constraint.fields]
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
    ]
    return alone + together
