"""Exchange rates as exact integers: company-currency units per unit, times 10^8."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import divide_half_up, minor_digits

SCALE = 100_000_000

#: The largest rate taken: no pair of currencies in trade comes near it, and × 10^8 it fits 64 bits.
LARGEST = 1_000_000
_FINEST = Decimal(1) / SCALE


def parse_rate(text: str | Decimal) -> int:
    """The rate times 10^8, exact: '7.1234' → 712340000; refuses ≤ 0, above LARGEST and more than 8 decimals."""
    try:
        rate = Decimal(text)
    except InvalidOperation:
        raise Refusal("rate_unreadable", value=str(text)) from None
    if not rate.is_finite() or rate <= 0:
        raise Refusal("rate_unreadable", value=str(text))
    if rate > LARGEST:
        raise Refusal("rate_too_large", value=str(text), largest=LARGEST)
    # Compared as written: multiplying first would round what is beyond 28 digits away.
    if rate != rate.quantize(_FINEST):
        raise Refusal("rate_unreadable", value=str(text))
    return int(rate * SCALE)


def convert(minor: int, currency: str, rate_e8: int, into: str) -> int:
    """`minor` of `currency` in minor units of `into`, rounded half up once."""
    shift = minor_digits(into) - minor_digits(currency)
    numerator, denominator = minor * rate_e8, SCALE
    if shift >= 0:
        numerator *= 10**shift
    else:
        denominator *= 10**-shift
    return divide_half_up(numerator, denominator)
