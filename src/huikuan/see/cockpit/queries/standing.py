"""Where receivables stand on one day: questions over the open lines, each valued by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from huikuan.mechanisms.columns.engine import ColumnsEngine, Engine
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.domain.aging import overdue_days
from huikuan.record.receivables.queries.aging import end_of_day
from huikuan.record.receivables.queries.history import SALES_KINDS, Matured
from huikuan.record.receivables.queries.open_lines import (
    Moment,
    belongs,
    open_lines,
    place_parameters,
    place_sql,
)
from huikuan.record.receivables.queries.valuation import Valuation, valuation
from huikuan.see.cockpit.domain.indicators import hhi_of, ratio
from huikuan.see.cockpit.domain.overview import (
    Concentration,
    CurrencyTotal,
    CustomerShare,
    TopRow,
    TopShare,
)

_TOP = 10
_BARS = 12
_TOP_SHARES = (1, 3, 5, 10)

#: How the largest customers may be ranked.
ORDERS = {
    "overdue": "overdue DESC",
    "total": "total DESC",
    "overdue_rate": "CAST(overdue AS DOUBLE) / total DESC",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What stands in one place: amount, items, customers."""

    amount: int = 0
    items: int = 0
    customers: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Open lines added up, debit items and customers among them."""

    lines: int
    items: int
    customers: int


def keep_lines(engine: ColumnsEngine, moment: Moment, basis: str) -> tuple[CurrencyTotal, ...]:
    """Keep the open lines of the moment for the questions below; answers the open debits per currency, largest
    first."""
    engine.keep("lines", open_lines(engine, moment, basis), moment.parameters())
    rows = engine.rows(
        "SELECT currency, SUM(CASE WHEN side = 'debit' THEN open_amount ELSE 0 END) AS total"
        " FROM lines GROUP BY currency ORDER BY total DESC, currency",
        {},
    )
    return tuple(CurrencyTotal(currency, int(total)) for currency, total in rows)


def choose_currency(
    home: str, open_currencies: Sequence[CurrencyTotal], chosen: str | None, moment: Moment
) -> tuple[Valuation, str | None]:
    """How to value the lines, and the one currency they are narrowed to (None: all that have a rate).

    The company's own currency where every open one converts into it; else, unless it was asked for, the largest alone.
    """
    others = [one.currency for one in open_currencies]
    whole = valuation(home, others, moment.as_of, moment.known)
    if chosen == home or (chosen is None and whole.covers(others)):
        return whole, None
    alone = chosen or others[0]
    return Valuation(alone), alone


def keep_valued(
    engine: ColumnsEngine, moment: Moment, basis: str, days: Sequence[int], valued: Valuation, currency: str | None
) -> None:
    """Keep `valued`: the debit lines with their value, place by `basis` and days late; and `holders`, per customer."""
    edges = list(days)
    alone = "" if currency is None else " AND currency = %(alone)s"
    engine.keep(
        "valued",
        f"SELECT * FROM (SELECT *, {valued.sql('open_amount')} AS value, {place_sql(edges, basis)} AS place"
        f" FROM lines WHERE side = 'debit'{alone}) AS priced WHERE value IS NOT NULL",
        {**moment.parameters(), **place_parameters(edges, moment.as_of), "alone": currency},
    )
    buckets = ", ".join(
        f"CAST(SUM(CASE WHEN place = {place} THEN value ELSE 0 END) AS BIGINT) AS bucket_{place}"
        for place in range(len(edges) + 1)
    )
    late = "due_date < %(as_of)s"
    engine.keep(
        "holders",
        f"SELECT customer_id, CAST(SUM(value) AS BIGINT) AS total,"
        f" CAST(SUM(CASE WHEN {late} THEN value ELSE 0 END) AS BIGINT) AS overdue,"
        f" MIN(CASE WHEN {late} THEN due_date END) AS oldest, {buckets} FROM valued GROUP BY customer_id",
        moment.parameters(),
    )


def parts(engine: Engine) -> dict[int, Part]:
    """Per place of the basis."""
    rows = engine.rows(
        "SELECT place, SUM(value), COUNT(DISTINCT item_id), COUNT(DISTINCT customer_id) FROM valued GROUP BY place", {}
    )
    return {place: Part(int(amount), items, customers) for place, amount, items, customers in rows}


def counts(engine: Engine) -> Counts:
    (row,) = engine.rows("SELECT COUNT(*), COUNT(DISTINCT item_id), COUNT(DISTINCT customer_id) FROM valued", {})
    return Counts(*row)


def sold_and_open(engine: Engine) -> dict[date, int]:
    """Per posting date, what is open of credit sales; for the true DSO."""
    rows = engine.rows(f"SELECT posting_date, SUM(value) FROM valued WHERE kind IN {SALES_KINDS} GROUP BY 1", {})
    return {day: int(amount) for day, amount in rows}


def top(
    engine: Engine, moment: Moment, order: str, buckets: int, matured: Mapping[int, Matured]
) -> tuple[TopRow, ...]:
    """The first ten customers by `order`, among those with something overdue (by total: open)."""
    shown = ", ".join(f"bucket_{place}" for place in range(buckets))
    held = "total" if order == "total" else "overdue"
    rows = engine.rows(
        f"SELECT customer_id, total, overdue, oldest, {shown} FROM holders WHERE {held} > 0"
        f" ORDER BY {ORDERS[order]}, total DESC, customer_id LIMIT {_TOP}",
        {},
    )
    named = _named(row[0] for row in rows)
    owners = _owners(engine, moment)
    found = []
    for customer, total, overdue, oldest, *amounts in rows:
        code, name = named.get(customer, (str(customer), ""))
        paid = matured.get(customer, Matured(0, 0))
        found.append(
            TopRow(
                customer_id=customer,
                code=code,
                name=name,
                owner=owners.get(customer, ""),
                total=int(total),
                overdue=int(overdue),
                buckets=tuple(int(amount) for amount in amounts),
                longest_overdue_days=overdue_days(oldest, moment.as_of) if oldest else 0,
                overdue_rate=ratio(int(overdue), int(total)),
                collection_rate=ratio(paid.collected, paid.matured),
            )
        )
    return tuple(found)


def concentration(engine: Engine, cap: int) -> Concentration:
    """How much the largest customers hold of all open debits."""
    ((whole, squares, over),) = engine.rows(
        "SELECT COALESCE(SUM(total), 0), COALESCE(SUM(CAST(total AS HUGEINT) * CAST(total AS HUGEINT)), 0),"
        " COUNT(CASE WHEN CAST(total AS HUGEINT) * 100 > (SELECT SUM(total) FROM holders) * %(cap)s THEN 1 END)"
        " FROM holders",
        {"cap": cap},
    )
    rows = engine.rows(
        f"SELECT customer_id, total FROM holders WHERE total > 0 ORDER BY total DESC, customer_id LIMIT {_BARS}", {}
    )
    whole = int(whole)
    named = _named(row[0] for row in rows)
    largest = [int(total) for _, total in rows]
    return Concentration(
        tops=tuple(
            TopShare(number, sum(largest[:number]), ratio(sum(largest[:number]), whole)) for number in _TOP_SHARES
        ),
        bars=tuple(
            CustomerShare(customer, *named.get(customer, (str(customer), "")), int(total), ratio(int(total), whole))
            for customer, total in rows
        ),
        hhi=hhi_of(int(squares), whole),
        cap_share=ratio(cap, 100) or Decimal(0),
        over_cap=over,
    )


def cap_percent(moment: Moment) -> int:
    """The concentration policy's most for one customer, as known at the moment."""
    until = end_of_day(moment.company_id, moment.as_of)
    policy = in_force("concentration", company_id=moment.company_id, at=until, known=moment.known)
    return int(policy.document["customer_cap_percent"])


def _named(customers: Iterable[int]) -> dict[int, tuple[str, str]]:
    found = Customer.objects.filter(id__in=list(customers)).values_list("id", "code", "name")
    return {customer: (code, name) for customer, code, name in found}


def _owners(engine: Engine, moment: Moment) -> dict[int, str]:
    rows = engine.rows(
        f"WITH {belongs(engine, moment, 'owner')} SELECT customer_id, value FROM of_customer",
        {**moment.parameters(), "organisation": moment.as_of},
    )
    return dict(rows)
