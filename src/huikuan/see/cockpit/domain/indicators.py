"""How well receivables turn into money, each with the numbers it was computed from.

Definitions and worked numbers: docs/algorithms/dso-cei.md and concentration.md. Amounts are minor units; sales include
tax, as receivables do. A denominator of zero gives no value (不适用), never 0; nor does one that is next to nothing
beside what it divides (LEAST), or negative: such a figure would say how little happened, not how well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from huikuan.kernel.dates import month_end
from huikuan.kernel.money import divide_half_up
from huikuan.see.cockpit.domain.overview import Indicator, Input

_PLACES = 10_000
#: Less than a twentieth of what it is held against is next to nothing: sales of 90 days under a twentieth of the
#: receivable would make a DSO beyond 1,800 days.
LEAST = 20
#: A turnover beyond it says that next to nothing was receivable on the two days looked at.
MOST_TIMES = 200


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, both included, and its credit sales."""

    first: date
    last: date
    sales: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def dso_simple(receivable: int, sales: Span) -> Indicator:
    """Receivable ÷ credit sales of the span × its days. 900 ÷ 990 × 90 = 81.8."""
    return _days_of_sales("dso_simple", Input("receivable", receivable, to_date=sales.last), sales)


def dso_best_possible(current: int, sales: Span) -> Indicator:
    """What is not yet due ÷ credit sales × days: the DSO if nobody paid late. 600 ÷ 990 × 90 = 54.5."""
    return _days_of_sales("dso_best_possible", Input("current", current, to_date=sales.last), sales)


def average_days_delinquent(simple: Indicator, best: Indicator) -> Indicator:
    """DSO less best possible DSO: 81.8 − 54.5 = 27.3. The overdue part ÷ sales × days."""
    return indicator(
        "average_days_delinquent",
        "days",
        simple.numerator - best.numerator,
        simple.denominator,
        simple.factor,
        (*simple.inputs[:1], *best.inputs),
        applies=simple.value is not None,
    )


def dso_countback(receivable: int, months: Sequence[Span]) -> Indicator:
    """Days of the newest months whose sales the receivable swallows; `months` newest first.

    330 (31 days) and 360 (28) of 900, then 210 of 300 (31): 31 + 28 + 31 × 210/300 = 80.7. A month without
    sales counts its
    days. Not applicable when the known months do not use the receivable up.
    """
    left, days = receivable, Fraction(0)
    inputs = [Input("receivable", receivable)]
    for month in months:
        if left <= 0:
            break
        inputs.append(Input("sales", month.sales, month.first, month.last))
        if month.sales > 0:
            days += min(Fraction(left, month.sales), Fraction(1)) * month.days
            left -= month.sales
        else:
            days += month.days
    enough = left <= 0
    return indicator("dso_countback", "days", days.numerator, days.denominator if enough else 0, 1, tuple(inputs))


def dso_true(aged: Mapping[date, int], months: Sequence[Span]) -> Indicator:
    """Σ age × open amount ÷ sales of the invoice's month. `aged`: month end → Σ (age in days × open amount).

    A month whose sales are not positive has no meaning here and is left out.
    """
    total, inputs = Fraction(0), []
    sold = False
    for month in months:
        weight = aged.get(month_end(month.last), 0)
        if month.sales <= 0 or not weight:
            sold = sold or month.sales > 0
            continue
        sold = True
        total += Fraction(weight, month.sales)
        inputs += [
            Input("aged_amount", weight, month.first, month.last),
            Input("sales", month.sales, month.first, month.last),
        ]
    return indicator("dso_true", "days", total.numerator, total.denominator if sold else 0, 1, tuple(inputs))


