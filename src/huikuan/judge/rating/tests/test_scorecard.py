"""Scores with their reasons, and every document a scorecard must not be."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.judge.rating.domain.factors import (
    FACTORS,
    SOURCES,
    STANDINGS,
    FactorValue,
    Reliability,
    best,
    read_value,
)
from huikuan.judge.rating.domain.reading import problems, read
from huikuan.judge.rating.domain.scorecard import Result, score
from huikuan.judge.rating.domain.shipped import DOCUMENT
from huikuan.judge.rating.messages import ANSWERS, CARDS, PROBLEMS
from huikuan.judge.rating.messages import FACTORS as FACTOR_TITLES
from huikuan.judge.rating.messages import SOURCES as SOURCE_TITLES
from huikuan.judge.rating.policies import check_scorecard
from huikuan.kernel.errors import Refusal

DAY = date(2026, 11, 20)
SHIPPED = read(DOCUMENT)


def said(factor: str, value: str, **more: Any) -> FactorValue:
    told = {"source": "own_ledger", "on": DAY, "reliability": Reliability.PROVEN, **more}
    return FactorValue(factor, read_value(factor, value), **told)


def scored(card: str, *values: FactorValue, document: Any = DOCUMENT) -> Result:
    policy = read(document)
    known: dict[str, list[FactorValue]] = {}
    for one in values:
        known.setdefault(one.factor, []).append(one)
    return score(policy.cards[card], policy.bands, known, as_of=DAY)


LEDGER = (
    said("average_days_late", "2.4"),
    said("paid_on_time_amount", "0.8821"),
    said("paid_on_time_count", "0.9"),
    said("very_late_share", "0.0050"),
    said("overdue_share", "0.0312"),
    said("longest_overdue", "12"),
    said("days_late_change", "0.5"),
    said("payment_cycle_change", "-4.0"),
    said("months_known", "30"),
)


def test_the_worked_numbers_of_the_algorithm_page() -> None:
    """docs/algorithms/scorecard.md: 22 + 13 + 8 + 8 + 8 + 4 + 3 + 5 + 5 + 2 (not known) = 78, a B."""
    found = scored("small_firms", *LEDGER)
    assert [(one.factor, one.points, one.most) for one in found.reasons] == [
        ("average_days_late", 22, 30),
        ("paid_on_time_amount", 13, 15),
        ("paid_on_time_count", 8, 10),
        ("very_late_share", 8, 10),
        ("overdue_share", 8, 10),
        ("longest_overdue", 4, 5),
        ("days_late_change", 3, 5),
        ("payment_cycle_change", 5, 5),
        ("months_known", 5, 5),
        ("years_established", 2, 5),
    ]
    assert (found.score, found.grade, found.known) == (78, "B", 95)
    assert found.reasons[1].value == "0.8821"
    assert found.reasons[-1].value is None


def left_out() -> dict[str, Any]:
    """The shipped document, where prospects' factors that are not known are left out."""
    document = copy.deepcopy(DOCUMENT)
    for line in document["cards"]["prospects"]["factors"]:
        del line["missing"]
    return document


def test_left_out_factors_weigh_nothing_and_too_little_known_gives_no_grade() -> None:
    three = (said("bank_reference", "good"), said("peer_reference", "slow"), said("open_lawsuits", "0"))
    found = scored("prospects", *three, document=left_out())
    assert sum(one.most for one in found.reasons) == 45
    assert (found.score, found.grade, found.known) == (80, "", 45)
    found = scored("prospects", *three, said("debt_ratio", "0.5"), document=left_out())
    # (15 + 6 + 15 + 8) of 55.
    assert (found.score, found.grade, found.known) == (80, "A", 55)
    nothing = scored("prospects", document=left_out())
    assert (nothing.score, nothing.grade, nothing.known) == (None, "", 0)


def test_of_whom_nothing_is_known_has_the_points_of_the_missing_and_no_grade() -> None:
    found = {name: scored(name) for name in SHIPPED.cards}
    assert {name: (one.score, one.grade, one.known) for name, one in found.items()} == {
        "small_firms": (40, "", 0),
        "key_accounts": (39, "", 0),
        "prospects": (39, "", 0),
    }


