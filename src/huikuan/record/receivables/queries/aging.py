"""Aging as of any day, as known at any instant, on either engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from itertools import groupby, repeat
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from huikuan.kernel.dates import DEFAULT_ZONE
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.additive import keep_sums
from huikuan.mechanisms.columns.engine import ColumnsEngine, Engine, Source
from huikuan.mechanisms.columns.queries import asking, asking_columns
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import InForce, in_force
from huikuan.record.customers.models import Customer, CustomerGroup
from huikuan.record.receivables.columns import SCHEDULES
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
    moment_of,
    place_parameters,
    place_sql,
    plan,
)

#: From and to of each bucket, in days.
Spans = tuple[tuple[int, int | None], ...]


class Bucket(NamedTuple):
    """Days `from_days` … `to_days` inclusive (None: and more)."""

    from_days: int
    to_days: int | None
    amount: int


class AgingRow(NamedTuple):
    """Open debits of one key in one company and currency, minor units; credits beside them, never netted in.

    `key`: customer or company code, else the dimension's value ('' none). `key_id`: the customer's id (by
    customer), else None. `aged`: an amount for each of `spans`; `buckets` puts them together. A plain tuple,
    because there may be a hundred thousand.
    """

    key: str
    name: str
    company: str
    currency: str
    key_id: int | None
    spans: Spans
    aged: tuple[int, ...]
    total: int
    not_due: int
    awaiting: int
    credits: int

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        return tuple(Bucket(low, high, amount) for (low, high), amount in zip(self.spans, self.aged, strict=True))

    @property
    def net(self) -> int:
        return self.total - self.credits


@dataclass(frozen=True, slots=True)
class Aged:
    """What the engine answers, by columns: whose, and in `places` the amounts of each place, in the same order.

    Rows of one currency stand together.
    """

    keys: Sequence[int | str]
    companies: Sequence[int]
    currencies: Sequence[str]
    places: Mapping[int, Sequence[int]]

    def cells(self) -> Cells:
        """The same in the form of domain.aging.age."""
        owners = list(zip(self.keys, self.companies, self.currencies, strict=True))
        cells: Cells = {owner: {} for owner in owners}
        for place, amounts in self.places.items():
            for owner, amount in zip(owners, amounts, strict=True):
                if amount:
                    cells[owner][place] = amount
        return cells

    def buckets(self) -> list[Sequence[int]]:
        return [self.places[place] for place in sorted(self.places) if place >= 0]

    def totals(self) -> list[int]:
        """Of each row, all debits."""
        debits = [amounts for place, amounts in self.places.items() if place != CREDIT]
        return [sum(amounts) for amounts in zip(*debits, strict=True)]


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
    scope: Scope,
    known: Head | None = None,
    by: str = "customer",
    basis: str = "due",
    company_id: int | None = None,
    engine: str = "columns",
    buckets: str | None = None,
    organisation: date | None = None,
) -> Aging:
    """Open items of the scope by age. `by`: customer, group, owner, region, business_type, currency or company.

    `organisation`: the day whose affiliations count (default: as_of). `buckets` names a list of the policy
    ('due', 'document', 'annual'); default: that of the basis. Refuses unknown names.
    """
    _one_of("aging_key_unknown", by, KEYS)
    _one_of("aging_basis_unknown", basis, BASES)
    moment = moment_of(as_of, known, company_id, scope)
    policy, days = bucket_days(moment, buckets or basis)
    with asking(engine) as answering:
        aged = aged_by(answering, moment, by, basis, days, organisation)
        names = _names(by, aged)
        companies = dict(Company.objects.values_list("id", "code"))
    layout = tuple(spans(days, basis))
    rows = sorted(_rows(aged, names, companies, layout), key=itemgetter(0, 3, 2))  # key, currency, company
    totals = _totals(aged, companies[company_id] if company_id is not None else "", layout)
    return _aging(moment, basis, by, rows, totals, known, policy)


@dataclass(frozen=True, slots=True)
class First:
    """The first rows of an aging in the order people read it; `count` rows there are, of `companies` companies."""

    aging: Aging
    count: int
    companies: int


def aging_first(
    *,
    as_of: date,
    scope: Scope,
    known: Head | None = None,
    by: str = "customer",
    basis: str = "due",
    company_id: int | None = None,
    first: int,
) -> First:
    """`aging` with its totals and the first rows alone: of each currency the most overdue, by document date the
    largest. The others are counted where they lie."""
    _one_of("aging_key_unknown", by, KEYS)
    _one_of("aging_basis_unknown", basis, BASES)
    moment = moment_of(as_of, known, company_id, scope)
    policy, days = bucket_days(moment, basis)
    shown = [_place_name(place) for place in _places(days)]
    debits = " + ".join(shown[1:])
    late = " + ".join(_place_name(place) for place in _places(days) if place >= 0) if basis == "due" else debits
    some = f"FROM aged WHERE {' OR '.join(f'{name} <> 0' for name in shown)}"
    sums = ", ".join(f"CAST(SUM({name}) AS BIGINT)" for name in shown)
    with asking_columns() as engine:
        _keep_aged(engine, moment, by, basis, days)
        found = engine.columns(
            f"SELECT owner, company_id, currency, {', '.join(shown)} {some}"
            f" ORDER BY currency, {late} DESC, {debits} DESC, owner, company_id LIMIT {int(first)}",
            {},
        )
        added = engine.columns(f"SELECT '', 0, currency, {sums} {some} GROUP BY currency ORDER BY currency", {})
        ((count, several),) = engine.rows(f"SELECT COUNT(*), COUNT(DISTINCT company_id) {some}", {})
        aged, whole = _by_column(found, days), _by_column(added, days)
        names = _names(by, aged)
    companies = dict(Company.objects.values_list("id", "code"))
    layout = tuple(spans(days, basis))
    totals = _totals(whole, companies[company_id] if company_id is not None else "", layout)
    answer = _aging(moment, basis, by, _rows(aged, names, companies, layout), totals, known, policy)
    return First(answer, count, several)


def _aging(
    moment: Moment,
    basis: str,
    by: str,
    rows: Iterable[AgingRow],
    totals: tuple[AgingRow, ...],
    known: Head | None,
    policy: InForce,
) -> Aging:
    return Aging(
        as_of=moment.as_of,
        basis=basis,
        by=by,
        rows=tuple(rows),
        totals=totals,
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


def aged_by(
    engine: Engine, moment: Moment, by: str, basis: str, days: list[int], organisation: date | None = None
) -> Aged:
    """domain.aging.age, set-based: a sum over linear moves; only rescheduled items are grouped one by one."""
    parameters = _parameters(moment, days, organisation)
    shown = [_place_name(place) for place in _places(days)]
    parts = engine.parts(moment.until) if isinstance(engine, ColumnsEngine) else None
    if not isinstance(engine, ColumnsEngine) or parts is None or not parts.new:
        facts = parts.mirror if parts else engine
        statement = f"{_statement(facts, moment=moment, by=by, basis=basis, days=days)} ORDER BY currency"
    else:
        _keep_aged(engine, moment, by, basis, days, organisation)
        some = " OR ".join(f"{name} <> 0" for name in shown)
        statement = f"SELECT owner, company_id, currency, {', '.join(shown)} FROM aged WHERE {some} ORDER BY currency"
    return _by_column(engine.columns(statement, parameters), days)


def _by_column(found: Sequence[Sequence[Any]], days: list[int]) -> Aged:
    keys, companies, currencies, *amounts = found
    return Aged(keys, companies, currencies, dict(zip(_places(days), amounts, strict=True)))


def _keep_aged(
    engine: ColumnsEngine, moment: Moment, by: str, basis: str, days: list[int], organisation: date | None = None
) -> None:
    """Keep `aged`: owner, company_id, currency and a column for each place."""
    keep_sums(
        engine,
        "aged",
        partial(_statement, moment=moment, by=by, basis=basis, days=days),
        _parameters(moment, days, organisation),
        until=moment.until,
        by="owner, company_id, currency",
        sums=[_place_name(place) for place in _places(days)],
    )


def _parameters(moment: Moment, days: list[int], organisation: date | None) -> dict[str, Any]:
    places = place_parameters(days, moment.as_of)
    return {**moment.parameters(), **places, "organisation": organisation or moment.as_of}


def _places(days: list[int]) -> list[int]:
    return [CREDIT, AWAITING, NOT_DUE, *range(len(days) + 1)]


def _place_name(place: int) -> str:
    return f"place_{place}".replace("-", "m")


def _statement(engine: Source, *, moment: Moment, by: str, basis: str, days: list[int]) -> str:
    key, joins = key_of(by)
    known = [counted(engine, moment)]
    if by in DIMENSIONS:
        known.append(belongs(engine, moment, by))
    if basis == "due" and engine.has(SCHEDULES):
        known.append(plan(engine, moment))
        aged = _aged_by_due(key, joins)
    else:
        aged = f"""
    SELECT {key} AS owner, c.company_id, c.currency, c.side, c.{"due" if basis == "due" else "document"}_date AS base,
           c.amount
    FROM counted AS c{joins}"""
    # A column for each place: one row per key is handed over, not one per key and place.
    sums = {_place_name(place): f"SUM(CASE WHEN place = {place} THEN amount ELSE 0 END)" for place in _places(days)}
    return f"""WITH {", ".join(known)}, aged AS ({aged}), placed AS (
    SELECT owner, company_id, currency, {place_sql(days, basis)} AS place, amount FROM aged
)
SELECT owner, company_id, currency, {", ".join(f"CAST({amount} AS BIGINT) AS {name}" for name, amount in sums.items())}
FROM placed GROUP BY 1, 2, 3 HAVING {" OR ".join(f"{amount} <> 0" for amount in sums.values())}"""


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


def _rows(
    aged: Aged, names: Mapping[int | str, Named], companies: Mapping[int, str], layout: Spans
) -> tuple[AgingRow, ...]:
    named = [names.get(key) or Named(str(key), str(key)) for key in aged.keys]
    columns = (
        map(itemgetter(0), named),
        map(itemgetter(1), named),
        map(companies.__getitem__, aged.companies),
        aged.currencies,
        map(itemgetter(2), named),
        repeat(layout, len(named)),
        zip(*aged.buckets(), strict=True),
        aged.totals(),
        *(aged.places[place] for place in (NOT_DUE, AWAITING, CREDIT)),
    )
    return tuple(map(AgingRow._make, zip(*columns, strict=True)))


def _totals(aged: Aged, company: str, layout: Spans) -> tuple[AgingRow, ...]:
    totals, found, start = aged.totals(), [], 0
    for currency, rows in groupby(aged.currencies):
        own = slice(start, start := start + sum(1 for _ in rows))
        not_due, awaiting, owed_back = (sum(aged.places[place][own]) for place in (NOT_DUE, AWAITING, CREDIT))
        buckets = tuple(sum(amounts[own]) for amounts in aged.buckets())
        total = sum(totals[own])
        found.append(AgingRow("", "", company, currency, None, layout, buckets, total, not_due, awaiting, owed_back))
    return tuple(sorted(found, key=attrgetter("currency")))


def _names(by: str, aged: Aged) -> dict[int | str, Named]:
    if by == "customer":
        wanted = set(aged.keys)
        found = Customer.objects.values_list("code", "name", "id")
        few = len(wanted) <= 1_000  # beyond, one pass over the table is quicker than a long list
        return {named[2]: Named._make(named) for named in (found.filter(id__in=wanted) if few else found)}
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
