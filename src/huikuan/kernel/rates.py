"""Exchange rates as exact integers: company-currency units per unit, times 10^8."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import divide_half_up, minor_digits

SCALE = 100_000_000


def parse_rate(text: str | Decimal) -> int:
    """The rate times 10^8, exact: '7.1234' → 712340000; refuses ≤ 0 and more than 8 decimals."""
    try:
        scaled = Decimal(text) * SCALE
    except InvalidOperation:
        raise Refusal("rate_unreadable", value=str(text)) from None
    if not scaled.is_finite() or scaled <= 0 or scaled != scaled.to_integral_value():
        raise Refusal("rate_unreadable", value=str(text))
    return int(scaled)


def convert(minor: int, currency: str, rate_e8: int, into: str) -> int:
    """`minor` of `currency` in minor units of `into`, rounded half up once."""
    shift = minor_digits(into) - minor_digits(currency)
    numerator, denominator = minor * rate_e8, SCALE
    if shift >= 0:
        numerator *= 10**shift
    else:
        denominator *= 10**-shift
    return divide_half_up(numerator, denominator)
