"""A line of an import as it stood in the file, among its neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.reading import read_sheet
from huikuan.mechanisms.files.operations import path_of

AROUND = 2


@dataclass(frozen=True, slots=True)
class Line:
    """`row` counts as the user's spreadsheet program shows it."""

    row: int
    cells: tuple[str, ...]
    lit: bool


@dataclass(frozen=True, slots=True)
class Original:
    """The header and the lines around one; no lines when the file has no such row."""

    headers: tuple[str, ...]
    header_row: int
    lines: tuple[Line, ...]

    @property
    def found(self) -> bool:
        return any(line.lit for line in self.lines)


def original_line(batch: Batch, row: int) -> Original | None:
    """The kept original, read again; None when its bytes are not on this machine."""
    path = path_of(batch.file_sha256)
    if not path.is_file():
        return None
    sheet = read_sheet(path, batch.file_name)
    near = sheet.cells.with_columns(sheet.rows.alias("\0row")).filter(
        pl.col("\0row").is_between(row - AROUND, row + AROUND)
    )
    lines = tuple(
        Line(number, tuple("" if cell is None else str(cell) for cell in cells), number == row)
        for *cells, number in near.iter_rows()
    )
    return Original(sheet.headers, sheet.header_row, lines)
