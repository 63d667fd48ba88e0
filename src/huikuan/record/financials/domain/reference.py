"""Where a ratio stands among firms of its industry: five tiers, linear between them.

SASAC's standard values (企业绩效评价标准值) state five tiers a year for each industry and size: excellent 100 points,
good 80, average 60, low 40, poor 20; a value between two tiers has points between theirs in proportion; at least as
good as excellent 100; worse than poor 0. Where lower is better the tiers fall, and value and tiers are compared with
their signs turned: comparing them as they are would give 100 points to the worst.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from huikuan.kernel.errors import Refusal
from huikuan.record.financials.domain.ratios import RATIOS

TIERS = ("excellent", "good", "average", "low", "poor")
POINTS = (100, 80, 60, 40, 20)


@dataclass(frozen=True, slots=True)
class Reference:
    """The five tiers of a ratio, excellent first, in the ratio's own unit. `source`: where they were published."""

    industry: str
    size: str
    year: int
    ratio: str
    values: tuple[Decimal, ...]
    source: str


def check_reference(reference: Reference) -> None:
    """Refuse an unknown ratio, other than five values, and tiers that do not get worse one after the other."""
    ratio = RATIOS.get(reference.ratio)
    if ratio is None:
        raise Refusal("ratio_unknown", ratio=reference.ratio, known=", ".join(RATIOS))
    if len(reference.values) != len(TIERS):
        raise Refusal("reference_tiers_missing", ratio=reference.ratio)
    rising = _signed(reference.values, lower_is_better=ratio.lower_is_better)
    if any(better < worse for better, worse in pairwise(rising)):
        told = ", ".join(f"{value.normalize():f}" for value in reference.values)
        raise Refusal("reference_tiers_unordered", ratio=reference.ratio, values=told)


def points(value: Decimal, tiers: Sequence[Decimal], *, lower_is_better: bool) -> Fraction:
    """0 to 100 points of a value among `tiers`, excellent first."""
    (stands,) = _signed((value,), lower_is_better=lower_is_better)
    marks = _signed(tiers, lower_is_better=lower_is_better)
    if stands >= marks[0]:
        return Fraction(POINTS[0])
    for place in range(1, len(marks)):
        if stands >= marks[place]:
            width = marks[place - 1] - marks[place]
            return POINTS[place] + (stands - marks[place]) / width * (POINTS[place - 1] - POINTS[place])
    return Fraction(0)


def _signed(values: Sequence[Decimal], *, lower_is_better: bool) -> tuple[Fraction, ...]:
    return tuple(-Fraction(value) if lower_is_better else Fraction(value) for value in values)
