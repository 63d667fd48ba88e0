"""The rule of the worklist: its worked numbers, its bounds, and that it says the same in SQL."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.act.collection.domain.priority import BUCKETS, Expected, Habits, Rates, more_sql
from huikuan.act.collection.domain.priority import expected as expected_by

RATES = Rates()
amounts = st.integers(0, 10**13)
overdue = st.tuples(*[amounts] * BUCKETS)
money = st.integers(0, 10**15)


def expected(owed: Sequence[int], habits: Habits) -> Expected:
    return expected_by(owed, habits, RATES)


def test_the_worked_numbers_of_the_page() -> None:
    """docs/algorithms/worklist.md: 268,000.00 late 54 days, 186,200.00 late 27."""
    owed = (186_200_00, 268_000_00, 0, 0)
    habits = Habits(due=1_000_00, in_time=740_00, kept=5, broken=1)
    assert (habits.punctual_e3, habits.word_e3, habits.reach_e3) == (1_240, 1_250, 1_000)
    # 35 % × 1.24 = 43.4 %, of the rest 12 % × 1.25 = 15 %; 25 % × 1.24 = 31 %, of the rest 18 % × 1.25 = 22.5 %
    assert expected(owed, habits) == Expected(80_810_80 + 83_080_00, 15_808_38 + 41_607_00)


def test_nothing_known_is_what_most_are() -> None:
    habits = Habits()
    assert (habits.punctual_e3, habits.word_e3, habits.reach_e3) == (1_000, 1_000, 1_000)
    assert expected((1_000_00, 1_000_00, 1_000_00, 1_000_00), habits) == Expected(
        350_00 + 250_00 + 150_00 + 60_00, 78_00 + 135_00 + 127_50 + 56_40
    )


@pytest.mark.parametrize(("days", "place"), [(1, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (900, 3)])
def test_buckets(days: int, place: int) -> None:
    assert RATES.bucket_of(days) == place


@given(overdue, money, money, st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 9))
def test_a_contact_never_takes_and_never_brings_more_than_is_owed(
    owed: tuple[int, ...], due: int, in_time: int, kept: int, partly: int, broken: int, unreached: int
) -> None:
    found = expected(owed, Habits(due, in_time, kept, partly, broken, unreached))
    assert 0 <= found.alone <= found.contacted <= sum(owed)


@given(overdue, st.integers(0, 20), st.integers(0, 20))
def test_who_keeps_its_word_is_worth_more_of_a_contact_and_who_is_not_reached_less(
    owed: tuple[int, ...], kept: int, broken: int
) -> None:
    habits = Habits(kept=kept, broken=broken)
    assert expected(owed, Habits(kept=kept + 1, broken=broken)).more >= expected(owed, habits).more
    assert expected(owed, Habits(kept=kept, broken=broken + 1)).more <= expected(owed, habits).more
    assert expected(owed, Habits(kept=kept, broken=broken, unreached=3)).more <= expected(owed, habits).more


@given(st.lists(st.tuples(overdue, money, st.integers(-(10**12), 10**15)), min_size=1, max_size=20))
def test_the_columns_say_the_same(rows: list[tuple[tuple[int, ...], int, int]]) -> None:
    values = ", ".join(f"({', '.join(map(str, (*owed, due, in_time)))})" for owed, due, in_time in rows)
    names = ", ".join([*(f"late_{place}" for place in range(BUCKETS)), "due", "in_time"])
    typed = ", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in names.split(", "))
    found = duckdb.sql(
        f"SELECT {more_sql(RATES)} FROM (SELECT {typed} FROM (VALUES {values}) AS given({names})) AS typed"
    )
    assert [row[0] for row in found.fetchall()] == [
        expected(owed, Habits(due, in_time)).more for owed, due, in_time in rows
    ]
