"""In which order money pays, rule by rule, and that no cent is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from huikuan.record.cash.domain.order import Debt, Share, follows_law, in_order

TODAY = date(2026, 3, 31)
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def debt(item_id: int, amount: int, due: date | None = MARCH, kind: str = "invoice", **more: Any) -> Debt:
    return replace(Debt(item_id, kind, amount, due), **more)


def paid(debts: list[Debt], amount: int, *designated: int) -> list[tuple[int, int]]:
    shares, left = in_order(debts, amount, today=TODAY, designated=designated)
    assert sum(one.amount for one in shares) + left == amount
    return [(one.item_id, one.amount) for one in shares]


def test_costs_then_interest_then_principal() -> None:
    debts = [debt(1, 100_00), debt(2, 8_00, kind="interest"), debt(3, 5_00, kind="fee")]
    assert paid(debts, 4_00) == [(3, 4_00)]
    assert paid(debts, 10_00) == [(3, 5_00), (2, 5_00)]
    assert paid(debts, 50_00) == [(3, 5_00), (2, 8_00), (1, 37_00)]


def test_what_is_due_comes_before_what_is_not_and_what_awaits_an_event_last() -> None:
    debts = [debt(1, 10_00, None), debt(2, 10_00, APRIL), debt(3, 10_00, TODAY)]
    assert paid(debts, 25_00) == [(3, 10_00), (2, 10_00), (1, 5_00)]


def test_a_debt_not_due_is_not_looked_at_for_its_security() -> None:
    debts = [debt(1, 10_00, date(2026, 5, 1)), debt(2, 10_00, APRIL, secured_e4=10_000)]
    assert paid(debts, 10_00) == [(2, 10_00)]


def test_the_least_secured_then_the_most_burdensome_then_the_earliest_due() -> None:
    secured = debt(1, 10_00, date(2026, 1, 1), secured_e4=5_000, burden_e8=50_000)
    burdensome = debt(2, 10_00, date(2026, 3, 1), burden_e8=50_000)
    earlier = debt(3, 10_00, date(2026, 2, 1), burden_e8=10_000)
    later = debt(4, 10_00, date(2026, 2, 2), burden_e8=10_000)
    assert paid([secured, later, earlier, burdensome], 35_00) == [(2, 10_00), (3, 10_00), (4, 10_00), (1, 5_00)]


def test_what_the_law_does_not_tell_apart_shares_in_proportion_to_the_cent() -> None:
    assert paid([debt(1, 100), debt(2, 100), debt(3, 100)], 100) == [(1, 33), (2, 34), (3, 33)]
    assert paid([debt(2, 600), debt(1, 300)], 100) == [(1, 33), (2, 67)]


def test_what_the_payer_designated_comes_first_in_its_order_with_its_own_costs_and_interest() -> None:
    debts = [
        debt(1, 10_00, date(2026, 1, 1), debt="A"),
        debt(2, 10_00, APRIL, debt="B"),
        debt(3, 2_00, kind="interest", debt="B"),
        debt(4, 2_00, kind="fee", debt="A"),
    ]
    assert paid(debts, 11_00, 2) == [(3, 2_00), (2, 9_00)]
    assert paid(debts, 15_00, 2) == [(3, 2_00), (2, 10_00), (4, 2_00), (1, 1_00)]
    assert paid(debts, 13_00, 2, 1) == [(3, 2_00), (2, 10_00), (4, 1_00)]
    assert paid(debts, 11_00, 99, 2, 2) == [(3, 2_00), (2, 9_00)]


def test_the_example_of_the_documents() -> None:
    debts = [
        debt(1, 100_00, date(2026, 1, 10), secured_e4=5_000),
        debt(2, 60_00, date(2026, 2, 10)),
        debt(3, 40_00, date(2026, 3, 10)),
        debt(4, 20_00, date(2026, 3, 10)),
        debt(5, 30_00, date(2026, 4, 10)),
        debt(6, 8_00, kind="interest"),
        debt(7, 5_00, kind="fee"),
    ]
    assert paid(debts, 113_00) == [(7, 5_00), (6, 8_00), (2, 60_00), (3, 26_67), (4, 13_33)]
    assert paid(debts, 113_00, 5)[0] == (5, 30_00)


def test_what_is_over_stays_over() -> None:
    assert in_order([debt(1, 10_00)], 12_00, today=TODAY) == ([Share(1, 10_00)], 2_00)
    assert in_order([], 12_00, today=TODAY) == ([], 12_00)
    assert in_order([debt(1, 10_00)], 0, today=TODAY) == ([], 0)


def test_parts_are_told_to_follow_the_law_or_not() -> None:
    debts = [debt(1, 10_00, date(2026, 1, 1)), debt(2, 10_00, date(2026, 2, 1))]
    assert follows_law(debts, [Share(1, 10_00), Share(2, 1_00)], today=TODAY)
    assert not follows_law(debts, [Share(2, 10_00)], today=TODAY)
    assert not follows_law(debts, [Share(1, 11_00)], today=TODAY)


DEBTS = st.lists(
    st.builds(
        Debt,
        item_id=st.integers(1, 1_000),
        kind=st.sampled_from(["invoice", "interest", "fee", "retention"]),
        open_amount=st.integers(1, 10**9),
        due_date=st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1)),
        debt=st.sampled_from(["", "A", "B"]),
        secured_e4=st.sampled_from([0, 5_000, 10_000]),
        burden_e8=st.sampled_from([0, 50_000]),
    ),
    max_size=8,
    unique_by=lambda one: one.item_id,
)


@given(DEBTS, st.integers(0, 4 * 10**9), st.lists(st.integers(1, 1_000), max_size=4), st.randoms())
def test_no_cent_is_lost_none_is_paid_twice_and_the_order_of_asking_is_no_matter(
    debts: list[Debt], amount: int, designated: list[int], chance: object
) -> None:
    shares, left = in_order(debts, amount, today=TODAY, designated=designated)
    owed = {one.item_id: one.open_amount for one in debts}
    assert sum(one.amount for one in shares) + left == amount
    assert len({one.item_id for one in shares}) == len(shares)
    assert all(0 < one.amount <= owed[one.item_id] for one in shares)
    assert not left or sum(owed.values()) == amount - left
    mixed = list(debts)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert in_order(mixed, amount, today=TODAY, designated=designated) == (shares, left)


@given(DEBTS, st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_money_takes_nothing_from_a_claim(debts: list[Debt], amount: int, more: int) -> None:
    few = {one.item_id: one.amount for one in in_order(debts, amount, today=TODAY)[0]}
    many = {one.item_id: one.amount for one in in_order(debts, amount + more, today=TODAY)[0]}
    assert all(many[item_id] >= part for item_id, part in few.items())
