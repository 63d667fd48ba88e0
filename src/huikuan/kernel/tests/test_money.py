"""Money loses nothing: splitting, reading, writing and converting are exact."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR, Money, divide_half_up, minor_digits, share, to_minor, to_text
from huikuan.kernel.rates import SCALE, convert, parse_rate

CURRENCIES = st.sampled_from(["CNY", "USD", "JPY", "KWD"])
MINOR = st.integers(-LARGEST_MINOR, LARGEST_MINOR)


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any))
def test_shares_sum_to_the_whole_and_none_is_off_by_more_than_one_unit(total: int, parts: list[int]) -> None:
    shares = share(total, parts)
    assert sum(shares) == total
    for one, part in zip(shares, parts, strict=True):
        assert abs(one - Fraction(total * part, sum(parts))) <= 1


@pytest.mark.parametrize(
    ("total", "parts", "shares"),
    [
        (1000, [30, 50, 20], [300, 500, 200]),
        (100, [1, 1, 1], [33, 34, 33]),
        (1, [1, 1], [1, 0]),
        (-100, [1, 1, 1], [-33, -34, -33]),
        (7, [0, 1, 0], [0, 7, 0]),
    ],
)
def test_worked_shares(total: int, parts: list[int], shares: list[int]) -> None:
    assert share(total, parts) == shares


@given(MINOR, CURRENCIES)
def test_text_round_trip(minor: int, currency: str) -> None:
    text = to_text(minor, currency)
    assert to_minor(text, currency) == minor
    assert Decimal(text).scaleb(minor_digits(currency)) == minor
    digits = minor_digits(currency)
    assert len(text.partition(".")[2]) == digits


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1663540, "CNY", "16635.40"),
        (-5, "CNY", "-0.05"),
        (0, "CNY", "0.00"),
        (1663540, "JPY", "1663540"),
        (-1, "KWD", "-0.001"),
    ],
)
def test_worked_texts(minor: int, currency: str, text: str) -> None:
    assert to_text(minor, currency) == text


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("1.005", "CNY", "amount_too_fine"),
        ("1.5", "JPY", "amount_too_fine"),
        ("NaN", "CNY", "amount_unreadable"),
        ("Infinity", "CNY", "amount_unreadable"),
        ("12,5", "CNY", "amount_unreadable"),
        ("9000000000000.01", "CNY", "amount_too_large"),
        ("9" * 40, "CNY", "amount_too_large"),
        ("1e999999", "CNY", "amount_too_large"),
        # More digits than Python's decimals keep of themselves: nothing may be rounded away.
        ("1." + "0" * 40 + "1", "CNY", "amount_too_fine"),
        ("1000.00" + "0" * 30 + "4", "CNY", "amount_too_fine"),
        ("1e-999999", "CNY", "amount_too_fine"),
    ],
)
def test_what_is_not_exact_is_refused(text: str, currency: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        to_minor(text, currency)
    assert caught.value.code == code


@given(st.integers(-(10**24), 10**24), st.integers(1, 10**12))
def test_half_up_is_the_accountants_rounding(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    answer = divide_half_up(numerator, denominator)
    assert abs(answer - exact) <= Fraction(1, 2)
    if abs(answer - exact) == Fraction(1, 2):
        assert abs(answer) > abs(exact)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**11))
def test_converting_rounds_once(minor: int, rate_e8: int) -> None:
    exact = Decimal(minor) * Decimal(rate_e8) / SCALE
    assert convert(minor, "USD", rate_e8, "CNY") == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def test_worked_conversions() -> None:
    # USD 48,200.00 at 7.1803 = CNY 346,090.46; JPY 1,000 at 0.0478 = CNY 47.80; CNY 71.80 at 0.13927 = USD 10.00
    assert convert(4_820_000, "USD", parse_rate("7.1803"), "CNY") == 34_609_046
    assert convert(1_000, "JPY", parse_rate("0.0478"), "CNY") == 4_780
    assert convert(7_180, "CNY", parse_rate("0.13927"), "USD") == 1_000
    assert convert(10_000, "CNY", parse_rate("20.92"), "JPY") == 2_092
    assert convert(-1, "USD", parse_rate("0.5"), "CNY") == -1


@pytest.mark.parametrize("text", ["0", "-7.1", "abc", "NaN", "7.123456789"])
def test_a_rate_is_positive_and_has_eight_decimals(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_rate(text)
    assert caught.value.code == "rate_unreadable"


def test_two_currencies_do_not_add() -> None:
    assert Money(1, "CNY") + Money(2, "CNY") == Money(3, "CNY")
    assert Money(1, "CNY") - Money(2, "CNY") == -Money(1, "CNY")
    for operation in (Money.__add__, Money.__sub__):
        with pytest.raises(Refusal) as caught:
            operation(Money(1, "CNY"), Money(2, "USD"))
        assert caught.value.code == "currencies_differ"
