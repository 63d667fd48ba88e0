"""Upgrading from every released version: its ledger, in its own tables, becomes this version's, still provable."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from huikuan.shell.tests.installations import Installation, postgres_database
from tests.releases import FOLDER, hashes, released

#: Its tables first, by its own migrations, and its rows in them; then everything since, as any command would do it.
UPGRADE = """
import json, sys
from pathlib import Path
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from huikuan.mechanisms.audit.verifying import verify
from huikuan.mechanisms.store import guards
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.shell.backup.archive import open_archive, rows_of
from huikuan.shell.backup.placing import move_in, staged
from huikuan.shell.backup.restoring import go_on_after
from huikuan.shell.backup.rows import instances, lines, tables
from huikuan.shell.installation import prepare
archive, manifest = open_archive(Path(FILE))
executor = MigrationExecutor(connection)
theirs = [tuple(name.split("/")) for name in manifest.migrations]
others = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in {app for app, _ in theirs}]
state = executor.migrate([*theirs, *others])
known = {model._meta.db_table: model for model in state.apps.get_models()}
with transaction.atomic():
    for table, saved in manifest.tables.items():
        rows = instances(known[table], saved.columns, rows_of(archive, f"tables/{table}.jsonl"))
        known[table]._base_manager.bulk_create(list(rows))
call_command("migrate", verbosity=0)
go_on_after(manifest)
with staged(archive, manifest) as waiting:
    move_in(waiting, [])
prepare()
kept = {str(model._meta.db_table): sum(1 for _ in lines(model)) for model in tables()}
print(json.dumps({"guards": guards.missing(), "ledger": [str(one) for one in check_ledger()],
                  "trail": [one.kind for one in verify().findings], "facts": verify().facts,
                  "rows": {table: kept.get(table) for table in manifest.tables},
                  "were": {table: saved.rows for table, saved in manifest.tables.items()}}))
"""


def test_no_released_migration_is_changed() -> None:
    now = hashes()
    for version, then in released().items():
        changed = [path for path, digest in then.items() if now.get(path) != digest]
        assert changed == [], f"released with {version}: add a migration instead"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    if request.param == "sqlite":
        yield Installation(tmp_path / "home")
        return
    if connection.vendor != "postgresql":
        pytest.skip("needs the PostgreSQL run's server")
    with postgres_database() as url:
        yield Installation(tmp_path / "home", url)


@pytest.mark.parametrize("version", sorted(released()))
def test_a_ledger_of_a_released_version_is_upgraded_whole(version: str, empty: Installation) -> None:
    told = json.loads(empty.python(f"FILE = {str(FOLDER / f'{version}.zip')!r}\n{UPGRADE}"))
    assert (told["guards"], told["ledger"], told["trail"]) == ([], [], [])
    assert told["rows"] == told["were"]
    assert told["facts"] == told["were"]["audit_leaf"] > 25
    code, listed = empty.run("import", "list")
    assert (code, len(listed["batches"])) == (0, 2)
