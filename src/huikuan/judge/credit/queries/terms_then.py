"""What held of customers in a period: limits as they were, grades by month, and the limits nobody had granted yet."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from huikuan.judge.credit.domain.deciding import NOTHING_KNOWN, Known
from huikuan.judge.credit.domain.limits import GRANTED, STANDING, Granted, Limit, Wish
from huikuan.judge.credit.domain.proposing import propose
from huikuan.judge.credit.domain.replay import Spell, Terms, Value
from huikuan.judge.credit.domain.terms import CreditPolicy
from huikuan.judge.credit.domain.usual import BY_POLICY, CARRIED, YEAR_DAYS, Bought, carried_limit, is_newcomer
from huikuan.judge.credit.models import LimitRequest
from huikuan.judge.credit.policies import own_grace
from huikuan.judge.credit.queries.exposure import Node
from huikuan.judge.credit.queries.limits import granted
from huikuan.judge.credit.queries.past import Period
from huikuan.judge.credit.queries.proposals import known_of
from huikuan.judge.rating.models import Assessment
from huikuan.judge.rating.queries.assessing import assessed, scorecard_on
from huikuan.judge.rating.queries.behaviour import SALE_KINDS
from huikuan.judge.rating.queries.ratings import ratings_of
from huikuan.kernel.errors import Refusal
from huikuan.kernel.rates import convert
from huikuan.mechanisms.columns.queries import asking_columns
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.models import Conduct
from huikuan.record.customers.queries import affiliation_as_of
from huikuan.record.customers.queries.conduct import flagged_on
from huikuan.record.customers.queries.families import groups_over_time
from huikuan.record.receivables.models import ExchangeRate
from huikuan.record.receivables.queries.open_lines import counted, moment_of

_AT_ONCE = 500
_BEGINNING = date(1, 1, 1)
_SIGN = "CASE WHEN side = 'debit' THEN 1 ELSE -1 END"


@dataclass(frozen=True, slots=True)
class Basis:
    """Where limits come from that nobody had granted: `own`, customer → a limit somebody names, which counts as if it
    had always been there; of the others proposed by `method`."""

    method: str = BY_POLICY
    own: Mapping[int, Limit] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is tried: the document of the order checks, and the credit policy that proposes limits and gives grace."""

    checks: Mapping[str, Any]
    policy: CreditPolicy

    def grace(self, grade: str) -> int:
        own = own_grace(self.checks, grade)
        return self.policy.of(grade).grace_days if own is None else own


def terms_then(
    company: Company, period: Period, rules: Rules, customer_ids: Collection[int], *, basis: Basis
) -> Terms:
    """What held of these customers in the period under the rules."""
    groups = _groups(company, period)
    theirs = _granted(company, period, customer_ids, groups)
    for customer_id, limit in basis.own.items():
        wish = Wish(STANDING, limit.currency, limit.amount, _BEGINNING)
        theirs[customer_id, ""] = [Granted(0, wish, (0, 0))]
    spells: dict[int, list[Spell]] = defaultdict(list)
    for first in _months(period.since, period.until):
        day = first - timedelta(days=1)
        rated, known = _grades(day, period, customer_ids), _known(day, rules, customer_ids)
        grades = {customer_id: grade for customer_id, (grade, _) in rated.items()}
        limits = _limits(company, day, period, rules, grades, customer_ids, method=basis.method)
        for one in customer_ids:
            grade, review_on = rated.get(one, ("", None))
            spell = Spell(first, grade, rules.grace(grade), limits.get(one), review_on, known.get(one, NOTHING_KNOWN))
            spells[one].append(spell)
    return Terms(company.currency, theirs, spells, groups)


def rates_then(currencies: Collection[str], period: Period) -> Value:
    """Converts at the latest rate on or before a day; all rates are read once. Refuses a currency without one."""
    rates: dict[tuple[str, str], tuple[list[date], list[int]]] = defaultdict(lambda: ([], []))
    facts = ExchangeRate.objects.filter(currency__in=sorted(currencies), tx__lt=period.horizon)
    for row in facts.order_by("on_date", "tx", "id"):
        days, values = rates[row.currency, row.quote_currency]
        days.append(row.on_date)
        values.append(row.rate_e8)

    def value(minor: int, currency: str, into: str, day: date) -> int:
        if currency == into:
            return minor
        days, values = rates[currency, into]
        place = bisect_right(days, day)
        if not place:
            raise Refusal("exposure_without_rate", currency=currency, into=into, day=day)
        return convert(minor, currency, values[place - 1], into)

    return value


def _groups(company: Company, period: Period) -> dict[int, list[tuple[date, tuple[str, ...]]]]:
    """Where customers stood, if any group was ever given a limit."""
    limited = LimitRequest.objects.filter(company_id=company.pk, tx__lt=period.horizon).exclude(group_code="")
    return groups_over_time(period.horizon) if limited.exists() else {}


def _granted(
    company: Company,
    period: Period,
    customer_ids: Collection[int],
    groups: Mapping[int, Sequence[tuple[date, tuple[str, ...]]]],
) -> dict[tuple[int | None, str], list[Granted]]:
    asked = LimitRequest.objects.filter(company_id=company.pk, customer_id__isnull=False).values_list("customer_id")
    some = sorted(set(customer_ids) & {one for (one,) in asked})
    codes = sorted({code for spells in groups.values() for _, above in spells for code in above})
    nodes = [*(Node(one, "", frozenset()) for one in some), *(Node(None, code, frozenset()) for code in codes)]
    found: dict[tuple[int | None, str], list[Granted]] = {}
    for start in range(0, len(nodes), _AT_ONCE):
        found |= granted(company, nodes[start : start + _AT_ONCE], known=period.horizon)
    return found


