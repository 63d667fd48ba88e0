"""Aging as of any day, as known at any instant, on either engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from huikuan.kernel.dates import DEFAULT_ZONE
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.engine import Engine
from huikuan.mechanisms.columns.queries import asking
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import InForce, in_force
from huikuan.record.customers.models import Customer, CustomerGroup
from huikuan.record.receivables.domain.aging import (
    AWAITING,
    BASES,
    CREDIT,
    DIMENSIONS,
    KEYS,
    NOT_DUE,
    Cells,
    days_of,
    spans,
)
from huikuan.record.receivables.queries.open_lines import (
    WATERFALL,
    Moment,
    belongs,
    counted,
    key_of,
    place_parameters,
    place_sql,
    plan,
)


class Bucket(NamedTuple):
    """Days `from_days` … `to_days` inclusive (None: and more)."""

    from_days: int
    to_days: int | None
    amount: int


class AgingRow(NamedTuple):
    """Open debits of one key in one company and currency, minor units; credits beside them, never netted in.

    `key`: customer or company code, else the dimension's value ('' none). `key_id`: the customer's id (by
    customer), else None. A plain tuple, because there may be a hundred thousand.
    """

    key: str
    name: str
    company: str
    currency: str
    total: int
    not_due: int
    awaiting: int
    buckets: tuple[Bucket, ...]
    credits: int
    key_id: int | None = None

    @property
    def net(self) -> int:
        return self.total - self.credits


@dataclass(frozen=True, slots=True)
class Aging:
    """The answer and what it rests on. `totals` are rows with empty key, one per currency."""

    as_of: date
    basis: str
    by: str
    rows: tuple[AgingRow, ...]
    totals: tuple[AgingRow, ...]
    head_size: int | None
    head_sealed_at: datetime | None
    policy_number: int


class Named(NamedTuple):
    key: str
    name: str
    key_id: int | None = None


def aging(
    *,
    as_of: date,
    known: Head | None = None,
    by: str = "customer",
    basis: str = "due",
    company_id: int | None = None,
    engine: str = "columns",
    buckets: str | None = None,
    organisation: date | None = None,
) -> Aging:
    """Open items by age. `by`: customer, group, owner, region, business_type, currency or company.

    `organisation`: the day whose affiliations count (default: as_of). `buckets` names a list of the policy
    ('due', 'document', 'annual'); default: that of the basis. Refuses unknown names.
    """
    _one_of("aging_key_unknown", by, KEYS)
    _one_of("aging_basis_unknown", basis, BASES)
    moment = Moment(as_of, known.horizon if known else ALWAYS_KNOWN, company_id)
    policy, days = bucket_days(moment, buckets or basis)
    with asking(engine) as answering:
        cells = aging_cells(answering, moment, by, basis, days, organisation)
        names = _names(by, cells)
        companies = dict(Company.objects.values_list("id", "code"))
    layout = spans(days, basis)
    rows = [
        _row(names.get(key, Named(str(key), str(key))), companies[company], currency, places, layout)
        for (key, company, currency), places in cells.items()
    ]
    rows.sort(key=attrgetter("key", "currency", "company"))
    return Aging(
        as_of=as_of,
        basis=basis,
        by=by,
        rows=tuple(rows),
        totals=_totals(cells, layout, companies, company_id),
        head_size=known.size if known else None,
        head_sealed_at=known.sealed_at if known else None,
        policy_number=policy.number,
    )


def bucket_days(moment: Moment, name: str) -> tuple[InForce, list[int]]:
    """The policy in force at the end of the moment's day, as known then, and its list `name` as days."""
    day, company = moment.as_of, moment.company_id
    policy = in_force("aging_buckets", company_id=company, at=end_of_day(company, day), known=moment.known)
    _one_of("aging_buckets_unknown", name, tuple(policy.document))
    return policy, days_of(policy.document[name], day)


def end_of_day(company_id: int | None, day: date) -> datetime:
    """The last instant of `day` where the company is."""
    zones = dict(Company.objects.values_list("id", "time_zone"))
    zone = ZoneInfo(zones.get(company_id or 0, DEFAULT_ZONE))
    return datetime.combine(day, time.max, zone).astimezone(UTC)


