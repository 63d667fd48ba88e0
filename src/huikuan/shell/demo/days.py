"""The days the demo's people worked on before the day it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from huikuan.kernel.dates import DEFAULT_ZONE, business_date
from huikuan.mechanisms.notices.queries.timing import calendar

_ZONE = ZoneInfo(DEFAULT_ZONE)
#: For so long everybody has been there when the first of it happens.
_LONG = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Days:
    """`today`: the demo's day, or that of its build where the demo's is still to come. `at`: the instant of the
    build; nothing happened after it."""

    today: date
    at: datetime

    @classmethod
    def of(cls, today: date, at: datetime) -> Days:
        return cls(min(today, business_date(at)), at)

    def back(self, workdays: int) -> date:
        """So many workdays ago; 0: today, whatever day that is."""
        is_workday = calendar(None, at=self.at).is_workday
        day = self.today
        for _ in range(workdays):
            day -= timedelta(days=1)
            while not is_workday(day):
                day -= timedelta(days=1)
        return day

    def ahead(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def morning(self, workdays: int, clock: time = time(10)) -> datetime:
        """The instant at which it was so late, so many workdays ago."""
        return min(datetime.combine(self.back(workdays), clock, _ZONE), self.at)


def hired(today: date, at: datetime) -> datetime:
    """Since when the demo's people may do what they do."""
    return datetime.combine(Days.of(today, at).today, time(9), _ZONE) - _LONG
