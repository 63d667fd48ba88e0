"""Making and upgrading an installation: database tables, guards, the first company."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from huikuan.mechanisms.identity.models import Company


def prepare() -> None:
    """Bring the database to this version and make company MAIN if there is none. Idempotent."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
    if not Company.objects.exists():
        Company.objects.create(code="MAIN", name="本公司")
