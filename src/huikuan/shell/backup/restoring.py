"""Restoring a backup into an empty installation, on either database.

Nothing is written before the whole archive has been read and found to be what its manifest says.
Files wait in a folder of their own while the rows come in one transaction, are read back and
compared; then the files move to their places, the heads last, and the transaction commits. A restore
that fails takes back what it moved; one that was killed is simply repeated: files that are already
there as the archive has them are no obstacle.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.models import Max

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.store import guards
from huikuan.mechanisms.store.folder import data_folder
from huikuan.mechanisms.store.models import Epoch, IdCounter
from huikuan.mechanisms.store.transactions import is_postgres
from huikuan.shell.backup.archive import HEADS, Manifest, open_archive, pieces_of, rows_of, size_of
from huikuan.shell.backup.placing import move_in, staged
from huikuan.shell.backup.rows import fact_tables, instances, lines, tables
from huikuan.shell.installation import migrate, shipped_migrations

_CHUNK = 1000


def restore_backup(file: Path) -> dict[str, Any]:
    """Make this empty installation the one in `file`; returns what came back.

    Refuses, with nothing written: an archive that is cut off or altered, one of another version
    of the product, an installation that already holds something, a disk that is full.
    """
    archive, manifest = open_archive(file)
    try:
        with archive:
            require_same_version(manifest)
            _require_room(archive)
            migrate()
            _require_empty(manifest)
            _restore(archive, manifest)
    except OSError as error:
        raise Refusal("restore_failed", reason=error.strerror or type(error).__name__) from error
    return {
        "ledger": manifest.ledger_id,
        "made_at": manifest.made_at,
        "rows": {name: table.rows for name, table in manifest.tables.items()},
        "files": sum(name.startswith("files/") for name in manifest.sha256),
    }


def _restore(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    moved: list[Path] = []
    try:
        with staged(archive, manifest) as waiting, transaction.atomic():
            for model in tables():
                _insert(model, archive, manifest)
            go_on_after(manifest)
            _compare(manifest)
            move_in(waiting, moved)
    except BaseException:
        for path in reversed(moved):
            path.unlink(missing_ok=True)
        raise


def require_same_version(manifest: Manifest) -> None:
    """Refuse an archive whose tables are not this version's."""
    shipped = sorted("/".join(name) for name in shipped_migrations(ours=True))
    if manifest.migrations != shipped or set(manifest.tables) != {str(model._meta.db_table) for model in tables()}:
        raise Refusal("backup_other_version", version=manifest.version)


def _require_room(archive: zipfile.ZipFile) -> None:
    needed, free = size_of(archive), shutil.disk_usage(data_folder()).free
    if needed > free:
        raise Refusal("restore_no_room", needed=needed >> 20, free=free >> 20)


def _require_empty(manifest: Manifest) -> None:
    """No row in any table, and neither heads nor keys that are not the archive's own."""
    full = [str(model._meta.db_table) for model in tables() if model._base_manager.exists()]
    guarded = [name for name in manifest.sha256 if name == HEADS or name.startswith("keys/")]
    taken = [
        name
        for name in guarded
        if (data_folder() / name).exists() and _digest(pieces_of(data_folder() / name)) != manifest.sha256[name]
    ]
    if full or taken:
        raise Refusal("restore_not_empty", found=", ".join(full + taken))


def _insert(model: type[models.Model], archive: zipfile.ZipFile, manifest: Manifest) -> None:
    table = str(model._meta.db_table)
    rows = instances(model, manifest.tables[table].columns, rows_of(archive, f"tables/{table}.jsonl"))
    try:
        while batch := list(islice(rows, _CHUNK)):
            model._base_manager.bulk_create(batch)
    except (ValueError, KeyError, TypeError, OverflowError, IntegrityError, DataError) as error:
        # The checksums are right and the rows are not: no program of ours wrote this.
        raise Refusal("backup_altered", entry=f"tables/{table}.jsonl") from error


def go_on_after(manifest: Manifest) -> None:
    """Let ids and transaction numbers go on above everything restored."""
    offset = 0
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            offset = max(0, manifest.next_tx - int(cursor.fetchone()[0]))
    epoch = {"ledger_id": manifest.ledger_id, "last_tx": manifest.next_tx - 1, "tx_offset": offset}
    Epoch.objects.update_or_create(id=1, defaults=epoch)
    for model in fact_tables():
        _next_id(str(model._meta.db_table), (model._base_manager.aggregate(last=Max("pk"))["last"] or 0) + 1)
    counted_by_django = [model for model in tables() if model not in fact_tables()]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), counted_by_django):
            cursor.execute(statement)


def _next_id(table: str, following: int) -> None:
    if not is_postgres():
        IdCounter.objects.update_or_create(table=table, defaults={"next_id": following})
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(%s::regclass, %s::bigint, false)", [f"{table}_ids", following])


def _compare(manifest: Manifest) -> None:
    """Read every table back and compare it with the archive; the guards must be in place."""
    for model in tables():
        name = f"tables/{model._meta.db_table}.jsonl"
        if _digest(lines(model)) != manifest.sha256[name]:
            raise Refusal("restore_differs", table=str(model._meta.db_table))
    if guards.missing():
        raise Refusal("restore_unguarded", tables=", ".join(sorted({table for table, _ in guards.missing()})))


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
