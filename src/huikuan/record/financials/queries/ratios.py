"""Ratios and figures of many customers at once, for whoever scores them or sets their limits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import seen
from huikuan.record.financials.domain.limits import Figures, figures_in
from huikuan.record.financials.domain.period import YEAR
from huikuan.record.financials.domain.ratios import RatioValue
from huikuan.record.financials.domain.ratios import ratios_of as ratios_in
from huikuan.record.financials.queries.statements import StatementRow, before, standing, whose_statements

#: The source of every value here, as scorecards name it.
SOURCE = "statements"


@dataclass(frozen=True, slots=True)
class RatioRow:
    """A ratio of a customer's latest statements. `value` None: it has none, for `reason` (domain.inputs).

    `ends_on` is the day it speaks of, `received_on` since when we know; `reliability` 1 said, 2 reported, 3 audited.
    """

    customer_id: int
    ratio: str
    value: Decimal | None
    reason: str
    source: str
    ends_on: date
    months: int
    received_on: date
    audited: bool
    reliability: int
    version: int


def ratios_of(
    customer_ids: Collection[int] | None,
    *,
    scope: Scope,
    as_of: date,
    known: int | None = None,
    months: int | None = YEAR,
    codes: Collection[str] = (),
) -> dict[int, tuple[RatioRow, ...]]:
    """Customer id → these ratios (none named: every one) of its latest statements received by the day and known below
    a horizon. `customer_ids` None: of every customer with statements.

    `months`: of periods of this length, by default whole years; None: whatever ended last. Customers without
    statements, and those out of scope, are left out.
    """
    found = {}
    for customer_id, (row, rows) in _latest(customer_ids, scope, as_of, known, months).items():
        values = ratios_in(row.statement, before(row, rows), codes).values()
        found[customer_id] = tuple(_ratio_row(customer_id, row, one) for one in values)
    return found


def figures_of(
    customer_ids: Collection[int], *, scope: Scope, as_of: date, known: int | None = None, months: int | None = None
) -> dict[int, Figures]:
    """Customer id → the figures that limit methods take, of the latest statements; chosen as by `ratios_of`, by
    default whatever ended last: balances are most telling when they are new."""
    latest = _latest(customer_ids, scope, as_of, known, months)
    return {customer_id: figures_in(row.statement) for customer_id, (row, _) in latest.items()}


def _latest(
    customer_ids: Collection[int] | None, scope: Scope, as_of: date, known: int | None, months: int | None
) -> dict[int, tuple[StatementRow, list[StatementRow]]]:
    theirs = seen(scope)
    ids = whose_statements(known) if customer_ids is None else customer_ids
    asked = [one for one in ids if theirs.has_customer(one)]
    found = {}
    for customer_id, rows in standing(asked, theirs=theirs, as_of=as_of, known=known).items():
        chosen = [row for row in rows if months is None or row.period.months == months]
        if chosen:
            found[customer_id] = (max(chosen, key=lambda row: row.period), rows)
    return found


def _ratio_row(customer_id: int, row: StatementRow, one: RatioValue) -> RatioRow:
    stated = row.statement
    return RatioRow(
        customer_id, one.ratio, one.value, one.reason, SOURCE, row.period.ends_on, row.period.months,
        stated.received_on, stated.audited, stated.reliability, row.version,
    )  # fmt: skip
