"""Workbooks to csv: limits first, then a child process with caps on memory and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.files import child
from huikuan.mechanisms.files.limits import Limits

_HEADER_ROOM = 100


def read_workbook(path: Path, name: str, sheet: str, limits: Limits) -> tuple[bytes, dict[str, object]]:
    """(the sheet as csv in UTF-8, what the child says of it), read by a child process under caps of memory and time.

    `sheet` chooses one, else the first visible one with content. Refuses what the caps end and what is no workbook.
    The caller has asked `content.spreadsheet_type` before: nothing else keeps bombs from the parser.
    """
    command = [sys.executable, "-I", str(Path(child.__file__)), str(path.resolve()), sheet]
    caps = [limits.parser_memory, limits.parser_seconds, limits.rows + _HEADER_ROOM, limits.columns]
    with tempfile.TemporaryFile() as out:
        try:
            done = subprocess.run(  # noqa: S603 - our own program, no shell
                [*command, *map(str, caps)],
                stdout=out,
                stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                env={"PATH": os.defpath, "LANG": "C.UTF-8"},
                timeout=2 * limits.parser_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Refusal("workbook_too_costly", where=[Place(file=name)]) from error
        about = _about(done.stderr)
        if done.returncode != 0:
            raise _refusal(done.returncode, about, name, sheet, limits)
        out.seek(0)
        return out.read(), about


def sheet_names(about: dict[str, object]) -> tuple[str, ...]:
    """The workbook's sheets, as the child told them."""
    names = about.get("sheets")
    return tuple(map(str, names)) if isinstance(names, list) else ()


def _about(stderr: bytes) -> dict[str, object]:
    """The child's JSON line; nothing where it died before saying anything."""
    try:
        said = json.loads(stderr.decode(errors="replace").splitlines()[-1])
    except (IndexError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _refusal(code: int, about: dict[str, object], name: str, sheet: str, limits: Limits) -> Refusal:
    where = [Place(file=name)]
    if code == child.ENCRYPTED:
        return Refusal("file_encrypted", where=where)
    if code == child.NO_SUCH_SHEET:
        return Refusal("sheet_not_found", where=where, sheet=sheet, sheets=", ".join(sheet_names(about)))
    if code == child.TOO_MANY_ROWS:
        return Refusal("too_many_rows", where=where, limit=limits.rows)
    if code == child.TOO_MANY_COLUMNS:
        return Refusal("too_many_columns", where=where, found=about.get("found", ""), limit=limits.columns)
    if code == child.UNREADABLE:
        return Refusal("workbook_unreadable", where=where)
    # Killed by a cap, or out of memory in the parser's own code.
    return Refusal("workbook_too_costly", where=where)
