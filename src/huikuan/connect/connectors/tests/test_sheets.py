"""Text to sheets: encodings, separators, headers below titles, row numbers (catalogue 40)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from huikuan.connect.connectors.domain.sheets import parse_text
from huikuan.connect.connectors.domain.words import currency_code, read_codes, read_words
from huikuan.connect.connectors.reading import read_sheet
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain

TEXT = "发票号,客户名称,金额\nA1,宏远机械（上海）,1.50\nA2,龘靐齉,2\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = TEXT.replace("龘靐齉", "泰和") if encoding == "gbk" else TEXT
    sheet = parse_text(text.encode(encoding), "t.csv")
    assert sheet.headers == ("发票号", "客户名称", "金额")
    assert sheet.cells["客户名称"][0] == "宏远机械（上海）"
    assert sheet.rows.to_list() == [2, 3]


def test_unknown_encoding_is_refused() -> None:
    with pytest.raises(Refusal, match="encoding_unknown"):
        parse_text(b"name,amount\n\xff\xff\xff,1\n", "t.csv")


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_separators(separator: str) -> None:
    sheet = parse_text(TEXT.replace(",", separator).encode(), "t.csv")
    assert sheet.cells["金额"].to_list() == ["1.50", "2"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_title_lines_blank_lines_and_row_numbers(end: str) -> None:
    lines = ["应收账款明细表", "", "制表人：王,,", "发票号,客户名称,金额", "A1,甲,1", "", "A2,乙,2", ",,"]
    sheet = parse_text(end.join(lines).encode(), "t.csv")
    assert sheet.header_row == 4
    assert sheet.rows.to_list() == [5, 7]


def test_a_quoted_line_break_starts_no_row() -> None:
    sheet = parse_text('发票号,客户名称,金额\nA1,"甲\n公司",1\nA2,"乙 ""丙""",2\n'.encode(), "t.csv")
    assert sheet.cells["客户名称"].to_list() == ["甲\n公司", '乙 "丙"']
    assert sheet.rows.to_list() == [2, 3]


def test_quotes_in_odd_places_lose_no_row() -> None:
    sheet = parse_text('发票号,客户名称,金额\nA1,5" 管,1\nA2,"乙"公司,2\nA3,丙,3\n'.encode(), "t.csv")
    assert sheet.cells["发票号"].to_list() == ["A1", "A2", "A3"]
    with pytest.raises(Refusal, match="quotes_broken"):
        parse_text('发票号,客户名称,金额\nA1,"甲,1\nA2,乙\nA3,丙,3\n'.encode(), "t.csv")


def test_too_many_cells_are_seen_too_few_are_empty() -> None:
    sheet = parse_text("发票号,客户名称,金额\nA1,甲,1,234\nA2\n".encode(), "t.csv")
    assert sheet.overflow.to_list() == [True, False]
    assert sheet.cells.row(1) == ("A2", None, None)


def test_repeated_and_empty_headers_are_told_apart() -> None:
    assert parse_text("发票号,金额,金额,,客户名称\n1,2,3,4,5\n".encode(), "t.csv").headers == (
        "发票号", "金额", "金额 (2)", "[4]", "客户名称",
    )  # fmt: skip


def test_limits_of_rows_and_columns() -> None:
    with pytest.raises(Refusal, match="too_many_rows"):
        parse_text(("发票号,金额\n" + "a,1\n" * 11).encode(), "t.csv", rows_limit=10)
    with pytest.raises(Refusal, match="too_many_columns"):
        parse_text((",".join(f"c{n}" for n in range(10_000)) + "\n1\n").encode(), "t.csv")


def test_a_sheet_without_rows_is_refused() -> None:
    with pytest.raises(Refusal, match="sheet_empty"):
        parse_text("发票号,金额\n".encode(), "t.csv")


def test_xlsx_types_and_rows(workbook: Callable[..., Path]) -> None:
    path = workbook(
        [
            ["应收明细"],
            [],
            ["发票号", "开票日期", "金额"],
            [100045, date(2020, 2, 7), 0.1 + 0.2],
            ["A2", "2020/2/8", -5],
        ]
    )
    sheet = read_sheet(path, "t.xlsx")
    assert sheet.header_row == 3
    assert sheet.rows.to_list() == [4, 5]
    assert sheet.cells["开票日期"].to_list() == ["2020-02-07", "2020/2/8"]
    assert sheet.cells["发票号"][0] == "100045.0"
    assert sheet.sheet == "数据"
    with pytest.raises(Refusal, match="sheet_not_found"):
        read_sheet(path, "t.xlsx", sheet="别的")


def test_formulas_are_values_never_evaluated(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["发票号", "金额"])
        sheet.write_string(1, 0, "A1")
        sheet.write_formula(1, 1, '=HYPERLINK("http://evil","x")', None, 42)
    assert read_sheet(path, "f.xlsx").cells["金额"].to_list() == ["42.0"]


def test_xls(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("应收")
    rows: list[list[Any]] = [["发票号", "客户名称", "金额"], ["A1", "甲", 12.5]]
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write(number, place, cell)
    book.save(str(tmp_path / "t.xls"))
    assert read_sheet(tmp_path / "t.xls", "t.xls").cells.row(0) == ("A1", "甲", "12.5")


@given(st.lists(st.text(max_size=12), min_size=1, max_size=20))
def test_words_are_cleaned_as_the_kernel_cleans_them(texts: list[str]) -> None:
    stripped = [text.strip() for text in texts if "\x00" not in text]
    if stripped:
        assert read_words(pl.Series(stripped, dtype=pl.String))[0].to_list() == [plain(text) for text in stripped]


def test_codes_a_spreadsheet_touched() -> None:
    codes, lost = read_codes(pl.Series(["100045.0", '="00123"', "9.13501E+17", "A-1.0", "00012"]))
    assert codes.to_list() == ["100045", "00123", "9.13501E+17", "A-1.0", "00012"]
    assert lost == [2]


@pytest.mark.parametrize(
    ("text", "code"),
    [("人民币", "CNY"), ("RMB", "CNY"), ("ＵＳ＄", "USD"), ("cad", "CAD"), ("XXX", None), ("元", "CNY")],
)
def test_currencies(text: str, code: str | None) -> None:
    assert currency_code(text) == code
