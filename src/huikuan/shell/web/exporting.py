"""A short list as a file to download: csv, or xlsx where nothing else is asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from huikuan.mechanisms.files.exports import Cell, write_csv, write_xlsx

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sent(request: HttpRequest, name: str, headers: Sequence[str], rows: Sequence[Sequence[Cell]]) -> HttpResponseBase:
    """The rows as the file `name`, in the format the address asks for."""
    with tempfile.TemporaryDirectory() as folder:
        if request.GET.get("format") == "csv":
            file, kind = Path(folder) / "list.csv", "text/csv; charset=utf-8"
            write_csv(file, list(headers), (list(row) for row in rows))
        else:
            file, kind = Path(folder) / "list.xlsx", _XLSX
            write_xlsx(file, list(headers), (list(row) for row in rows), title=name)
        # Open files outlive their folder: the response closes this one once it is sent.
        return FileResponse(file.open("rb"), as_attachment=True, filename=f"{name}{file.suffix}", content_type=kind)
