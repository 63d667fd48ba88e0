"""What contracts and orders may say, by themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.record.contracts.domain import milestones, orders, terms
from huikuan.record.contracts.domain.interest import LateInterest, read_late_interest, written
from huikuan.record.contracts.domain.milestones import Happened, Milestone, amounts, names_of, reach, read_milestones
from huikuan.record.contracts.domain.orders import Done, Order, OrderLine, fulfil, progress, read_quantity, state_of
from huikuan.record.contracts.domain.terms import Terms, Version, check_terms, governing

DAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("text", "basis", "rate_e8"),
    [
        ("日万分之五", "daily", 50_000),
        ("每日万分之0.5", "daily", 5_000),
        ("0.05%/日", "daily", 50_000),
        ("0.05 % daily", "daily", 50_000),
        ("daily 0.05%", "daily", 50_000),
        ("年利率15.4%", "annual", 15_400_000),
        ("15.4％/年", "annual", 15_400_000),
        ("LPR×1.5", "lpr", 150_000_000),
        ("4倍LPR", "lpr", 400_000_000),
        ("LPR x 1.5", "lpr", 150_000_000),
    ],
)
def test_a_late_payment_clause_is_read_and_written_alike(text: str, basis: str, rate_e8: int) -> None:
    read = read_late_interest(text)
    assert read == LateInterest(basis, rate_e8)
    assert read_late_interest(written(read)) == read


@pytest.mark.parametrize("text", ["按约定", "5%", "日100%", "LPR x 0", "0.000000001%/日"])
def test_an_unclear_late_payment_clause_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="late_interest_unreadable"):
        read_late_interest(text)


def test_milestones_are_read_with_their_events_days_and_plans() -> None:
    read = read_milestones("预付款 30% 10天；验收 49.5% +30 @2026-06-30; 质保期满 20.5%")
    assert read == (
        Milestone("signing", "signing", 3000, 10, None, "预付款"),
        Milestone("acceptance", "acceptance", 4950, 30, date(2026, 6, 30), "验收"),
        Milestone("end_of_warranty", "end_of_warranty", 2050, 0, None, "质保期满"),
    )
    assert read_milestones(milestones.written(read)) == read
    assert read_milestones("  ") == ()


def test_two_milestones_of_one_event_are_numbered_and_told_apart() -> None:
    first, second, other = read_milestones("发货 40% ；发货 40% 30天；双方约定 20%")
    assert [one.code for one in (first, second, other)] == ["delivery-1", "delivery-2", "other-1"]
    every = (first, second, other)
    assert "发货" in names_of(first, every)
    assert "shipment" not in names_of(first, every)
    assert names_of(other, every) == {"other-1", "双方约定"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("签订 30%；验收 50%", "milestones_not_whole"),
        ("签订三成；验收 70%", "milestone_unreadable"),
        ("签订 33.333%；验收 66.667%", "milestone_unreadable"),
        ("签订 100% @2026-02-30", "date_unreadable"),
    ],
)
def test_milestones_that_make_no_whole_are_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        read_milestones(text)


@given(st.integers(1, 10**13), st.lists(st.integers(1, 10_000), min_size=1, max_size=8))
def test_no_cent_is_lost_between_milestones(total: int, weights: list[int]) -> None:
    split = amounts(total, [Milestone(f"m-{n}", "other", weight) for n, weight in enumerate(weights)])
    assert sum(split) == total
    whole = sum(weights)
    assert all(abs(part * whole - total * weight) <= whole for part, weight in zip(split, weights, strict=True))


def test_100_yuan_and_one_cent_by_30_50_20() -> None:
    assert amounts(10001, read_milestones("签订 30%；验收 50%；质保期满 20%")) == [3000, 5001, 2000]


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"code": "delivery"}, "milestone_unknown"),
        ({"code": "signing"}, "milestone_reached_already"),
        ({"happened_on": date(2026, 1, 9)}, "event_before_signature"),
        ({"happened_on": date(2026, 6, 16)}, "event_in_future"),
    ],
)
def test_an_event_that_cannot_be_is_refused(given_: dict[str, Any], code: str) -> None:
    known = read_milestones("签订 30%；验收 70% 30天")
    stands = {"signing": Happened(1, "signing", date(2026, 1, 10), date(2026, 1, 10))}
    usual: dict[str, Any] = {"code": "acceptance", "happened_on": DAY, "signed_on": date(2026, 1, 10), "today": DAY}
    assert reach(known, standing=stands, **usual) == date(2026, 7, 15)
    with pytest.raises(Refusal, match=code):
        reach(known, standing=stands, **{**usual, **given_})


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": ""}, "contract_field_missing"),
        ({"name": "长" * 201}, "contract_field_too_long"),
        ({"currency": "cny"}, "currency_bad"),
        ({"amount": 0}, "contract_amount_bad"),
        ({"status": "signed"}, "contract_status_unknown"),
        ({"signed_on": DAY, "expires_on": date(2026, 6, 14)}, "contract_expires_early"),
        ({"jurisdiction": "江临市法院", "arbitration": "江临仲裁委"}, "court_or_arbitration"),
        ({"milestones": (Milestone("a", "other", 1), Milestone("a", "other", 1))}, "milestone_twice"),
        ({"milestones": (Milestone("a", "other", 0),)}, "milestone_weightless"),
        ({"milestones": (Milestone("a", "dream", 1),)}, "event_unknown"),
        ({"milestones": (Milestone("a", "other", 1, -1),)}, "milestone_days_bad"),
        ({"service_addresses": ("长" * 301,)}, "contract_field_too_long"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(said: dict[str, Any], code: str) -> None:
    check_terms(Terms("主轴总成", "CNY"))
    with pytest.raises(Refusal, match=code):
        check_terms(Terms(**{"name": "主轴总成", "currency": "CNY", **said}))


def test_terms_and_orders_come_back_from_what_is_kept() -> None:
    whole = Terms(
        "主轴总成", "CNY", 100, DAY, DAY, DAY, "active", "主轴 3 件", "验收后 30 天", LateInterest("daily", 50_000),
        "", "江临仲裁委", "中国法律", ("江临市 1 号", "盐城市 2 号"), "分批", "日万分之五",
        read_milestones("签订 30%；验收 70% @2026-06-30"),
    )  # fmt: skip
    assert terms.terms_from(terms.content_of(whole)) == whole
    order = Order(DAY, "CNY", (OrderLine(1, "主轴", 30_000, 100, "件", "A-1", DAY),), "JL-1")
    assert orders.order_from(orders.content_of(order)) == order


def test_the_version_effective_last_governs_of_equals_the_newest() -> None:
    known = [
        Version(1, date(2026, 1, 1), Terms("一", "CNY")),
        Version(2, date(2026, 6, 1), Terms("二", "CNY")),
        Version(3, date(2026, 3, 1), Terms("三", "CNY")),
        Version(4, date(2026, 6, 1), Terms("四", "CNY")),
    ]
    seen = {
        on: governing(known, date.fromisoformat(on)).terms.name for on in ("2025-01-01", "2026-02-28", "2026-05-31")
    }
    assert seen == {"2025-01-01": "一", "2026-02-28": "一", "2026-05-31": "三"}
    assert governing(known).terms.name == "四"


@given(st.integers(1, 10**9), st.lists(st.integers(1, 500), min_size=1, max_size=8))
def test_deliveries_of_a_line_sum_to_it_exactly(amount: int, parts: list[int]) -> None:
    order = Order(DAY, "CNY", (OrderLine(1, "主轴", sum(parts), amount),))
    done: list[Done] = []
    for part in parts:
        assert state_of(order, done) == ("open" if not done else "partly")
        done.append(Done(1, "delivered", part, fulfil(order, done, 1, "delivered", part)))
    assert sum(one.amount for one in done) == amount
    assert [(one.open_e4, one.open_amount) for one in progress(order, done)] == [(0, 0)]
    assert state_of(order, done) == "delivered"
    with pytest.raises(Refusal, match="more_than_ordered"):
        fulfil(order, done, 1, "delivered", 1)
    done.append(Done(1, "invoiced", sum(parts), amount))
    assert state_of(order, done) == "completed"


@pytest.mark.parametrize("text", ["", "abc", "0", "-1", "1.00001", "NaN", "1e30"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    assert read_quantity("12.5") == 125_000
    with pytest.raises(Refusal, match="quantity_unreadable"):
        read_quantity(text)
