"""Geometry that must not lie: parts fill their whole, columns stand on zero, ticks are round."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from huikuan.mechanisms.pages import bars
from huikuan.see.cockpit.web import charts

AMOUNTS = st.lists(st.integers(0, 10**14), min_size=1, max_size=8)


def parts(amounts: list[int]) -> list[bars.Part]:
    return [bars.Part(amount, str(place), "", "") for place, amount in enumerate(amounts)]


def test_a_bar_shows_each_part_in_proportion() -> None:
    marks = bars.flat(parts([300, 0, 100]))
    assert [(mark.x, mark.width, mark.shade) for mark in marks] == [("0", "75", "0"), ("75", "25", "2")]


def test_a_bar_against_a_larger_whole_stops_short() -> None:
    assert [mark.width for mark in bars.flat(parts([100]), 400)] == ["25"]


def test_nothing_draws_nothing() -> None:
    assert bars.flat(parts([0, 0])) == []
    assert charts.stacks([parts([0])], 0) == [[]]
    assert charts.strip([None, None], ["", ""]) == ([], [])


@given(AMOUNTS)
def test_columns_stand_on_zero_and_do_not_overlap(amounts: list[int]) -> None:
    _ticks, top = charts.ticks(sum(amounts))
    (marks,) = charts.stacks([parts(amounts)], top)
    ground = float(charts.PLOT_HEIGHT)
    for mark in marks:
        assert abs(float(mark.y) + float(mark.height) - ground) <= 0.02
        ground = float(mark.y)
    assert ground >= -0.02


@given(st.integers(0, 10**15), st.sampled_from([1, 100, 10**6]))
def test_ticks_start_at_zero_are_even_and_reach_the_highest(highest: int, unit: int) -> None:
    marks, top = charts.ticks(highest, unit)
    steps = {later.amount - earlier.amount for earlier, later in pairwise(marks)}
    assert marks[0].amount == 0
    assert len(steps) == 1
    assert marks[-1].amount == top >= highest
    assert len(marks) <= charts.MOST_TICKS + 1


def test_a_missing_rate_leaves_a_gap_in_the_line() -> None:
    points, strokes = charts.strip([Decimal("0.2"), None, Decimal("0.1"), Decimal("0.3")], list("abcd"))
    assert [point.text for point in points] == ["a", "c", "d"]
    assert len(strokes) == 1
