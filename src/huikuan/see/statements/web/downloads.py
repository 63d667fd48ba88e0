"""Files to the browser: always as a download, never run where it is shown."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.http import FileResponse
from django.http.response import HttpResponseBase

from huikuan.mechanisms.files.exports import Cell, write_csv, write_xlsx
from huikuan.see.statements.operations.files import XLSX

CSV = "text/csv; charset=utf-8"


def send(content: bytes | Path, name: str, media_type: str) -> HttpResponseBase:
    """`content` under `name`."""
    file = content.open("rb") if isinstance(content, Path) else io.BytesIO(content)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def send_table(
    name: str, form: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str
) -> HttpResponseBase:
    """A list as csv or xlsx, formula-safe."""
    if form == "csv":
        text = io.StringIO()
        write_csv(text, headers, rows)
        return send(text.getvalue().encode("utf-8-sig"), f"{name}.csv", CSV)
    held = io.BytesIO()
    write_xlsx(held, headers, rows, title=title)
    return send(held.getvalue(), f"{name}.xlsx", XLSX)
