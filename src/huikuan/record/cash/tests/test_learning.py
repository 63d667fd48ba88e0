"""Habits and curves from answers: nothing from few, little from little, never falling."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.record.cash.domain.evidence import calibrated
from huikuan.record.cash.domain.learning import calibration_of, habit_of


def test_a_habit_is_the_median_of_five_payments_and_more():
    assert habit_of([3, 4, 5, 60]) is None
    assert habit_of([3, 4, 5, 60, -2]) == 4


def test_few_outcomes_teach_nothing():
    assert calibration_of([(0.9, False)] * 199) == ()


@pytest.mark.parametrize(("wrong", "learned"), [(0, 0.9993), (1, 0.996), (2, 0.9927)])
def test_two_wrong_of_two_hundred_stop_what_is_done_without_a_person(wrong: int, learned: float):
    points = calibration_of([(0.998, True)] * (200 - wrong) + [(0.998, False)] * wrong)
    [(said, right)] = points
    assert (round(said, 6), round(right, 4)) == (0.998, learned)
    assert round(calibrated(0.998, points), 4) == learned


def test_groups_that_fall_are_put_together():
    outcomes = [(0.92, True)] * 200 + [(0.97, True)] * 100 + [(0.97, False)] * 100
    [(said, right)] = calibration_of(outcomes)
    assert (round(said, 3), round(right, 4)) == (0.945, round((200 + 92 + 100 + 97) / 600, 4))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=200, max_size=260))
def test_a_curve_rises(outcomes: list[tuple[float, bool]]):
    points = calibration_of(outcomes)
    assert points
    assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(points))
    assert all(0 <= said <= 1 and 0 <= right <= 1 for said, right in points)
