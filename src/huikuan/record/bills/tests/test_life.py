"""What may follow what: the table, the law and the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.bills.domain.classes import class_of, weighed
from huikuan.record.bills.domain.life import (
    MOVES,
    STATES,
    TABLE,
    Rules,
    Stand,
    follow,
    months_after,
    present_by,
    presented_late,
    too_long,
)
from huikuan.record.bills.policies import BILL_RULES

DUE = date(2026, 7, 5)
STAND = Stand("bank", "in_hand", date(2026, 1, 20), DUE)
RULES = Rules()


def code(stand: Stand, move: str, on: date) -> str:
    with pytest.raises(Refusal) as refused:
        follow(stand, move, on, RULES)
    return refused.value.code


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", MOVES)
def test_every_pair_of_state_and_move_is_decided(state: str, move: str) -> None:
    # A day on which neither the law nor the calendar stands in the way of the pair.
    on = DUE + timedelta(days=200) if move == "lapse" else DUE if move == "present" else date(2026, 2, 1)
    stand = replace(STAND, state=state, recourse=True)
    if (state, move) in TABLE:
        assert follow(stand, move, on, RULES) == TABLE[state, move]
    else:
        assert code(stand, move, on) == "bill_move_impossible"


def test_what_is_over_stays_over() -> None:
    assert not {state for state, _ in TABLE} & {"paid", "dishonoured", "lapsed", "split"}


@pytest.mark.parametrize("move", ["endorse", "discount", "pledge"])
def test_not_transferable_means_no_transfer(move: str) -> None:
    assert code(replace(STAND, transferable=False), move, date(2026, 2, 1)) == "bill_not_transferable"


def test_past_its_presenting_it_is_passed_on_no_more() -> None:
    last = date(2026, 7, 15)
    assert present_by(DUE, RULES) == last
    assert follow(STAND, "endorse", last, RULES) == "endorsed"
    assert code(STAND, "endorse", last + timedelta(days=1)) == "bill_too_late_to_pass_on"
    assert follow(STAND, "discount", DUE - timedelta(days=1), RULES) == "discounted"
    assert code(STAND, "discount", DUE) == "bill_too_late_to_pass_on"


def test_it_is_presented_at_maturity_and_late_after_ten_days() -> None:
    assert code(STAND, "present", DUE - timedelta(days=1)) == "bill_not_matured"
    assert follow(STAND, "present", DUE, RULES) == "presented"
    assert not presented_late(DUE, date(2026, 7, 15), RULES)
    assert presented_late(DUE, date(2026, 7, 16), RULES)


def test_days_only_go_on() -> None:
    assert code(STAND, "endorse", date(2026, 1, 19)) == "bill_move_too_early"


def test_without_recourse_it_never_comes_back() -> None:
    gone = replace(STAND, state="endorsed", recourse=False)
    assert code(gone, "dishonour", DUE) == "bill_without_recourse"
    assert follow(replace(gone, recourse=True), "dishonour", DUE, RULES) == "dishonoured"


def test_recourse_lapses_after_its_days() -> None:
    gone = replace(STAND, state="endorsed", recourse=True)
    last = DUE + timedelta(days=190)
    assert code(gone, "lapse", last) == "bill_may_come_back"
    assert follow(gone, "lapse", last + timedelta(days=1), RULES) == "lapsed"


@pytest.mark.parametrize("move", ["endorse", "discount", "pledge", "split"])
def test_a_cheque_is_presented_and_nothing_else(move: str) -> None:
    cheque = replace(STAND, kind="cheque")
    assert code(cheque, move, date(2026, 2, 1)) == "bill_move_impossible"
    assert follow(cheque, "present", date(2026, 2, 1), RULES) == "presented"


def test_six_months_are_counted_by_the_calendar() -> None:
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_after(date(2026, 1, 5), 6) == DUE
    assert not too_long(date(2026, 1, 5), DUE, RULES)
    assert too_long(date(2026, 1, 5), DUE + timedelta(days=1), RULES)


def test_a_bill_is_as_good_as_its_acceptor() -> None:
    large = BILL_RULES.default["large_banks"]
    assert class_of("bank", "中国工商银行股份有限公司江临支行", large) == "large_bank"
    assert class_of("bank", "江临农村商业银行", large) == "other_bank"
    assert class_of("commercial", "中国工商银行股份有限公司江临支行", large) == "commercial"
    weights = BILL_RULES.default["exposure_percent"]
    assert [weighed(101, one, weights) for one in ("large_bank", "other_bank", "commercial", "unheard of")] == [
        0, 51, 101, 101
    ]  # fmt: skip
