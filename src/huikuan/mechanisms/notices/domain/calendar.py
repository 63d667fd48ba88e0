"""Which days are worked: weekends, holidays, and the days that are worked in their stead (调休)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

#: From this month on the next year should be known: the State Council announces it around then.
_ANNOUNCED_FROM = 12


@dataclass(frozen=True, slots=True)
class Calendar:
    """`weekend`: ISO weekdays that are free (6 Saturday, 7 Sunday); `holidays`: days that are free besides; `worked`:
    days that are worked though they would be free; `years`: of which years this is known."""

    weekend: frozenset[int]
    holidays: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked; in a year nobody announced, by its weekday."""
        return day in self.worked or (day not in self.holidays and day.isoweekday() not in self.weekend)

    def knows(self, day: date) -> bool:
        """Whether the day's year was announced."""
        return day.year in self.years

    def missing_year(self, today: date) -> int | None:
        """A year that should be entered by now and is not; None: none."""
        wanted = [today.year, today.year + 1] if today.month >= _ANNOUNCED_FROM else [today.year]
        return next((year for year in wanted if year not in self.years), None)


def calendar_of(document: Mapping[str, Any]) -> Calendar:
    """The calendar a policy document says: {"weekend": [6, 7], "years": {"2026": {"source", "holidays", "worked"}}};
    a stretch of days is written first/last."""
    return _read(json.dumps(document, sort_keys=True))


@lru_cache(maxsize=16)
def _read(written: str) -> Calendar:
    document = json.loads(written)
    years = document["years"]
    return Calendar(
        weekend=frozenset(document["weekend"]),
        holidays=frozenset(day for year in years.values() for day in days_of(year["holidays"])),
        worked=frozenset(day for year in years.values() for day in days_of(year["worked"])),
        years=frozenset(int(year) for year in years),
    )


def days_of(written: Sequence[str]) -> Iterator[date]:
    """Each day of a list of days and stretches; ValueError where one is none."""
    for one in written:
        first, _, last = one.partition("/")
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        if end < day:
            raise ValueError(one)
        while day <= end:
            yield day
            day += timedelta(days=1)
