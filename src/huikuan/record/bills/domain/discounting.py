"""What discounting a bill (贴现) costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import divide_half_up
from huikuan.kernel.rates import SCALE

_YEAR = 360
_MOST_EXTRA = 31


@dataclass(frozen=True, slots=True)
class Discount:
    """Days counted, the cost and what the bank pays out, in minor units."""

    days: int
    cost: int
    net: int


def discounted(face: int, rate_e8: int, on: date, matures_on: date, extra_days: int = 0) -> Discount:
    """face × rate × days / 360, half up: the day of discounting counts, that of maturity does not. `extra_days`: what
    the bank adds where the bill matures on a holiday or is paid elsewhere. 1,000,000.00 at 1.8 % for 90 days costs
    4,500.00 and gives 995,500.00. Refuses a rate that eats the face, and days that are none."""
    if not 0 <= extra_days <= _MOST_EXTRA:
        raise Refusal("bill_extra_days_bad", value=extra_days, most=_MOST_EXTRA)
    days = (matures_on - on).days + extra_days
    cost = divide_half_up(face * rate_e8 * days, _YEAR * SCALE)
    if rate_e8 < 0 or days <= 0 or cost >= face:
        raise Refusal("bill_rate_bad")
    return Discount(days, cost, face - cost)
