"""What banks call Excel and is a page, or a workbook of Office 2003 in XML."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from html import escape

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.banking.domain.reading import read_statements
from huikuan.record.banking.domain.statements import Statement
from huikuan.record.banking.tests.exports import EXPORTS, JIA

TODAY = date(2026, 11, 22)
ROWS = list(csv.reader(io.StringIO(EXPORTS[1].text())))


def page(rows: list[list[str]], before: str = "") -> str:
    body = "".join("<tr>" + "".join(f"<td nowrap>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><head><style>td {{}}</style></head><body>{before}<table border=1>{body}</table></body></html>"


def workbook(rows: list[list[str]], before: str = "") -> str:
    def cell(place: int, text: str) -> str:
        return f'<Cell ss:Index="{place}"><Data ss:Type="String">{escape(text)}</Data></Cell>' if text else ""

    body = "".join(
        "<Row>" + "".join(cell(place, text) for place, text in enumerate(row, start=1)) + "</Row>" for row in rows
    )
    space = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    return f'<?xml version="1.0"?>{before}<Workbook {space}><Worksheet><Table>{body}</Table></Worksheet></Workbook>'


def read(text: str, encoding: str = "utf-8") -> Statement:
    (statement,) = read_statements(text.encode(encoding), "list.xls", today=TODAY)
    return statement


@pytest.mark.parametrize("made", [page, workbook])
def test_its_rows_are_read_like_those_of_a_text(made: Callable[[list[list[str]]], str]) -> None:
    statement = read(made(ROWS))
    assert (statement.layout, statement.opening, statement.closing) == ("icbc", 10_000_000, 10_916_550)
    assert [line.amount for line in statement.lines] == [800_050, -3_500, 120_000]
    assert statement.lines[0].counterparty_name == JIA


def test_a_page_of_a_chinese_bank_with_unclosed_cells() -> None:
    text = page(ROWS).replace("</td>", "").replace("</tr>", "").replace("<td nowrap>合同", "<TD>合同")
    assert len(read(text, "gb18030").lines) == 3


def test_a_cell_over_several_columns_keeps_the_others_in_place() -> None:
    text = page(ROWS, before="<table><tr><td colspan=9>明细</td><td>x</td></tr></table>")
    assert len(read(text).lines) == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<html><body>Session expired</body></html>", "statement_xml_unknown"),
        ("<table>" + "<tr><td>1</td></tr>" * 3 + "</table>", "statement_unreadable"),
        (page([["x"] * 300]), "too_many_columns"),
        (page(ROWS, before="<td colspan=99999999999>"), ""),
        (workbook(ROWS, before='<!DOCTYPE Workbook [<!ENTITY x "y">]>'), "statement_xml_doctype"),
        (workbook([["a"] * 3])[:-30], "statement_xml_broken"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    if not code:
        assert len(read(text).lines) == 3
        return
    with pytest.raises(Refusal) as caught:
        read(text)
    assert caught.value.code == code
