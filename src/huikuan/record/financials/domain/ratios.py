"""Ratios of financial statements: each a function with its formula, its source, and what it refuses to say.

Source, where none is named: the detailed rules of SASAC for the comprehensive assessment of enterprises' performance
(《中央企业综合绩效评价实施细则》国资发评价〔2006〕157号, annex on the calculation of indicators). Averages are of
opening and closing balance. A missing input, or a base that makes no sense, is no value with its reason; never nought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from huikuan.kernel.money import divide_half_up
from huikuan.record.financials.domain import altman
from huikuan.record.financials.domain.altman import Exact
from huikuan.record.financials.domain.inputs import NO_INTEREST, Inputs, NoValue, Used
from huikuan.record.financials.domain.statements import Statement

SHARE, TIMES, NUMBER = "share", "times", "number"
SOLVENCY, PROFITABILITY, OPERATION, CASH_FLOW, DISTRESS = GROUPS = (
    "solvency", "profitability", "operation", "cash_flow", "distress",
)  # fmt: skip
#: Places a value is kept with, rounded half up once.
PLACES = 6

Formula = Callable[[Inputs], Exact]


@dataclass(frozen=True, slots=True)
class Ratio:
    """`unit`: share (0.53 is 53 %), times or number. `lower_is_better`: None where neither is better for itself."""

    code: str
    group: str
    unit: str
    formula: Formula
    lower_is_better: bool


@dataclass(frozen=True, slots=True)
class RatioValue:
    """A ratio of one period. `value` None: it has none, for `reason`, because of the `blamed` (line, column).

    `used`: (line, column) → amount, what went in. `annualised`: flows of a part of a year were taken for a year.
    """

    ratio: str
    value: Decimal | None
    reason: str
    blamed: tuple[tuple[str, str], ...]
    used: Used
    annualised: bool


RATIOS: dict[str, Ratio] = {}


def ratio_of(code: str, statement: Statement, before: Statement | None = None) -> RatioValue:
    """The ratio of these statements; `before` as in Inputs."""
    inputs = Inputs(statement, before)
    try:
        exact = RATIOS[code].formula(inputs)
    except NoValue as none:
        return RatioValue(code, None, none.reason, none.blamed, inputs.used, inputs.annualised)
    return RatioValue(code, rounded(exact), "", (), inputs.used, inputs.annualised)


def ratios_of(
    statement: Statement, before: Statement | None = None, codes: Iterable[str] = ()
) -> dict[str, RatioValue]:
    """These ratios, or where none are named every one in the order of RATIOS."""
    return {code: ratio_of(code, statement, before) for code in codes or RATIOS}


def rounded(exact: Exact, places: int = PLACES) -> Decimal:
    """The value as a decimal of so many places, half up."""
    return Decimal(divide_half_up(exact.numerator * 10**places, exact.denominator)).scaleb(-places)


def zone_of(value: RatioValue) -> str:
    """In which of Altman's zones it lies; '' for other ratios and where there is no value."""
    if value.ratio not in altman.ZONES or value.value is None:
        return ""
    return altman.zone(value.ratio, Fraction(value.value))


def _ratio(group: str, unit: str, *, lower_is_better: bool = False) -> Callable[[Formula], Formula]:
    def declare(formula: Formula) -> Formula:
        code = formula.__name__
        RATIOS[code] = Ratio(code, group, unit, formula, lower_is_better)
        return formula

    return declare


# Solvency -----------------------------------------------------------------------------------------


@_ratio(SOLVENCY, TIMES)
def current_ratio(of: Inputs) -> Exact:
    """流动比率 = current assets ÷ current liabilities."""
    return of.over(of.closing("current_assets"), of.closing("current_liabilities"), "current_liabilities")


@_ratio(SOLVENCY, TIMES)
def quick_ratio(of: Inputs) -> Exact:
    """速动比率 = (current assets − inventory) ÷ current liabilities."""
    quick = of.closing("current_assets") - of.closing("inventory")
    return of.over(quick, of.closing("current_liabilities"), "current_liabilities")


@_ratio(SOLVENCY, SHARE, lower_is_better=True)
def debt_ratio(of: Inputs) -> Exact:
    """资产负债率 = total liabilities ÷ total assets."""
    return of.over(of.closing("total_liabilities"), of.closing("total_assets"), "total_assets")


@_ratio(SOLVENCY, TIMES)
def interest_cover(of: Inputs) -> Exact:
    """已获利息倍数 = (profit before tax + interest expense) ÷ interest expense; no value without interest to cover."""
    profit, interest = of.flow("profit_before_tax"), of.flow("interest_expense")
    if interest <= 0:
        raise NoValue(NO_INTEREST, ("interest_expense", "flow"))
    return Fraction(profit + interest, interest)


@_ratio(SOLVENCY, SHARE, lower_is_better=True)
def interest_bearing_debt_ratio(of: Inputs) -> Exact:
    """带息负债比率 = (short-term loans + non-current liabilities due within a year + long-term loans + bonds payable
    + interest payable) ÷ total liabilities."""
    return of.over(interest_bearing_debt(of), of.closing("total_liabilities"), "total_liabilities")


