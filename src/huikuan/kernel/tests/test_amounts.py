"""Amounts as people type them in forms: exact, or refused by what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.amounts import typed_minor, typed_positive_minor
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR, to_text


@pytest.mark.parametrize(
    "text",
    [
        "50000",
        "50,000",
        "50，000",
        "５００００",
        "５０，０００．００",
        "¥50,000",
        "￥ 50000",
        "50000元",
        "CNY 50,000.0",
    ],
)
def test_the_ways_people_write_an_amount(text: str) -> None:
    assert typed_minor(text, "CNY") == typed_positive_minor(text, "CNY") == 50_000_00


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("-5", "CNY", -500),
        ("1,234", "JPY", 1234),
        ("0.125", "KWD", 125),
        ("12.3", "USD", 12_30),
        ("$5", "USD", 500),
        ("US$5", "USD", 500),
        ("¥5", "JPY", 5),
        ("500.000", "CNY", 500_00),
    ],
)
def test_each_currency_has_its_own_decimals(text: str, currency: str, minor: int) -> None:
    assert typed_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "code"),
    [("1,00,0", "amount_unreadable"), ("$50", "amount_unreadable"), ("USD 50", "amount_unreadable"),
     ("(500)", "amount_unreadable"), ("500-", "amount_unreadable"), ("1'00", "amount_unreadable"),
     ("", "amount_unreadable"), ("元", "amount_unreadable"), ("123456789012.345", "amount_too_fine"),
     ("１．００５", "amount_too_fine"), ("五万", "amount_unreadable"), ("5 万", "amount_unreadable"),
     ("0.001", "amount_too_fine"), ("9" * 30, "amount_too_large"), ("1E+999999", "amount_unreadable")],
)  # fmt: skip
def test_what_is_no_amount_is_refused_as_it_was_typed(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        typed_minor(text, "CNY")
    assert (refusal.value.code, refusal.value.params["value"]) == (code, text)


@pytest.mark.parametrize("text", ["0", "-1"])
def test_an_amount_above_zero(text: str) -> None:
    with pytest.raises(Refusal) as refusal:
        typed_positive_minor(text, "CNY")
    assert refusal.value.code == "amount_not_above_zero"


@given(st.integers(-LARGEST_MINOR, LARGEST_MINOR), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_what_is_written_is_read(minor: int, currency: str) -> None:
    assert typed_minor(to_text(minor, currency), currency) == minor
