"""Tables of banks: the plain file, the direction of amounts, what proves it, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.banking.domain.reading import read_statements
from huikuan.record.banking.domain.statements import Statement

TODAY = date(2026, 11, 22)


def read(text: str, *, mapping: object = None, partial: bool = False, currency: str = "CNY") -> tuple[Statement, ...]:
    return read_statements(text.encode(), "day.csv", today=TODAY, mapping=mapping, partial=partial, currency=currency)


def refused(text: str, **more: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(text, **more)
    return caught.value


def amounts(text: str, **more: Any) -> list[int]:
    return [line.amount for statement in read(text, **more) for line in statement.lines]


PLAIN = (
    "account,booked_on,value_on,amount,currency,payer_name,payer_account,memo,bank_reference\n"
    "6222001,2026-11-20,2026-11-21,12000.50,CNY,海岳风电设备（盐城）有限公司,6217002,货款 INV-1,R1\n"
    "6222001,2026-11-20,,-35.00,CNY,,,手续费,R2\n"
    "6222002,2026-11-20,,7.00,USD,Nordlicht GmbH,,INV 9,R3\n"
)


def test_the_plain_file() -> None:
    first, second = read(PLAIN)
    assert (first.account, first.currency, first.layout, first.booked) == ("6222001", "CNY", "plain", True)
    assert (second.account, second.currency) == ("6222002", "USD")
    line = first.lines[0]
    assert (line.ordinal, line.row, line.booked_on, line.value_on) == (1, 2, date(2026, 11, 20), date(2026, 11, 21))
    assert (line.amount, line.currency, line.bank_reference) == (1_200_050, "CNY", "R1")
    assert (line.counterparty_name, line.counterparty_account) == ("海岳风电设备（盐城）有限公司", "6217002")
    assert (line.memo, line.balance_after) == ("货款 INV-1", None)
    assert line.raw["payer_name"] == "海岳风电设备（盐城）有限公司"
    assert [(line.amount, line.row) for line in first.lines] == [(1_200_050, 2), (-3_500, 3)]
    assert (first.opening, first.closing, first.currency_told) == (None, None, True)
    assert (first.period_from, first.period_through) == (date(2026, 11, 20), date(2026, 11, 20))


def test_the_plain_file_needs_a_day_and_an_amount_only() -> None:
    (statement,) = read("booked_on,amount\n2026-11-20,1.00\n", currency="USD")
    assert (statement.account, statement.currency, statement.currency_told) == ("", "USD", False)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("6222001,2026-11-31,,1,CNY,,,,R", "statement_date_impossible", "booked_on"),
        ("6222001,soon,,1,CNY,,,,R", "statement_date_unreadable", "booked_on"),
        ("6222001,2026-11-20,,1.005,CNY,,,,R", "statement_amount_too_fine", "amount"),
        ("6222001,2026-11-20,,one,CNY,,,x1,R", "statement_amount_unreadable", "amount"),
        ("6222001,2026-11-20,,1,夸克币,,,,R", "statement_currency_unknown", "currency"),
    ],
)
def test_a_bad_cell_is_refused_with_its_place(row: str, code: str, column: str) -> None:
    refusal = refused(PLAIN + row + "\n")
    assert refusal.code == code
    assert [(place.file, place.row, place.column) for place in refusal.where] == [("day.csv", 5, column)]


def test_a_day_to_come_is_refused() -> None:
    refusal = refused("booked_on,amount\n2026-12-03,1.00\n")
    assert (refusal.code, refusal.where[0].row, refusal.where[0].value) == ("statement_day_to_come", 2, "2026-12-03")
    assert amounts("booked_on,amount\n2026-11-23,1.00\n") == [100]


LEDGER = "交易时间,借方发生额,贷方发生额,账户余额,对方账号,对方户名,摘要\n"


def test_credit_is_money_in_and_zero_says_nothing() -> None:
    text = LEDGER + "2026-11-19 10:00:00,0.00,100.00,1100.00,1,甲,货款\n2026-11-20 10:00:00,30.00,0.00,1070.00,,,费\n"
    (statement,) = read(text)
    assert [line.amount for line in statement.lines] == [10_000, -3_000]
    assert (statement.opening, statement.closing) == (100_000, 107_000)


def test_newest_first_and_mixed_within_a_day_hang_together_too() -> None:
    down = LEDGER + "2026-11-20,30.00,,1070.00,,,b\n2026-11-19,,100.00,1100.00,,,a\n"
    mixed = LEDGER + "2026-11-20,,5.00,1075.00,,,c\n2026-11-19,,100.00,1100.00,,,a\n2026-11-20,30.00,,1070.00,,,b\n"
    assert [(one.opening, one.closing) for one in read(down)] == [(100_000, 107_000)]
    assert [(one.opening, one.closing) for one in read(mixed)] == [(100_000, 107_500)]


def test_a_missing_line_is_refused_at_the_row_where_it_shows() -> None:
    text = LEDGER + "2026-11-18,,1.00,1001.00,,,a\n2026-11-19,,100.00,1101.00,,,b\n2026-11-20,30.00,,1069.00,,,c\n"
    refusal = refused(text)
    assert refusal.code == "statement_balance_broken"
    assert (refusal.where[0].row, refusal.where[0].column) == (4, "账户余额")
    assert refusal.params["expected"] == "1071.00"
    assert refusal.params["found"] == "1069.00"
    assert refusal.params["difference"] == "-2.00"
    (part,) = read(text, partial=True)
    assert [line.amount for line in part.lines] == [100, 10_000, -3_000]
    assert (part.opening, part.closing) == (None, None)


def test_red_letters_and_printed_signs_are_told_apart_by_the_balance() -> None:
    red = LEDGER + "2026-11-19,,1.00,1000.00,,,b\n2026-11-20,-30.00,,1030.00,,,退\n"
    printed = LEDGER + "2026-11-19,,1.00,1000.00,,,b\n2026-11-20,-30.00,,970.00,,,费\n"
    assert amounts(red) == [100, 3_000]
    assert amounts(printed) == [100, -3_000]


def test_a_marked_reversal_turns_the_amount() -> None:
    head = "交易日,借方金额,贷方金额,余额,冲账标志\n"
    positive = head + "2026-11-19,30.00,,970.00,\n2026-11-20,30.00,,1000.00,*\n"
    negative = head + "2026-11-19,30.00,,970.00,否\n2026-11-20,-30.00,,1000.00,是\n"
    signed = head + "2026-11-19,,30.00,1030.00,N\n2026-11-20,30.00,,1000.00,Y\n"
    for text in (positive, negative, signed):
        (statement,) = read(text)
        assert [line.reversal for line in statement.lines] == [False, True]
    assert amounts(positive) == amounts(negative) == [-3_000, 3_000]
    assert amounts(signed) == [3_000, -3_000]


def test_one_column_of_amounts_needs_a_proof_of_its_sign() -> None:
    unproven = "Date,Amount,Description\n2026-11-20,5.00,x\n2026-11-21,-3.00,y\n"
    proven = "Date,Amount,Balance\n2026-11-20,5.00,10.00\n2026-11-21,-3.00,7.00\n"
    inverse = "Date,Amount,Balance\n2026-11-20,5.00,10.00\n2026-11-21,-3.00,13.00\n"
    assert refused(unproven).code == "statement_direction_unproven"
    assert amounts(proven) == [500, -300]
    assert refused(inverse, partial=True).code == "statement_direction_unproven"
    mapping = {"booked_on": "Date", "amount": "Amount", "memo": ["Description"]}
    assert amounts(unproven, mapping={**mapping, "signs": "in"}) == [500, -300]
    assert amounts(unproven, mapping={**mapping, "signs": "out"}) == [-500, 300]
    assert refused(unproven, mapping=mapping).code == "statement_direction_unproven"


def test_a_direction_column_decides() -> None:
    head = "交易时间,借贷标志,对方单位,发生额,余额,币种\n"
    text = head + "2026-11-19,贷,甲,100.00,1100.00,人民币\n2026-11-20,借,乙,30.00,1070.00,人民币\n"
    (statement,) = read(text)
    assert ([line.amount for line in statement.lines], statement.currency) == ([10_000, -3_000], "CNY")
    refusal = refused(head + "2026-11-19,左,甲,100.00,1100.00,人民币\n")
    assert (refusal.code, refusal.where[0].value) == ("statement_direction_unknown", "左")


def test_two_amounts_in_a_row_are_refused() -> None:
    assert refused(LEDGER + "2026-11-19,1.00,2.00,5.00,,,a\n").code == "statement_two_amounts"


def test_days_that_can_be_read_two_ways_are_refused_until_the_file_or_a_mapping_shows_which() -> None:
    head = "Date,Debit,Credit\n"
    refusal = refused(head + "03/04/2026,,1.00\n")
    assert refusal.code == "statement_date_order_unknown"
    (shown,) = read(head + "03/04/2026,,1.00\n13/04/2026,,1.00\n")
    assert [line.booked_on for line in shown.lines] == [date(2026, 4, 3), date(2026, 4, 13)]
    mapping = {"booked_on": "Date", "debit": "Debit", "credit": "Credit", "date_order": "mdy"}
    (said,) = read(head + "03/04/2026,,1.00\n", mapping=mapping)
    assert said.lines[0].booked_on == date(2026, 3, 4)
    (same,) = read(head + "04/04/2026,,1.00\n")
    assert same.lines[0].booked_on == date(2026, 4, 4)


def test_an_unknown_layout_lists_what_it_saw() -> None:
    refusal = refused("Zeile,Wert,Wann\n1,2.00,2026-11-20\n")
    assert (refusal.code, refusal.params["seen"]) == ("statement_layout_unknown", "Zeile, Wert, Wann")
    assert amounts(
        "Zeile,Wert,Wann\n1,2.00,2026-11-20\n", mapping={"booked_on": "Wann", "amount": "Wert", "signs": "in"}
    ) == [200]
    missing = refused("Zeile,Wert,Wann\n1,2,3\n", mapping={"booked_on": "Tag", "amount": "Wert"})
    assert (missing.code, missing.params["wanted"]) == ("statement_columns_missing", "Tag, Wert")


def test_a_mapping_by_place_reads_a_file_without_header() -> None:
    mapping = {
        "booked_on": 1,
        "debit": 3,
        "credit": 4,
        "balance": 5,
        "memo": [2],
        "header_row": 0,
        "date_order": "mdy",
    }
    text = "05/01/2026,A,1.00,,9.00\n05/02/2026,B,,3.00,12.00\n"
    (statement,) = read(text, mapping=mapping)
    assert [(line.amount, line.memo, line.row) for line in statement.lines] == [(-100, "A", 1), (300, "B", 2)]


def test_a_mapping_names_words_decimals_and_what_the_file_leaves_out() -> None:
    mapping = {
        "booked_on": "Tag", "amount": "Wert", "direction": "Art", "in": ["Ein"], "out": ["Aus", "Gebühr"],
        "decimal": ",", "constants": {"account": "AT 11 22", "currency": "EUR"}, "payer_name": "Wer",
    }  # fmt: skip
    text = "Tag;Wert;Art;Wer\n2026-11-20;1.234,50;Ein;Nordlicht\n2026-11-20;3,00;Gebühr;\n"
    (statement,) = read(text, mapping=mapping)
    assert (statement.account, statement.currency, statement.currency_told) == ("AT1122", "EUR", True)
    found = [(line.amount, line.counterparty_name) for line in statement.lines]
    assert found == [(123_450, "Nordlicht"), (-300, "")]
    assert refused(text, mapping={**mapping, "out": ["Aus"]}).code == "statement_direction_unknown"


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"booked_on": "Date"},
        {"booked_on": "Date", "amount": "A", "colour": "x"},
        {"booked_on": "Date", "amount": ""},
        {"booked_on": "Date", "amount": ["A", "B"]},
        {"booked_on": 0, "amount": 1},
        {"booked_on": "Date", "amount": "A", "signs": "up"},
        {"booked_on": "Date", "amount": "A", "date_order": "xyz"},
        {"booked_on": "Date", "amount": "A", "header_row": -1},
        {"booked_on": "Date", "amount": "A", "in": [""]},
        {"booked_on": "Date", "amount": "A", "constants": {"owner": "x"}},
    ],
)
def test_a_mapping_that_says_nothing_usable_is_refused(document: object) -> None:
    assert refused("Date,A\n2026-11-20,1\n", mapping=document).code == "statement_mapping_bad"
