"""The receivables overview, every figure from one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.kernel.dates import month_end, month_ends
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.engine import ColumnsEngine
from huikuan.mechanisms.columns.queries import asking_columns
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.policies.queries import InForce
from huikuan.record.receivables.domain.aging import AWAITING, BASES, CREDIT, NOT_DUE, days_of, spans
from huikuan.record.receivables.queries.aging import bucket_days
from huikuan.record.receivables.queries.history import (
    Day,
    Extent,
    Matured,
    balances,
    keep_matured,
    sales_by_day,
)
from huikuan.record.receivables.queries.open_lines import Moment, moment_of
from huikuan.record.receivables.queries.valuation import Valuation, valuation
from huikuan.see.cockpit.domain import indicators
from huikuan.see.cockpit.domain.indicators import ratio
from huikuan.see.cockpit.domain.overview import (
    BucketLine,
    Concentration,
    CurrencyTotal,
    Figure,
    Indicator,
    Overview,
    Provenance,
    RateUsed,
    TopRow,
    TrendPoint,
)
from huikuan.see.cockpit.queries import standing

#: Days of sales behind DSO, CEI and the collection rate; and behind the turnover.
WINDOW_DAYS = 90
YEAR_DAYS = 365

_Places = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _History:
    """Places by day: on the chosen basis, and by due date (from which what is overdue and current is read)."""

    aged: Mapping[date, _Places]
    due: Mapping[date, _Places]

    def total(self, day: date) -> int:
        return sum(amount for place, amount in self.due[day].items() if place != CREDIT)

    def overdue(self, day: date) -> int:
        return sum(amount for place, amount in self.due[day].items() if place >= 0)

    def current(self, day: date) -> int:
        return self.total(day) - self.overdue(day)


def overview(
    *,
    company_id: int | None,
    as_of: date,
    scope: Scope,
    known: Head | None = None,
    basis: str = "due",
    currency: str | None = None,
    months: int = 12,
    top_by: str = "overdue",
) -> Overview:
    """Every figure of the receivables overview, over the rows of the scope.

    `company_id` None: all companies. `basis` 'due' or 'document' ages buckets, trend and TOP; what is overdue
    is always by due
    date. `currency` None chooses the company's own where every open currency has a rate on `as_of`, else the largest;
    naming the company's own converts what has a rate, naming another shows only items in it. `top_by`:
    'overdue', 'total' or
    'overdue_rate'.
    """
    if basis not in BASES:
        raise Refusal("aging_basis_unknown", value=basis, choices=", ".join(BASES))
    if top_by not in standing.ORDERS:
        raise Refusal("overview_order_unknown", value=top_by)
    moment = moment_of(as_of, known, company_id, scope)
    asked = _Asked(moment, basis, months, top_by)
    policy, days = bucket_days(asked.moment, basis)
    with asking_columns() as engine:
        told = _ask(engine, asked, policy, currency)
        provenance = Provenance(
            rows_counted=told.counts.lines,
            head_size=known.size if known else None,
            head_sealed_at=known.sealed_at if known else None,
            mirror_horizon=engine.horizon,
            tail_rows=engine.tail_rows,
            policy_number=policy.number,
        )
    return _assembled(asked, days, told, provenance)


@dataclass(frozen=True, slots=True)
class _Asked:
    moment: Moment
    basis: str
    months: int
    top_by: str

    @property
    def ends(self) -> _Ends:
        return _Ends.of(self.moment.as_of, self.months)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the engine answered; `alone`: the one currency it was narrowed to."""

    currencies: tuple[CurrencyTotal, ...]
    unrated: tuple[str, ...]
    valued: Valuation
    alone: str | None
    history: _History
    sales: Mapping[date, int]
    matured: Matured
    counts: standing.Counts
    parts: Mapping[int, standing.Part]
    top: tuple[TopRow, ...]
    concentration: Concentration
    sold_and_open: Mapping[date, int]


