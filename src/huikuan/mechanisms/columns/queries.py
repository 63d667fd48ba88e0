"""Asking: one consistent view of mirror and tail, or the database itself."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import pyarrow as pa
from django.db import connection

from huikuan.mechanisms.columns import manifest as shelf
from huikuan.mechanisms.columns.engine import ColumnsEngine, DatabaseEngine, Engine
from huikuan.mechanisms.columns.extraction import read
from huikuan.mechanisms.columns.manifest import Manifest
from huikuan.mechanisms.columns.operations import refresh, usable
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN, Table, registered
from huikuan.mechanisms.store.transactions import snapshot

#: A longer tail is mirrored before the question is answered; a shorter one is read with it.
LONG_TAIL = 2_000
_EMPTY = Manifest(ledger="")
_Answer = TypeVar("_Answer")
_View = tuple[Manifest | None, dict[str, pa.Table]]
#: The view that whoever asks inside `one_view` shares.
_HELD: ContextVar[_View | None] = ContextVar("columns_view", default=None)
#: What was asked once for all inside it.
_ONCE: ContextVar[dict[Hashable, Any] | None] = ContextVar("asked_in_view", default=None)


@contextmanager
def asking(engine: str) -> Iterator[Engine]:
    """`engine` 'columns' or 'database', holding one snapshot while the questions are put."""
    if engine == "columns":
        with asking_columns() as columns:
            yield columns
        return
    with snapshot():
        yield DatabaseEngine()


@contextmanager
def one_view() -> Iterator[None]:
    """Questions to the columns asked inside are answered from one snapshot, which is looked at once. For a page that
    asks several, and writes nothing."""
    if _HELD.get() is not None:
        yield
        return
    with ExitStack() as held:
        token, once = _HELD.set(_settled_view(held)), _ONCE.set({})
        try:
            yield
        finally:
            _ONCE.reset(once)
            _HELD.reset(token)


def in_view() -> bool:
    """Whether this is asked inside `one_view`: then what is read for one is worth reading for all."""
    return _ONCE.get() is not None


def once_in_view(question: Hashable, ask: Callable[[], _Answer]) -> _Answer:
    """What `ask` answers to the question; inside `one_view`, where nothing is written, it is asked once."""
    known = _ONCE.get()
    if known is None:
        return ask()
    if question not in known:
        known[question] = ask()
    found: _Answer = known[question]
    return found


@contextmanager
def asking_columns() -> Iterator[ColumnsEngine]:
    """The columns, for questions that keep rows between them."""
    with ExitStack() as held:
        manifest, tails = _HELD.get() or _settled_view(held)
        columns = ColumnsEngine(manifest or _EMPTY, tails)
        held.callback(columns.close)
        yield columns


def _settled_view(held: ExitStack) -> _View:
    """The view, after a tail that had grown long was mirrored."""
    tables = registered()
    # An uncommitted writer reads its own rows from the tail, however long.
    writing = connection.in_atomic_block
    most = ALWAYS_KNOWN if writing else LONG_TAIL
    manifest, tails = _view(held, tables, most)
    if not writing and (manifest is None or any(tail.num_rows >= most for tail in tails.values())):
        held.close()
        refresh(tables, wait=manifest is None)
        manifest, tails = _view(held, tables, ALWAYS_KNOWN)
    return manifest, tails


def _view(held: ExitStack, tables: Sequence[Table], most: int) -> _View:
    """The mirror and the (first `most` rows of the) tails of one snapshot, which `held` keeps."""
    held.enter_context(shelf.reading())
    held.enter_context(snapshot())
    # The manifest is older than the snapshot's end, so what it lacks is in the tail.
    manifest = usable(shelf.load(), tables)
    since = (manifest or _EMPTY).horizon
    return manifest, {table.name: read(table, since, most=most) for table in tables}