def test_a_knock_out_caps_score_and_grade_whatever_else_is_known() -> None:
    struck = said("dishonest_debtor", "yes", source="registry", on=date(2026, 11, 1))
    found = scored("small_firms", *LEDGER, struck)
    assert (found.score, found.grade) == (59, "C")
    last = found.reasons[-1]
    assert (last.factor, last.value, last.points, last.most, last.grade) == ("dishonest_debtor", "yes", 0, 0, "C")
    alone = scored("prospects", struck, document=left_out())
    assert (alone.score, alone.grade) == (None, "C")
    weak = scored("small_firms", *(said(one.factor, "0") for one in LEDGER[1:3]), struck)
    assert weak.score is not None
    assert (weak.score < 59, weak.grade) == (True, "C")


@pytest.mark.parametrize(
    ("earlier", "later", "grade"),
    [
        (("registry", "no", Reliability.PROVEN), ("third_party", "yes", Reliability.REPORTED), "C"),
        (("third_party", "yes", Reliability.REPORTED), ("registry", "no", Reliability.PROVEN), ""),
        (("third_party", "yes", Reliability.REPORTED), ("bank", "no", Reliability.REPORTED), ""),
        (("registry", "yes", Reliability.PROVEN), ("analyst", "no", Reliability.SAID), "C"),
        (("registry", "no", Reliability.PROVEN), ("analyst", "no", Reliability.SAID), ""),
    ],
)
def test_a_knock_out_speaks_unless_it_was_refuted(earlier: Any, later: Any, grade: str) -> None:
    """Bad news is not outweighed by better proven, older good news; nor is what was proven cleared by hearsay."""

    def struck(*values: FactorValue) -> str:
        found = scored("small_firms", *values)
        return next((one.grade for one in found.reasons if one.grade), "")

    values = [
        said("dishonest_debtor", value, source=source, on=on, reliability=reliability)
        for (source, value, reliability), on in zip(
            (earlier, later), (date(2026, 1, 1), date(2026, 6, 1)), strict=True
        )
    ]
    assert struck(*values) == struck(*reversed(values)) == grade


def test_of_the_same_day_the_more_reliable_refutes_and_equals_do_not() -> None:
    yes = said("dishonest_debtor", "yes", source="third_party", reliability=Reliability.REPORTED)
    proven, reported = (
        said("dishonest_debtor", "no", source="registry", reliability=reliability)
        for reliability in (Reliability.PROVEN, Reliability.REPORTED)
    )
    assert [scored("small_firms", *LEDGER, yes, other).grade for other in (proven, reported)] == ["B", "C"]


def test_values_older_than_the_card_takes_count_as_not_known() -> None:
    def fresh(on: date) -> int:
        return next(
            one.points
            for one in scored("small_firms", said("years_established", "10", on=on)).reasons
            if one.factor == "years_established"
        )

    assert (fresh(date(2024, 12, 1)), fresh(date(2024, 11, 29)), fresh(date(2026, 11, 21))) == (5, 2, 2)


def test_of_several_sources_the_most_reliable_speaks_then_the_newest() -> None:
    old, new = date(2026, 1, 1), date(2026, 6, 1)
    stated = said("debt_ratio", "0.3", source="analyst", on=new, reliability=Reliability.SAID)
    audited = said("debt_ratio", "0.6", source="statements", on=old, reliability=Reliability.PROVEN)
    newer = said("debt_ratio", "0.7", source="statements", on=new, reliability=Reliability.PROVEN)
    assert best([stated, audited], as_of=DAY) == audited
    assert best([stated, audited, newer], as_of=DAY) == newer
    assert best([stated, audited, newer], as_of=date(2026, 3, 1)) == audited
    assert best([stated], as_of=old) is None


@given(st.lists(st.sampled_from(LEDGER), unique_by=lambda one: one.factor), st.randoms())
def test_the_same_facts_give_the_same_score_in_whatever_order(values: list[FactorValue], shuffle: Any) -> None:
    first = scored("small_firms", *values)
    shuffle.shuffle(values)
    assert scored("small_firms", *values) == first
    assert first.score in range(101)


