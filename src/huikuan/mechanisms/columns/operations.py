"""Keeping the mirror: it holds every fact below the horizon and never more, whoever crashes when."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.columns import manifest as shelf
from huikuan.mechanisms.columns.duck import write_marked, write_together
from huikuan.mechanisms.columns.extraction import extract
from huikuan.mechanisms.columns.manifest import File, Manifest
from huikuan.mechanisms.columns.tables import Table, mark, registered
from huikuan.mechanisms.store.models import Epoch
from huikuan.mechanisms.store.transactions import horizon, is_postgres, snapshot

#: Files of a table before they are written together.
_MANY_FILES = 12
#: Unmarked rows are written together once they are this many and a quarter of the marked ones.
_MANY_ROWS = 100_000


def refresh(tables: Sequence[Table] | None = None, *, wait: bool = True) -> Manifest | None:
    """Bring the mirror up to the horizon, rebuilding it when it belongs to another past; compacts when due.

    Answers the manifest then current, None when another process is at it and `wait` is False. Not inside a
    transaction: what
    it has written is not final yet.
    """
    if connection.in_atomic_block:
        raise RuntimeError("the mirror is refreshed outside transactions")
    tables = tables or registered()
    with shelf.writing(wait=wait) as held:
        if not held:
            return None
        with snapshot():
            until = horizon()
            current = usable(shelf.load(), tables) or Manifest(ledger=identity(tables))
            anchor = anchor_below(until)
        if until > current.horizon or not current.files:
            current = _append(current, tables, until, anchor)
        if _wants_compaction(current):
            current = _compact(current, tables)
        shelf.sweep()
        return current


def compact(tables: Sequence[Table] | None = None) -> Manifest | None:
    """Write every table into one file, closed rows marked (nightly)."""
    tables = tables or registered()
    with shelf.writing(wait=True):
        current = shelf.load()
        if current is None:
            return None
        current = _compact(current, tables)
        shelf.sweep()
        return current


def usable(manifest: Manifest | None, tables: Sequence[Table]) -> Manifest | None:
    """`manifest` if it mirrors this very ledger's past, else None. Call inside the snapshot it is to serve."""
    if manifest is None or manifest.ledger != identity(tables) or manifest.horizon > horizon():
        return None
    return manifest if manifest.anchor == anchor_below(manifest.horizon) else None


def identity(tables: Sequence[Table]) -> str:
    """Which ledger in which database, mirrored by which definitions."""
    ledger = Epoch.objects.values_list("ledger_id", flat=True).get(id=1)
    return f"{ledger} {_database()} {mark(tables)}"


def anchor_below(until: int) -> str:
    """The digest of the newest leaf with tx < until: a restored, then rewritten past has another."""
    newest = Leaf.objects.filter(tx__lt=until).order_by("-tx", "-id").values_list("digest", flat=True).first()
    return bytes(newest).hex() if newest is not None else ""


#: Per open connection, which never changes its database.
_DATABASES: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def _database() -> str:
    if not is_postgres():
        return "sqlite"
    connection.ensure_connection()
    if connection.connection not in _DATABASES:
        _DATABASES[connection.connection] = _cluster_and_database()
    return _DATABASES[connection.connection]


def _cluster_and_database() -> str:
    with connection.cursor() as cursor:
        # A dump restored into another cluster numbers its transactions anew.
        cursor.execute(
            "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database())"
            " FROM pg_control_system()"
        )
        return "-".join(str(part) for part in cursor.fetchone())


def _append(current: Manifest, tables: Sequence[Table], until: int, anchor: str) -> Manifest:
    files = dict(current.files)
    for table in tables:
        name, temporary = _new_file(table)
        rows = extract(table, current.horizon, until, temporary)
        if rows:
            shelf.settle_file(temporary, name)
            files[table.name] = (*current.of(table.name), File(name, rows, marked=False))
        else:
            temporary.unlink()
            files.setdefault(table.name, ())
    grown = current.with_files(files, horizon=until, anchor=anchor)
    shelf.save(grown)
    return grown


def _wants_compaction(current: Manifest) -> bool:
    for files in current.files.values():
        marked = sum(file.rows for file in files if file.marked)
        unmarked = sum(file.rows for file in files if not file.marked)
        if len(files) > _MANY_FILES or unmarked > max(_MANY_ROWS, marked // 4):
            return True
    return False


def _compact(current: Manifest, tables: Sequence[Table]) -> Manifest:
    files: dict[str, tuple[File, ...]] = {}
    for table in tables:
        old = [shelf.folder() / file.name for file in current.of(table.name)]
        files[table.name] = (_together(table, old),) if old else ()
    whole = current.with_files(files, marked_horizon=current.horizon)
    shelf.save(whole)
    return whole


def _together(table: Table, old: Sequence[Path]) -> File:
    name, temporary = _new_file(table)
    if table.closing:
        rows = write_marked(table, table.closing, old, temporary)
    else:
        rows = write_together(table, old, temporary)
    shelf.settle_file(temporary, name)
    return File(name, rows, marked=True)


def _new_file(table: Table) -> tuple[str, Path]:
    name = f"{table.name}-{uuid.uuid4().hex}.parquet"
    return name, shelf.folder() / f"{name}.tmp"
