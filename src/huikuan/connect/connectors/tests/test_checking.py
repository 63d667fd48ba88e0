"""Checking: every bad cell named, every good row exact."""

from __future__ import annotations

import os
import random
import time
from datetime import date

import pytest

from huikuan.connect.connectors.domain.checking import check
from huikuan.connect.connectors.domain.mapping import mapping_of
from huikuan.connect.connectors.domain.rows import NULLABLE, SCHEMAS, BadCell, Checked
from huikuan.connect.connectors.domain.sheets import parse_text
from huikuan.connect.connectors.tests.conftest import HEADER, MAPPING, sheet_of
from huikuan.kernel.errors import Refusal

GOOD = "A1,C1,甲公司,2026-01-05,2026-02-04,100.00,CNY"


def checked(*lines: str, kind: str = "items", **changes: object) -> Checked:
    return check(sheet_of(*lines), mapping_of({**MAPPING, **changes}), kind, company_currency="CNY")


def test_a_good_row() -> None:
    result = checked(GOOD)
    assert (result.read, result.rejected, result.repeated, result.bad) == (1, 0, 0, [])
    assert dict(result.frame.schema) == SCHEMAS["items"]
    assert result.frame.row(0, named=True) == {
        "row": 2,
        "key": "A1",
        "customer_code": "C1",
        "customer_name": "甲公司",
        "kind": "invoice",
        "side": "debit",
        "currency": "CNY",
        "amount": 10000,
        "net_amount": None,
        "tax_amount": None,
        "document_number": "A1",
        "document_date": date(2026, 1, 5),
        "posting_date": date(2026, 1, 5),
        "due_date": date(2026, 2, 4),
        "awaits": "",
        "obligation": "",
        "contract_number": "",
        "business_type": "",
        "text": "",
        "settled_on": None,
        "owner": "",
        "region": "",
        "group": "",
    }


BAD = {
    "A2,C1,甲,2026-02-30,2026-03-01,1,CNY": ("开票日期", "2026-02-30", "date_impossible"),
    "A2,C1,甲,2026-02-20,later,1,CNY": ("到期日", "later", "date_unreadable"),
    "A2,C1,甲,1926-02-20,2026-03-01,1,CNY": ("开票日期", "1926-02-20", "date_out_of_range"),
    "A2,C1,甲,,2026-03-01,1,CNY": ("开票日期", "", "missing"),
    "A2,C1,甲,2026-02-20,,1,CNY": ("到期日", "", "due_missing"),
    "A2,,甲,2026-02-20,2026-03-01,1,CNY": ("客户编码", "", "missing"),
    ",C1,甲,2026-02-20,2026-03-01,1,CNY": ("发票号", "", "missing"),
    "A2,C1,甲,2026-02-20,2026-03-01,,CNY": ("金额", "", "missing"),
    "A2,C1,甲,2026-02-20,2026-03-01,0.00,CNY": ("金额", "0.00", "amount_zero"),
    "A2,C1,甲,2026-02-20,2026-03-01,1.005,CNY": ("金额", "1.005", "amount_too_fine"),
    "A2,C1,甲,2026-02-20,2026-03-01,1.5,JPY": ("金额", "1.5", "amount_too_fine"),
    "A2,C1,甲,2026-02-20,2026-03-01,ten,CNY": ("金额", "ten", "amount_unreadable"),
    "A2,C1,甲,2026-02-20,2026-03-01,99999999999999,CNY": ("金额", "99999999999999", "amount_too_large"),
    "A2,C1,甲,2026-02-20,2026-03-01,1,Taler": ("币种", "Taler", "currency_unknown"),
    "A2,C1,甲,2026-02-20,2026-03-01,1,": ("币种", "", "missing"),
    f"A2,C1,{'长' * 201},2026-02-20,2026-03-01,1,CNY": ("客户名称", "长" * 120, "text_too_long"),
    "A2,C1,甲\x07乙,2026-02-20,2026-03-01,1,CNY": ("客户名称", "甲\x07乙", "text_control"),
    "A2,C1,甲\x00,2026-02-20,2026-03-01,1,CNY": ("客户名称", "甲\x00", "text_control"),
    "9.13E+17,C1,甲,2026-02-20,2026-03-01,1,CNY": ("发票号", "9.13E+17", "digits_lost"),
    "A2,C1,甲,2026-02-20,2026-03-01,1,CNY,x": ("H", "", "cells_too_many"),
}


@pytest.mark.parametrize("line", BAD)
def test_each_bad_cell_is_named(line: str) -> None:
    result = checked(GOOD, line)
    assert [(cell.row, cell.column, cell.value, cell.code) for cell in result.bad] == [(3, *BAD[line])]
    assert (result.read, result.rejected, result.frame.height) == (2, 1, 1)


