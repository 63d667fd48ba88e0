"""What the receivables overview shows, as frozen rows. Amounts are minor units of `Overview.currency`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Input:
    """One number that went into an indicator: what it is, of which days, in minor units (or a count of days)."""

    code: str
    amount: int
    from_date: date | None = None
    to_date: date | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A ratio with its receipt: value = numerator ÷ denominator × factor.

    `value` has four decimals, rounded half up; None: not applicable (不适用), because the denominator
    is zero or the history too short. `unit` is 'days', 'percent' or 'times'. Codes: dso_simple, dso_countback,
    dso_true,
    dso_best_possible, average_days_delinquent, cei, turnover, collection_rate, overdue_rate.
    """

    code: str
    unit: str
    value: Decimal | None
    numerator: int
    denominator: int
    factor: int
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount, what it was at the end of the previous month, and the difference."""

    amount: int
    previous: int

    @property
    def change(self) -> int:
        return self.amount - self.previous


@dataclass(frozen=True, slots=True)
class BucketLine:
    """One column of the aging table. `code`: not_due, awaiting, or days (then from_days … to_days, None: open end).

    `share` is of the total, 0…1, four decimals, None when the total is zero. `items` counts items (an item
    whose instalments lie in
    two buckets counts in both), `customers` the customers with something in the bucket.
    """

    code: str
    from_days: int | None
    to_days: int | None
    amount: int
    share: Decimal | None
    items: int
    customers: int
    previous: int

    @property
    def change(self) -> int:
        return self.amount - self.previous


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One month end (the last one is the as-of day): overdue by bucket, in the order of `Overview.buckets` of
    code days."""

    on: date
    total: int
    overdue: int
    buckets: tuple[int, ...]
    overdue_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class TopRow:
    """One customer of the TOP list; `buckets` as in the trend, `longest_overdue_days` 0 when nothing is overdue."""

    customer_id: int
    code: str
    name: str
    owner: str
    total: int
    overdue: int
    buckets: tuple[int, ...]
    longest_overdue_days: int
    overdue_rate: Decimal | None
    collection_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class TopShare:
    """What the `count` largest customers hold together."""

    count: int
    amount: int
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class CustomerShare:
    """One bar of the concentration chart."""

    customer_id: int
    code: str
    name: str
    amount: int
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Concentration:
    """How much hangs on few customers. `hhi` = Σ share² × 10⁴, None when nothing is open.

    `cap_share` is the policy's most for one customer (0.2), `over_cap` how many customers exceed it.
    """

    tops: tuple[TopShare, ...]
    bars: tuple[CustomerShare, ...]
    hhi: int | None
    cap_share: Decimal
    over_cap: int


@dataclass(frozen=True, slots=True)
class RateUsed:
    """One unit of `currency` was taken as rate_e8 ÷ 10⁸ of the reporting currency, from the rate of `on_date`."""

    currency: str
    rate_e8: int
    on_date: date


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """Open debits in one currency, in its own minor units, and open credits beside them, never netted; what may be
    chosen as `currency`."""

    currency: str
    total: int
    credits: int


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the figures come from. `head_*` None: as known now, nothing named.

    `rows_counted` open lines were added up; facts below `mirror_horizon` came from the mirror, `tail_rows`
    newer ones from the database itself.
    """

    rows_counted: int
    head_size: int | None
    head_sealed_at: datetime | None
    mirror_horizon: int
    tail_rows: int
    policy_number: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Every figure of the page. `converted`: foreign items are included, each at its as-of rate;
    otherwise only items in `currency`, and `currencies` offers the others. `unrated`: the currencies of open items
    without a rate into the company's own on or before the day."""

    as_of: date
    previous_as_of: date
    basis: str
    company_id: int | None
    currency: str
    converted: bool
    currencies: tuple[CurrencyTotal, ...]
    rates: tuple[RateUsed, ...]
    unrated: tuple[str, ...]
    total: Figure
    overdue: Figure
    credits: Figure
    overdue_rate: Indicator
    previous_overdue_rate: Indicator
    items: int
    customers: int
    buckets: tuple[BucketLine, ...]
    trend: tuple[TrendPoint, ...]
    top_by: str
    top: tuple[TopRow, ...]
    concentration: Concentration
    dso_simple: Indicator
    dso_countback: Indicator
    dso_true: Indicator
    dso_best_possible: Indicator
    average_days_delinquent: Indicator
    cei: Indicator
    previous_cei: Indicator
    turnover: Indicator
    collection_rate: Indicator
    provenance: Provenance

    @property
    def left_out(self) -> tuple[CurrencyTotal, ...]:
        """What is open in currencies that are in no figure of the page."""
        inside = {self.currency, *(rate.currency for rate in self.rates)}
        return tuple(one for one in self.currencies if one.currency not in inside)
