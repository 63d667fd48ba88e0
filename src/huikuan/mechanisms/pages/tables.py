"""A list as a file: exactly its rows, as csv or as a workbook."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.http import FileResponse

from huikuan.mechanisms.files.exports import Cell, write_csv, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_table(
    form: str, name: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str
) -> FileResponse:
    """The rows as a download called `name`; `form` is csv, anything else a workbook whose sheet is `title`."""
    with tempfile.TemporaryDirectory() as folder:
        if form == "csv":
            file, kind = Path(folder) / "rows.csv", "text/csv; charset=utf-8"
            write_csv(file, headers, rows)
        else:
            file, kind = Path(folder) / "rows.xlsx", XLSX
            write_xlsx(file, headers, rows, title=title)
        # Open files outlive their folder: the response closes this one once it is sent.
        return FileResponse(file.open("rb"), as_attachment=True, filename=f"{name}{file.suffix}", content_type=kind)
