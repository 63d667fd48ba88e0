"""Money as an integer number of minor units (分) with its currency; never a float.

Minor-unit digits follow ISO 4217. Amounts are stored and computed in minor units
everywhere; decimal strings exist only at the edges (files, JSON, screens).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, InvalidOperation

from huikuan.kernel.errors import Refusal

#: ISO 4217 currencies whose minor unit is not 1/100.
_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}

#: The largest amount the ledger takes: what a signed 64-bit integer holds with room for sums of
#: ten thousand such items (9.2e18 / 1e4).
LARGEST_MINOR = 900_000_000_000_000
_LARGEST_PLACE = 15  # of the first digit: further up every currency is beyond it
#: Python's own context keeps 28 digits and rounds the rest away without a word.
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def minor_digits(currency: str) -> int:
    """Digits after the decimal point of `currency` (CNY 2, JPY 0, KWD 3)."""
    return _DIGITS.get(currency, 2)


def to_minor(text: str | Decimal | int, currency: str) -> int:
    """Minor units of a decimal amount; refuses what is not exact in `currency`."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Refusal("amount_unreadable", value=str(text)) from None
    if not value.is_finite():
        raise Refusal("amount_unreadable", value=str(text))
    if value and value.adjusted() > _LARGEST_PLACE:
        raise Refusal("amount_too_large", value=str(text))
    scaled = value.scaleb(minor_digits(currency), _EXACT)
    if scaled != scaled.to_integral_value():
        raise Refusal("amount_too_fine", value=str(text), currency=currency)
    if abs(scaled) > LARGEST_MINOR:
        raise Refusal("amount_too_large", value=str(text))
    return int(scaled)


def to_text(minor: int, currency: str) -> str:
    """The decimal string of `minor`, always with the currency's own digits: 1663540 → '16635.40'."""
    digits = minor_digits(currency)
    sign, whole = ("-", -minor) if minor < 0 else ("", minor)
    if digits == 0:
        return f"{sign}{whole}"
    return f"{sign}{whole // 10**digits}.{whole % 10**digits:0{digits}d}"


def share(total: int, parts: list[int]) -> list[int]:
    """Split `total` in proportion to `parts` (all ≥ 0, sum > 0) so that the shares sum to `total`.

    Cumulative rounding: share k is round(total·Σparts[..k]/Σparts) minus what came before, so
    no cent is lost and no share is off by more than one unit. 1000 by [30, 50, 20] → 300 500 200.
    """
    whole = sum(parts)
    shares: list[int] = []
    before = running = 0
    for part in parts:
        running += part
        upto = divide_half_up(total * running, whole)
        shares.append(upto - before)
        before = upto
    return shares


def divide_half_up(numerator: int, denominator: int) -> int:
    """Integer quotient rounded half away from zero (the accountant's 四舍五入)."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Adding two currencies is refused."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.currency} {to_text(self.minor, self.currency)}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise Refusal("currencies_differ", left=self.currency, right=other.currency)
