"""Files of statements and of reference values: read under limits, then recorded by the other doors."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.files.content import spreadsheet_type
from huikuan.mechanisms.files.limits import MEGABYTE, Limits
from huikuan.mechanisms.files.workbooks import read_workbook
from huikuan.record.financials.domain.reference import Reference
from huikuan.record.financials.domain.reference_file import references_in
from huikuan.record.financials.domain.sheet import fields_in
from huikuan.record.financials.messages import FAULTS

#: A filled template has some kilobytes; a firm's own workbook some hundred.
LIMITS = Limits(
    size=10 * MEGABYTE,
    inflated=100 * MEGABYTE,
    rows=2_000,
    columns=60,
    parser_memory=1_500 * MEGABYTE,
    parser_seconds=20,
)


def read_fields(path: Path, name: str) -> dict[str, str]:
    """The fields of a statement (domain.typed) and `customer`, as the file at `path` says them.

    Refuses whatever the limits forbid before parsing it, what is no spreadsheet, and what `fields_in` refuses, each
    with the row.
    """
    with _told_in(name):
        return fields_in(read_rows(path, name))


def read_references(path: Path, name: str) -> list[Reference]:
    """The reference values in the file; refuses likewise, and what `references_in` refuses."""
    with _told_in(name):
        return references_in(read_rows(path, name))


def read_rows(path: Path, name: str) -> list[list[str]]:
    """The rows of a csv file, or of the first sheet of a workbook that has any."""
    kind = spreadsheet_type(path, name, LIMITS)
    data = path.read_bytes() if kind == "csv" else read_workbook(path, name, "", LIMITS)[0]
    text = _decoded(data, name)
    try:
        rows = [row for _, row in zip(range(LIMITS.rows + 1), csv.reader(io.StringIO(text, newline="")), strict=False)]
    except csv.Error as error:
        raise Refusal("financials_file_unreadable", where=[Place(file=name)]) from error
    if len(rows) > LIMITS.rows:
        raise Refusal("too_many_rows", where=[Place(file=name)], limit=LIMITS.rows)
    return rows


def _decoded(data: bytes, name: str) -> str:
    """UTF-8, with or without a mark, else GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("financials_file_unreadable", where=[Place(file=name)])


@contextmanager
def _told_in(name: str) -> Iterator[None]:
    """Places of a refusal with the file's name, and what is wrong in words."""
    try:
        yield
    except Refusal as refusal:
        refusal.where = [
            replace(place, file=name, reason=gettext(FAULTS.get(place.reason, place.reason)) if place.reason else "")
            for place in refusal.where
        ]
        raise