@given(st.decimals(-400, 400, places=1), st.decimals(0, 1, places=4))
def test_every_value_falls_into_exactly_one_bin(days: Decimal, share: Decimal) -> None:
    for card in SHIPPED.cards.values():
        for line in card.lines:
            factor = FACTORS[line.factor]
            for value in factor.choices or (days if factor.unit != "share" else share,):
                assert sum(1 for one in line.bins if one.cut.holds(value)) == 1, (card.name, line.factor, value)


def test_later_payers_never_score_higher_all_else_equal() -> None:
    days = [said("average_days_late", str(number)) for number in range(-5, 60)]
    scores = [scored("small_firms", *LEDGER[1:], one).score for one in days]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] - scores[-1] == 30


def test_whose_card_it_is_follows_status_and_value_class() -> None:
    def chosen(status: str, value_class: str) -> str:
        return SHIPPED.card_for(status=status, value_class=value_class).name

    assert chosen("prospect", "key") == "prospects"
    assert chosen("customer", "strategic") == "key_accounts"
    assert (chosen("customer", "ordinary"), chosen("customer", "")) == ("small_firms", "small_firms")


def test_the_shipped_document_is_sound_and_everything_in_it_has_words() -> None:
    check_scorecard(DOCUMENT)
    assert {*FACTOR_TITLES, *STANDINGS} == set(FACTORS)
    assert set(SOURCE_TITLES) == set(SOURCES)
    assert {choice for factor in FACTORS.values() for choice in factor.choices} == set(ANSWERS)
    assert set(DOCUMENT["cards"]) == set(CARDS)


Spoil = Callable[[dict[str, Any]], Any]
FACTOR = ("cards", "small_firms", "factors")


def _bin(document: dict[str, Any], line: int, number: int) -> dict[str, Any]:
    found: dict[str, Any] = document["cards"]["small_firms"]["factors"][line]["bins"][number]
    return found


