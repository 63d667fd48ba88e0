"""Sheets from text and workbooks made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from huikuan.connect.connectors.domain.sheets import Sheet, parse_text

HEADER = "发票号,客户编码,客户名称,开票日期,到期日,金额,币种"
MAPPING = {
    "key": ["发票号"],
    "columns": {
        "document_number": "发票号",
        "customer_code": "客户编码",
        "customer_name": "客户名称",
        "document_date": "开票日期",
        "due_date": "到期日",
        "amount": "金额",
        "currency": "币种",
    },
}


def sheet_of(*lines: str, encoding: str = "utf-8") -> Sheet:
    """A csv file with the usual header and these lines."""
    return parse_text("\n".join([HEADER, *lines]).encode(encoding), "test.csv")


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[[Sequence[Sequence[Any]]], Path]:
    """Makes an xlsx file of rows; dates become real spreadsheet dates."""

    def make(rows: Sequence[Sequence[Any]], name: str = "test.xlsx") -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(str(path)) as book:
            sheet, dates = book.add_worksheet("数据"), book.add_format({"num_format": "yyyy-mm-dd"})
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    sheet.write(number, place, cell, dates if isinstance(cell, date) else None)
        return path

    return make