def test_a_field_that_is_part_of_the_key_is_said_to_be_missing_once() -> None:
    document = {**MAPPING, "key": ["客户编码", "发票号"]}
    text = f"{HEADER}\n{GOOD}\nA2,,甲,2026-02-20,2026-03-01,1,CNY\n"
    result = check(parse_text(text.encode(), "t.csv"), mapping_of(document), "items", company_currency="CNY")
    assert [(cell.row, cell.column, cell.code, cell.params) for cell in result.bad] == [
        (3, "客户编码", "missing", {"field": "customer_code"})
    ]


def test_all_bad_cells_of_a_row_are_named_in_file_order() -> None:
    result = checked("A1,,甲,x,y,z,w", GOOD.replace("A1", "A2"))
    assert [cell.column for cell in result.bad] == ["客户编码", "开票日期", "到期日", "金额", "币种"]
    assert result.rejected == 1


def test_same_key_same_content_counts_once_other_content_is_refused() -> None:
    result = checked(
        GOOD, GOOD, GOOD.replace("A1", "A2"), GOOD.replace("A1", "A2").replace("100", "200"), GOOD.replace("A1", "A3")
    )
    assert result.bad == [
        BadCell(row, "发票号", "A2", "key_repeated", {"rows": "4, 5", "key": "A2"}) for row in (4, 5)
    ]
    assert (result.read, result.rejected, result.repeated) == (5, 2, 1)
    assert result.frame["row"].to_list() == [2, 6]


@pytest.mark.parametrize(
    ("signs", "kind", "amount", "expected"),
    [
        ("kind", "发票", "5", ("invoice", "debit")),
        ("kind", "发票", "-5", ("credit_note", "credit")),
        ("kind", "红字发票", "-5", ("credit_note", "credit")),
        ("kind", "红字发票", "5", ("credit_note", "credit")),
        ("kind", "收款单", "-5", ("receipt", "credit")),
        ("amount", "收款单", "-5", ("receipt", "credit")),
        ("amount", "收款单", "5", ("refund", "debit")),
        ("amount", "红字发票", "5", ("invoice", "debit")),
        ("amount", "发票", "-5", ("credit_note", "credit")),
        ("kind", "", "5", ("invoice", "debit")),
    ],
)
def test_kind_and_side(signs: str, kind: str, amount: str, expected: tuple[str, str]) -> None:
    text = f"{HEADER},单据类型\nA1,C1,甲,2026-01-05,2026-02-04,{amount},CNY,{kind}\n"
    document = {**MAPPING, "columns": {**MAPPING["columns"], "kind": "单据类型"}, "amounts": {"signs": signs}}
    frame = check(parse_text(text.encode(), "t.csv"), mapping_of(document), "items", company_currency="CNY").frame
    assert frame.select("kind", "side", "amount").row(0) == (*expected, 500)


def test_an_unknown_document_type_is_bad_and_a_star_takes_it() -> None:
    text = f"{HEADER},类型\nA1,C1,甲,2026-01-05,2026-02-04,1,CNY,ZZ\n".encode()
    document = {**MAPPING, "columns": {**MAPPING["columns"], "kind": "类型"}}
    strict = check(parse_text(text, "t.csv"), mapping_of(document), "items", company_currency="CNY")
    assert [(cell.column, cell.value, cell.code) for cell in strict.bad] == [("类型", "ZZ", "kind_unknown")]
    lax = mapping_of({**document, "kinds_of_document": {"*": "fee"}})
    assert check(parse_text(text, "t.csv"), lax, "items", company_currency="CNY").frame["kind"][0] == "fee"


def test_total_lines_are_no_rows() -> None:
    result = checked(GOOD, ",小计,,,,100.00,", ",,合计,,,100.00,")
    assert (result.read, result.rejected, result.frame.height) == (1, 0, 1)
    assert [note.params for note in result.notes] == [{"count": "2"}]


def test_a_derived_date_stands_in_only_where_the_cell_is_empty() -> None:
    lines = (
        "A1,C1,甲,,2026-02-04,1,CNY",
        "A2,C1,甲,2026-01-20,2026-02-04,1,CNY",
        "A3,C1,甲,,,1,CNY",
        "A4,C1,甲,,x,1,CNY",
    )
    result = checked(*lines, derived={"document_date": {"from": "due_date", "days": -30}})
    assert result.frame["document_date"].to_list() == [date(2026, 1, 5), date(2026, 1, 20)]
    assert {(cell.row, cell.column, cell.code) for cell in result.bad} >= {
        (4, "到期日", "missing"),
        (5, "到期日", "date_unreadable"),
    }
    assert result.notes[0].params == {"field": "document_date", "start": "due_date", "days": "-30", "count": "1"}