def _ask(engine: ColumnsEngine, asked: _Asked, policy: InForce, currency: str | None) -> _Told:
    moment, ends = asked.moment, asked.ends
    days = tuple(days_of(policy.document[asked.basis], moment.as_of))
    lines, currencies = standing.keep_currencies(engine, moment, asked.basis)
    home = standing.home_currency(moment.company_id)
    valued, alone, unrated = standing.choose_currency(home, currencies, currency, moment)
    pricing = standing.Pricing(moment, asked.basis, days, valued, alone)
    standing.keep_holders(engine, lines, pricing)
    extent = Extent(moment, alone)
    matured = keep_matured(engine, extent, valued, ends.window_start, moment.as_of)
    counts, parts = standing.parts(engine, pricing)
    return _Told(
        currencies=currencies,
        unrated=unrated,
        valued=valued,
        alone=alone,
        history=_history(engine, extent, asked, policy, valued, [one.currency for one in currencies]),
        sales=sales_by_day(engine, extent, valued),
        matured=matured,
        counts=counts,
        parts=parts,
        top=standing.top(engine, pricing, asked.top_by),
        concentration=standing.concentration(engine, standing.cap_percent(moment)),
        sold_and_open=standing.sold_and_open(engine, lines, pricing),
    )


def _assembled(asked: _Asked, days: Sequence[int], told: _Told, provenance: Provenance) -> Overview:
    as_of, before = asked.moment.as_of, asked.ends.previous
    history, valued, sales = told.history, told.valued, told.sales
    simple, best = _dso(history, sales, as_of)
    return Overview(
        as_of=as_of,
        previous_as_of=before,
        basis=asked.basis,
        company_id=asked.moment.company_id,
        currency=valued.currency,
        converted=told.alone is None and any(one.currency != valued.currency for one in told.currencies),
        currencies=told.currencies,
        rates=tuple(RateUsed(rate.currency, rate.rate_e8, rate.on_date) for rate in valued.rates),
        unrated=told.unrated,
        total=Figure(history.total(as_of), history.total(before)),
        overdue=Figure(history.overdue(as_of), history.overdue(before)),
        credits=Figure(history.due[as_of].get(CREDIT, 0), history.due[before].get(CREDIT, 0)),
        overdue_rate=_overdue_rate(history, as_of),
        previous_overdue_rate=_overdue_rate(history, before),
        items=told.counts.items,
        customers=told.counts.customers,
        buckets=_bucket_lines(told.parts, history.aged[before], days, asked.basis),
        trend=tuple(_trend_point(history, day, len(days) + 1) for day in asked.ends.trend),
        top_by=asked.top_by,
        top=told.top,
        concentration=told.concentration,
        dso_simple=simple,
        dso_countback=indicators.dso_countback(history.total(as_of), indicators.months_back(sales, as_of)),
        dso_true=_dso_true(told.sold_and_open, sales, as_of),
        dso_best_possible=best,
        average_days_delinquent=indicators.average_days_delinquent(simple, best),
        cei=_cei(history, sales, as_of),
        previous_cei=_cei(history, sales, before),
        turnover=_turnover(history, sales, as_of),
        collection_rate=_collection_rate(told.matured, asked.ends, as_of),
        provenance=provenance,
    )


@dataclass(frozen=True, slots=True)
class _Ends:
    """The days whose balances the page needs."""

    trend: tuple[date, ...]
    previous: date
    window_start: date
    others: tuple[date, ...]

    @classmethod
    def of(cls, as_of: date, months: int) -> _Ends:
        trend = tuple(month_ends(as_of, months))
        previous = month_ends(as_of, 1)[0]
        start, earlier = as_of - timedelta(days=WINDOW_DAYS), previous - timedelta(days=WINDOW_DAYS)
        return cls(trend, previous, start, (previous, start, earlier, as_of - timedelta(days=YEAR_DAYS)))

    def all(self) -> list[date]:
        return sorted({*self.trend, *self.others})


