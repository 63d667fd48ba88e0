"""Ratios: the worked numbers of docs/algorithms/ratios.md, exactly; and every reason for having no value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.record.financials.domain import altman
from huikuan.record.financials.domain.limits import figures_in
from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.ratios import RATIOS, ratio_of, ratios_of, rounded, zone_of
from huikuan.record.financials.domain.trend import BETTER, SAME, WORSE, change_of
from huikuan.record.financials.messages import FORMULAS, GROUPS
from huikuan.record.financials.messages import RATIOS as NAMES
from huikuan.record.financials.tests.samples import Y2024, Y2025, small, with_amounts, with_opening, year_before

#: Of the small firm's 2025.
WORKED = {
    "current_ratio": "1.5",
    "quick_ratio": "1",
    "debt_ratio": "0.6",
    "interest_cover": "4",
    "interest_bearing_debt_ratio": "0.641667",
    "return_on_equity": "0.142857",
    "return_on_assets": "0.088889",
    "operating_margin": "0.056667",
    "receivables_turnover": "6",
    "inventory_turnover": "5",
    "current_assets_turnover": "2.352941",
    "assets_turnover": "1.333333",
    "receivables_and_inventory_share": "0.7",
    "cash_flow_ratio": "0.1",
    "cash_to_profit": "0.8",
    "altman_z_private": "1.99661",
    "altman_z": "3.0386",
    "altman_em": "6.2886",
}


def test_the_worked_numbers() -> None:
    assert {code: one.value for code, one in ratios_of(small()).items()} == {
        code: Decimal(value) for code, value in WORKED.items()
    }
    assert list(RATIOS) == list(NAMES) == list(FORMULAS) == list(WORKED)
    assert {ratio.group for ratio in RATIOS.values()} == set(GROUPS)


def test_altmans_worked_numbers() -> None:
    """X = 0.2, 0.15, 0.08, 0.667: Z″ 3.04, EM 6.29, 3.25 apart; weights and thresholds as Altman printed them."""
    x = [Fraction(one) for one in ("0.2", "0.15", "0.08", "0.667")]
    assert altman.z_any(*x) == Fraction("3.03895")
    assert rounded(altman.z_any(*x), 2) == Decimal("3.04")
    assert rounded(altman.z_emerging(*x), 2) == Decimal("6.29")
    assert altman.z_emerging(*x) - altman.z_any(*x) == Fraction("3.25")
    # 0.1434 + 0.12705 + 0.24856 + 0.28014 + 1.1976
    assert altman.z_private(*x, Fraction("1.2")) == Fraction("1.99675")
    one = Fraction(1)
    assert (altman.z_any(one, Fraction(0), Fraction(0), Fraction(0)), altman.z_private(one, one, one, one, one)) == (
        Fraction("6.56"),
        Fraction("6.089"),
    )


@pytest.mark.parametrize(
    ("model", "low", "high"),
    [("altman_z_private", "1.23", "2.90"), ("altman_z", "1.1", "2.6"), ("altman_em", "4.35", "5.85")],
)
def test_zones_and_their_edges(model: str, low: str, high: str) -> None:
    step = Fraction("0.000001")
    below, above = Fraction(low), Fraction(high)
    assert [altman.zone(model, value) for value in (below - step, below, above, above + step)] == [
        altman.DISTRESS,
        altman.GREY,
        altman.GREY,
        altman.SAFE,
    ]
    assert zone_of(ratio_of("current_ratio", small())) == ""
    assert zone_of(ratio_of("altman_z", small())) == altman.SAFE
    assert zone_of(ratio_of("altman_z_private", small())) == altman.GREY


def test_what_went_in_is_told() -> None:
    turnover = ratio_of("receivables_turnover", small())
    assert turnover.used == {
        ("revenue", "flow"): 1200_00,
        ("accounts_receivable", "opening"): 180_00,
        ("accounts_receivable", "closing"): 220_00,
    }
    assert not turnover.annualised


def test_a_missing_input_is_no_value_and_is_named() -> None:
    none = ratio_of("quick_ratio", with_amounts(small(), inventory=None))
    assert (none.value, none.reason, none.blamed) == (None, "missing", (("inventory", "closing"),))
    # A total that is not stated counts where its lines are known, and else the lines it lacks are named.
    known = ratio_of("debt_ratio", with_amounts(small(), total_liabilities=None))
    assert known.value == Decimal("0.6")
    lacking = with_amounts(small(), fixed_assets=None, accumulated_depreciation=None, total_assets=None,
                           noncurrent_assets=None)  # fmt: skip
    assert ratio_of("debt_ratio", lacking).reason == "missing"


def test_opening_balances_come_from_the_year_before_where_they_are_not_stated() -> None:
    bare = replace(small(), opening={})
    assert ratio_of("receivables_turnover", bare).blamed == (("accounts_receivable", "opening"),)
    assert ratio_of("receivables_turnover", bare, year_before()).value == Decimal(6)
    foreign = replace(year_before(), currency="USD")
    assert ratio_of("receivables_turnover", bare, foreign).value is None


def test_a_base_that_makes_no_sense_is_no_value() -> None:
    none = with_amounts(small(), current_liabilities=0)
    assert ratio_of("current_ratio", none).reason == "zero_base"
    lost = with_opening(with_amounts(small(), equity=-500), equity=-100)
    assert ratio_of("return_on_equity", lost).reason == "negative_base"
    assert ratio_of("cash_to_profit", with_amounts(small(), net_profit=-50)).reason == "negative_base"
    assert ratio_of("interest_cover", with_amounts(small(), interest_expense=0)).reason == "no_interest"
    assert ratio_of("interest_cover", with_amounts(small(), interest_expense=None)).reason == "missing"


def test_flows_of_a_part_of_a_year_count_for_a_year() -> None:
    half = replace(small(), period=Period(date(2025, 6, 30), 6), received_on=date(2025, 8, 1))
    turnover = ratio_of("receivables_turnover", half)
    assert (turnover.value, turnover.annualised) == (Decimal(12), True)
    assert ratio_of("interest_cover", half).value == Decimal(4)
    assert not ratio_of("current_ratio", half).annualised


def test_a_line_the_format_does_not_have_is_none() -> None:
    """A small enterprise has no bonds; one that may have them and says nothing has no known debt."""
    assert ratio_of("interest_bearing_debt_ratio", small()).value == Decimal("0.641667")
    general = replace(small(), format="general", amounts={
        code: amount for code, amount in small().amounts.items()
        if code not in ("fixed_assets_cost", "accumulated_depreciation", "interest_paid")
    }, opening={})  # fmt: skip
    assert ratio_of("interest_bearing_debt_ratio", general).blamed == (("long_debt_due", "closing"),)


def test_the_change_from_a_year_before_is_better_or_worse_by_its_kind() -> None:
    def change(code: str, now: str, then: str) -> str:
        value = ratio_of(code, small())
        series = [(Y2024, replace(value, value=Decimal(then))), (Y2025, replace(value, value=Decimal(now)))]
        found = change_of(Y2025, series)
        assert found is not None
        assert found.difference == Decimal(now) - Decimal(then)
        return found.direction

    assert change("current_ratio", "1.5", "1.3") == BETTER
    assert change("debt_ratio", "0.6", "0.5") == WORSE
    assert change("debt_ratio", "0.5", "0.6") == BETTER
    assert change("debt_ratio", "0.6", "0.6") == SAME
    assert change_of(Y2025, [(Y2025, ratio_of("debt_ratio", small()))]) is None


def test_the_figures_limits_are_set_by() -> None:
    """The example of the working-capital method: current assets 600, current liabilities 400, inventory 200, net
    worth 400, liabilities 600."""
    figures = figures_in(small())
    assert (figures.current_assets, figures.current_liabilities, figures.inventory) == (600_00, 400_00, 200_00)
    assert (figures.net_worth, figures.total_liabilities, figures.working_capital) == (400_00, 600_00, 200_00)
    assert (figures.short_term_debt, figures.total_debt, figures.revenue) == (180_00, 380_00, 1200_00)
    assert figures.tangible_net_worth is None  # intangible assets were not stated: they are not nought
    stated = with_amounts(small(), intangible_assets=30, development_costs=0)
    assert figures_in(stated).tangible_net_worth == 370_00


@given(st.fractions(-(10**6), 10**6, max_denominator=10**4))
def test_rounding_is_half_up_once(exact: Fraction) -> None:
    kept = Fraction(rounded(exact, 2))
    assert abs(kept - exact) <= Fraction(1, 200)
    if abs(kept - exact) == Fraction(1, 200):
        assert abs(kept) > abs(exact)