def test_no_currency_column_is_the_companys_and_said() -> None:
    columns = {name: column for name, column in MAPPING["columns"].items() if name != "currency"}
    result = checked(GOOD, columns=columns)
    assert result.frame["currency"].to_list() == ["CNY"]
    assert [note.params for note in result.notes] == [{"currency": "CNY"}]


def test_missing_columns_are_refused_by_name() -> None:
    with pytest.raises(Refusal) as refused:
        checked(GOOD, columns={**MAPPING["columns"], "amount": "未收"})
    assert refused.value.code == "mapping_column_missing"
    assert refused.value.params["missing"] == "未收"
    with pytest.raises(Refusal, match="mapping_wrong_kind"):
        checked(GOOD, kind="receipts", kinds=["items"])


def test_receipts() -> None:
    mapping = mapping_of(
        {
            "kinds": ["receipts"],
            "key": "收款单号",
            "columns": {
                "customer_code": "客户编码",
                "received_on": "收款日期",
                "amount": "收款金额",
                "applies_to": "核销单号",
            },
        }
    )
    text = "收款单号,客户编码,收款日期,收款金额,核销单号\nR1,C1,2026-02-01,99.90,A1\nR2,C1,2026-02-02,-5,\n"
    result = check(parse_text(text.encode(), "t.csv"), mapping, "receipts", company_currency="CNY")
    assert dict(result.frame.schema) == SCHEMAS["receipts"]
    assert result.frame.row(0) == (2, "R1", "C1", "C1", "CNY", 9990, date(2026, 2, 1), "R1", "", "A1")
    assert [(cell.row, cell.column, cell.code) for cell in result.bad] == [(3, "收款金额", "amount_negative")]


def test_customers() -> None:
    mapping = mapping_of(
        {
            "kinds": ["customers"],
            "columns": {"code": "编码", "name": "名称", "uscc": "税号", "former_names": "曾用名", "status": "状态"},
        }
    )
    text = (
        "编码,名称,税号,曾用名,状态\n"
        "C1,甲公司,91350100M000100Y43,旧甲;老甲,潜在客户\nC2,乙,123,,\nC3,,,,\nC4,丁,,,坏\n"
    )
    result = check(parse_text(text.encode(), "t.csv"), mapping, "customers", company_currency="CNY")
    assert dict(result.frame.schema) == SCHEMAS["customers"]
    assert result.frame.select("code", "former_names", "status").rows() == [
        ("C1", "旧甲；老甲", "prospect"),
        ("C2", "", "customer"),
    ]
    assert [(cell.row, cell.code) for cell in result.bad] == [(4, "missing"), (5, "status_unknown")]
    assert result.notes[0].params == {"count": "1", "example": "123"}


def test_only_nullable_columns_hold_nulls() -> None:
    frame = checked(GOOD, "A2,C2,,2026-01-05,2026-02-04,2,CNY").frame
    assert {name for name in frame.columns if frame[name].null_count()} <= NULLABLE


@pytest.mark.parametrize(
    "rows", [pytest.param(20_000, id="20k"), pytest.param(1_000_000, id="1M", marks=pytest.mark.sealed)]
)
def test_planted_bad_cells_are_all_named_and_no_other(rows: int) -> None:
    if rows > 20_000 and os.environ.get("HUIKUAN_PROVE") != "1":
        pytest.skip("a million rows: set HUIKUAN_PROVE=1")
    dice = random.Random(40)
    cells = [
        [f"A{n}", f"C{n % 997}", "甲公司", "2026-01-05", "2026-02-04", f"{n}.25", "CNY"] for n in range(1, rows + 1)
    ]
    planted = set()
    for n in dice.sample(range(rows), 8_003):
        place, text = dice.choice(
            [(0, ""), (1, ""), (3, "2026-02-30"), (4, "soon"), (5, "1.005"), (5, "0"), (6, "Taler")]
        )
        cells[n][place] = text
        planted.add((n + 2, HEADER.split(",")[place]))
    data = "\n".join([HEADER, *(",".join(row) for row in cells)]).encode()
    start = time.perf_counter()
    result = check(parse_text(data, "t.csv"), mapping_of(MAPPING), "items", company_currency="CNY")
    print(f"{rows} rows read and checked in {time.perf_counter() - start:.2f} s")
    assert {(cell.row, cell.column) for cell in result.bad} == planted
    assert len(result.bad) == result.rejected == 8_003
    assert result.frame.height == rows - 8_003