SPOILT: list[tuple[Spoil, str, str, str]] = [
    (lambda d: d["grades"][1].update({"to": 78}), "grades", "bands_gap", "78 … 80"),
    (lambda d: d["grades"][1].update({"to": 80}), "grades", "bands_overlap", "80 … 80"),
    (lambda d: d["grades"][2].update({"from": 1}), "grades", "bands_do_not_reach", "1 … 100"),
    (lambda d: d["grades"][0].update(grade="B"), "grades", "named_twice", "B"),
    (lambda d: d["grades"][0].pop("review_months"), "grades[1].review_months", "field_missing", ""),
    (lambda d: _bin(d, 0, 1).update({"from": "-1"}), "cards.small_firms.factors[1].bins[2].from", "bins_gap",
     "-2 … -1"),
    (lambda d: _bin(d, 0, 1).update({"from": "-3"}), "cards.small_firms.factors[1].bins[2].from", "bins_overlap",
     "-2 … -3"),
    (lambda d: _bin(d, 0, 0).update({"from": "-9"}), "cards.small_firms.factors[1].bins[1].from", "bins_gap",
     "−∞ … -9"),
    (lambda d: _bin(d, 0, 10).update({"to": "99"}), "cards.small_firms.factors[1].bins[11].to", "bins_gap",
     "99 … ∞"),
    (lambda d: _bin(d, 0, 0).update({"points": 31}), "cards.small_firms.factors[1].bins[1].points",
     "whole_number_needed", "31"),
    (lambda d: _bin(d, 0, 0).update({"points": 29}), "cards.small_firms.factors[1].bins", "points_never_full", "29"),
    (lambda d: _bin(d, 0, 0).update({"to": "late"}), "cards.small_firms.factors[1].bins[1].to", "number_needed",
     "late"),
    (lambda d: _bin(d, 0, 0).update({"to": 0.5}), "cards.small_firms.factors[1].bins[1].to", "number_needed", "0.5"),
    (lambda d: _bin(d, 0, 0).update({"is": ["good"]}), "cards.small_firms.factors[1].bins[1].is",
     "numbers_not_choices", "average_days_late"),
    (lambda d: d["cards"]["small_firms"]["factors"][0].update(factor="charm"), "cards.small_firms.factors[1].factor",
     "factor_unknown", "charm"),
    (lambda d: d["cards"]["small_firms"]["factors"].pop(), "cards.small_firms.factors", "weights_sum", "95"),
    (lambda d: d["cards"]["small_firms"]["factors"].append(d["cards"]["small_firms"]["factors"][9]),
     "cards.small_firms.factors", "named_twice", "years_established"),
    (lambda d: d["cards"]["prospects"]["factors"][3]["bins"].pop(), "cards.prospects.factors[4].bins", "bins_gap",
     "poor"),
    (lambda d: d["cards"]["prospects"]["factors"][3]["bins"][0].update({"is": ["nice"]}),
     "cards.prospects.factors[4].bins[1].is", "choice_unknown", "nice"),
    (lambda d: d["cards"]["small_firms"]["knock_outs"][3].update(grade="D"), "cards.small_firms.knock_outs[4].grade",
     "grade_unknown", "D"),
    (lambda d: d["cards"]["small_firms"]["knock_outs"][3].pop("from"), "cards.small_firms.knock_outs[4]",
     "knock_out_always", ""),
    (lambda d: d["choice"].pop(), "choice[2]", "choice_leaves_some_out", "key_accounts"),
    (lambda d: d["choice"].insert(0, {"card": "small_firms"}), "choice[1]", "choice_hides_the_next", "small_firms"),
    (lambda d: d["choice"][0].update(card="vip"), "choice[1].card", "card_unknown", "vip"),
    (lambda d: d.pop("cards"), "cards", "section_missing", ""),
    (lambda d: d.update(cards=[]), "cards", "section_missing", ""),
    (lambda d: d.update(colour="red"), "colour", "field_unknown", ""),
    (lambda d: d.update(grades=[7]), "grades[1]", "section_missing", ""),
    (lambda d: d.update(grades=[]), "grades", "list_needed", ""),
    (lambda d: d["grades"][0].update(grade="excellent!!"), "grades[1].grade", "name_bad", "excellent!!"),
    (lambda d: _bin(d, 0, 1).update({"to": "-2"}), "cards.small_firms.factors[1].bins[2]", "cut_empty", "-2 … -2"),
    (lambda d: d["cards"]["prospects"]["factors"][3]["bins"][0].update({"from": 1}),
     "cards.prospects.factors[4].bins[1].from", "choices_not_numbers", "bank_reference"),
    (lambda d: d["cards"]["small_firms"].update(needs=True), "cards.small_firms.needs", "whole_number_needed", "True"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "place", "code", "value"), SPOILT, ids=[f"{row[2]}:{row[1]}" for row in SPOILT])
def test_a_spoilt_document_is_refused_with_its_place(spoil: Spoil, place: str, code: str, value: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    spoil(document)
    found = problems(document)
    assert (place, code, value) in [(one.place, one.code, one.value) for one in found]
    with pytest.raises(Refusal) as refused:
        check_scorecard(document)
    assert refused.value.code == "scorecard_invalid"
    assert (place, PROBLEMS[code]) in [(one.column, one.reason) for one in refused.value.where]


def test_every_problem_that_has_a_sentence_is_among_them() -> None:
    assert {code for *_, code, _ in SPOILT} == set(PROBLEMS)


NAMES = ["grades", "choice", "cards", "factors", "bins", "from", "is", "card", "factor", "grade"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["grades", "choice", "cards", "x"]), JSON, max_size=4))
def test_no_document_breaks_the_reader(document: dict[str, Any]) -> None:
    assert all(one.code in PROBLEMS for one in problems(document))


@pytest.mark.parametrize(("factor", "text"), [("debt_ratio", "NaN"), ("debt_ratio", "1e99"), ("debt_ratio", "x")])
def test_a_value_that_is_none_is_refused(factor: str, text: str) -> None:
    with pytest.raises(Refusal, match="factor_value_unreadable"):
        read_value(factor, text)
