"""Asking: one consistent view of mirror and tail, or the database itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from huikuan.mechanisms.columns import manifest as shelf
from huikuan.mechanisms.columns.engine import ColumnsEngine, DatabaseEngine, Engine
from huikuan.mechanisms.columns.extraction import count_up_to, read
from huikuan.mechanisms.columns.manifest import Manifest
from huikuan.mechanisms.columns.operations import refresh, usable
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN, Table, registered
from huikuan.mechanisms.store.transactions import snapshot

#: A longer tail is mirrored before the question is answered; a shorter one is read with it.
LONG_TAIL = 4_000


@contextmanager
def asking(engine: str) -> Iterator[Engine]:
    """`engine` 'columns' or 'database', holding one snapshot while the questions are put."""
    if engine == "columns":
        with _columns(registered()) as columns:
            yield columns
        return
    with snapshot():
        yield DatabaseEngine()


@contextmanager
def _columns(tables: Sequence[Table]) -> Iterator[ColumnsEngine]:
    _catch_up(tables)
    with shelf.reading(), snapshot():
        # The manifest is older than the snapshot, so what it lacks is in the tail.
        manifest = usable(shelf.load(), tables) or Manifest(ledger="")
        columns = ColumnsEngine(manifest, {table.name: read(table, manifest.horizon) for table in tables})
        try:
            yield columns
        finally:
            columns.close()


def _catch_up(tables: Sequence[Table]) -> None:
    if connection.in_atomic_block:
        return  # An uncommitted writer reads its own rows from the tail.
    with snapshot():
        manifest = usable(shelf.load(), tables)
        behind = manifest is None or any(
            count_up_to(table, manifest.horizon, ALWAYS_KNOWN, LONG_TAIL) == LONG_TAIL for table in tables
        )
    if behind:
        refresh(tables, wait=manifest is None)
