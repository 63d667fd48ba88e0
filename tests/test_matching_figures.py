"""Matching stays as good as it was: what it applies is right, most of it by itself, also on others' problems."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "benchmarks"))
from abroad import problem as abroad  # noqa: E402 - programs of their own, not a package
from matching import ours  # noqa: E402
from matching_problems import load, scene_of  # noqa: E402
from matching_rivals import fuzzy_name, oldest_first  # noqa: E402
from matching_score import Score, score  # noqa: E402
from memo_book import Scene  # noqa: E402
from memos import scene  # noqa: E402

FILES = sorted((ROOT.parent / "shared/data/cash_application").glob("*.json"))


@pytest.fixture(scope="module")
def problem() -> Scene:
    return scene(20261122, lines=300, more=True)


@pytest.fixture(scope="module")
def found(problem: Scene) -> Score:
    return score(problem, ours(problem))


def test_nothing_is_applied_wrongly(found: Score) -> None:
    assert [truth.kind for _, truth, _ in found.wrong] == []
    assert found.all.precision == 1.0


def test_most_is_applied_without_anybody(found: Score) -> None:
    assert found.asked().automatic >= 0.95


def test_what_is_not_applied_is_suggested(found: Score) -> None:
    assert found.asked().recall >= 0.98


def test_what_nobody_owes_is_left_and_a_double_is_told(found: Score) -> None:
    assert found.no_receivable.applied == 0
    assert found.by_kind["second_of_the_same"].lines > 0
    assert found.told_double["second_of_the_same"] == found.by_kind["second_of_the_same"].lines


def test_the_common_ways_are_worse(problem: Scene, found: Score) -> None:
    for way in (oldest_first, fuzzy_name):
        rival = score(problem, way(problem))
        assert rival.all.precision < found.all.precision
        assert rival.asked().automatic < found.asked().automatic


def test_other_countries_habits_are_matched_as_well() -> None:
    problem = scene_of(abroad(1, 100))
    found = score(problem, ours(problem))
    assert found.all.precision >= 0.995
    assert found.asked().recall >= 0.96
    assert found.no_receivable.applied == 0


@pytest.mark.skipif(not FILES, reason="the public cash application problems are not beside the project")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_others_problems_are_solved(path: Path) -> None:
    problem = scene_of(load(path))
    found = score(problem, ours(problem))
    assert found.all.precision >= 0.995
    assert found.asked().recall >= 0.96
    assert found.no_receivable.applied == 0
