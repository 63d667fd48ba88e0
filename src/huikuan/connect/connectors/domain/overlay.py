"""Cells mended by hand before an import: laid over the sheet; the file itself stays as it came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from huikuan.connect.connectors.domain.sheets import Sheet
from huikuan.kernel.errors import Place, Refusal

#: The longest text a mended cell takes, in characters.
LONGEST_CELL = 2_000


@dataclass(frozen=True, slots=True)
class Edit:
    """What a cell is to say instead: `row` counts as the file shows it, `column` is the file's header."""

    row: int
    column: str
    value: str


@dataclass(frozen=True, slots=True)
class Mended:
    """A cell as it came and as it was read."""

    row: int
    column: str
    before: str
    after: str


def lay_over(sheet: Sheet, edits: Iterable[Edit]) -> tuple[Sheet, list[Mended]]:
    """`sheet` with the edits in place, and what each changed; refuses a cell the sheet does not have."""
    by_column: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_column[edit.column].append(edit)
    cells, mended = sheet.cells, []
    for column, asked in by_column.items():
        places = [_place(sheet, edit) for edit in asked]
        before = cells[column]
        mended += [
            Mended(edit.row, column, before[place] or "", edit.value)
            for place, edit in zip(places, asked, strict=True)
        ]
        after = before.scatter(places, pl.Series([edit.value or None for edit in asked], dtype=pl.String))
        cells = cells.with_columns(after.alias(column))
    return replace(sheet, cells=cells), sorted(mended, key=lambda cell: (cell.row, cell.column))


def _place(sheet: Sheet, edit: Edit) -> int:
    place = sheet.rows.index_of(edit.row) if edit.column in sheet.headers else None
    if place is None:
        where = [Place(file=sheet.name, row=edit.row, column=edit.column, value=edit.value)]
        raise Refusal("cell_unknown", where=where, row=edit.row, column=edit.column)
    return place
