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

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models

from huikuan.mechanisms.store.models import Epoch, Fact, FactId, Kept, Unchanging
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


@contextmanager
def inserting(tables: Collection[type[models.Model]]) -> Iterator[None]:
    """Plain INSERTs of many rows into `tables` without SQLite's look-up for each, inside the caller's transaction.

    A plain INSERT cannot replace a row: a taken key fails by itself. The guard is put back before
    the end in the same transaction, so that no other connection ever sees a table without it and
    a failure or a crash leaves it where it was. PostgreSQL needs no such guard.
    """
    guards = {} if is_postgres() else {name: text for name, text in _insert_guards(tables) if name in _present()}
    if not connection.in_atomic_block:
        raise RuntimeError("a guard may only be lifted inside a transaction")
    with connection.cursor() as cursor:
        for name in guards:
            cursor.execute(f'DROP TRIGGER "{name}"')
    yield
    with connection.cursor() as cursor:
        for text in guards.values():
            cursor.execute(text)


def _insert_guards(tables: Collection[type[models.Model]]) -> list[tuple[str, str]]:
    return [
        (name, text)
        for model in tables
        if issubclass(model, Unchanging)
        for name, text in _sqlite_triggers(model).items()
        if name.endswith("_no_replace")
    ]


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


def fingerprint() -> str:
    """What the guards of this version are, in one short text: it changes when an upgrade changes them."""
    text = repr([sorted(expected(model).items()) for model in guarded_models()])
    return hashlib.sha256(text.encode()).hexdigest()


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
        taken = " OR ".join(_collisions(model))
        triggers[f"{table}_no_replace"] = (
            f'CREATE TRIGGER "{table}_no_replace" BEFORE INSERT ON "{table}" WHEN {taken} BEGIN {refuse}; END'
        )
    return triggers


def _collisions(model: type[models.Model]) -> list[str]:
    """One condition per key through which REPLACE could remove a row; null never collides, except
    where the key says so (which SQLite itself does not enforce: here it is)."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    keys = [([field], "=") for field in fields.values() if field.unique and not isinstance(field, FactId)]
    keys += [([fields[name] for name in names], "=") for names in model._meta.unique_together]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            if constraint.condition is not None or constraint.expressions:
                raise TypeError(f"{constraint.name}: a guarded table takes only plain unique constraints")
            equal = "IS" if constraint.nulls_distinct is False else "="
            keys.append(([fields[name] for name in constraint.fields], equal))
    # A FactId is the rowid.
    found = [_exists(model, "rowid = NEW.rowid")]
    return found + [_collision(model, key, equal) for key, equal in keys]


def _collision(model: type[models.Model], key: Sequence[models.Field[Any, Any]], equal: str) -> str:
    exists = _exists(model, " AND ".join(f'"{field.column}" {equal} NEW."{field.column}"' for field in key))
    # Without the look-up where the answer is known: most facts reverse nothing.
    nullable = [f'NEW."{field.column}" IS NOT NULL' for field in key if field.null and equal == "="]
    return f"({' AND '.join([*nullable, exists])})"


def _exists(model: type[models.Model], same: str) -> str:
    return f'EXISTS (SELECT 1 FROM "{model._meta.db_table}" WHERE {same})'
