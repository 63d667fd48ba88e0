"""The spreadsheet of rejected rows: as they came, marked, and safe to open."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from django.utils import translation

from huikuan.connect.connectors.bad_cells import write_bad_cells
from huikuan.connect.connectors.domain.checking import check
from huikuan.connect.connectors.domain.mapping import mapping_of
from huikuan.connect.connectors.reading import read_sheet
from huikuan.connect.connectors.reasons import place
from huikuan.connect.connectors.tests.conftest import MAPPING, sheet_of

LINES = ("A1,C1,甲,2026-01-05,2026-02-04,1,CNY", "A2,C1,=1+1,2026-02-30,2026-03-01,0,CNY")


def test_rejected_rows_with_reasons(tmp_path: Path) -> None:
    sheet = sheet_of(*LINES)
    checked = check(sheet, mapping_of(MAPPING), "items", company_currency="CNY")
    with translation.override("en"):
        write_bad_cells(tmp_path / "bad.xlsx", sheet, checked)
    book = openpyxl.load_workbook(tmp_path / "bad.xlsx")
    rows = list(book.active.iter_rows())
    assert len(rows) == 2
    assert [cell.value for cell in rows[1]][:7] == ["A2", "C1", "=1+1", "2026-02-30", "2026-03-01", "0", "CNY"]
    assert rows[1][7].value == 3
    assert rows[1][8].value == "开票日期: this day does not exist\n金额: the amount is zero"
    assert rows[1][2].data_type == "s"
    red = [cell.column_letter for cell in rows[1] if cell.fill.fgColor.rgb == "FFFFC7CE"]
    assert red == ["D", "F"]
    again = read_sheet(tmp_path / "bad.xlsx", "bad.xlsx", wanted=mapping_of(MAPPING).wanted())
    assert again.cells["发票号"].to_list() == ["A2"]


def test_a_place_says_all() -> None:
    checked = check(sheet_of(*LINES), mapping_of(MAPPING), "items", company_currency="CNY")
    with translation.override("en"):
        spot = place(checked.bad[0], "t.csv")
    assert (spot.file, spot.row, spot.column, spot.value) == ("t.csv", 3, "开票日期", "2026-02-30")
    assert (spot.reason, spot.fix) == (
        "this day does not exist",
        "correct the day, or say for the whole file whether the day or the month comes first",
    )