def interest_bearing_debt(of: Inputs) -> Exact:
    """The numerator above; a line the format does not have is none."""
    return sum(map(of.beside, INTEREST_BEARING))


INTEREST_BEARING = ("short_loans", "long_debt_due", "long_loans", "bonds_payable", "interest_payable")


# Profitability ------------------------------------------------------------------------------------


@_ratio(PROFITABILITY, SHARE)
def return_on_equity(of: Inputs) -> Exact:
    """净资产收益率 = net profit ÷ average equity; no value where the average is negative."""
    return of.over_positive(of.of_a_year("net_profit"), of.average("equity"), "equity")


@_ratio(PROFITABILITY, SHARE)
def return_on_assets(of: Inputs) -> Exact:
    """总资产报酬率 = (profit before tax + interest expense) ÷ average total assets."""
    return of.over(_before_interest_and_tax(of), of.average("total_assets"), "total_assets")


@_ratio(PROFITABILITY, SHARE)
def operating_margin(of: Inputs) -> Exact:
    """销售（营业）利润率 = operating profit ÷ revenue."""
    return of.over_positive(of.flow("operating_profit"), of.flow("revenue"), "revenue")


# Operating capability -----------------------------------------------------------------------------


@_ratio(OPERATION, TIMES)
def receivables_turnover(of: Inputs) -> Exact:
    """应收账款周转率（次）= revenue ÷ average accounts receivable, as stated (net of allowance where it is)."""
    return of.over(of.of_a_year("revenue"), of.average("accounts_receivable"), "accounts_receivable")


@_ratio(OPERATION, TIMES)
def inventory_turnover(of: Inputs) -> Exact:
    """存货周转率（次）= cost of sales ÷ average inventory."""
    return of.over(of.of_a_year("cost_of_sales"), of.average("inventory"), "inventory")


@_ratio(OPERATION, TIMES)
def current_assets_turnover(of: Inputs) -> Exact:
    """流动资产周转率（次）= revenue ÷ average current assets."""
    return of.over(of.of_a_year("revenue"), of.average("current_assets"), "current_assets")


@_ratio(OPERATION, TIMES)
def assets_turnover(of: Inputs) -> Exact:
    """总资产周转率（次）= revenue ÷ average total assets."""
    return of.over(of.of_a_year("revenue"), of.average("total_assets"), "total_assets")


@_ratio(OPERATION, SHARE, lower_is_better=True)
def receivables_and_inventory_share(of: Inputs) -> Exact:
    """两金占比 = (accounts receivable + inventory) ÷ current assets."""
    tied = of.closing("accounts_receivable") + of.closing("inventory")
    return of.over(tied, of.closing("current_assets"), "current_assets")


# Cash flow ----------------------------------------------------------------------------------------


@_ratio(CASH_FLOW, TIMES)
def cash_flow_ratio(of: Inputs) -> Exact:
    """现金流动负债比率 = net operating cash flow ÷ current liabilities."""
    return of.over(of.of_a_year("operating_cash"), of.closing("current_liabilities"), "current_liabilities")


@_ratio(CASH_FLOW, TIMES)
def cash_to_profit(of: Inputs) -> Exact:
    """盈余现金保障倍数 = net operating cash flow ÷ net profit; no value on a loss."""
    return of.over_positive(of.flow("operating_cash"), of.flow("net_profit"), "net_profit")


# Distress -----------------------------------------------------------------------------------------


@_ratio(DISTRESS, NUMBER)
def altman_z_private(of: Inputs) -> Exact:
    """Z′ for private manufacturers (domain.altman.z_private)."""
    x5 = of.over(of.of_a_year("revenue"), of.closing("total_assets"), "total_assets")
    return altman.z_private(*_altman_inputs(of), x5)


@_ratio(DISTRESS, NUMBER)
def altman_z(of: Inputs) -> Exact:
    """Z″ for any private firm (domain.altman.z_any)."""
    return altman.z_any(*_altman_inputs(of))


@_ratio(DISTRESS, NUMBER)
def altman_em(of: Inputs) -> Exact:
    """Z″ for emerging markets: 3.25 more (domain.altman.z_emerging)."""
    return altman.z_emerging(*_altman_inputs(of))


def _altman_inputs(of: Inputs) -> tuple[Exact, Exact, Exact, Exact]:
    """X1 to X4: retained earnings are surplus reserve and undistributed profit (留存收益)."""
    assets, liabilities = of.closing("total_assets"), of.closing("total_liabilities")
    working = of.closing("current_assets") - of.closing("current_liabilities")
    kept = of.closing("surplus_reserve") + of.closing("undistributed_profit")
    return (
        of.over(working, assets, "total_assets"),
        of.over(kept, assets, "total_assets"),
        of.over(_before_interest_and_tax(of), assets, "total_assets"),
        of.over(of.closing("equity"), liabilities, "total_liabilities"),
    )


def _before_interest_and_tax(of: Inputs) -> Exact:
    """Profit before tax and the interest expense in it (息税前利润)."""
    return of.of_a_year("profit_before_tax") + of.of_a_year("interest_expense")
