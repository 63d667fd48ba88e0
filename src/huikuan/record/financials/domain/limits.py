"""The figures that methods of setting a credit limit take from statements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from huikuan.record.financials.domain.altman import Exact
from huikuan.record.financials.domain.inputs import Inputs, NoValue
from huikuan.record.financials.domain.statements import Statement


@dataclass(frozen=True, slots=True)
class Figures:
    """Balances at the period's end and the year's revenue, minor units of `currency`; None: not stated.

    `net_worth` is equity, `tangible_net_worth` equity less intangible assets, development costs and goodwill;
    `working_capital` current assets less current liabilities; `short_term_debt` short-term loans and non-current
    liabilities due within a year; `total_debt` loans, bonds
    and non-current liabilities due. `revenue` of a part of a year is annualised.
    """

    ends_on: date
    months: int
    received_on: date
    currency: str
    reliability: int
    current_assets: int | None
    current_liabilities: int | None
    inventory: int | None
    working_capital: int | None
    total_assets: int | None
    total_liabilities: int | None
    net_worth: int | None
    tangible_net_worth: int | None
    short_term_debt: int | None
    total_debt: int | None
    revenue: int | None


def figures_in(statement: Statement) -> Figures:
    """What these statements say of each."""

    def asked(formula: Callable[[Inputs], Exact]) -> int | None:
        try:
            return round(formula(Inputs(statement)))
        except NoValue:
            return None

    def balance(code: str) -> int | None:
        return statement.closing(code)

    return Figures(
        ends_on=statement.period.ends_on,
        months=statement.period.months,
        received_on=statement.received_on,
        currency=statement.currency,
        reliability=statement.reliability,
        current_assets=balance("current_assets"),
        current_liabilities=balance("current_liabilities"),
        inventory=balance("inventory"),
        working_capital=asked(lambda of: of.closing("current_assets") - of.closing("current_liabilities")),
        total_assets=balance("total_assets"),
        total_liabilities=balance("total_liabilities"),
        net_worth=balance("equity"),
        tangible_net_worth=asked(_tangible),
        short_term_debt=asked(lambda of: of.closing("short_loans") + of.beside("long_debt_due")),
        total_debt=asked(_debt),
        revenue=asked(lambda of: of.of_a_year("revenue")),
    )


def _tangible(of: Inputs) -> Exact:
    return of.closing("equity") - sum(map(of.beside, ("intangible_assets", "development_costs", "goodwill")))


def _debt(of: Inputs) -> Exact:
    return sum(map(of.beside, ("short_loans", "long_debt_due", "long_loans", "bonds_payable")))
