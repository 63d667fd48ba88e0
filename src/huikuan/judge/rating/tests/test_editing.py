"""A scorecard as fields of a form and back: nothing is lost, nothing typed breaks it, each deed does what it says."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.judge.rating.domain.editing import body_of, edited, fields_of
from huikuan.judge.rating.domain.factors import FactorValue, Reliability
from huikuan.judge.rating.domain.reading import problems, read
from huikuan.judge.rating.domain.scorecard import Card, score
from huikuan.judge.rating.domain.shipped import DOCUMENT
from huikuan.judge.rating.tests.test_scorecard import JSON, LEDGER

DAY = date(2026, 11, 20)
CARDS = sorted(DOCUMENT["cards"])


def with_card(body: Any, name: str = "small_firms") -> dict[str, Any]:
    return {**DOCUMENT, "cards": {**DOCUMENT["cards"], name: body}}


def card(body: Any, name: str = "small_firms") -> Card:
    return read(with_card(body, name)).cards[name]


@pytest.mark.parametrize("name", CARDS)
def test_a_shipped_card_comes_back_from_its_fields_as_it_was(name: str) -> None:
    body = DOCUMENT["cards"][name]
    assert card(body_of(fields_of(body)), name) == card(body, name)


def test_grades_and_choices_come_back_too() -> None:
    frame = {key: DOCUMENT[key] for key in ("grades", "choice")}
    assert body_of(fields_of(frame)) == frame
    assert fields_of({"choice": [{"card": "a", "value_class": [""]}]})["choice[1].value_class.-"] == "on"
    assert body_of({"choice[1].value_class.-": "on"}) == {"choice": [{"value_class": [""]}]}


def test_shares_are_typed_in_per_cent_and_days_as_they_are() -> None:
    fields = fields_of(DOCUMENT["cards"]["small_firms"])
    assert (fields["factors[2].bins[2].from"], fields["factors[2].bins[2].to"]) == ("20", "40")
    assert fields["factors[4].bins[2].from"] == "0.01"
    assert fields["factors[1].bins[2].from"] == "-2"
    typed = {
        "factors[1].factor": "overdue_share",
        "factors[1].bins[1].to": " １２.5% ",
        "factors[1].bins[1].points": "5",
    }
    assert body_of(typed)["factors"][0]["bins"] == [{"to": "0.125", "points": 5}]
    typed["factors[1].bins[1].to"] = "a lot"
    assert body_of(typed)["factors"][0]["bins"][0]["to"] == "a lot", "the reader says what is wrong, at its place"


def test_what_is_wrong_stands_at_the_field_that_was_typed() -> None:
    fields = fields_of(DOCUMENT["cards"]["small_firms"])
    # Values from −2 to −1 fall into no bin; the points of one line are more than its weight.
    fields |= {"factors[1].bins[2].from": "-1", "factors[2].bins[7].points": "99", "factors[3].missing": "some"}
    found = {one.place: (one.code, one.value) for one in problems(with_card(body_of(fields)))}
    assert found == {
        "cards.small_firms.factors[1].bins[2].from": ("bins_gap", "-2 … -1"),
        "cards.small_firms.factors[2].bins[7].points": ("whole_number_needed", "99"),
        "cards.small_firms.factors[2].bins": ("points_never_full", "13"),
        "cards.small_firms.factors[3].missing": ("whole_number_needed", "some"),
    }


def test_answers_stand_one_by_one_and_those_no_bin_holds_ask_for_points() -> None:
    body = copy.deepcopy(DOCUMENT["cards"]["prospects"])
    line = next(one for one in body["factors"] if one["factor"] == "peer_reference")
    line["bins"] = [{"is": ["prompt"], "points": 15}, {"is": ["slow", "bad"], "points": 2}]
    again = body_of(fields_of(body))
    assert problems(with_card(again, "prospects")) == []
    told = FactorValue("peer_reference", "bad", "peers", DAY, Reliability.REPORTED)
    results = [
        score(card(one, "prospects"), read(DOCUMENT).bands, {"peer_reference": [told]}, as_of=DAY)
        for one in (body, again)
    ]
    assert results[0] == results[1]
    line["bins"] = [{"is": ["prompt"], "points": 15}]
    codes = {one.place: one.code for one in problems(with_card(body_of(fields_of(body)), "prospects"))}
    assert codes == {f"cards.prospects.factors[5].bins[{row}].points": "field_missing" for row in (2, 3)}


def test_a_bin_that_goes_leaves_its_values_to_its_neighbour() -> None:
    body = DOCUMENT["cards"]["small_firms"]
    for number in range(2, 12):
        fewer = edited(body, "drop", f"factors[1].bins[{number}]")
        assert len(fewer["factors"][0]["bins"]) == 10
        assert problems(with_card(fewer)) == [], number
    late = {"average_days_late": [LEDGER[0]]}
    before, after = (
        score(card(one), read(DOCUMENT).bands, late, as_of=DAY)
        for one in (body, edited(body, "drop", "factors[1].bins[5]"))
    )
    assert LEDGER[0].value == Decimal("2.4")
    assert (before.reasons[0].points, after.reasons[0].points) == (22, 18), "2 to 3 days late is now 2 to 5"


def test_rows_move_are_added_and_taken_out() -> None:
    body = DOCUMENT["cards"]["small_firms"]
    names = [one["factor"] for one in body["factors"]]
    up = edited(body, "up", "factors[2]")
    assert [one["factor"] for one in up["factors"]] == [names[1], names[0], *names[2:]]
    assert edited(up, "down", "factors[1]") == body
    assert edited(body, "up", "factors[1]") == body
    assert edited(body, "down", "factors[10]") == body
    assert [one["factor"] for one in edited(body, "drop", "knock_outs[1]")["knock_outs"]] == [
        "registry_status", "conduct", "longest_overdue"
    ]  # fmt: skip
    more = edited(body, "add", "factors", "debt_ratio_standing")
    assert [(one.place, one.code, one.value) for one in problems(with_card(more))] == [
        ("cards.small_firms.factors", "weights_sum", "105")
    ]
    assert edited(body, "add", "factors", "charm") == body
    split = edited(body, "add", "factors[1].bins")
    assert {one.code for one in problems(with_card(split))} == {"bins_overlap"}, "its edge waits to be said"
    assert edited(DOCUMENT, "add", "grades")["grades"][3] == {}
    assert edited(DOCUMENT, "add", "choice", "small_firms")["choice"][3] == {"card": "small_firms"}
    assert body == DOCUMENT["cards"]["small_firms"], "nothing is changed in place"


@given(JSON, st.sampled_from(["add", "drop", "up", "down", "explode"]), st.text(max_size=20), st.text(max_size=8))
def test_no_document_and_no_deed_breaks_the_editor(body: Any, deed: str, place: str, name: str) -> None:
    document = body if isinstance(body, dict) else {"factors": body}
    fields = fields_of(document)
    again = body_of(fields)
    for at in (place, "factors[1]", "factors", "factors[1].bins", "factors[1].bins[1]", "grades", "cards.x[1]"):
        problems(with_card(edited(document, deed, at, name)))
    problems(with_card(again))


@given(st.dictionaries(st.text("factorsbinis[]123.-x", max_size=30), st.text(max_size=8), max_size=6))
def test_no_field_breaks_the_editor(typed: dict[str, str]) -> None:
    problems(with_card(body_of(typed)))
