"""Whether figures agree: each rule with what breaks it, where it is told and by how much."""

from __future__ import annotations

from dataclasses import replace

from huikuan.record.financials.domain.checks import (
    BALANCES,
    CARRIED,
    CASH_HELD,
    CLOSING,
    ERROR,
    OPENING,
    RETAINED,
    SUM,
    WARNING,
    Finding,
    findings,
    rounding,
)
from huikuan.record.financials.domain.statements import Statement
from huikuan.record.financials.tests.samples import small, with_amounts, with_opening, year_before


def told(statement: Statement, before: Statement | None = None) -> list[tuple[str, str, str, str, int]]:
    return [(one.level, one.rule, one.line, one.column, one.difference) for one in findings(statement, before)]


def test_figures_that_agree_say_nothing() -> None:
    assert findings(small(), year_before()) == ()
    assert findings(year_before()) == ()


def test_assets_are_liabilities_and_equity() -> None:
    off = with_amounts(small(), total_assets=1030, noncurrent_assets=430, fixed_assets=430, fixed_assets_cost=570)
    assert told(off) == [(ERROR, BALANCES, "total_assets", CLOSING, 30_00)]
    opened = with_opening(small(), total_assets=790, noncurrent_assets=370, fixed_assets=370, fixed_assets_cost=490)
    assert told(opened) == [(ERROR, BALANCES, "total_assets", OPENING, -10_00)]


def test_a_total_whose_lines_are_all_stated_and_do_not_add_up_is_an_error() -> None:
    off = with_amounts(small(), fixed_assets=401, noncurrent_assets=401, total_assets=1001, long_loans=201,
                       noncurrent_liabilities=201, total_liabilities=601, liabilities_and_equity=1001)  # fmt: skip
    # Cost 540 less depreciation 140 is 400.
    assert findings(off) == (Finding(ERROR, SUM, "fixed_assets", CLOSING, 401_00, 400_00),)


def test_lines_that_are_missing_may_explain_a_difference_so_it_is_a_warning() -> None:
    off = with_amounts(small(), cash=100)
    (first, second) = findings(off)
    assert (first.level, first.rule, first.line, first.difference) == (WARNING, SUM, "current_assets", 40_00)
    assert "short_investments" in first.missing
    assert "cash" not in first.missing
    assert (second.rule, second.line, second.difference) == (CASH_HELD, "closing_cash", 40_00)


def test_retained_earnings_grow_by_the_profit_less_what_was_distributed() -> None:
    shifted = {"undistributed_profit": 105, "paid_in_capital": 270}
    assert told(with_amounts(small(), **shifted)) == [
        (WARNING, RETAINED, "undistributed_profit", CLOSING, -20_00),
    ]
    assert told(with_amounts(small(), **shifted, profit_distributed=20)) == []
    # Nothing said of a distribution: less than the profit may have been distributed, more can be no distribution.
    assert told(with_amounts(small(), **shifted, profit_distributed=None)) == []
    grown = with_amounts(small(), undistributed_profit=126, paid_in_capital=249, profit_distributed=None)
    assert [(one.rule, one.difference, one.missing) for one in findings(grown)] == [
        (RETAINED, 1_00, ("profit_distributed",))
    ]


def test_closing_cash_is_opening_cash_and_the_flows() -> None:
    off = with_amounts(small(), closing_cash=141)
    assert told(off) == [
        (ERROR, SUM, "closing_cash", CLOSING, 1_00),
        (WARNING, CASH_HELD, "closing_cash", CLOSING, 1_00),
    ]


def test_this_years_opening_is_last_years_closing() -> None:
    restated = with_opening(small(), accounts_receivable=170, current_assets=410, total_assets=790, equity=290,
                            undistributed_profit=70, liabilities_and_equity=790)  # fmt: skip
    found = told(with_amounts(restated, profit_distributed=None), year_before())
    assert found == [
        (WARNING, RETAINED, "undistributed_profit", CLOSING, 10_00),
        (WARNING, CARRIED, "accounts_receivable", OPENING, -10_00),
        (WARNING, CARRIED, "current_assets", OPENING, -10_00),
        (WARNING, CARRIED, "total_assets", OPENING, -10_00),
        (WARNING, CARRIED, "undistributed_profit", OPENING, -10_00),
        (WARNING, CARRIED, "equity", OPENING, -10_00),
        (WARNING, CARRIED, "liabilities_and_equity", OPENING, -10_00),
    ]
    assert told(with_amounts(restated, profit_distributed=None), replace(year_before(), currency="USD")) == found[:1]


def test_a_check_that_lacks_a_line_says_nothing() -> None:
    bare = replace(small(), amounts={"total_assets": 5, "revenue": 7}, opening={})
    assert findings(bare, year_before()) == ()


def test_rounded_figures_may_be_off_by_rounding_and_no_more() -> None:
    """In thousands without decimals each figure is off by 500 at most: three of them by 1,500."""
    exact = small()
    thousands = replace(
        exact,
        unit="thousand",
        amounts={code: amount * 1000 for code, amount in exact.amounts.items()},
        opening={code: amount * 1000 for code, amount in exact.opening.items()},
    )
    assert rounding(thousands) == 500_00
    assert rounding(replace(thousands, unit="yuan")) == 0
    one_off = {**thousands.amounts, "fixed_assets_cost": 541_000_00}
    assert findings(replace(thousands, amounts=one_off)) == ()
    two_off = {**thousands.amounts, "fixed_assets_cost": 542_000_00}
    assert [(one.line, one.difference) for one in findings(replace(thousands, amounts=two_off))] == [
        ("fixed_assets", -2_000_00)
    ]
    # One figure to the cent: then no figure is rounded, and a thousand is a thousand.
    to_the_cent = {**one_off, "borrowings": 50_000_01, "financing_cash": 50_000_01, "net_cash_change": 50_000_01,
                   "closing_cash": 140_000_01, "cash": 140_000_01, "current_assets": 600_000_01,
                   "total_assets": 1_000_000_01, "paid_in_capital": 250_000_01, "equity": 400_000_01,
                   "liabilities_and_equity": 1_000_000_01}  # fmt: skip
    assert ("fixed_assets", -1_000_00) in [
        (one.line, one.difference) for one in findings(replace(thousands, amounts=to_the_cent))
    ]
