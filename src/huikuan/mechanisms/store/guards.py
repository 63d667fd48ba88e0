"""The database itself refuses to change a fact, or to let a kept row disappear.

Triggers are re-created after every migration, because Django's SQLite table rebuild drops them
silently, and compared with what is expected at start and by `huikuan ledger check`.

What holds where. PostgreSQL: statement-level triggers, enabled ALWAYS, refuse UPDATE, DELETE and
TRUNCATE, and with them ON CONFLICT DO UPDATE and MERGE. SQLite: row triggers refuse UPDATE and
DELETE, and every INSERT that meets a taken key, because INSERT OR REPLACE deletes the old row
without firing a delete trigger (through `id`, any unique key, or the hidden rowid). Whoever owns
the tables can remove triggers: that is found by `missing`, and what they then change by
`huikuan audit verify`.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection, models

from huikuan.mechanisms.store.models import Epoch, Fact, Kept, Unchanging
from huikuan.mechanisms.store.transactions import is_postgres

_REFUSE = (
    "BEGIN RAISE EXCEPTION 'facts are never changed: % on %', TG_OP, TG_TABLE_NAME"
    " USING ERRCODE = 'integrity_constraint_violation'; END"
)
#: Bits of pg_trigger.tgtype: row-level 1, before 2, then the verbs.
_VERB_BITS = {"delete": 8, "update": 16, "truncate": 32}


def fact_models() -> list[type[Fact]]:
    """Every concrete fact table, in a fixed order."""
    return [model for model in guarded_models() if issubclass(model, Fact)]


def guarded_models() -> list[type[models.Model]]:
    """Every table with a guard, in a fixed order."""
    found = [model for model in apps.get_models() if issubclass(model, (Unchanging, Kept)) and not model._meta.proxy]
    return sorted(found, key=lambda model: model._meta.db_table)


def install(**_: object) -> None:
    """Create the epoch row, every guard and every id sequence (post-migrate hook; idempotent)."""
    present = set(connection.introspection.table_names())
    if Epoch._meta.db_table in present:
        Epoch.objects.get_or_create(id=1)
    lacking = {table for table, _ in missing()}
    with connection.cursor() as cursor:
        for model in guarded_models():
            if model._meta.db_table in present and model._meta.db_table in lacking:
                for statement in _statements(model):
                    cursor.execute(statement)


def missing() -> list[tuple[str, str]]:
    """(table, guard) pairs that should exist in the database and do not, or differ in their text."""
    found = _present()
    return [
        (model._meta.db_table, name)
        for model in guarded_models()
        for name, text in expected(model).items()
        if found.get(name) != text
    ]


def expected(model: type[models.Model]) -> dict[str, str]:
    """Name → text of every guard of `model`'s table, in the form `_present` reads them."""
    table = model._meta.db_table
    if not is_postgres():
        return _sqlite_triggers(model)
    guards = {f"{table}_no_{verb}": f"{table} {_VERB_BITS[verb] | 2} A {_REFUSE}" for verb in _verbs(model)}
    if issubclass(model, Fact):
        guards[f"{table}_ids"] = "sequence"
    return guards


def _present() -> dict[str, str]:
    with connection.cursor() as cursor:
        if not is_postgres():
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            return dict(cursor.fetchall())
        # A guard with a WHEN condition, a column list or another function body is no guard.
        cursor.execute(
            "SELECT t.tgname, c.relname || ' ' || t.tgtype || ' ' || t.tgenabled::text || ' ' || btrim(p.prosrc)"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE c.relnamespace = current_schema()::regnamespace AND p.proname = 'store_refuse'"
            " AND t.tgqual IS NULL AND t.tgattr = '' AND NOT t.tgisinternal"
            " UNION ALL SELECT relname, 'sequence' FROM pg_class"
            " WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace"
        )
        return dict(cursor.fetchall())


def _statements(model: type[models.Model]) -> list[str]:
    table = model._meta.db_table
    if not is_postgres():
        return [
            statement
            for name, text in _sqlite_triggers(model).items()
            for statement in (f'DROP TRIGGER IF EXISTS "{name}"', text)
        ]
    statements = [
        f"CREATE OR REPLACE FUNCTION store_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {_REFUSE} $$",
    ]
    if issubclass(model, Fact):
        statements.append(f"CREATE SEQUENCE IF NOT EXISTS {table}_ids OWNED BY {table}.id")
    for verb in _verbs(model):
        statements += [
            f"DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}",
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION store_refuse()",
            # ALWAYS: a session that sets session_replication_role = replica is refused all the same.
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_{verb}",
        ]
    return statements


def _verbs(model: type[models.Model]) -> tuple[str, ...]:
    return ("update", "delete", "truncate") if issubclass(model, Unchanging) else ("delete", "truncate")


def _sqlite_triggers(model: type[models.Model]) -> dict[str, str]:
    table = model._meta.db_table
    refuse = f"SELECT RAISE(ABORT, 'facts are never changed: {table}')"
    triggers = {
        f"{table}_no_{verb}": (
            f'CREATE TRIGGER "{table}_no_{verb}" BEFORE {verb.upper()} ON "{table}" BEGIN {refuse}; END'
        )
        for verb in _verbs(model)
        if verb != "truncate"
    }
    if issubclass(model, Unchanging):
        taken = " OR ".join(f'EXISTS (SELECT 1 FROM "{table}" WHERE {same})' for same in _collisions(model))
        triggers[f"{table}_no_replace"] = (
            f'CREATE TRIGGER "{table}_no_replace" BEFORE INSERT ON "{table}" WHEN {taken} BEGIN {refuse}; END'
        )
    return triggers


def _collisions(model: type[models.Model]) -> list[str]:
    """One condition per key through which REPLACE could remove a row; null never collides, except
    where the key says so (which SQLite itself does not enforce: here it is)."""
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    keys = [([str(field.column)], "=") for field in model._meta.concrete_fields if field.unique]
    keys += [([columns[name] for name in names], "=") for names in model._meta.unique_together]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            if constraint.condition is not None or constraint.expressions:
                raise TypeError(f"{constraint.name}: a guarded table takes only plain unique constraints")
            equal = "IS" if constraint.nulls_distinct is False else "="
            keys.append(([columns[name] for name in constraint.fields], equal))
    return ["rowid = NEW.rowid"] + [
        " AND ".join(f'"{column}" {equal} NEW."{column}"' for column in names) for names, equal in keys
    ]
