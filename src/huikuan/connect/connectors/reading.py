"""Files to sheets: limits first, workbooks in a child process with caps, text in this one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from huikuan.connect.connectors.domain.sheets import Sheet, parse_text
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.files.content import spreadsheet_type
from huikuan.mechanisms.files.limits import Limits
from huikuan.mechanisms.files.workbooks import read_workbook, sheet_names


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
    data, about = read_workbook(path, name, sheet, limits)
    if not data:
        raise Refusal("sheet_empty", where=[Place(file=name)])
    read = parse_text(data, name, wanted=wanted, header_row=header_row, rows_limit=limits.rows, separator=",")
    return replace(read, sheet=str(about.get("sheet", "")), sheets=sheet_names(about), encoding="")
