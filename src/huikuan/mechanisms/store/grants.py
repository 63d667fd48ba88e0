"""Rights of an application role on PostgreSQL that owns no table: it adds facts and can change none,
nor lift a guard. Whoever owns the tables upgrades the database and grants anew after that."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.store.models import Epoch, Kept, Unchanging
from huikuan.mechanisms.store.transactions import is_postgres


def grant(role: str) -> None:
    """Give `role`, which exists, what the application needs, and take what it does not need. Idempotent.

    Refuses `grants_need_postgres` on SQLite, which knows no roles.
    """
    if not is_postgres():
        raise Refusal("grants_need_postgres")
    with connection.cursor() as cursor:
        for statement in statements(role):
            cursor.execute(statement)


def statements(role: str) -> list[str]:
    """The SQL of `grant`."""
    quoted = connection.ops.quote_name(role)
    tables: list[type[models.Model]] = [MigrationRecorder.Migration, *apps.get_models(include_auto_created=True)]
    granted = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {quoted}",
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
    ]
    return granted + [
        f"GRANT {_rights(model)} ON {connection.ops.quote_name(model._meta.db_table)} TO {quoted}"
        for model in tables
        if not model._meta.proxy
    ]


def _rights(model: type[models.Model]) -> str:
    if model is Epoch or model is MigrationRecorder.Migration:
        return "SELECT"
    if issubclass(model, Unchanging):
        return "SELECT, INSERT"
    if issubclass(model, Kept):
        return "SELECT, INSERT, UPDATE"
    return "SELECT, INSERT, UPDATE, DELETE"
