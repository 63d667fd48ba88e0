"""What a company lets matching do by itself: thresholds and the differences it accepts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from huikuan.kernel.money import to_minor

#: Banks keep a small part: a gap of more than a hundredth is a deduction, and somebody decides about it.
_OF_FEE = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy `cash_matching`, typed. Amounts are decimal strings, taken in the currency of the payment.

    From `automatic` on a payment is applied by itself, from `suggest` on it is suggested. `bank_fee`: the most a bank
    may have kept, within 1 % of what was to be paid; `tolerance` and `tolerance_percent`: the most a payment may be
    off, both hold. `duplicate_days`: within so many days the same amount for the same claim is one payment sent twice.
    `discounts`: early-payment discounts of the terms are accepted. `parts`: what a reference names may be paid in part
    by itself.
    """

    automatic: float = 0.995
    suggest: float = 0.5
    bank_fee: str = "50.00"
    tolerance: str = "10.00"
    tolerance_percent: str = "0.1"
    duplicate_days: int = 60
    discounts: bool = True
    parts: bool = True

    def fee(self, amount: int, currency: str) -> int:
        """The most a bank may have kept of `amount`, minor units: what the company says, and never more than 1 %."""
        return min(_minor(self.bank_fee, currency), abs(amount) // _OF_FEE)

    def off(self, amount: int, currency: str) -> int:
        """The most a payment of `amount` may be off, minor units."""
        share = _share(self.tolerance_percent)
        return min(_minor(self.tolerance, currency), abs(amount) * share.numerator // share.denominator)


@lru_cache(maxsize=256)
def _minor(text: str, currency: str) -> int:
    """Minor units; what a currency has no digits for is dropped: 0.50 is nothing in JPY."""
    return int(Fraction(text) * to_minor("1", currency))


@lru_cache(maxsize=256)
def _share(percent: str) -> Fraction:
    return Fraction(percent) / 100
