"""How a ratio moves over periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.ratios import RATIOS, RatioValue

BETTER, WORSE, SAME = "better", "worse", "same"


@dataclass(frozen=True, slots=True)
class Change:
    """From the same months of the year before to now, in the ratio's unit; `direction` better, worse or same."""

    since: Period
    difference: Decimal
    direction: str


def change_of(period: Period, values: Sequence[tuple[Period, RatioValue]]) -> Change | None:
    """How the ratio of `period` differs from a year before; None where either has no value."""
    known = dict(values)
    earlier = period.year_before()
    now, then = known.get(period), known.get(earlier)
    if now is None or then is None or now.value is None or then.value is None:
        return None
    difference = now.value - then.value
    if difference == 0:
        return Change(earlier, difference, SAME)
    better = (difference < 0) == RATIOS[now.ratio].lower_is_better
    return Change(earlier, difference, BETTER if better else WORSE)
