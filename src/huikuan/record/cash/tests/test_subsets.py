"""Sets that add up: every one of them where that can be told, and honest where it cannot."""

from __future__ import annotations

from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from huikuan.record.cash.domain.subsets import subsets

AMOUNTS = st.integers(-50, 50).filter(bool)


def brute(amounts: list[int], target: int) -> set[tuple[int, ...]]:
    places = range(len(amounts))
    every = (chosen for size in places for chosen in combinations(places, size + 1))
    return {chosen for chosen in every if sum(amounts[place] for place in chosen) == target}


@given(st.lists(AMOUNTS, max_size=9), st.integers(-120, 120))
def test_the_same_sets_as_by_trying_all(amounts: list[int], target: int):
    found = subsets(amounts, target, most=1_000)
    assert found.complete
    assert len(set(found.sets)) == len(found.sets)
    assert set(found.sets) == brute(amounts, target)


@given(st.lists(AMOUNTS, max_size=9), st.integers(-120, 120), st.integers(1, 5))
def test_no_more_than_asked_for_and_it_says_so(amounts: list[int], target: int, most: int):
    found, every = subsets(amounts, target, most=most), brute(amounts, target)
    assert set(found.sets) <= every
    assert len(found.sets) == min(most, len(every))
    assert found.complete == (len(every) <= most)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_of_sixty_every_set_of_up_to_four_and_every_run(seed: int):
    random = Random(seed)
    amounts = [random.randrange(10_000, 5_000_000) for _ in range(60)]
    few, first = tuple(sorted(random.sample(range(60), random.randint(1, 4)))), random.randrange(50)
    run = tuple(range(first, first + 7))
    for wanted in (few, run, tuple(place for place in range(60) if place not in few)):
        target = sum(amounts[place] for place in wanted)
        found = subsets(amounts, target)
        assert wanted in found.sets
        assert all(sum(amounts[place] for place in places) == target for places in found.sets)


def test_where_there_can_be_others_it_is_not_complete():
    random = Random(3)
    amounts = [random.randrange(10_000, 5_000_000) for _ in range(60)]
    assert not subsets(amounts, sum(amounts[:12])).complete


def test_equal_amounts_are_as_many_sets():
    assert subsets([100] * 5, 200).sets == tuple(combinations(range(5), 2))
    assert subsets([100] * 40, 200).sets == tuple(combinations(range(40), 2))[:20]


def test_nothing_is_no_set():
    assert subsets([], 0).sets == ()
    assert subsets([5, -5], 0).sets == ((0, 1),)
