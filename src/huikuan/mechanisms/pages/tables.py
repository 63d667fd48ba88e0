"""A list as a file: exactly its rows, as csv or as a workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.http import FileResponse

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.exports import MOST_ROWS, Cell, write_csv, write_xlsx
from huikuan.mechanisms.pages.downloads import download

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_table(
    form: str, name: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str, count: int = 0
) -> FileResponse:
    """The rows as a download called `name`; `form` is csv, anything else a workbook whose sheet is `title`.

    `count`, where it is known beforehand, refuses a workbook that would be too long before any of it is written.
    """
    with tempfile.TemporaryDirectory() as folder:
        if form == "csv":
            file, kind = Path(folder) / "rows.csv", "text/csv; charset=utf-8"
            write_csv(file, headers, rows)
        elif count > MOST_ROWS:
            raise Refusal("workbook_too_long", rows=MOST_ROWS)
        else:
            file, kind = Path(folder) / "rows.xlsx", XLSX
            write_xlsx(file, headers, rows, title=title)
        # Open files outlive their folder: the response closes this one once it is sent.
        return download(file, f"{name}{file.suffix}", kind)
