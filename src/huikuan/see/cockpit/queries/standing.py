"""Where receivables stand on one day: questions over the open lines, each valued by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from huikuan.mechanisms.columns.additive import Kept, keep_sums_of
from huikuan.mechanisms.columns.engine import ColumnsEngine
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.columns import AFFILIATIONS
from huikuan.record.receivables.domain.aging import AWAITING, NOT_DUE, overdue_days
from huikuan.record.receivables.queries.aging import end_of_day
from huikuan.record.receivables.queries.history import SALES_KINDS
from huikuan.record.receivables.queries.open_lines import (
    Moment,
    belongs,
    keep_lines,
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
_LATE = "due_date < %(as_of)s"

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


def keep_currencies(engine: ColumnsEngine, moment: Moment, basis: str) -> tuple[Kept, tuple[CurrencyTotal, ...]]:
    """Keep the open lines of the moment for the questions below; answers the open debits and credits per
    currency, largest first."""
    lines = keep_lines(engine, moment, basis)
    keep_sums_of(
        engine,
        "currencies",
        lines,
        lambda rows: (
            "SELECT currency, CAST(SUM(CASE WHEN side = 'debit' THEN open_amount ELSE 0 END) AS BIGINT)"
            " AS total, CAST(SUM(CASE WHEN side = 'credit' THEN open_amount ELSE 0 END) AS BIGINT) AS credits,"
            f" COUNT(*) AS line_count FROM {rows} GROUP BY currency"
        ),
        {},
        by="currency",
        sums=["total", "credits", "line_count"],
    )
    found = engine.rows(
        "SELECT currency, total, credits FROM currencies WHERE line_count > 0 ORDER BY total DESC, currency", {}
    )
    return lines, tuple(CurrencyTotal(*sums) for sums in found)


def home_currency(company_id: int | None) -> str:
    """The company's currency; of all companies, the first one's."""
    companies = Company.objects.order_by("id")
    return companies.filter(id=company_id).get().currency if company_id else companies[0].currency


def choose_currency(
    home: str, open_currencies: Sequence[CurrencyTotal], chosen: str | None, moment: Moment
) -> tuple[Valuation, str | None, tuple[str, ...]]:
    """How to value the lines; the one currency they are narrowed to (None: all that have a rate); and the currencies
    without a rate into the company's own on or before the day.

    The company's own currency where every open one converts into it; else, unless it was asked for, the largest alone.
    """
    others = [one.currency for one in open_currencies]
    whole = valuation(home, others, moment.as_of, moment.known)
    unrated = tuple(sorted(currency for currency in others if not whole.covers([currency])))
    if chosen == home or (chosen is None and not unrated):
        return whole, None, unrated
    alone = chosen or others[0]
    return Valuation(alone), alone, unrated


@dataclass(frozen=True, slots=True)
class Pricing:
    """The debit lines, those of `currency` alone if it names one, with their value and place by `basis`."""

    moment: Moment
    basis: str
    days: tuple[int, ...]
    valued: Valuation
    currency: str | None

    @property
    def places(self) -> list[int]:
        return [AWAITING, NOT_DUE, *range(len(self.days) + 1)]

    def sql(self, lines: str) -> str:
        alone = "" if self.currency is None else " AND currency = %(alone)s"
        priced = f"{self.valued.sql('open_amount')} AS value, {place_sql(list(self.days), self.basis)} AS place"
        return (
            f"(SELECT * FROM (SELECT *, {priced} FROM {lines} AS kept WHERE side = 'debit'{alone}) AS priced"
            " WHERE value IS NOT NULL) AS valued"
        )

    def parameters(self) -> dict[str, Any]:
        cuts = place_parameters(list(self.days), self.moment.as_of)
        return {**self.moment.parameters(), **cuts, "alone": self.currency}


def keep_holders(engine: ColumnsEngine, lines: Kept, pricing: Pricing) -> None:
    """Keep `holders`, per customer: line_count, items, total, overdue (by due date), and of each place `amount_…` and
    `items_…`, where a minus stands as `m`."""
    shown = {
        "line_count": "COUNT(*)",
        "items": "COUNT(DISTINCT item_id)",
        "total": "SUM(value)",
        "overdue": f"SUM(CASE WHEN {_LATE} THEN value ELSE 0 END)",
    }
    for place in pricing.places:
        shown[f"amount_{_named_place(place)}"] = f"SUM(CASE WHEN place = {place} THEN value ELSE 0 END)"
        shown[f"items_{_named_place(place)}"] = f"COUNT(DISTINCT CASE WHEN place = {place} THEN item_id END)"
    sums = ", ".join(f"CAST({sql} AS BIGINT) AS {name}" for name, sql in shown.items())

    def ask(rows: str) -> str:
        return f"SELECT customer_id, {sums} FROM {pricing.sql(rows)} GROUP BY customer_id"

    keep_sums_of(engine, "holders", lines, ask, pricing.parameters(), by="customer_id", sums=list(shown))


def _named_place(place: int) -> str:
    return str(place).replace("-", "m")


def _some(column: str) -> str:
    return f"COUNT(CASE WHEN {column} > 0 THEN 1 END)"


def parts(engine: ColumnsEngine, pricing: Pricing) -> tuple[Counts, dict[int, Part]]:
    """Over all holders, and per place of the basis."""
    sums = "".join(
        f", COALESCE(SUM(amount_{name}), 0), COALESCE(SUM(items_{name}), 0), {_some(f'items_{name}')}"
        for name in map(_named_place, pricing.places)
    )
    (row,) = engine.rows(
        f"SELECT COALESCE(SUM(line_count), 0), COALESCE(SUM(items), 0), {_some('line_count')}{sums} FROM holders", {}
    )
    found = [int(value) for value in row]
    by_place = {
        place: Part(*found[start : start + 3])
        for place, start in zip(pricing.places, range(3, len(found), 3), strict=True)
    }
    return Counts(*found[:3]), {place: part for place, part in by_place.items() if part.items}


def sold_and_open(engine: ColumnsEngine, lines: Kept, pricing: Pricing) -> dict[date, int]:
    """Per posting date, what is open of credit sales; for the true DSO."""

    def ask(rows: str) -> str:
        return (
            f"SELECT posting_date, CAST(SUM(value) AS BIGINT) AS amount FROM {pricing.sql(rows)}"
            f" WHERE kind IN {SALES_KINDS} GROUP BY posting_date"
        )

    keep_sums_of(engine, "still_sold", lines, ask, pricing.parameters(), by="posting_date", sums=["amount"])
    return dict(engine.rows("SELECT posting_date, amount FROM still_sold", {}))


def top(engine: ColumnsEngine, pricing: Pricing, order: str) -> tuple[TopRow, ...]:
    """The first ten customers by `order`, among those with something overdue (by total: open)."""
    moment = pricing.moment
    shown = ", ".join(f"amount_{place}" for place in pricing.places if place >= 0)
    held = "total" if order == "total" else "overdue"
    rows = engine.rows(
        f"SELECT h.customer_id, total, overdue, COALESCE(collected, 0), COALESCE(matured, 0), {shown}"
        f" FROM holders AS h LEFT JOIN matured AS m ON m.customer_id = h.customer_id WHERE {held} > 0"
        f" ORDER BY {ORDERS[order]}, total DESC, h.customer_id LIMIT {_TOP}",
        {},
    )
    largest = [row[0] for row in rows]
    oldest, named, owners = _oldest(engine, pricing, largest), _named(largest), _owners(engine, moment, largest)
    return tuple(
        TopRow(
            customer_id=customer,
            code=named.get(customer, (str(customer), ""))[0],
            name=named.get(customer, ("", ""))[1],
            owner=owners.get(customer, ""),
            total=total,
            overdue=overdue,
            buckets=tuple(amounts),
            longest_overdue_days=overdue_days(oldest[customer], moment.as_of) if customer in oldest else 0,
            overdue_rate=ratio(overdue, total),
            collection_rate=ratio(collected, matured),
        )
        for customer, total, overdue, collected, matured, *amounts in rows
    )


def _oldest(engine: ColumnsEngine, pricing: Pricing, customers: Sequence[int]) -> dict[int, date]:
    """The earliest due date of each that is past."""
    rows = engine.rows(
        f"SELECT customer_id, MIN(due_date) FROM {pricing.sql('lines')}"
        f" WHERE customer_id IN {_listed(customers)} AND {_LATE} GROUP BY customer_id",
        pricing.parameters(),
    )
    return dict(rows)


def _listed(numbers: Sequence[int]) -> str:
    return f"({', '.join(map(str, numbers)) or 'NULL'})"


def concentration(engine: ColumnsEngine, cap: int) -> Concentration:
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


def _owners(engine: ColumnsEngine, moment: Moment, customers: Sequence[int]) -> dict[int, str]:
    if not engine.has(AFFILIATIONS):
        return {}
    rows = engine.rows(
        f"WITH {belongs(engine, moment, 'owner')} SELECT customer_id, value FROM of_customer"
        f" WHERE customer_id IN {_listed(customers)}",
        {**moment.parameters(), "organisation": moment.as_of},
    )
    return dict(rows)
