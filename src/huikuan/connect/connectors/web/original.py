"""A line of an import as it stood in the file, among its neighbours."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.originals import sheet_around
from huikuan.kernel.errors import Refusal

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
    """The kept original, read again as the batch read it; None when its bytes are not on this machine.

    Refuses an altered original: what it says now is not what was imported.
    """
    try:
        sheet, _ = sheet_around(batch, row)
    except Refusal as refusal:
        if refusal.code != "original_missing":
            raise
        return None
    near = sheet.rows.is_between(row - AROUND, row + AROUND)
    lines = tuple(
        Line(number, tuple("" if cell is None else cell for cell in cells), number == row)
        for number, cells in zip(sheet.rows.filter(near), sheet.cells.filter(near).iter_rows(), strict=True)
    )
    return Original(sheet.headers, sheet.header_row, lines)