def aging_cells(
    engine: Engine, moment: Moment, by: str, basis: str, days: list[int], organisation: date | None = None
) -> Cells:
    """domain.aging.age, set-based: a sum over linear moves; only rescheduled items are grouped one by one."""
    parameters: dict[str, Any] = {
        **moment.parameters(),
        **place_parameters(days, moment.as_of),
        "organisation": organisation or moment.as_of,
    }
    cells: Cells = {}
    for key, company, currency, place, amount in engine.rows(_statement(engine, moment, by, basis, days), parameters):
        cells.setdefault((key, company, currency), {})[place] = int(amount)
    return cells


def _statement(engine: Engine, moment: Moment, by: str, basis: str, days: list[int]) -> str:
    key, joins = key_of(by)
    known = [counted(engine, moment)]
    if by in DIMENSIONS:
        known.append(belongs(engine, moment, by))
    if basis == "due":
        known.append(plan(engine, moment))
        aged = _aged_by_due(key, joins)
    else:
        aged = f"""
    SELECT {key} AS owner, c.company_id, c.currency, c.side, c.document_date AS base, c.amount
    FROM counted AS c{joins}"""
    return f"""WITH {", ".join(known)}, aged AS ({aged})
SELECT owner, company_id, currency, {place_sql(days, basis)} AS place, SUM(amount)
FROM aged GROUP BY 1, 2, 3, 4 HAVING SUM(amount) <> 0"""


def _aged_by_due(key: str, joins: str) -> str:
    return f"""
    SELECT {key} AS owner, c.company_id, c.currency, c.side, c.due_date AS base, c.amount
    FROM counted AS c{joins}
    WHERE NOT EXISTS (SELECT 1 FROM governing AS g WHERE g.item_id = c.item_id)
    UNION ALL
    SELECT o.owner, o.company_id, o.currency, o.side, p.due_date, {WATERFALL}
    FROM (
        SELECT {key} AS owner, c.item_id, c.company_id, c.currency, c.side, SUM(c.amount) AS still_open
        FROM counted AS c JOIN governing AS g ON g.item_id = c.item_id{joins}
        GROUP BY 1, 2, 3, 4, 5 HAVING SUM(c.amount) <> 0
    ) AS o JOIN plan AS p ON p.item_id = o.item_id"""


def _row(
    named: Named, company: str, currency: str, places: Mapping[int, int], layout: list[tuple[int, int | None]]
) -> AgingRow:
    at = places.get
    return AgingRow(
        named.key,
        named.name,
        company,
        currency,
        sum(places.values()) - at(CREDIT, 0),
        at(NOT_DUE, 0),
        at(AWAITING, 0),
        tuple([Bucket(low, high, at(place, 0)) for place, (low, high) in enumerate(layout)]),
        at(CREDIT, 0),
        named.key_id,
    )


def _totals(
    cells: Cells, layout: list[tuple[int, int | None]], companies: Mapping[int, str], company_id: int | None
) -> tuple[AgingRow, ...]:
    by_currency: dict[str, dict[int, int]] = {}
    for (_, _, currency), places in cells.items():
        total = by_currency.setdefault(currency, {})
        for place, amount in places.items():
            total[place] = total.get(place, 0) + amount
    company = companies[company_id] if company_id is not None else ""
    return tuple(
        _row(Named("", ""), company, currency, by_currency[currency], layout) for currency in sorted(by_currency)
    )


def _names(by: str, cells: Cells) -> dict[int | str, Named]:
    if by == "customer":
        wanted = {key for key, _, _ in cells}
        found = Customer.objects.values_list("id", "code", "name")
        few = len(wanted) <= 1_000  # beyond, one pass over the table is quicker than a long list
        return {
            customer: Named(code, name, customer)
            for customer, code, name in (found.filter(id__in=wanted) if few else found.iterator(chunk_size=20_000))
        }
    if by == "company":
        return {
            company: Named(code, name) for company, code, name in Company.objects.values_list("id", "code", "name")
        }
    if by == "group":
        return {code: Named(code, name) for code, name in CustomerGroup.objects.values_list("code", "name")}
    return {}


def _one_of(code: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise Refusal(code, value=value, choices=", ".join(choices))
