"""The indicators of a day in reading order, and of the month ends before it.

A month's figures are those of its own day: what the overview of that day shows, not a restatement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from huikuan.see.cockpit.domain.overview import Indicator, Input, Overview

#: Points of a series: the day asked about and the month ends before it.
POINTS = 12


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator with its values at the month ends, the oldest first; the last is its own. None: not applicable."""

    indicator: Indicator
    values: tuple[Decimal | None, ...]

    @property
    def change(self) -> Decimal | None:
        """Against the month end before; None where either does not exist."""
        if len(self.values) < 2 or self.values[-1] is None or self.values[-2] is None:
            return None
        return self.values[-1] - self.values[-2]


def indicators_of(overview: Overview) -> tuple[Indicator, ...]:
    """Every indicator of a day, in reading order."""
    return (
        overview.overdue_rate,
        overview.collection_rate,
        overview.cei,
        overview.dso_simple,
        overview.dso_countback,
        overview.dso_true,
        overview.dso_best_possible,
        overview.average_days_delinquent,
        overview.turnover,
        hhi_indicator(overview),
    )


def hhi_indicator(overview: Overview) -> Indicator:
    """The concentration index as an indicator; 10,000 when one customer owes everything."""
    value = overview.concentration.hhi
    total = Input("receivable", overview.total.amount, to_date=overview.as_of)
    holders = Input("holders", overview.customers, to_date=overview.as_of)
    known = None if value is None else Decimal(value)
    return Indicator("hhi", "points", known, value or 0, 1, 1, (total, holders))


def series_of(days: Sequence[Overview]) -> tuple[Series, ...]:
    """Each indicator of the last day with its values on all `days`, which run from the oldest."""
    by_day = [{one.code: one.value for one in indicators_of(day)} for day in days]
    return tuple(Series(one, tuple(values[one.code] for values in by_day)) for one in indicators_of(days[-1]))
