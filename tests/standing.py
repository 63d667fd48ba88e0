"""How a database stood, put back in a moment.

A test that commits leaves rows that the next must not find. Django empties every table and makes content types,
permissions and guards anew, most of a second each time; and whatever the next test stands on is then built again.
Here the database is taken as it stood, once: as a copy of the file on SQLite, as rows of the tables that have any on
PostgreSQL. Sequences of PostgreSQL go on, as they did.
"""

from __future__ import annotations

import copy
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, transaction

_Value = TypeVar("_Value")

#: Written by migrations and by nothing else: left where they are as long as their number is what it was.
_FIXED = ("django_migrations", "django_content_type", "auth_permission")


class Stand:
    """The database as it stood when this was made. `put_back` takes no open transaction."""

    def __init__(self) -> None:
        self._file: sqlite3.Connection | None = None
        self._rows: dict[str, bytes] = {}
        if connection.vendor == "sqlite":
            self._file = sqlite3.connect(":memory:", check_same_thread=False)
            connection.ensure_connection()
            connection.connection.backup(self._file)
        else:
            self._tables = connection.introspection.table_names()
            self._fixed = _counts()
            self._rows = {table: _copied_out(table) for table in _filled(self._tables)}

    def put_back(self) -> None:
        # Loaded late: models exist only after Django's setup.
        from huikuan.mechanisms.columns.engine import ANSWERS
        from huikuan.mechanisms.store import guards

        # Of one ledger at one horizon there is one truth, except where time is turned back, as here.
        ANSWERS.forget()
        if self._file is not None:
            connection.ensure_connection()
            self._file.backup(connection.connection)
            return
        fixed = _FIXED if _counts() == self._fixed else ()
        filled = [table for table in _filled(self._tables) if table not in fixed]
        with _guards_lifted(filled), transaction.atomic():
            _empty(filled)
            for table, rows in self._rows.items():
                if table not in fixed:
                    _copy_in(table, rows)
        if guards.missing():
            guards.install()


_ROOM = tempfile.TemporaryDirectory(prefix="huikuan-standing-")
_BUILT: dict[str, tuple[Stand, Path, Any]] = {}


def standing_on(name: str, build: Callable[[], _Value], folder: Path) -> _Value:
    """What `build` made, with database and data folder as it left them; built once in a process, on an empty one."""
    if name not in _BUILT:
        made = build()
        kept = Path(tempfile.mkdtemp(dir=_ROOM.name))
        if folder.exists():
            shutil.copytree(folder, kept, dirs_exist_ok=True)
        _BUILT[name] = (Stand(), kept, made)
        return copy.deepcopy(made)
    stand, kept, made = _BUILT[name]
    stand.put_back()
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    return copy.deepcopy(made)


def _counts() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in _FIXED)}")
        return list(cursor.fetchone())


def _filled(tables: list[str]) -> list[str]:
    """Those of the tables that have rows."""
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [row[0] for row in cursor.fetchall()]


def _empty(tables: list[str]) -> None:
    if statements := [f'DELETE FROM "{table}"' for table in tables]:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements))


@contextmanager
def _guards_lifted(tables: list[str]) -> Iterator[None]:
    """In transactions of their own: PostgreSQL alters no table whose references it has still to check."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND c.relname = ANY(%s)",
            [tables],
        )
        found = cursor.fetchall()
        for verb in ("DISABLE", "ENABLE ALWAYS"):
            alter = [f'ALTER TABLE "{table}" {verb} TRIGGER "{name}"' for table, name, _ in found]
            if alter:
                cursor.execute("; ".join(alter))
            if verb == "DISABLE":
                yield


def _copied_out(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as rows:
        return b"".join(bytes(piece) for piece in rows)


def _copy_in(table: str, rows: bytes) -> None:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT binary)') as target:
        target.write(rows)
