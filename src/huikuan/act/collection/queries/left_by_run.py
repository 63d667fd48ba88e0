"""Whom the daily run leaves alone whole, not for one claim alone: the worklist leaves them alone too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from huikuan.act.collection.domain.control import in_control
from huikuan.act.collection.domain.deciding import Stop
from huikuan.act.collection.domain.strategy import CONTROL, UNAPPLIED, Strategy
from huikuan.act.collection.queries.standings import at_bank
from huikuan.act.collection.queries.strategies import strategy_in_force
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.columns.engine import ColumnsEngine
from huikuan.mechanisms.identity.models import Company

_OVERDUE = "side = 'debit' AND due_date < %(as_of)s"
#: Customer → currency → the earliest due date of what is overdue in it.
_Owed = Mapping[int, Mapping[str, date]]


def end_of(company: Company, day: date) -> datetime:
    """When the day ends where the company is."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(company.time_zone))


def left_by_run(engine: ColumnsEngine, company: Company, day: date) -> dict[int, Stop]:
    """Customer → why, of those with overdue `lines`, which the engine keeps: in the control group until the oldest of
    it comes to the strategy's day; or money without a place, above the strategy's small amount, in each currency it
    owes. What matching takes for its money at the bank is known of today alone."""
    strategy = strategy_in_force(company, at=end_of(company, day)).strategy
    stops: dict[int, Stop] = {}
    if strategy.control_percent:
        stops |= _in_control(engine, strategy, day)
    if any(UNAPPLIED in step.stops for segment in strategy.segments for step in segment.steps):
        stops |= _with_cash(engine, company, strategy, day)
    return stops


def _in_control(engine: ColumnsEngine, strategy: Strategy, day: date) -> dict[int, Stop]:
    rows = engine.rows(f"SELECT DISTINCT customer_id FROM lines WHERE {_OVERDUE}", {"as_of": day})
    group = [one for (one,) in rows if in_control(one, strategy.control_percent, strategy.control_seed)]
    until = day - timedelta(days=strategy.control_until)
    stop = Stop(CONTROL, {"until": strategy.control_until})
    return {one: stop for one, owed in _owed(engine, group, day).items() if min(owed.values()) > until}


def _with_cash(engine: ColumnsEngine, company: Company, strategy: Strategy, day: date) -> dict[int, Stop]:
    cash: dict[tuple[int, str], int] = defaultdict(int)
    receipts = engine.rows(
        "SELECT customer_id, currency, CAST(SUM(open_amount) AS BIGINT) FROM lines"
        " WHERE side = 'credit' AND kind = 'receipt' GROUP BY customer_id, currency",
        {},
    )
    today = business_date(timezone.now(), company.time_zone)
    for customer_id, currency, amount in [*receipts, *(at_bank(company.pk) if day >= today else ())]:
        cash[customer_id, currency] += abs(amount)
    much = {key: amount for key, amount in cash.items() if amount > strategy.small_cash}
    stops = {}
    for customer_id, owed in _owed(engine, {one for one, _ in much}, day).items():
        if all((customer_id, currency) in much for currency in owed):
            currency = min(owed)
            stops[customer_id] = Stop(UNAPPLIED, {"amount": much[customer_id, currency], "currency": currency})
    return stops


def _owed(engine: ColumnsEngine, ids: Iterable[int], day: date) -> _Owed:
    listed = ", ".join(map(str, sorted(ids)))
    found: dict[int, dict[str, date]] = defaultdict(dict)
    if listed:
        rows = engine.rows(
            f"SELECT customer_id, currency, MIN(due_date) FROM lines WHERE {_OVERDUE} AND customer_id IN ({listed})"
            " GROUP BY customer_id, currency",
            {"as_of": day},
        )
        for customer_id, currency, oldest in rows:
            found[customer_id][currency] = oldest
    return found
