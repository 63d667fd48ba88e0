"""The rejected rows as a spreadsheet: as they came, the bad cells red, what is wrong beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import polars as pl
from django.utils.translation import gettext

from huikuan.connect.connectors.domain.rows import BadCell, Checked
from huikuan.connect.connectors.domain.sheets import Sheet
from huikuan.connect.connectors.reasons import fix, reason
from huikuan.mechanisms.files.exports import write_xlsx


def write_bad_cells(path: Path, sheet: Sheet, checked: Checked) -> None:
    """Write the rows of `sheet` that have bad cells to `path` (xlsx)."""
    write_rejected_rows(path, sheet, checked.bad)


def write_rejected_rows(target: Path | IO[bytes], sheet: Sheet, bad: Iterable[BadCell]) -> None:
    """Write the rows of `sheet` with the cells in `bad` to `target` (xlsx).

    The file's own columns come first, then row number, what is wrong and how to mend it: mended, the
    sheet can be imported as it is.
    """
    by_row: dict[int, list[BadCell]] = defaultdict(list)
    for cell in bad:
        by_row[cell.row].append(cell)
    rejected = sheet.rows.is_in(list(by_row)).arg_true()
    places = {header: place for place, header in enumerate(sheet.headers)}
    numbers = sheet.rows[rejected].to_list()
    marked = {
        (line, places[cell.column])
        for line, number in enumerate(numbers)
        for cell in by_row[number]
        if cell.column in places
    }
    headers = [*sheet.headers, gettext("Row"), gettext("What is wrong"), gettext("How to mend it")]
    write_xlsx(target, headers, _rows(sheet.cells[rejected], numbers, by_row), marked=marked)


def _rows(cells: pl.DataFrame, numbers: list[int], by_row: dict[int, list[BadCell]]) -> list[list[str | int | None]]:
    return [
        [
            *row,
            number,
            "\n".join(f"{cell.column}: {reason(cell)}" for cell in by_row[number]),
            "\n".join(dict.fromkeys(fix(cell) for cell in by_row[number])),
        ]
        for number, row in zip(numbers, cells.iter_rows(), strict=True)
    ]