def _limits(
    company: Company,
    day: date,
    period: Period,
    rules: Rules,
    grades: Mapping[int, str],
    customer_ids: Collection[int],
    *,
    method: str,
) -> dict[int, Limit]:
    """Customer → what would have been proposed by what was effective on the day; newcomers have none."""
    if method == CARRIED:
        return _carried(company, day, period, grades)
    found = {}
    for customer_id, known in known_of(company, customer_ids, day=day, known=period.known).items():
        if is_newcomer(known.traded.first_on, day):
            continue
        amount = propose(replace(known, grade=grades.get(customer_id, "")), rules.policy).amount
        if amount is not None:
            found[customer_id] = Limit(GRANTED, company.currency, amount)
    return found


def _carried(company: Company, day: date, period: Period, grades: Mapping[int, str]) -> dict[int, Limit]:
    """In the currency it buys in; of several in the company's, where their rates were known."""
    found, bought = {}, _bought(company.pk, day, period)
    value = rates_then({one.currency for each in bought.values() for one in each}, period)
    for customer_id, each in bought.items():
        if is_newcomer(min(one.first_on for one in each), day):
            continue
        into = each[0].currency if len(each) == 1 else company.currency
        limits = [(one.currency, carried_limit(one, grades.get(customer_id, "")).amount) for one in each]
        try:
            found[customer_id] = Limit(GRANTED, into, sum(value(amount, of, into, day) for of, amount in limits))
        except Refusal:
            continue
    return found


def _grades(day: date, period: Period, customer_ids: Collection[int]) -> dict[int, tuple[str, date | None]]:
    """Customer → the grade that held on the day, and when it was to be reviewed; of whom had none yet what the
    scorecards give by its facts."""
    held: dict[int, tuple[str, date | None]] = {}
    ids = sorted(customer_ids)
    if Assessment.objects.filter(as_of__lte=day, tx__lt=period.horizon).exists():
        for start in range(0, len(ids), _AT_ONCE):
            some = ratings_of(ids[start : start + _AT_ONCE], day=day, scope=EVERYTHING, known=period.known)
            held |= {customer_id: (rating.grade, rating.review_on) for customer_id, rating in some.items()}
    others = [one for one in ids if one not in held]
    policy = scorecard_on(period.on, known=period.known)
    found = assessed(as_of=day, policy=policy, customer_ids=others, known=period.known, order="id") if others else ()
    return {**held, **{one.customer_id: (one.result.grade, None) for one in found}}


def _known(day: date, rules: Rules, customer_ids: Collection[int]) -> dict[int, Known]:
    """Customer → its business type, where any rule asks for it, and whether it was flagged; of others nothing. Freezes
    are not played again: whether somebody would have frozen is no rule."""
    types = affiliation_as_of(day, dimension="business_type") if rules.checks.get("business_types") else {}
    ids, flagged = sorted(customer_ids), set[int]()
    if Conduct.objects.filter(effective_on__lte=day).exists():
        for start in range(0, len(ids), _AT_ONCE):
            flagged |= flagged_on(ids[start : start + _AT_ONCE], day)
    return {one: Known(types.get(one, ""), flagged=one in flagged) for one in ids if one in types or one in flagged}


def _bought(company_id: int, day: date, period: Period) -> dict[int, list[Bought]]:
    """Customer → how it bought up to the day, by currency."""
    moment = moment_of(day, period.known, company_id, EVERYTHING)
    parameters = {**moment.parameters(), "begin": day - timedelta(days=YEAR_DAYS)}
    found: dict[int, list[Bought]] = defaultdict(list)
    with asking_columns() as engine:
        for customer_id, *row in engine.rows(_statement(counted(engine, moment, since=_BEGINNING)), parameters):
            found[customer_id].append(Bought(*row))
    return found


def _statement(facts: str) -> str:
    """Everything that leaves something out or takes from it counts, day by day; a bill in hand takes nothing."""
    return f"""WITH {facts}, moved AS (
    SELECT customer_id, currency, GREATEST(effective_on, %(begin)s) AS on_day, SUM({_SIGN} * amount) AS amount
    FROM counted WHERE NOT (kind = 'bill' AND side = 'credit') GROUP BY 1, 2, 3
), stood AS (
    SELECT customer_id, currency, SUM(amount) OVER (PARTITION BY customer_id, currency ORDER BY on_day) AS amount
    FROM moved
), most AS (SELECT customer_id, currency, CAST(MAX(amount) AS BIGINT) AS carried FROM stood GROUP BY 1, 2),
sold AS (
    SELECT customer_id, currency, MIN(document_date) AS first_on FROM counted
    WHERE by_kind = '' AND kind IN {SALE_KINDS} GROUP BY 1, 2
)
SELECT s.customer_id, s.currency, s.first_on, m.carried
FROM sold AS s JOIN most AS m ON m.customer_id = s.customer_id AND m.currency = s.currency ORDER BY 1, 2"""


def _months(since: date, until: date) -> list[date]:
    """The first day, and the first of every month that begins by the last."""
    found, day = [since], since
    while (day := (day.replace(day=28) + timedelta(days=4)).replace(day=1)) <= until:
        found.append(day)
    return found
