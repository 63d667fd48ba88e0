"""The period statements are about: it ends on a month's last day and is so many months long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.kernel.dates import month_end
from huikuan.kernel.errors import Refusal

YEAR = 12
#: Periods with a name of their own; others are so many months.
KINDS = {YEAR: "year", 9: "nine_months", 6: "half", 3: "quarter", 1: "month"}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """`months` months that end on `ends_on`. Later ends, and of equal ends longer periods, come after."""

    ends_on: date
    months: int = YEAR

    @property
    def begins_on(self) -> date:
        counted = self.ends_on.year * YEAR + self.ends_on.month - self.months
        return date(counted // YEAR, counted % YEAR + 1, 1)

    @property
    def opens_on(self) -> date:
        """The day whose closing balances are this period's opening ones."""
        return self.begins_on - timedelta(days=1)

    @property
    def kind(self) -> str:
        return KINDS.get(self.months, "months")

    @property
    def key(self) -> str:
        """How an address names it: 2025-12-31_12."""
        return f"{self.ends_on.isoformat()}_{self.months}"

    def year_before(self) -> Period:
        """The same months of the year before."""
        return Period(month_end(self.ends_on.replace(year=self.ends_on.year - 1, day=1)), self.months)


def check_period(period: Period) -> None:
    """Refuse one that does not end with a month, or is longer than a year."""
    if period.ends_on != month_end(period.ends_on):
        raise Refusal("financials_end_bad", value=period.ends_on, month_end=month_end(period.ends_on))
    if not 1 <= period.months <= YEAR:
        raise Refusal("financials_months_bad", value=period.months)
