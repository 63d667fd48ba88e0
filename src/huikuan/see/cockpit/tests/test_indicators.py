"""The worked numbers of the definitions: Q1 sales 300, 360, 330; receivable 900, of it 600 not due; opening 800."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from huikuan.see.cockpit.domain import indicators as of
from huikuan.see.cockpit.domain.indicators import Span

QUARTER = Span(date(2026, 1, 1), date(2026, 3, 31), 990)
MONTHS = [
    Span(date(2026, 3, 1), date(2026, 3, 31), 330),
    Span(date(2026, 2, 1), date(2026, 2, 28), 360),
    Span(date(2026, 1, 1), date(2026, 1, 31), 300),
]


def one(value: Decimal | None) -> Decimal:
    assert value is not None
    return value.quantize(Decimal("0.1"))


def test_dso_three_ways_and_the_best_possible() -> None:
    assert QUARTER.days == 90
    simple, best = of.dso_simple(900, QUARTER), of.dso_best_possible(600, QUARTER)
    assert one(simple.value) == Decimal("81.8")
    assert (simple.numerator, simple.denominator, simple.factor) == (900, 990, 90)
    assert one(of.dso_countback(900, MONTHS).value) == Decimal("80.7")
    assert one(best.value) == Decimal("54.5")
    assert one(of.average_days_delinquent(simple, best).value) == Decimal("27.3")


def test_countback_is_not_applicable_when_history_is_too_short() -> None:
    assert of.dso_countback(1_000, MONTHS).value is None
    assert of.dso_countback(0, MONTHS).value == 0
    assert one(of.dso_countback(990, MONTHS).value) == Decimal("90.0")


def test_a_month_without_sales_counts_its_days() -> None:
    quiet = [MONTHS[0], Span(date(2026, 2, 1), date(2026, 2, 28), -5), MONTHS[2]]
    assert one(of.dso_countback(480, quiet).value) == Decimal("74.5")


def test_true_dso_weighs_each_month_by_its_own_sales() -> None:
    # 100 of March's 330 open for 10 days on average, 60 of February's 360 for 40.
    aged = {date(2026, 3, 31): 100 * 10, date(2026, 2, 28): 60 * 40}
    assert of.dso_true(aged, MONTHS).value == Decimal("9.6970")


def test_cei() -> None:
    found = of.cei(800, QUARTER, 900, 600)
    assert (found.numerator, found.denominator) == (890, 1190)
    assert one(found.value) == Decimal("74.8")


def test_turnover_and_rates() -> None:
    assert of.turnover(800, 900, QUARTER).value == Decimal("1.1647")
    assert of.collection_rate(400, 300, QUARTER.first, QUARTER.last).value == Decimal("75.0000")
    assert of.overdue_rate(300, 900, QUARTER.last).value == Decimal("33.3333")


def test_concentration() -> None:
    assert of.hhi([40, 25, 15, 10, 10]) == 2650
    assert of.hhi([7]) == 10_000
    assert of.hhi([]) is None


def test_a_zero_denominator_has_no_value() -> None:
    nothing = Span(date(2026, 1, 1), date(2026, 3, 31), 0)
    assert of.dso_simple(900, nothing).value is None
    assert of.cei(0, nothing, 0, 0).value is None
    assert of.turnover(0, 0, nothing).value is None
    assert of.overdue_rate(0, 0, nothing.last).value is None
    assert of.dso_true({}, [nothing]).value is None


def test_next_to_no_activity_is_not_applicable() -> None:
    def sold(amount: int) -> Span:
        return Span(date(2026, 1, 1), date(2026, 3, 31), amount)

    assert one(of.dso_simple(900, sold(45)).value) == Decimal("1800.0")
    for simple in (of.dso_simple(900, sold(44)), of.dso_simple(900, sold(-1))):
        assert simple.value is None
        assert of.average_days_delinquent(simple, of.dso_best_possible(600, sold(44))).value is None
    assert of.cei(800, sold(200), 970, 950).value == Decimal("60.0000")
    assert of.cei(800, sold(200), 970, 951).value is None
    assert of.cei(800, sold(200), 1_001, 600).value is None, "more is owed than was ever sold"
    assert of.turnover(5, 5, sold(1_000)).value == Decimal("200.0000")
    assert of.turnover(5, 5, sold(1_001)).value is None
    assert of.turnover(5, 5, sold(-1)).value is None


def test_months_run_back_to_the_first_sale() -> None:
    sales = {date(2026, 1, 20): 5, date(2026, 3, 2): 7, date(2026, 3, 9): 1}
    assert of.months_back(sales, date(2026, 3, 15)) == [
        Span(date(2026, 3, 1), date(2026, 3, 15), 8),
        Span(date(2026, 2, 1), date(2026, 2, 28), 0),
        Span(date(2026, 1, 1), date(2026, 1, 31), 5),
    ]
