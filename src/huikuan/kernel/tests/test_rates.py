"""Rates are exact, positive, and fit the 64 bits of their column."""

from __future__ import annotations

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.kernel.rates import parse_rate


@pytest.mark.parametrize(
    ("text", "rate_e8"),
    [("7.1234", 712_340_000), ("0.00000001", 1), ("1000000", 100_000_000_000_000), ("1e2", 10_000_000_000)],
)
def test_a_rate_is_exact(text: str, rate_e8: int) -> None:
    assert parse_rate(text) == rate_e8


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1000000.00000001", "rate_too_large"),
        ("1e999999", "rate_too_large"),
        ("100000000000", "rate_too_large"),
        ("0", "rate_unreadable"),
        ("-7", "rate_unreadable"),
        ("NaN", "rate_unreadable"),
        ("Infinity", "rate_unreadable"),
        ("7.123456789", "rate_unreadable"),
        ("712345.00000000000000000000000000000001", "rate_unreadable"),
        ("1e-999999", "rate_unreadable"),
        ("seven", "rate_unreadable"),
    ],
)
def test_what_is_no_rate_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_rate(text)
    assert refused.value.code == code
