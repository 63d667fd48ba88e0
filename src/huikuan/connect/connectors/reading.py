"""Files to sheets: limits first, workbooks in a child process with caps, text in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from huikuan.connect.connectors import child
from huikuan.connect.connectors.domain.sheets import Sheet, parse_text
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.files.content import spreadsheet_type
from huikuan.mechanisms.files.limits import Limits

_HEADER_ROOM = 100


def read_sheet(
    path: Path,
    name: str,
    limits: Limits | None = None,
    *,
    sheet: str = "",
    wanted: Collection[str] = (),
    header_row: int | None = None,
) -> Sheet:
    """The table in the file at `path`, which its sender calls `name`.

    `sheet` chooses a workbook's sheet (else the first visible one with content), `wanted` and
    `header_row` help to find the header. Refuses whatever the limits forbid, before parsing.
    """
    limits = limits or Limits()
    kind = spreadsheet_type(path, name, limits)
    if kind == "csv":
        return parse_text(path.read_bytes(), name, wanted=wanted, header_row=header_row, rows_limit=limits.rows)
    data, about = _read_workbook(path, name, sheet, limits)
    if not data:
        raise Refusal("sheet_empty", where=[Place(file=name)])
    read = parse_text(data, name, wanted=wanted, header_row=header_row, rows_limit=limits.rows, separator=",")
    return replace(read, sheet=str(about.get("sheet", "")), sheets=_names(about), encoding="")


def _read_workbook(path: Path, name: str, sheet: str, limits: Limits) -> tuple[bytes, dict[str, object]]:
    """(the sheet as csv, its name and its fellows'), read by a child process under caps of memory and time."""
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


def _names(about: dict[str, object]) -> tuple[str, ...]:
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
        return Refusal("sheet_not_found", where=where, sheet=sheet, sheets=", ".join(_names(about)))
    if code == child.TOO_MANY_ROWS:
        return Refusal("too_many_rows", where=where, limit=limits.rows)
    if code == child.TOO_MANY_COLUMNS:
        return Refusal("too_many_columns", where=where, found=about.get("found", ""), limit=limits.columns)
    if code == child.UNREADABLE:
        return Refusal("workbook_unreadable", where=where)
    # Killed by a cap, or out of memory in the parser's own code.
    return Refusal("workbook_too_costly", where=where)
