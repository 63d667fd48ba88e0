"""Late interest to the cent: the worked numbers, the laws, and a sum day by day beside it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.kernel.rates import SCALE
from huikuan.record.contracts.domain.interest import DAILY, LPR, LateInterest
from huikuan.record.interest.domain.computing import Counting, Owed, late_interest, spread
from huikuan.record.interest.domain.rules import read_rule, rule_text
from huikuan.record.interest.tests.rates import RATES, day

MILLION = Owed(day("2024-06-30"), 1_000_000_00)
PAID = day("2025-06-30")


@pytest.mark.parametrize(
    ("rule", "counting", "amount"),
    [
        ("lpr*1.5", Counting(), 47_441_10),
        ("lpr*1.5", Counting(base=360), 48_100_00),
        ("lpr*1.5", Counting(fixed_at_breach=True), 51_608_22),
        ("0.0005/day", Counting(), 182_000_00),
        ("lpr+50%", Counting(), 47_441_10),
        # 364 days of 1.3 × 3.45 % = 4.485 %, and the 365th with both ends.
        ("lpr+30%", Counting(fixed_at_breach=True), 44_727_12),
        ("lpr+30%", Counting(fixed_at_breach=True, both_ends=True), 44_850_00),
        ("0.12", Counting(base=360), 121_333_33),
    ],
)
def test_the_worked_numbers(rule: str, counting: Counting, amount: int) -> None:
    assert late_interest([MILLION], read_rule(rule), RATES, counting, PAID).amount == amount


def test_the_segments_of_the_worked_number_add_up() -> None:
    found = late_interest([MILLION], read_rule("lpr*1.5"), RATES, Counting(), PAID).segments
    assert [(f"{one.first}", f"{one.last}", one.days, float(one.rate), one.amount) for one in found] == [
        ("2024-07-01", "2024-07-21", 21, 0.05175, 2_977_40),
        ("2024-07-22", "2024-10-20", 91, 0.05025, 12_528_08),
        ("2024-10-21", "2025-05-19", 211, 0.0465, 26_880_82),
        ("2025-05-20", "2025-06-29", 41, 0.045, 5_054_80),
    ]


def test_before_the_lpr_the_benchmark_counts() -> None:
    found = late_interest([Owed(day("2019-08-09"), 365_00)], read_rule("lpr"), RATES, Counting(), day("2019-08-30"))
    assert [(one.days, float(one.rate)) for one in found.segments] == [(10, 0.0435), (10, 0.0425)]


def test_a_part_payment_lowers_the_base_from_its_day_on() -> None:
    owed = Owed(day("2025-01-10"), 100_000_00, ((day("2025-01-16"), 40_000_00),))
    found = late_interest([owed], read_rule("0.0005/day"), RATES, Counting(), day("2025-01-21"))
    assert [(one.days, one.principal, one.amount) for one in found.segments] == [
        (5, 100_000_00, 250_00), (5, 60_000_00, 150_00)
    ]  # fmt: skip
    both = late_interest([owed], read_rule("0.0005/day"), RATES, Counting(both_ends=True), day("2025-01-21"))
    assert [(one.days, one.principal) for one in both.segments] == [(6, 100_000_00), (5, 60_000_00)]


def test_paid_in_time_or_not_yet_late_bears_nothing() -> None:
    for owed in (
        Owed(PAID, 100),
        Owed(PAID - timedelta(days=1), 100, ((PAID, 100),)),
        Owed(day("2025-01-10"), 100, ((day("2025-01-10"), 100),)),
    ):
        assert late_interest([owed], read_rule("0.0005/day"), RATES, Counting(), PAID).segments == ()


def test_a_saturday_due_is_late_on_sunday() -> None:
    (one,) = late_interest(
        [Owed(day("2025-03-01"), 100_00)], read_rule("0.0005/day"), RATES, Counting(), day("2025-03-03")
    ).segments
    assert (one.first, one.days) == (day("2025-03-02"), 1)


def test_a_payment_pays_what_fell_due_first() -> None:
    dues = [(day("2025-02-01"), 50), (day("2025-01-01"), 30)]
    assert spread(dues, [(day("2025-03-01"), 20), (day("2025-03-02"), 30)]) == [
        Owed(day("2025-01-01"), 30, ((day("2025-03-01"), 20), (day("2025-03-02"), 10))),
        Owed(day("2025-02-01"), 50, ((day("2025-03-02"), 20),)),
    ]


@pytest.mark.parametrize("text", ["", "12", "lpr+", "lpr*0", "0", "-1", "0.0005/month", "1e3", "lpr*101", "0.06/day"])
def test_a_rule_nobody_can_read_is_refused_where_it_stands(text: str) -> None:
    with pytest.raises(Refusal, match="interest_rule_unreadable") as caught:
        read_rule(text)
    assert (caught.value.where[0].column, caught.value.where[0].value) == ("rule", text)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("LPR × 1.5", "lpr*1.5"), ("lpr+30%", "lpr*1.3"), ("0.05%/day", "0.0005/day"), ("12%", "0.12"),
        ("15.4%/year", "0.154"), ("lpr", "lpr*1"), ("０．０００５/日", "0.0005/day"),
    ],
)  # fmt: skip
def test_a_rule_is_written_as_it_is_read(text: str, again: str) -> None:
    assert rule_text(read_rule(text)) == again
    assert read_rule(again) == read_rule(text)


def test_a_base_nobody_uses_is_refused() -> None:
    with pytest.raises(Refusal, match="interest_base_unknown"):
        Counting(base=366)


days = st.dates(day("2018-01-01"), day("2026-12-31"))
rules = st.one_of(
    st.builds(LateInterest, st.just(LPR), st.integers(1, 4 * SCALE)),
    st.builds(LateInterest, st.just(DAILY), st.integers(1, SCALE // 100)),
    st.builds(LateInterest, st.just("annual"), st.integers(1, SCALE)),
)
countings = st.builds(Counting, st.sampled_from([365, 360]), st.booleans(), st.booleans())
debts = st.builds(
    Owed, days, st.integers(1, 10**12), st.lists(st.tuples(days, st.integers(1, 10**11)), max_size=4).map(tuple)
)


def day_by_day(owed: Owed, rule: LateInterest, counting: Counting, until: date) -> Fraction:
    """The definition itself: each day late bears its rate on what is open that day."""
    total, late = Fraction(0), owed.due + timedelta(days=1)
    breach = late
    while late < until or (counting.both_ends and late == until):
        paid = sum(amount for on, amount in owed.paid if on < late or (on == late and not counting.both_ends))
        rate = Fraction(rule.rate_e8, SCALE)
        if rule.basis == LPR:
            rate *= Fraction(RATES.on(breach if counting.fixed_at_breach else late), SCALE)
        total += max(0, owed.principal - paid) * rate / (1 if rule.basis == DAILY else counting.base)
        late += timedelta(days=1)
    return total


def half_up(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


@given(debts, rules, countings, days)
def test_it_is_the_sum_over_the_days(owed: Owed, rule: LateInterest, counting: Counting, until: date) -> None:
    found = late_interest([owed], rule, RATES, counting, until)
    assert found.amount == half_up(day_by_day(owed, rule, counting, until))
    assert found.amount == sum(one.amount for one in found.segments)
    for before, after in zip(found.segments, found.segments[1:], strict=False):
        assert before.last < after.first
        assert (before.principal, before.rate) != (after.principal, after.rate)


@given(debts, rules, countings, days, days)
def test_split_anywhere_it_adds_up(owed: Owed, rule: LateInterest, counting: Counting, one: date, other: date) -> None:
    """Two periods bear what the whole bears: exactly before rounding, within a unit after it."""
    middle, until = sorted((one, other))
    whole = late_interest([owed], rule, RATES, counting, until)
    since = middle + timedelta(days=1) if counting.both_ends else middle
    first = late_interest([owed], rule, RATES, counting, middle)
    second = late_interest([owed], rule, RATES, counting, until, since=since)
    assert abs(first.amount + second.amount - whole.amount) <= 1
    assert sum(part.days for part in (*first.segments, *second.segments)) == sum(part.days for part in whole.segments)