def cei(opening: int, sales: Span, total: int, current: int) -> Indicator:
    """Collection effectiveness: (opening + sales − total) ÷ (opening + sales − current) × 100. 890 ÷ 1,190 → 74.8.

    Not applicable where less than a twentieth of opening + sales was there to be collected, or the receivable grew by
    more than was sold.
    """
    collected, collectable = opening + sales.sales - total, opening + sales.sales - current
    return indicator(
        "cei",
        "percent",
        collected,
        collectable,
        100,
        (
            Input("opening", opening, to_date=sales.first - timedelta(days=1)),
            Input("sales", sales.sales, sales.first, sales.last),
            Input("receivable", total, to_date=sales.last),
            Input("current", current, to_date=sales.last),
        ),
        applies=collected >= 0 and collectable * LEAST >= opening + sales.sales,
    )


def turnover(opening: int, receivable: int, sales: Span) -> Indicator:
    """Credit sales of the span ÷ average of opening and closing receivable: times. Beyond 200 not applicable."""
    return indicator(
        "turnover",
        "times",
        2 * sales.sales,
        opening + receivable,
        1,
        (
            Input("sales", sales.sales, sales.first, sales.last),
            Input("opening", opening, to_date=sales.first - timedelta(days=1)),
            Input("receivable", receivable, to_date=sales.last),
        ),
        applies=0 <= 2 * sales.sales <= MOST_TIMES * (opening + receivable),
    )


def collection_rate(matured: int, collected: int, first: date, last: date) -> Indicator:
    """Collected of what fell due in the span ÷ what fell due in it × 100 (回款率)."""
    inputs = (Input("matured", matured, first, last), Input("collected", collected, first, last))
    return indicator("collection_rate", "percent", collected, matured, 100, inputs)


def overdue_rate(overdue: int, total: int, on: date) -> Indicator:
    """Overdue ÷ receivable × 100, by amount."""
    inputs = (Input("overdue", overdue, to_date=on), Input("receivable", total, to_date=on))
    return indicator("overdue_rate", "percent", overdue, total, 100, inputs)


def hhi(amounts: Iterable[int]) -> int | None:
    """Herfindahl–Hirschman: Σ share² × 10⁴. Shares of 40, 25, 15, 10, 10 % → 2,650; one customer → 10,000."""
    held = list(amounts)
    return hhi_of(sum(amount * amount for amount in held), sum(held))


def hhi_of(sum_of_squares: int, total: int) -> int | None:
    return divide_half_up(sum_of_squares * 10_000, total * total) if total else None


def ratio(numerator: int, denominator: int) -> Decimal | None:
    """A share with four decimals, rounded half up; None on a zero denominator."""
    if not denominator:
        return None
    return Decimal(divide_half_up(numerator * _PLACES, denominator)).scaleb(-4)


def indicator(
    code: str,
    unit: str,
    numerator: int,
    denominator: int,
    factor: int,
    inputs: tuple[Input, ...],
    *,
    applies: bool = True,
) -> Indicator:
    """numerator ÷ denominator × factor with four decimals, and what it came from; no value where the denominator is
    not positive or it does not apply."""
    value = ratio(numerator * factor, denominator) if applies and denominator > 0 else None
    return Indicator(code, unit, value, numerator, denominator, factor, inputs)


def span(by_day: Mapping[date, int], first: date, last: date) -> Span:
    """The sales of first … last."""
    return Span(first, last, sum(amount for day, amount in by_day.items() if first <= day <= last))


def months_back(by_day: Mapping[date, int], until: date) -> list[Span]:
    """The months from `until` (that one up to the day) back to the first sale, newest first."""
    by_month: dict[date, int] = {}
    for day, amount in by_day.items():
        end = month_end(day)
        by_month[end] = by_month.get(end, 0) + amount
    oldest = min(by_month, default=until)
    found: list[Span] = []
    last = until
    while last >= oldest or not found:
        found.append(Span(last.replace(day=1), last, by_month.get(month_end(last), 0)))
        last = last.replace(day=1) - timedelta(days=1)
    return found


def _days_of_sales(code: str, part: Input, sales: Span) -> Indicator:
    inputs = (part, Input("sales", sales.sales, sales.first, sales.last))
    applies = sales.sales * LEAST >= part.amount
    return indicator(code, "days", part.amount, sales.sales, sales.days, inputs, applies=applies)
