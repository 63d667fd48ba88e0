"""Amounts: exact, whatever they are dressed in (catalogue 40)."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.connect.connectors.domain.amounts import read_amounts
from huikuan.kernel.amounts import Style, read_amount

WRITTEN = {
    "1234.56": 1234560,
    "1,234.56": 1234560,
    "１，２３４．５０": 1234500,
    "¥1,234.56": 1234560,
    "￥ 1,234.56": 1234560,
    "RMB 1,000": 1000000,
    "1000元": 1000000,
    "人民币1000": 1000000,
    "US$12.30": 12300,
    "(12.30)": -12300,
    "（12.30）": -12300,
    "12.30-": -12300,
    "-¥5": -5000,
    "−5": -5000,
    "+5": 5000,
    "1.2E+5": 120000000,
    "8734.710000000001": 8734710,
    "0.30000000000000004": 300,
    "12 345.67": 12345670,
    "1.": 1000,
    ".5": 500,
    "0": 0,
    "9000000000000.00": 9000000000000000,
    "0.005": "amount_too_fine",
    "1234567.891": "amount_too_fine",
    "12345678.9012345": "amount_too_fine",
    "9000000000000.01": "amount_too_large",
    "1E+300": "amount_too_large",
    "1,23,4": "amount_unreadable",
    "1.234,56": "amount_unreadable",
    "--5": "amount_unreadable",
    "(-5)": "amount_unreadable",
    "1E+999999": "amount_unreadable",
    "NaN": "amount_unreadable",
    "inf": "amount_unreadable",
    "1_000": "amount_unreadable",
    "十二": "amount_unreadable",
    "#N/A": "amount_unreadable",
    ".": "amount_unreadable",
}


@pytest.mark.parametrize(("text", "thousandths"), WRITTEN.items())
def test_an_amount_is_read_exactly_or_refused(text: str, thousandths: int | str) -> None:
    assert read_amount(text, 2) == thousandths


def test_decimals_follow_the_currency() -> None:
    assert read_amount("12.5", 0) == "amount_too_fine"
    assert read_amount("12.00", 0) == 12000
    assert read_amount("1.234", 3) == 1234
    assert read_amount("1.2345", 3) == "amount_too_fine"


def test_styles_of_the_mapping() -> None:
    assert read_amount("1.234,56", 2, Style(decimal=",")) == 1234560
    assert read_amount("1.5", 2, Style(unit=10_000)) == 15_000_000


amounts = st.decimals(min_value=Decimal("-9e12"), max_value=Decimal("9e12"), places=2).map(lambda d: f"{d:f}")
dressed = st.one_of(
    amounts,
    amounts.map(lambda text: f"{Decimal(text):,}"),
    amounts.map(lambda text: f"¥{text}"),
    st.sampled_from(sorted(WRITTEN)),
    st.text(alphabet="0123456789.,-+()¥元 E", max_size=12).map(str.strip),
)


@given(st.lists(st.tuples(dressed, st.sampled_from(["CNY", "JPY", "KWD", None])), min_size=1, max_size=30))
def test_columns_read_what_the_rule_reads(rows: list[tuple[str, str | None]]) -> None:
    texts = pl.Series([text for text, _ in rows], dtype=pl.String)
    values, wrong = read_amounts(texts, pl.Series([code for _, code in rows], dtype=pl.String), Style())
    for position, (text, code) in enumerate(rows):
        expected = read_amount(text, {"JPY": 0, "KWD": 3}.get(code or "", 2)) if text else None
        found = wrong.get(position, values[position])
        assert found == expected, (text, code)


@given(st.decimals(min_value=Decimal("-9e12"), max_value=Decimal("9e12"), places=2))
def test_no_cent_is_lost(amount: Decimal) -> None:
    assert read_amount(f"{amount:,.2f}", 2) == int(amount * 1000)


@given(st.integers(min_value=1, max_value=10**13))
def test_a_spreadsheets_float_is_its_cents(cents: int) -> None:
    assert read_amount(repr(cents / 100), 2) == cents * 10
