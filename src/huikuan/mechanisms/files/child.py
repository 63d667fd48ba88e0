"""Run as a program of its own: `python -I child.py WORKBOOK SHEET MEMORY SECONDS ROWS COLUMNS`.

Reads one sheet of a workbook and writes it as csv to stdout; one JSON line about it to stderr. The
caps are taken before the file is opened, so that a hostile workbook ends this process and no other.
Formulas are never evaluated: calamine reads the values last saved. Imports nothing of the product.
"""

from __future__ import annotations

import csv
import io
import json
import resource
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

UNREADABLE, TOO_COSTLY, ENCRYPTED, NO_SUCH_SHEET, TOO_MANY_ROWS, TOO_MANY_COLUMNS = 3, 4, 5, 6, 7, 8


def main(path: str, wanted: str, memory: int, seconds: int, rows: int, columns: int) -> int:
    """Read a workbook under caps on memory (bytes) and CPU (seconds); the exit code says what stopped it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine as calamine  # after the caps: its loading counts too

    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            return _write_sheet(book, wanted, rows, columns)
    except calamine.PasswordError:
        return ENCRYPTED
    except MemoryError:
        return TOO_COSTLY
    except Exception as error:  # whatever a damaged workbook raises, the answer is the same
        return _tell(UNREADABLE, problem=str(error)[:200])


def _write_sheet(book: CalamineWorkbook, wanted: str, rows: int, columns: int) -> int:
    visible = [sheet.name for sheet in book.sheets_metadata if str(sheet.visible) == "SheetVisibleEnum.Visible"]
    if wanted and wanted not in book.sheet_names:
        return _tell(NO_SUCH_SHEET, sheets=book.sheet_names[:50])
    found = _first_filled(book, [wanted] if wanted else visible or book.sheet_names)
    if found is None:
        return _tell(0, sheet="")
    name, sheet = found
    if sheet.total_width > columns:
        return _tell(TOO_MANY_COLUMNS, found=sheet.total_width)
    if sheet.total_height > rows:
        return TOO_MANY_ROWS
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    csv.writer(out).writerows(sheet.iter_rows())
    out.flush()
    return _tell(0, sheet=name, sheets=(visible or book.sheet_names)[:50])


def _first_filled(book: CalamineWorkbook, names: list[str]) -> tuple[str, CalamineSheet] | None:
    """The first sheet with rows below its first; else the first with a row at all: a header without rows."""
    header_only = None
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height and sheet.total_height:  # total_height counts from the sheet's own first row, from 0
            return name, sheet
        if sheet.height:
            header_only = header_only or (name, sheet)
    return header_only


def _tell(code: int, **about: object) -> int:
    print(json.dumps(about), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], *(int(number) for number in sys.argv[3:])))
