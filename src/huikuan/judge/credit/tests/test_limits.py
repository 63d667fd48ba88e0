"""Which limit governs, how high one may be, who may grant it (cases 23, 80)."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.judge.credit.domain import methods
from huikuan.judge.credit.domain.asking import asked_for, limits_with
from huikuan.judge.credit.domain.limits import (
    EXPIRED,
    GRANTED,
    NONE,
    STANDING,
    TEMPORARY,
    Granted,
    Limit,
    Wish,
    check_wish,
    limit_on,
)
from huikuan.judge.credit.models import LimitRequest, LimitStep
from huikuan.judge.credit.operations.authority import require_reach
from huikuan.judge.credit.operations.limits import request_limit
from huikuan.judge.credit.policies import CREDIT_RULES
from huikuan.judge.credit.queries.exposure import nodes_of
from huikuan.judge.credit.queries.limits import history, limits_on, request, waiting
from huikuan.judge.credit.tests.conftest import AT, TODAY, Trade, day, person
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals import operations as approvals
from huikuan.mechanisms.approvals import queries as approval_queries
from huikuan.mechanisms.approvals.models import ApprovalRequest, ApprovalStep
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.audit.operations import record as record_facts
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING, Part, Scope
from huikuan.mechanisms.identity.operations import grant_role, revoke_role
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.kinds import kind_named, kinds
from huikuan.mechanisms.policies.operations import choose_small_firm
from huikuan.record.customers.operations import affiliate, merge_customers
from huikuan.shell import cli

# How high -----------------------------------------------------------------------------------------


def test_working_capital_as_worked_out() -> None:
    sheet = methods.Sheet(600_00, 400_00, 200_00, 400_00, 600_00)
    found = methods.by_working_capital(sheet)
    assert found.amount == 52_50
    assert [(step.name, step.value) for step in found.steps] == [
        ("evaluation", 0), ("working_assets", 300_00), ("share", Fraction(175, 1000))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("evaluation", "share"),
    [
        ("-4.7", "0"), ("-4.6", "0"), ("-4.59", "0.025"), ("-3.9", "0.025"), ("-3.2", "0.05"), ("-2.5", "0.075"),
        ("-1.8", "0.1"), ("-1.1", "0.125"), ("-0.4", "0.15"), ("0", "0.175"), ("0.3", "0.175"), ("0.31", "0.2"),
        ("1.0", "0.2"), ("1.01", "0.25"),
    ],
)  # fmt: skip
def test_shares_of_working_assets(evaluation: str, share: str) -> None:
    assert methods.working_capital_share(Fraction(evaluation)) == Fraction(share)


def test_net_worth_and_sales_as_worked_out() -> None:
    assert methods.by_net_worth(400_00, Fraction(1, 10)).amount == 40_00
    # 12,000,000.00 × 1.13 ÷ 365 × 75 × 1.2 = 3,343,561.64…: 3.344 m
    by_sales = methods.by_sales(
        12_000_000_00, vat=Fraction(13, 100), term_days=60, tolerance_days=15, peak=Fraction(12, 10)
    )
    assert by_sales.amount == 3_343_561_64


def test_final_is_the_least_by_grade_with_security_on_top() -> None:
    chosen = [methods.Proposed("sales_based", 3_344_00, ()), methods.Proposed("net_worth", 40_00, ())]
    assert methods.final(chosen, grade_factor=Fraction(6, 10)).amount == 24_00
    secured = methods.final(
        chosen, grade_factor=Fraction(6, 10), collateral=10_00, insured=100_00, insured_share=Fraction(9, 10)
    )
    assert (secured.amount, secured.steps[0].name) == (124_00, "net_worth")


def test_methods_refuse_what_means_nothing() -> None:
    for work, code in (
        (lambda: methods.by_working_capital(methods.Sheet(1, 0, 0, 1, 1)), "limit_sheet_without_ratio"),
        (lambda: methods.by_working_capital(methods.Sheet(1, 1, 0, 0, 1)), "limit_sheet_without_ratio"),
        (lambda: methods.by_net_worth(1, Fraction(21, 100)), "limit_share_bad"),
        (lambda: methods.final([], grade_factor=Fraction(1)), "limit_without_method"),
        (
            lambda: methods.by_sales(1, vat=Fraction(0), term_days=0, tolerance_days=0, peak=Fraction(1, 2)),
            "limit_sales_bad",
        ),
    ):
        with pytest.raises(Refusal) as refused:
            work()
        assert refused.value.code == code


# Which governs ------------------------------------------------------------------------------------


def granted(number: int, kind: str, amount: int, since: str, until: str = "", currency: str = "CNY") -> Granted:
    return Granted(number, Wish(kind, currency, amount, day(since), day(until) if until else None), (number, number))


def test_a_limit_holds_until_another_and_what_ended_does_not_come_back() -> None:
    known = [
        granted(1, STANDING, 100, "2026-01-01"),
        granted(2, STANDING, 200, "2026-02-01", "2026-02-28"),
        granted(3, STANDING, 0, "2026-04-01"),
    ]
    assert limit_on(known, day("2025-12-31"), "CNY") == Limit(NONE, "CNY")
    assert limit_on(known, day("2026-01-31"), "CNY").amount == 100
    assert limit_on(known, day("2026-02-28"), "CNY") == Limit(GRANTED, "CNY", 200, 0, day("2026-02-28"))
    assert limit_on(known, day("2026-03-01"), "CNY") == Limit(EXPIRED, "CNY")
    assert limit_on(known, day("2026-04-01"), "CNY") == Limit(GRANTED, "CNY")  # 0: nothing on credit


def test_a_temporary_limit_is_added_while_it_runs() -> None:
    known = [
        granted(1, STANDING, 100, "2026-01-01"),
        granted(2, TEMPORARY, 40, "2026-02-01", "2026-02-10"),
        granted(3, TEMPORARY, 70, "2026-02-05", "2026-02-07"),
        granted(4, TEMPORARY, 999, "2026-02-01", "2026-02-28", "USD"),
    ]
    on = {
        f"2026-02-{number:02}": limit_on(known, day(f"2026-02-{number:02}"), "CNY").amount for number in (1, 5, 8, 11)
    }
    assert on == {"2026-02-01": 140, "2026-02-05": 170, "2026-02-08": 140, "2026-02-11": 100}
    assert limit_on(known, day("2026-02-06"), "CNY").until_on == day("2026-02-07")
    # On top of one that ended it is all there is.
    alone = [granted(1, STANDING, 100, "2026-01-01", "2026-01-31"), known[1]]
    assert limit_on(alone, day("2026-02-02"), "CNY") == Limit(GRANTED, "CNY", 0, 40, day("2026-02-10"))


DAYS = st.integers(0, 60).map(lambda number: TODAY + timedelta(days=number))


@given(st.lists(st.tuples(st.sampled_from([STANDING, TEMPORARY]), st.integers(1, 9), DAYS, DAYS), max_size=6), DAYS)
def test_a_limit_never_depends_on_what_begins_later(wishes: list[Any], on: date) -> None:
    known = [
        Granted(number, Wish(kind, "CNY", amount, since, max(since, until)), (number, number))
        for number, (kind, amount, since, until) in enumerate(wishes)
    ]
    begun = [one for one in known if one.wish.from_on <= on]
    assert limit_on(known, on, "CNY") == limit_on(begun, on, "CNY")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish("forever", "CNY", 1, TODAY), "limit_kind_unknown"),
        (Wish(STANDING, "CNY", -1, TODAY), "limit_amount_bad"),
        (Wish(TEMPORARY, "CNY", 0, TODAY, TODAY), "limit_amount_bad"),
        (Wish(STANDING, "CNY", 1, TODAY - timedelta(days=1)), "limit_backwards"),
        (Wish(STANDING, "CNY", 1, TODAY, TODAY - timedelta(days=1)), "limit_ends_early"),
        (Wish(TEMPORARY, "CNY", 1, TODAY), "limit_temporary_endless"),
        (Wish(TEMPORARY, "CNY", 1, TODAY, TODAY + timedelta(days=367)), "limit_temporary_endless"),
        (Wish(TEMPORARY, "USD", 1, TODAY, TODAY), "limit_currencies_differ"),
        (Wish(STANDING, "CNY", 1, TODAY, term_days=721), "limit_term_bad"),
    ],
)
def test_a_wish_that_says_nothing_sensible(wish: Wish, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_wish(wish, today=TODAY, governing=Limit(GRANTED, "CNY", 100))
    assert refused.value.code == code


# Who grants it ------------------------------------------------------------------------------------


def ask(trade: Trade, amount: int, actor: str = "chen", **more: Any) -> int:
    wish = {"kind": STANDING, "currency": "CNY", "from_on": TODAY, **more.pop("wish", {})}
    more.setdefault("customer_id", None if "group" in more else trade.north)
    at = more.pop("at", AT)
    wish["from_on"] = max(wish["from_on"], at.date())
    return request_limit(
        company=trade.company, wish=Wish(amount=amount, **wish), reason="年度授信", actor=actor, at=at, **more
    )


def grant(number: int, actor: str, *, at: datetime = AT, digest: str = "", comment: str = "") -> None:
    shown = digest or request(number, scope=EVERYTHING).digest
    approvals.approve_request(request_id=number, digest=shown, comment=comment, actor=actor, at=at)


def limit(trade: Trade, group: str = "") -> int:
    nodes = nodes_of(trade.north, TODAY)
    return limits_on(trade.company, nodes, TODAY)[None if group else trade.north, group].amount


@pytest.fixture
def staffed(trade: Trade) -> Trade:
    person("chen", "credit_analyst")
    person("li", "credit_manager")
    person("zhou", "management")
    return trade


def put_to(number: int) -> str:
    """The role the request waits for."""
    (row,) = approval_queries.rows_of([approval_queries.request_record(number)])
    return row.role


def test_one_asks_and_another_grants(staffed: Trade) -> None:
    number = ask(staffed, 800_000_00)
    assert limit(staffed) == 0
    assert [row.number for row in waiting(scope=EVERYTHING)] == [number]
    grant(number, "li")
    assert limit(staffed) == 800_000_00
    (row,) = history(staffed.company.pk, staffed.north, scope=EVERYTHING)
    assert (row.asked_by, row.decided_by, row.step, row.own) == ("chen", "li", "approved", False)
    assert waiting(scope=EVERYTHING) == []
    assert history(staffed.company.pk, staffed.north, scope=NOTHING) == []


def refused(work: Any) -> str:
    """The code of the refusal; nothing was recorded."""
    counted = (LimitRequest, LimitStep, ApprovalRequest, ApprovalStep, Event, Leaf)
    before = [model.objects.count() for model in counted]
    with pytest.raises(Refusal) as found:
        work()
    assert [model.objects.count() for model in counted] == before
    return found.value.code


def test_who_may_not(staffed: Trade) -> None:
    number = ask(staffed, 800_000_00, actor="li")
    assert refused(lambda: grant(number, "li")) == "request_own"
    assert refused(lambda: grant(number, "chen")) == "request_not_yours"
    assert refused(lambda: grant(number, "cli:root")) == "request_not_yours"
    assert refused(lambda: ask(staffed, 1, actor="zhou")) == "not_permitted"
    assert refused(lambda: ask(staffed, 1, customer_id=staffed.north, group="LU")) == "limit_of_nobody"
    assert refused(lambda: ask(staffed, 1, group="NONE")) == "group_unknown"
    assert refused(lambda: ask(staffed, 1)) == "request_waits_already"
    withdraw = {"request_id": number, "at": AT}
    assert refused(lambda: approvals.withdraw_request(actor="chen", **withdraw)) == "request_not_made_by_you"
    approvals.withdraw_request(actor="li", **withdraw)
    assert refused(lambda: grant(number, "zhou")) == "request_decided"
    (row,) = history(staffed.company.pk, staffed.north, scope=EVERYTHING)
    assert (row.step, limit(staffed)) == ("withdrawn", 0)


def test_whose_customer_it_is_does_not_decide(staffed: Trade) -> None:
    person("sun", "sales_manager", reach="all")
    affiliate(customer_id=staffed.north, dimension="owner", value="sun", effective_on=TODAY, actor="x", at=AT)
    number = ask(staffed, 100_00)
    assert refused(lambda: grant(number, "sun")) == "request_concerns_you"
    grant(ask(staffed, 100_00, customer_id=staffed.south), "sun")


@pytest.mark.parametrize(
    ("amount", "role"),
    [
        (0, "sales_manager"), (200_000_00, "sales_manager"), (200_000_01, "credit_manager"),
        (1_000_000_00, "credit_manager"), (1_000_000_01, "finance_manager"), (5_000_000_00, "finance_manager"),
        (5_000_000_01, "management"),
    ],
)  # fmt: skip
def test_each_tier_ends_on_its_cent(staffed: Trade, amount: int, role: str) -> None:
    assert put_to(ask(staffed, amount)) == role


def test_what_deviates_from_policy_is_decided_one_level_higher(staffed: Trade) -> None:
    assert put_to(ask(staffed, 100_000_00, off_policy=True)) == "credit_manager"


@pytest.mark.parametrize(
    ("wish", "amount", "role"),
    [
        ({}, 200_000_00, "sales_manager"), ({}, 200_000_01, "credit_manager"),
        ({}, 150_000_00, "sales_manager"), ({}, 149_999_99, "sales_manager"),
        ({"kind": TEMPORARY}, 50_000_00, "sales_manager"), ({"kind": TEMPORARY}, 50_000_01, "credit_manager"),
    ],
)  # fmt: skip
def test_authority_covers_all_that_will_stand(staffed: Trade, wish: dict[str, Any], amount: int, role: str) -> None:
    """Of 150,000.00 granted before the window nothing is summed, and all of it counts."""
    grant(ask(staffed, 150_000_00), "li")
    later = AT + timedelta(days=31)
    until = {"until_on": later.date() + timedelta(days=30)} if wish else {}
    assert put_to(ask(staffed, amount, at=later, wish={**wish, **until})) == role


def test_a_limit_raised_in_steps_a_window_apart_takes_authority_over_all_of_it(staffed: Trade) -> None:
    """A step of 200,000.00 every 31 days would be a million within half a year."""
    person("sun", "sales_manager", reach="all")
    grant(ask(staffed, 200_000_00), "sun")
    later = AT + timedelta(days=31)
    second = ask(staffed, 400_000_00, at=later)
    assert put_to(second) == "credit_manager"
    assert refused(lambda: grant(second, "sun", at=later)) == "request_not_yours"


def test_a_cut_takes_no_authority_over_what_is_left(staffed: Trade) -> None:
    grant(ask(staffed, 900_000_00), "li")
    assert put_to(ask(staffed, 899_999_99, at=AT + timedelta(days=31))) == "sales_manager"


def test_what_would_stand_is_the_most_on_the_days_the_wish_changes() -> None:
    known = [
        granted(1, STANDING, 100, "2026-01-01"),
        granted(2, TEMPORARY, 40, "2026-03-10", "2026-03-20"),
        granted(3, STANDING, 900, "2026-06-01"),
    ]

    def amounts(wish: Wish, asked: int = 1) -> list[int]:
        return [one.amount for one in limits_with(wish, known, asked)]

    # Under the temporary one until its end, and no longer than until the next standing one.
    assert amounts(Wish(STANDING, "CNY", 200, day("2026-03-01"))) == [200, 240]
    assert amounts(Wish(STANDING, "CNY", 200, day("2026-03-01")), 0) == []
    # In the place of the temporary one, or over by the time it begins.
    assert amounts(Wish(TEMPORARY, "CNY", 70, day("2026-03-15"), day("2026-03-31"))) == [170]
    assert amounts(Wish(TEMPORARY, "CNY", 5, day("2026-05-20"), day("2026-06-05"))) == [105, 905]
    assert amounts(Wish(TEMPORARY, "CNY", 5, day("2026-03-01"), day("2026-03-09"))) == [105]


def test_an_increase_in_small_pieces_needs_the_authority_it_needs_at_once(staffed: Trade) -> None:
    grant(ask(staffed, 900_000_00), "li")
    temporary = {"kind": TEMPORARY, "until_on": TODAY + timedelta(days=30)}
    small = ask(staffed, 100_000_01, wish=temporary)
    assert put_to(small) == "finance_manager"  # 1,000,000.01 in 30 days
    assert refused(lambda: grant(small, "li")) == "request_not_yours"
    grant(small, "zhou")
    assert limit(staffed) == 1_000_000_01


def test_customers_that_are_one_are_summed_as_one(staffed: Trade) -> None:
    grant(ask(staffed, 150_000_00, customer_id=staffed.south), "li")
    merge_customers(from_id=staffed.south, into_id=staffed.north, reason="one firm", actor="x", at=AT)
    assert put_to(ask(staffed, 50_000_01)) == "credit_manager"


def test_a_group_is_summed_whoever_asks(staffed: Trade) -> None:
    staffed.grouped()
    grant(ask(staffed, 150_000_00, group="LU"), "zhou")
    assert put_to(ask(staffed, 200_000_01, group="LU", actor="li")) == "credit_manager"  # 50,000.01 more


@pytest.mark.parametrize(
    ("before", "wish", "asked"),
    [
        ({}, {"amount": 120}, 20),
        ({}, {"amount": 100}, 0),
        ({}, {"amount": 0}, 0),
        ({"until_on": day("2026-06-30")}, {"amount": 120, "until_on": day("2026-06-30")}, 20),
        ({"until_on": day("2026-06-30")}, {"amount": 100, "until_on": day("2026-07-01")}, 100),
        ({"until_on": day("2026-06-30")}, {"amount": 100}, 100),
        ({}, {"amount": 100, "until_on": day("2026-06-30")}, 0),
        ({"term_days": 30}, {"amount": 100, "term_days": 30}, 0),
        ({"term_days": 30}, {"amount": 100, "term_days": 31}, 100),
        ({"term_days": 30}, {"amount": 100}, 0),
        ({}, {"amount": 100, "term_days": 30}, 100),
        ({"prepaid_percent": 30}, {"amount": 100, "prepaid_percent": 30}, 0),
        ({"prepaid_percent": 30}, {"amount": 100, "prepaid_percent": 29}, 100),
        ({"prepaid_percent": 30}, {"amount": 100}, 0),
        ({}, {"amount": 100, "prepaid_percent": 0}, 100),
    ],
)
def test_how_much_is_asked_for(before: dict[str, Any], wish: dict[str, Any], asked: int) -> None:
    stood = Wish(STANDING, "CNY", **{"amount": 100, "from_on": TODAY, **before})
    assert asked_for(Wish(STANDING, "CNY", from_on=TODAY, **wish), stood, stood=100) == asked
    assert asked_for(Wish(STANDING, "CNY", from_on=TODAY, **wish), None, stood=0) == wish["amount"]


def test_a_limit_that_has_ended_takes_nothing_off(staffed: Trade) -> None:
    grant(ask(staffed, 900_000_00, wish={"until_on": TODAY + timedelta(days=40)}), "li")
    later = {"at": AT + timedelta(days=41), "wish": {"until_on": TODAY + timedelta(days=90)}}
    assert put_to(ask(staffed, 900_000_00, **later)) == "credit_manager"


def test_authority_is_counted_in_the_matrix_s_currency(staffed: Trade) -> None:
    staffed.rate("USD", "2026-01-01", 700_000_000)
    number = ask(staffed, 150_000_00, wish={"currency": "USD"})
    assert put_to(number) == "finance_manager"  # CNY 1,050,000.00
    assert refused(lambda: grant(number, "li")) == "request_not_yours"
    grant(number, "zhou")
    other = ask(staffed, 180_000_00, wish={"currency": "USD"}, at=AT + timedelta(days=31))
    record = approval_queries.request_record(other)
    assert (record.amount, record.measure, put_to(other)) == (30_000_00, 210_000_00, "finance_manager")


def granted_beside(amount: int) -> None:
    """A standing limit is granted beside what waits, by a door that asked before there were approvals."""
    fact = LimitRequest.objects.earliest("id")
    earlier = {name: getattr(fact, name) for name in ("company_id", "customer_id", "kind", "currency", "from_on")}
    texts = dict.fromkeys(("group_code", "method", "calculation"), "")
    none = dict.fromkeys(("term_days", "until_on", "replaces", "approval_id"))
    old = {**earlier, **texts, **none, "amount": amount, "reason": "2025", "actor": "chen"}
    (old_id,) = record_facts(LimitRequest, [old], at=AT)
    step = {
        "request_id": old_id, "company_id": fact.company_id, "customer_id": fact.customer_id, "step": "approved",
        "digest": "", "own": False, "comment": "", "actor": "li",
    }  # fmt: skip
    record_facts(LimitStep, [step], at=AT)


def test_an_approval_is_void_when_another_limit_took_its_place(staffed: Trade) -> None:
    number = ask(staffed, 100_00)
    assert refused(lambda: grant(number, "li", digest="0" * 64)) == "request_not_as_shown"
    granted_beside(70_00)
    assert refused(lambda: grant(number, "li")) == "request_shown_has_changed"
    assert limit(staffed) == 70_00
    told = [
        (row.number, row.step, row.decided_by) for row in history(staffed.company.pk, staffed.north, scope=EVERYTHING)
    ]
    assert told == [(None, "approved", "li"), (number, "", "")]


def test_what_a_temporary_limit_is_added_to_is_part_of_what_is_approved(staffed: Trade) -> None:
    grant(ask(staffed, 80_00), "li")
    number = ask(staffed, 40_00, wish={"kind": TEMPORARY, "until_on": TODAY})
    shown = approval_queries.request_record(number).shown
    assert (shown["before"], shown["beneath"]["amount"]) == (None, "80.00")
    granted_beside(70_00)
    assert refused(lambda: grant(number, "li")) == "request_shown_has_changed"


def test_what_is_asked_for_a_group_is_told_by_who_stands_in_it_today(staffed: Trade) -> None:
    staffed.grouped()
    number = ask(staffed, 100_00, group="LU", wish={"from_on": TODAY + timedelta(days=9)})
    owned(staffed.north, staffed.south)
    sun = Scope((Part(None, frozenset({"sun"})),), TODAY)
    assert [row.number for row in waiting(scope=sun)] == [number]
    staffed.joins(staffed.apart, "LU", TODAY.isoformat())
    staffed.joins(staffed.apart, "", (TODAY + timedelta(days=9)).isoformat())
    assert waiting(scope=sun) == []  # whoever comes and goes before the limit begins is in it today
    assert refused(lambda: request(number, scope=sun)) == "limit_request_unknown"


def owned(*customers: int) -> None:
    for customer in customers:
        affiliate(customer_id=customer, dimension="owner", value="sun", effective_on=TODAY, actor="x", at=AT)


def test_what_waited_before_there_were_approvals_is_decided_no_more(staffed: Trade) -> None:
    number = ask(staffed, 100_00)
    fact = LimitRequest.objects.get()
    names = [field.name for field in LimitRequest._meta.fields if field.name not in ("id", "tx", "recorded_at")]
    record_facts(LimitRequest, [{name: getattr(fact, name) for name in names} | {"approval_id": None}], at=AT)
    assert [row.number for row in waiting(scope=EVERYTHING)] == [number]
    told = [row.step for row in history(staffed.company.pk, staffed.north, scope=EVERYTHING)]
    assert told == ["void", ""]


def test_who_lost_the_right_meanwhile_grants_nothing(staffed: Trade) -> None:
    number = ask(staffed, 100_00)
    revoke_role(username="li", role="credit_manager", actor="cli:root", at=AT)
    assert refused(lambda: grant(number, "li")) == "request_not_yours"


def test_who_may_approve_by_now_does_not_approve_what_they_asked_for_before(staffed: Trade) -> None:
    number = ask(staffed, 100_00)
    revoke_role(username="chen", role="credit_analyst", actor="cli:root", at=AT)
    grant_role(username="chen", role="credit_manager", actor="cli:root", at=AT)
    assert refused(lambda: grant(number, "chen")) == "request_own"


def test_returned_for_change_it_is_asked_anew_and_says_for_which(staffed: Trade) -> None:
    number = ask(staffed, 100_00)
    give_back = {"request_id": number, "actor": "li", "at": AT}
    assert refused(lambda: approvals.return_request(comment=" ", **give_back)) == "request_reason_missing"
    approvals.return_request(comment="缺报表", **give_back)
    (row,) = history(staffed.company.pk, staffed.north, scope=EVERYTHING)
    assert (row.step, row.comment) == ("returned", "缺报表")
    again = ask(staffed, 90_00, replaces=number)
    assert approval_queries.request_record(again).replaces_id == number
    grant(again, "li")
    assert limit(staffed) == 90_00


def test_who_lends_a_right_lends_what_stands_against_it(staffed: Trade) -> None:
    person("wu", "credit_manager")
    number = ask(staffed, 800_000_00, actor="wu")
    approvals.delegate(giver="li", to="wu", begins_at=AT, ends_at=AT + timedelta(days=5), actor="li", at=AT)
    assert refused(lambda: grant(number, "wu")) == "request_own"
    assert refused(lambda: grant(number, "li")) == "request_delegate_conflict"
    grant(number, "zhou")


def test_whoever_does_not_decide_in_time_is_passed_over(staffed: Trade) -> None:
    number = ask(staffed, 800_000_00)
    late = AT + timedelta(days=3)
    assert approvals.tend_requests(at=late) == {"escalated": 1}
    assert put_to(number) == "finance_manager"
    for days in (6, 9):
        approvals.tend_requests(at=AT + timedelta(days=days))
    assert refused(lambda: grant(number, "zhou", at=AT + timedelta(days=9))) == "request_decided"
    assert history(staffed.company.pk, staffed.north, scope=EVERYTHING)[0].step == "expired"


def test_a_small_firm_lets_the_maker_grant_with_a_reason_and_marks_it(staffed: Trade) -> None:
    choose_small_firm(actor="cli:root", at=AT)
    number = ask(staffed, 100_00, actor="li")
    assert refused(lambda: grant(number, "li")) == "request_reason_missing"
    grant(number, "li", comment="老板亲批")
    assert history(staffed.company.pk, staffed.north, scope=EVERYTHING)[0].own is True
    assert LimitStep.objects.get().own is True


def test_a_group_has_a_limit_of_its_own(staffed: Trade) -> None:
    staffed.grouped()
    grant(ask(staffed, 5_000_00, group="LUHE"), "li")
    assert (limit(staffed), limit(staffed, "LU"), limit(staffed, "LUHE")) == (0, 0, 5_000_00)


def test_a_limit_begins_with_its_approval_never_before(staffed: Trade) -> None:
    grant(ask(staffed, 100_00), "li", at=AT + timedelta(days=3))
    node = nodes_of(staffed.north, TODAY)[:1]
    on = [
        limits_on(staffed.company, node, TODAY + timedelta(days=days))[staffed.north, ""].amount for days in (0, 2, 3)
    ]
    assert on == [0, 0, 100_00]


def test_a_limit_that_would_have_ended_is_granted_no_more(staffed: Trade) -> None:
    number = ask(staffed, 100_00, wish={"until_on": TODAY + timedelta(days=1)})
    assert refused(lambda: grant(number, "li", at=AT + timedelta(days=2))) == "limit_over_already"


def test_who_may_release_is_said_by_the_same_matrix(staffed: Trade) -> None:
    require_reach(staffed.company, staffed.north, 1_000_000_00, "CNY", actor="li", at=AT)
    with pytest.raises(Refusal) as found:
        require_reach(staffed.company, staffed.north, 1_000_000_01, "CNY", actor="li", at=AT)
    assert (found.value.code, found.value.params["least"]) == ("beyond_authority", "finance_manager")
    with pytest.raises(Refusal, match="beyond_authority"):
        require_reach(staffed.company, staffed.north, 1, "CNY", actor="chen", at=AT)


def test_the_former_matrix_stays_readable_and_takes_nothing_new(staffed: Trade) -> None:
    with pytest.raises(Refusal, match="policy_kind_retired"):
        policies.draft(kind="credit_authority", company_id=None, document={"levels": []}, actor="chen", at=AT)
    assert "credit_authority" not in {kind.name for kind in kinds()}
    assert kind_named("credit_authority").title == "Who grants limits"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"mode": "sometimes"}, "mode"),
        ({"warn_over": 120}, "warn_over"),
        ({"block_over": True}, "block_over"),
        ({"grades": {"unrated": {"term_days": 1, "grace_days": 1, "prepaid_percent": 0}}}, "grades"),
        ({"order": {"overdue_days": 1, "missing_contract": False}}, "order.overdue_amount"),
        ({"order": {"overdue_days": 1, "overdue_amount": 5, "missing_contract": False}}, "order.overdue_amount"),
        ({"delivery": []}, "delivery."),
        ({"colour": "red"}, "colour"),
    ],
)
def test_order_checks_that_make_no_sense_are_refused_where_they_do_not(change: dict[str, Any], column: str) -> None:
    CREDIT_RULES.check(CREDIT_RULES.default)
    with pytest.raises(Refusal) as found:
        CREDIT_RULES.check({**CREDIT_RULES.default, **change})
    assert found.value.code == "policy_document_bad"
    assert column in [place.column for place in found.value.where]


@pytest.mark.django_db(transaction=True)
def test_the_commands(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Trade()
    person("li", "finance_manager")  # nothing can be worked out, so it departs from the policy: one level higher

    def run(*arguments: str, password: str = "a long pass phrase") -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        capsys.readouterr()
        code = cli.main(["credit", "limit", *arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, asked = run("propose", "MAIN-N", "500000", "--reason", "年度授信", "--term", "60")
    assert (code, asked["state"], asked["amount"], asked["term_days"]) == (0, "waiting", "500000.00", 60)
    decide = ["approve", str(asked["request"]), "--user", "li", "--password-stdin", "--digest", asked["digest"]]
    assert run(*decide, password="wrong")[1]["error"]["code"] == "log_in_wrong"
    assert run("show", "MAIN-N")[1]["state"] == "none"
    assert run(*decide)[1]["state"] == "approved"
    shown = run("show", "MAIN-N")[1]
    assert (shown["limit"], shown["state"], shown["history"][0]["decided_by"]) == ("500000.00", "granted", "li")
    assert run("list")[1] == {"requests": []}
    run("propose", "MAIN-S", "100", "--reason", "年度授信")
    Trade("SECOND")
    assert [len(run("list", *named)[1]["requests"]) for named in ([], ["--company", "SECOND"])] == [1, 0]
