"""Tables out: csv and xlsx in which no cell can act as a formula.

A text that starts with = + - @ tab or carriage return is executed by spreadsheet programs when it
comes from a csv file. Such texts, headers too, get a leading apostrophe in csv and are written as
plain text in xlsx. Numbers stay numbers. (OWASP ASVS 1.2.10)
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from huikuan.kernel.errors import Refusal

Cell = str | int | Decimal | date | datetime | bool | None

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Excel's own limits: characters in a cell, digits a number keeps.
_LONGEST_TEXT = 32_767
_EXACT_DIGITS = 15
#: Rows of a sheet, below its header.
MOST_ROWS = 1_048_575


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook; without `headers` its rows begin at the top."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def safe_text(text: str) -> str:
    """`text` so that no spreadsheet program takes it for a formula."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def write_csv(target: Path | IO[str], headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """A csv file: UTF-8 with a byte order mark (so that Excel reads Chinese), CRLF, formula-safe."""
    if isinstance(target, Path):
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            write_csv(file, headers, rows)
        return
    writer = csv.writer(target)
    writer.writerow([safe_text(header) for header in headers])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)


def write_xlsx(
    target: Path | IO[bytes],
    headers: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str = "Sheet1",
    marked: Collection[tuple[int, int]] = frozenset(),
) -> None:
    """A workbook of one sheet with a frozen header. `marked`: (row, column) from 0 below the header, shown red.

    Refuses more rows than a sheet holds: nothing is left out in silence.
    Decimals become numbers where Excel keeps all their digits, else text: no digit is ever lost.
    """
    with _workbook(target) as book:
        _write_sheet(book, Sheet(title, headers, ()), rows, _formats(book), marked)


def write_sheets(target: Path | IO[bytes], sheets: Iterable[Sheet], *, made_at: datetime) -> None:
    """A workbook of several sheets, under the same rules. The same sheets and `made_at` give the same bytes."""
    with _workbook(target) as book:
        book.set_properties({"created": made_at.astimezone(UTC).replace(tzinfo=None)})
        formats = _formats(book)
        for sheet in sheets:
            _write_sheet(book, sheet, sheet.rows, formats, ())


def _write_sheet(
    book: Any,
    described: Sheet,
    rows: Iterable[Sequence[Cell]],
    formats: dict[str, Any],
    marked: Collection[tuple[int, int]],
) -> None:
    sheet = book.add_worksheet(described.title[:31])
    first = 1 if described.headers else 0
    sheet.freeze_panes(first, 0)
    for column, header in enumerate(described.headers):
        sheet.write_string(0, column, header, formats["header"])
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise Refusal("workbook_too_long", rows=MOST_ROWS)
        for column, cell in enumerate(row):
            mark = formats["marked"] if (number, column) in marked else None
            _write_cell(sheet, number + first, column, cell, formats, mark)


def _formats(book: Any) -> dict[str, Any]:
    return {
        "header": book.add_format({"bold": True, "bottom": 1}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "marked": book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"}),
    }


@contextmanager
def _workbook(target: Path | IO[bytes]) -> Any:
    """A workbook written row by row; only calls that state the cell's type are used on it."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    memory = target if isinstance(target, io.IOBase) else None
    book = xlsxwriter.Workbook(memory or str(target), options)
    try:
        yield book
    finally:
        book.close()


def _csv_cell(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe_text(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell if isinstance(cell, int) else str(cell)


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, formats: dict[str, Any], mark: Any) -> None:
    if cell is None:
        if mark is not None:
            sheet.write_blank(row, column, None, mark)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell[:_LONGEST_TEXT], mark)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, mark)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell.replace(tzinfo=None), mark or formats["instant"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, mark or formats["date"])
    elif len(Decimal(cell).as_tuple().digits) > _EXACT_DIGITS:
        sheet.write_string(row, column, f"{Decimal(cell):f}", mark)
    else:
        sheet.write_number(row, column, cell, mark)
