"""Which sheet of a workbook is read."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from huikuan.mechanisms.files.limits import Limits
from huikuan.mechanisms.files.workbooks import read_workbook


def workbook(path: Path, **sheets: list[list[str]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
    return path


@pytest.mark.parametrize(
    ("sheets", "name", "text"),
    [
        ({"a": [], "b": [["x", "y"], ["1", "2"]]}, "b", b"x,y\r\n1,2\r\n"),
        ({"a": [["only"]], "b": [["x", "y"], ["1", "2"]]}, "b", b"x,y\r\n1,2\r\n"),
        ({"a": [], "b": [["x", "y"]]}, "b", b"x,y\r\n"),
        ({"a": []}, "", b""),
    ],
)
def test_the_first_sheet_with_rows_is_read_else_a_header_alone(
    sheets: dict[str, list[list[str]]], name: str, text: bytes, tmp_path: Path
) -> None:
    data, about = read_workbook(workbook(tmp_path / "book.xlsx", **sheets), "book.xlsx", "", Limits())
    assert (data, about["sheet"]) == (text, name)