def _history(
    engine: ColumnsEngine, extent: Extent, asked: _Asked, policy: InForce, valued: Valuation, currencies: Sequence[str]
) -> _History:
    def by(basis: str) -> dict[date, dict[int, int]]:
        edges = days_of(policy.document[basis], asked.moment.as_of)
        return balances(engine, extent, basis, _days(extent, asked.ends, edges, valued, currencies))

    by_due = by("due")
    return _History(by_due if asked.basis == "due" else by(asked.basis), by_due)


def _days(
    extent: Extent, ends: _Ends, edges: Sequence[int], valued: Valuation, currencies: Sequence[str]
) -> list[Day]:
    """Each day with its own rates. All have the as-of day's edges: one page has one set of buckets,
    and a bucket's column in the trend stays the same whatever policy governed then."""
    moment = extent.moment

    def rates(on: date) -> Valuation:
        if on == moment.as_of or extent.currency:
            return valued
        return valuation(valued.currency, currencies, on, moment.known)

    return [Day(on, tuple(edges), rates(on)) for on in ends.all()]


def _bucket_lines(
    parts: Mapping[int, standing.Part], previous: _Places, days: Sequence[int], basis: str
) -> tuple[BucketLine, ...]:
    total = sum(part.amount for part in parts.values())
    slots: list[tuple[int, str, int | None, int | None]] = []
    if basis == "due":
        slots = [(NOT_DUE, "not_due", None, None), (AWAITING, "awaiting", None, None)]
    slots += [(place, "days", low, high) for place, (low, high) in enumerate(spans(days, basis))]
    lines = []
    for place, code, low, high in slots:
        part = parts.get(place, standing.Part())
        share = ratio(part.amount, total)
        lines.append(
            BucketLine(code, low, high, part.amount, share, part.items, part.customers, previous.get(place, 0))
        )
    return tuple(lines)


def _trend_point(history: _History, day: date, buckets: int) -> TrendPoint:
    total, overdue = history.total(day), history.overdue(day)
    amounts = tuple(history.aged[day].get(place, 0) for place in range(buckets))
    return TrendPoint(day, total, overdue, amounts, ratio(overdue, total))


def _overdue_rate(history: _History, day: date) -> Indicator:
    return indicators.overdue_rate(history.overdue(day), history.total(day), day)


def _dso(history: _History, sales: Mapping[date, int], as_of: date) -> tuple[Indicator, Indicator]:
    window = _window(sales, as_of, WINDOW_DAYS)
    return (
        indicators.dso_simple(history.total(as_of), window),
        indicators.dso_best_possible(history.current(as_of), window),
    )


def _dso_true(still_open: Mapping[date, int], sales: Mapping[date, int], as_of: date) -> Indicator:
    aged: dict[date, int] = {}
    for day, amount in still_open.items():
        end = month_end(day)
        aged[end] = aged.get(end, 0) + (as_of - day).days * amount
    return indicators.dso_true(aged, indicators.months_back(sales, as_of))


def _cei(history: _History, sales: Mapping[date, int], day: date) -> Indicator:
    opening = history.total(day - timedelta(days=WINDOW_DAYS))
    return indicators.cei(opening, _window(sales, day, WINDOW_DAYS), history.total(day), history.current(day))


def _turnover(history: _History, sales: Mapping[date, int], as_of: date) -> Indicator:
    opening = history.total(as_of - timedelta(days=YEAR_DAYS))
    return indicators.turnover(opening, history.total(as_of), _window(sales, as_of, YEAR_DAYS))


def _collection_rate(matured: Matured, ends: _Ends, as_of: date) -> Indicator:
    return indicators.collection_rate(
        matured.matured,
        matured.collected,
        ends.window_start + timedelta(days=1),
        as_of,
    )


def _window(sales: Mapping[date, int], last: date, days: int) -> indicators.Span:
    return indicators.span(sales, last - timedelta(days=days - 1), last)
