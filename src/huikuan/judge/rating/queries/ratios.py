"""What customers' statements say, as values of factors: the ratios, and how each stands in the customer's industry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from huikuan.judge.rating.domain.factors import (
    FACTORS,
    RATIO,
    STANDING,
    STANDINGS,
    STATEMENTS,
    FactorValue,
    Reliability,
    standing_name,
)
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.models import Customer
from huikuan.record.financials.domain.ratios import rounded
from huikuan.record.financials.domain.reference import Reference
from huikuan.record.financials.queries.ratios import RatioRow, ratios_of
from huikuan.record.financials.queries.references import references_by_industry, standing_of

#: Beyond so many customers those with statements are read, whoever was asked about.
_MANY = 10_000
_PLACES = 2


def stated_values(
    *,
    as_of: date,
    customer_ids: Collection[int] | None = None,
    known: Head | None = None,
    factors: Collection[str] | None = None,
) -> dict[int, list[FactorValue]]:
    """Customer id → what the latest statements of a whole year, received by the day, say of these factors (None: of
    all). A ratio without a value says nothing. Standings are among firms of all sizes of the industry on the
    customer's record now; without an industry, or reference values of it, there are none."""
    ratios, standings = _asked(factors)
    codes = list(dict.fromkeys([*ratios, *(STANDINGS[name] for name in standings)]))
    if not codes:
        return {}
    horizon = known.horizon if known else None
    found = ratios_of(customer_ids, scope=EVERYTHING, as_of=as_of, known=horizon, codes=codes)
    references = _references(found, as_of, horizon) if standings else {}
    values: dict[int, list[FactorValue]] = {}
    for customer_id, rows in found.items():
        peers = references.get(customer_id, {})
        told = [_value(row) for row in rows if row.ratio in ratios]
        told += [_standing(row, peers) for row in rows if standing_name(row.ratio) in standings]
        values[customer_id] = [one for one in told if one]
    return values


def _asked(factors: Collection[str] | None) -> tuple[frozenset[str], frozenset[str]]:
    """Which ratios and which standings are asked about."""
    names = FACTORS if factors is None else factors
    groups = {name: FACTORS[name].group for name in names}
    return (
        frozenset(name for name, group in groups.items() if group == RATIO),
        frozenset(name for name, group in groups.items() if group == STANDING),
    )


def _references(customer_ids: Collection[int], as_of: date, known: int | None) -> dict[int, Mapping[str, Reference]]:
    """Customer id → the reference values of its industry, of those with any."""
    by_industry = references_by_industry(as_of=as_of, known=known)
    if not by_industry:
        return {}
    rows = Customer.objects.filter(industry__in=by_industry)
    if len(customer_ids) <= _MANY:
        rows = rows.filter(pk__in=list(customer_ids))
    return {customer_id: by_industry[industry] for customer_id, industry in rows.values_list("pk", "industry")}


def _standing(row: RatioRow, references: Mapping[str, Reference]) -> FactorValue | None:
    stands = standing_of(row, references)
    if stands is None:
        return None
    points = rounded(stands.points, _PLACES)
    return FactorValue(standing_name(row.ratio), points, STATEMENTS, row.ends_on, Reliability(row.reliability))


def _value(row: RatioRow) -> FactorValue | None:
    if row.value is None:
        return None
    return FactorValue(row.ratio, row.value, STATEMENTS, row.ends_on, Reliability(row.reliability))
