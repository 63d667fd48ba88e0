"""Which documents a strategy may be: every malformed one is refused at its place."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from huikuan.act.collection.policies import GOODWILL, WORKLIST, check_goodwill, check_strategy, check_worklist
from huikuan.act.collection.presets import DEFAULT, PRESETS
from huikuan.kernel.errors import Refusal


def changed(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(DEFAULT)
    place: Any = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return document


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_shipped_passes(name: str) -> None:
    check_strategy(PRESETS[name])
    check_goodwill(GOODWILL)


@pytest.mark.parametrize(
    ("path", "value", "column"),
    [
        (("control_percent",), 51, "control_percent"),
        (("control_percent",), True, "control_percent"),
        (("small_cash",), "1e", "small_cash"),
        (("small_cash",), "-1", "small_cash"),
        (("small_cash",), "NaN", "small_cash"),
        (("insured_after",), "60", "insured_after"),
        (("segments",), [], "segments"),
        (("segments", 0, "name"), "B", "segments"),
        (("segments", 0, "colour"), "red", "segments[0].colour"),
        (("segments", 0, "grades"), "A", "segments[0].grades"),
        (("segments", 0, "overdue_from"), 5, "segments[0].overdue_from"),
        (("segments", 0, "steps"), {}, "segments[0].steps"),
        (("segments", 0, "steps", 1, "day"), -7, "segments[0].steps"),
        (("segments", 0, "steps", 1, "day"), "3", "segments[0].steps[1].day"),
        (("segments", 0, "steps", 1, "code"), "dun 3", "segments[0].steps[1].code"),
        (("segments", 0, "steps", 1, "channel"), "fax", "segments[0].steps[1].channel"),
        (("segments", 0, "steps", 1, "purpose"), "marketing", "segments[0].steps[1].purpose"),
        (("segments", 0, "steps", 1, "template"), "", "segments[0].steps[1].template"),
        (("segments", 0, "steps", 1, "stops"), ["rain"], "segments[0].steps[1].stops"),
        (("segments", 0, "steps", 1, "wait"), -1, "segments[0].steps[1].wait"),
        (("segments", 0, "steps", 1, "otherwise"), "pigeon", "segments[0].steps[1].otherwise"),
    ],
)
def test_a_malformed_strategy_is_refused_at_its_place(path: tuple[Any, ...], value: Any, column: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_strategy(changed(path, value))
    assert refused.value.code == "policy_document_bad"
    assert [place.column for place in refused.value.where] == [column]


def test_what_is_missing_is_named() -> None:
    document = {name: value for name, value in DEFAULT.items() if name != "small_cash"}
    with pytest.raises(Refusal) as refused:
        check_strategy(document)
    assert [place.column for place in refused.value.where] == ["small_cash"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ends", [30, 30, 90]), ("ends", [30, 60]), ("ends", [0, 60, 90]), ("comes", [96, 25, 15, 6]),
        ("comes", [35, 25, 15]), ("comes", ["35", 25, 15, 6]), ("lifts", [67, 18, 15, 6]), ("lifts", "12"),
    ],
)  # fmt: skip
def test_figures_of_the_worklist_out_of_their_bounds_are_refused(name: str, value: Any) -> None:
    check_worklist(WORKLIST.default)
    with pytest.raises(Refusal) as refused:
        check_worklist({**WORKLIST.default, name: value})
    assert [place.column for place in refused.value.where] == [name]


def test_an_offer_said_twice_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        check_goodwill({"offers": [GOODWILL["offers"][0]] * 2})
    assert [place.value for place in refused.value.where] == ["warranty"]
