"""Who has paid what is overdue, though the money has no place yet: the worklist leaves them alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.utils import timezone

from huikuan.act.collection.domain.deciding import Stop
from huikuan.act.collection.domain.strategy import UNAPPLIED, Strategy
from huikuan.act.collection.queries.standings import at_bank, cash_among
from huikuan.act.collection.queries.strategies import strategy_in_force
from huikuan.kernel.dates import business_date, day_end
from huikuan.mechanisms.columns.engine import ColumnsEngine
from huikuan.mechanisms.identity.models import Company

_OVERDUE = "side = 'debit' AND due_date < %(as_of)s"
#: Customer → currency → what is overdue in it, minor units.
_Owed = Mapping[int, Mapping[str, int]]


def already_paid(engine: ColumnsEngine, company: Company, day: date) -> dict[int, Stop]:
    """Customer → why, of those with overdue `lines`, which the engine keeps: money without a place, above the
    strategy's small amount, that is all they owe or more, in each currency. Less money stops the messages of the daily
    run, which nobody looks over; a person who calls sees it and asks for the rest. What matching takes for a
    customer's money at the bank is known of today alone."""
    strategy = strategy_in_force(company, at=day_end(day, company.time_zone)).strategy
    if not any(UNAPPLIED in step.stops for segment in strategy.segments for step in segment.steps):
        return {}
    cash = _cash(engine, company, strategy, day)
    stops = {}
    for customer_id, owed in _owed(engine, {one for one, _ in cash}, day).items():
        if all(cash.get((customer_id, currency), 0) >= amount for currency, amount in owed.items()):
            currency = min(owed)
            stops[customer_id] = Stop(UNAPPLIED, {"amount": cash[customer_id, currency], "currency": currency})
    return stops


def _cash(engine: ColumnsEngine, company: Company, strategy: Strategy, day: date) -> dict[tuple[int, str], int]:
    """(Customer, currency) → money without a place, where it is more than small."""
    today = business_date(timezone.now(), company.time_zone)
    found = cash_among(engine, "lines", {}, at_bank(company.pk) if day >= today else ())
    return {key: amount for key, amount in found.items() if amount > strategy.small_cash}


def _owed(engine: ColumnsEngine, ids: Iterable[int], day: date) -> _Owed:
    listed = ", ".join(map(str, sorted(ids)))
    found: dict[int, dict[str, int]] = defaultdict(dict)
    if listed:
        rows = engine.rows(
            "SELECT customer_id, currency, CAST(SUM(open_amount) AS BIGINT) FROM lines"
            f" WHERE {_OVERDUE} AND customer_id IN ({listed}) GROUP BY customer_id, currency",
            {"as_of": day},
        )
        for customer_id, currency, amount in rows:
            found[customer_id][currency] = amount
    return found
