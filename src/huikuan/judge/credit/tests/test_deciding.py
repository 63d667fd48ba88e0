"""approve, warn or hold: the rules of the 80 and 100 %, exactly (MISSION B5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.judge.credit.domain.deciding import (
    APPROVE,
    DELIVERY,
    ENFORCE,
    HOLD,
    OPEN_DEBT,
    WARN,
    Blocking,
    Known,
    Late,
    Rules,
    Standing,
    decide,
    state_after,
    utilisation_e4,
)
from huikuan.judge.credit.domain.limits import EXPIRED, GRANTED, NONE, Limit
from huikuan.mechanisms.pages.figures import used_of

RULES = Rules(mode=ENFORCE)
NONE_LATE = Late()


def node(limit: int, after: int, *, group: str = "", state: str = GRANTED, before: int = 0, debt: int = 0) -> Standing:
    return Standing(group, Limit(state, "CNY", limit), before, after, debt)


def said(
    *nodes: Standing, late: Late = NONE_LATE, rules: Rules = RULES, **more: Any
) -> tuple[str, list[str], list[str]]:
    found = decide(nodes, late, rules, **more)
    return found.decision, [one.rule for one in found.reasons], [one.way for one in found.ways_out]


@pytest.mark.parametrize(
    ("after", "decision", "rule"),
    [(800_00, APPROVE, "within_limit"), (800_01, WARN, "over_threshold"), (1_000_00, WARN, "over_threshold"),
     (1_000_01, HOLD, "over_limit"), (0, APPROVE, "within_limit")],
)  # fmt: skip
def test_80_and_100_percent_strictly(after: int, decision: str, rule: str) -> None:
    found = said(node(1_000_00, after))
    assert found[:2] == (decision, [rule])


def test_over_the_limit_says_how_far_and_the_ways_out() -> None:
    found = decide([node(1_000_00, 1_250_00)], NONE_LATE, RULES)
    assert [(one.way, one.amount) for one in found.ways_out] == [
        ("prepay", 250_00), ("temporary_limit", 250_00), ("limit_change", 0), ("release_by_authority", 0),
        ("stop_supply", 0),
    ]  # fmt: skip


def test_an_order_paid_ahead_adds_nothing_and_goes_on_whatever_else_is_out() -> None:
    owes = 8_050_600_00
    held, rules, _ = said(node(0, owes + 200_000_00, before=owes))
    assert (held, rules) == (HOLD, ["prepay_only"])
    found = decide([node(0, owes + 200_000_00, before=owes)], NONE_LATE, RULES)
    assert (found.ways_out[0].way, found.ways_out[0].amount) == ("prepay", 200_000_00), "never more than the order"
    assert said(node(0, owes, before=owes))[0] == APPROVE
    assert said(node(0, owes + 1, before=owes))[0] == HOLD


@pytest.mark.parametrize(
    ("state", "rule"), [(GRANTED, "prepay_only"), (NONE, "not_assessed"), (EXPIRED, "limit_expired")]
)
def test_nothing_on_credit_without_a_limit(state: str, rule: str) -> None:
    assert said(node(0, 1, state=state))[:2] == (HOLD, [rule])
    # What was paid ahead is not on credit.
    assert said(node(0, 0, state=state))[0] == APPROVE
    assert said(node(0, -5, state=state))[0] == APPROVE


def test_a_group_binds_where_it_has_a_limit() -> None:
    own = node(1_000, 100)
    assert said(own, node(0, 10_000, group="LU", state=NONE))[0] == APPROVE
    assert said(own, node(500, 501, group="LU"))[:2] == (HOLD, ["over_limit"])
    assert said(own, node(500, 450, group="LU"))[:2] == (WARN, ["over_threshold"])
    assert said(node(1_000, 900), node(500, 501, group="LU"))[1] == ["over_threshold", "over_limit"]
    lacking = decide([own, node(500, 620, group="LU")], NONE_LATE, RULES).ways_out[0]
    assert (lacking.way, lacking.amount) == ("prepay", 100), "of 120 that are lacking the order adds 100"


def test_the_threshold_may_go_by_what_is_open() -> None:
    by_debt = replace(RULES, basis=OPEN_DEBT)
    assert said(node(1_000, 990, debt=800), rules=by_debt)[0] == APPROVE
    assert said(node(1_000, 990, debt=801), rules=by_debt)[0] == WARN
    assert said(node(1_000, 1_001, debt=0), rules=by_debt)[0] == HOLD


@pytest.mark.parametrize(
    ("after", "debt", "decision"),
    [(800_00, 800_00, APPROVE), (800_01, 0, WARN), (1, 800_01, WARN), (800_00, 799_99, APPROVE),
     (1_000_00, 1_000_01, WARN)],
)  # fmt: skip
def test_the_threshold_is_crossed_by_utilisation_or_by_open_debt(after: int, debt: int, decision: str) -> None:
    found = said(node(1_000_00, after, debt=debt))
    assert found[0] == decision
    if decision == WARN:
        assert decide([node(1_000_00, after, debt=debt)], NONE_LATE, RULES).reasons[0].value == max(after, debt)


def test_reviews_and_conduct_speak_by_business_type() -> None:
    own = Blocking(review_days=5, review_decision=HOLD)
    rules = replace(RULES, order=Blocking(review_days=10, flagged=True), types={"工程": {"order": own}})
    fits = node(1_000, 1)
    assert said(fits, rules=rules, known=Known(review_days=10))[0] == APPROVE
    assert said(fits, rules=rules, known=Known(review_days=11)) == (
        WARN, ["review_overdue"], ["review_grade", "release_by_sales_manager"]
    )  # fmt: skip
    assert said(fits, rules=rules, known=Known("工程", 6, True))[:2] == (HOLD, ["review_overdue"])
    assert said(fits, rules=rules, known=Known(flagged=True)) == (
        HOLD, ["flagged"], ["release_by_authority", "stop_supply"]
    )  # fmt: skip
    # Nothing was said of deliveries.
    assert said(rules=rules, known=Known(review_days=99, flagged=True), document=DELIVERY)[0] == APPROVE


def test_what_is_overdue_holds_by_document() -> None:
    rules = replace(RULES, order=Blocking(30, 500, False), delivery=Blocking(60, None, True))
    fits = node(1_000, 1)
    assert said(fits, late=Late(30, 500), rules=rules)[0] == APPROVE
    assert said(fits, late=Late(31, 500), rules=rules) == (
        HOLD, ["overdue_days"], ["collect_overdue", "release_by_authority", "stop_supply"]
    )  # fmt: skip
    assert said(fits, late=Late(0, 501), rules=rules)[1] == ["overdue_amount"]
    assert said(late=Late(60, 501), rules=rules, document=DELIVERY) == (APPROVE, [], [])
    assert said(late=Late(61, 0), rules=rules, document=DELIVERY, has_contract=False)[1] == [
        "overdue_days", "missing_contract"
    ]  # fmt: skip


def test_observe_lets_everything_go_on() -> None:
    assert [state_after(one, RULES) for one in (APPROVE, WARN, HOLD)] == ["released", "paused", "held"]
    assert [state_after(one, Rules()) for one in (APPROVE, WARN, HOLD)] == ["released"] * 3


@given(st.integers(-100, 2_000), st.integers(0, 1_000), st.integers(0, 500))
def test_more_on_credit_is_never_judged_milder(after: int, limit: int, more: int) -> None:
    ranks = {APPROVE: 0, WARN: 1, HOLD: 2}
    assert ranks[said(node(limit, after))[0]] <= ranks[said(node(limit, after + more))[0]]


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_what_reads_as_80_percent_is_not_over_it(used: int, limit: int) -> None:
    over = used * 100 > limit * 80
    assert ((utilisation_e4(used, limit) or 0) > 8_000) == over
    assert (float(used_of(used, limit).removesuffix(" %").replace(",", "")) > 80.0) == over
