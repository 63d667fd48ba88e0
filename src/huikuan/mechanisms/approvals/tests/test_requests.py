"""The life of a request: who decides what, for what was shown, once (catalogue 58, 80)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals import kinds, operations, queries
from huikuan.mechanisms.approvals.models import ApprovalRequest, ApprovalStep
from huikuan.mechanisms.approvals.operations.asking import About, Sum
from huikuan.mechanisms.approvals.policies import AUTHORITY
from huikuan.mechanisms.approvals.tests.conftest import (
    AT,
    DAY,
    HOUR,
    KIND,
    approve,
    ask,
    done,
    limit_shown,
    person,
    raise_limit,
    role,
    state,
)
from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies import queries as policy_queries
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import affiliate, create_customer, merge_customers, undo_merge

pytestmark = pytest.mark.django_db


def refused(code: str, work: Any) -> None:
    """The refusal comes, and no step or deed with it."""
    before = ApprovalStep.objects.count(), done()
    with pytest.raises(Refusal, match=code), transaction.atomic():
        work()
    assert (ApprovalStep.objects.count(), done()) == before


def in_force(**changes: Any) -> None:
    """A matrix of this company's own."""
    document = {**AUTHORITY.default, **changes}
    version = policies.draft(kind="authority", company_id=None, document=document, actor="zhou", at=AT - HOUR)
    digest = policy_queries.version(version).digest
    policies.approve(version_id=version, digest=digest, actor="wu", at=AT - HOUR)
    policies.put_in_force(version_id=version, effective_at=AT - HOUR, actor="zhou", at=AT - HOUR)


TWO_STOPS = [{"kind": "*", "up_to": None, "roles": ["credit_manager", "finance_manager"]}]


def test_it_is_done_with_the_last_approval(customer: int) -> None:
    request = ask(customer)
    assert (state(request), role(request), done()) == ("pending", "sales_manager", 0)
    assert approve(request, "sun") is True
    assert (state(request), role(request), done()) == ("approved", "", 1)
    refused("request_decided", lambda: approve(request, "qian"))
    refused("request_decided", lambda: operations.withdraw_request(request_id=request, actor="li", at=AT))


def test_along_two_stops_two_persons_decide(customer: int) -> None:
    in_force(rows=TWO_STOPS)
    request = ask(customer)
    refused("request_not_yours", lambda: approve(request, "sun"))
    assert approve(request, "qian") is False
    assert (state(request), role(request), done()) == ("pending", "finance_manager", 0)
    refused("request_not_yours", lambda: approve(request, "zheng"))
    assert approve(request, "wu") is True
    assert [step.step for step in queries.history(request)] == ["agreed", "approved"]


def test_nobody_decides_twice_along_a_route(customer: int) -> None:
    in_force(rows=TWO_STOPS)
    identity.grant_role(username="qian", role="finance_manager", actor="cli:root", at=AT)
    request = ask(customer)
    approve(request, "qian")
    refused("request_decided_by_you", lambda: approve(request, "qian"))
    assert state(request) == "pending"


def test_the_maker_decides_by_no_door_and_no_later_role(customer: int) -> None:
    for maker in ("zhou", "cli:zhou"):
        made = ask(customer, maker=maker)
        refused("request_own", partial(approve, made, "zhou"))
        operations.withdraw_request(request_id=made, actor="zhou", at=AT)
    request = ask(customer)
    identity.grant_role(username="li", role="management", actor="cli:root", at=AT)
    refused("request_own", lambda: approve(request, "li", at=AT + HOUR))
    refused("request_not_yours", lambda: approve(request, "cli:zhou"))
    refused("request_not_yours", lambda: approve(request, "system"))


def test_whom_it_concerns_does_not_decide(customer: int) -> None:
    request = ask(customer, barred=["sun"])
    refused("request_concerns_you", lambda: approve(request, "sun"))
    assert approve(request, "qian")


def test_too_little_authority_decides_nothing(customer: int) -> None:
    request = ask(customer, 1_000_001)
    for name in ("sun", "qian", "nobody"):
        refused("request_not_yours", lambda name=name: approve(request, name))
    assert approve(request, "wu")


def test_off_policy_goes_one_row_up(customer: int) -> None:
    request = ask(customer, off_policy=True)
    refused("request_not_yours", lambda: approve(request, "sun"))
    assert role(request) == "credit_manager"


def test_administrators_decide_nothing(customer: int) -> None:
    excused = {"reason": "few people", "until": AT + 9 * DAY, "approved_by": "zheng"}
    identity.grant_role(username="wu", role="administrator", actor="cli:root", at=AT, **excused)
    request = ask(customer)
    refused("request_not_yours", lambda: approve(request, "wu", at=AT + HOUR))
    assert queries.waiting_for("wu", at=AT + HOUR) == []


def test_a_right_taken_away_decides_nothing(customer: int) -> None:
    request = ask(customer)
    identity.revoke_role(username="sun", role="sales_manager", actor="cli:root", at=AT)
    refused("request_not_yours", lambda: approve(request, "sun", at=AT + HOUR))
    identity.deactivate_user(username="qian", actor="cli:root", at=AT)
    refused("request_not_yours", lambda: approve(request, "qian", at=AT + HOUR))


def test_out_of_reach_nothing_is_decided_or_seen(customer: int) -> None:
    north = Company.objects.create(code="NORTH", name="北方分公司")
    person("han", "finance_manager", company="NORTH")
    person("he", "sales_manager")  # of a team without customers
    request = ask(customer)
    for name in ("han", "he"):
        refused("request_not_yours", lambda name=name: approve(request, name))
        assert queries.waiting_for(name, at=AT) == []
    affiliate(customer_id=customer, dimension="owner", value="he", effective_on=AT.date(), actor="cli:test", at=AT)
    assert [row.id for row in queries.waiting_for("he", at=AT)] == [request]
    elsewhere = operations.submit_request(
        about=About(KIND, "north", north.pk, customer),
        shown={"limit": "1.00", "customer_version": 1},
        sum_asked=Sum(100, "CNY"),
        actor="li",
        at=AT,
    )
    assert [row.id for row in queries.waiting_for("han", at=AT)] == [elsewhere]
    assert approve(elsewhere, "han")
    with pytest.raises(Refusal, match="request_unknown"):
        queries.request(request, me="han", scope=NOTHING)
    assert queries.request(request, me="li", scope=NOTHING).id == request


def test_an_approval_is_for_what_was_shown(customer: int) -> None:
    request = ask(customer)
    refused(
        "request_not_as_shown",
        lambda: operations.approve_request(request_id=request, digest="0" * 64, actor="sun", at=AT),
    )
    Customer.objects.update(version=2)
    refused("request_shown_has_changed", lambda: approve(request, "sun"))
    assert operations.void_requests(
        kind=KIND, subject=f"customer:{customer}", because="changed", actor="cli:x", at=AT
    ) == [request]
    assert state(request) == "void"
    refused("request_decided", lambda: approve(request, "sun"))


def test_what_fails_while_it_is_done_was_not_approved(customer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    request = ask(customer)

    def fail(asked: kinds.Asked, **_: object) -> None:
        raise Refusal("period_locked")

    real = kinds.kind_named(KIND)
    monkeypatch.setitem(kinds._KINDS, KIND, kinds.ApprovalKind(KIND, "limit", real.still_shown, fail, real.describe))
    refused("period_locked", lambda: approve(request, "sun"))
    assert state(request) == "pending"


def test_returned_it_is_asked_anew(customer: int) -> None:
    request = ask(customer)
    refused(
        "request_reason_missing",
        lambda: operations.return_request(request_id=request, comment=" ", actor="sun", at=AT),
    )
    refused(
        "request_not_yours",
        lambda: operations.return_request(request_id=request, comment="no", actor="he", at=AT),
    )
    operations.return_request(request_id=request, comment="too much", actor="sun", at=AT)
    assert state(request) == "returned"
    again = ask(customer, 100_000, replaces=request)
    assert queries.request(again, me="li", scope=NOTHING).replaces_id == request
    assert queries.history(request)[0].comment == "too much"


def test_only_its_maker_withdraws_it(customer: int) -> None:
    request = ask(customer)
    refused("request_not_made_by_you", lambda: operations.withdraw_request(request_id=request, actor="sun", at=AT))
    operations.withdraw_request(request_id=request, actor="li", at=AT)
    assert (state(request), done()) == ("withdrawn", 0)


def test_one_request_about_one_thing_waits(customer: int) -> None:
    request = ask(customer)
    with pytest.raises(Refusal, match="request_waits_already"):
        ask(customer)
    with pytest.raises(Refusal, match="request_replaces_another"):
        ask(customer, subject="other", replaces=request)
    assert ApprovalRequest.objects.count() == 1


def test_split_requests_are_summed_over_the_window(customer: int) -> None:
    first = ask(customer, 150_000, subject="a")
    second = ask(customer, 50_001, subject="b", maker="wu")
    assert (role(first), role(second)) == ("sales_manager", "credit_manager")
    operations.withdraw_request(request_id=first, actor="li", at=AT)
    assert role(ask(customer, 50_000, subject="c")) == "sales_manager"
    assert role(ask(customer, 100_000, subject="d")) == "credit_manager"  # 50,001 + 50,000 + 100,000
    assert role(ask(customer, 150_000, subject="e", at=AT + 30 * DAY)) == "sales_manager"
    total = queries.request(second, me="", scope=EVERYTHING).measured_total
    assert total == 200_001_00


def test_customers_that_are_one_are_summed_as_one(customer: int) -> None:
    other = create_customer(master=Master("C2", "云岭铸造厂"), actor="cli:test", at=AT - DAY)
    ask(other, 150_000)
    merge = merge_customers(from_id=other, into_id=customer, reason="one firm", actor="cli:test", at=AT)
    first = ask(customer, 50_001)
    assert role(first) == "credit_manager"
    operations.withdraw_request(request_id=first, actor="li", at=AT)
    undo_merge(merge_id=merge, reason="two firms", actor="cli:test", at=AT)
    assert role(ask(customer, 50_001)) == "sales_manager"


def test_without_a_customer_the_subject_is_summed_whoever_asks(customer: int) -> None:
    def refund(maker: str, yuan: int) -> int:
        about = About(KIND, "group:G", Company.objects.get().pk)
        asked = Sum(yuan * 100, "CNY")
        return operations.submit_request(about=about, shown={}, sum_asked=asked, actor=maker, at=AT)

    kinds.register(kinds.ApprovalKind(KIND, "refund", lambda asked, *, at: {}, raise_limit, lambda shown: []))
    approve(refund("li", 150_000), "qian")
    assert role(refund("wu", 50_001)) == "credit_manager"


def test_without_a_customer_the_maker_is_summed(customer: int) -> None:
    def refund(subject: str, maker: str) -> int:
        about = About(KIND, subject, Company.objects.get().pk)
        return operations.submit_request(about=about, shown={}, sum_asked=Sum(150_000_00, "CNY"), actor=maker, at=AT)

    assert [role(refund(*one)) for one in (("a", "li"), ("b", "wu"), ("c", "cli:li"))] == [
        "sales_manager", "sales_manager", "credit_manager",
    ]  # fmt: skip


def test_another_currency_needs_its_measure(customer: int) -> None:
    about = About(KIND, "usd", Company.objects.get().pk, customer)

    def submit(asked: Sum) -> int:
        return operations.submit_request(about=about, shown={}, sum_asked=asked, actor="li", at=AT)

    for code, asked in (
        ("request_not_measured", Sum(100_00, "USD")),
        ("request_amount_negative", Sum(-1, "CNY")),
        ("request_amount_negative", Sum(1, "USD", -7)),
    ):
        with pytest.raises(Refusal, match=code):
            submit(asked)
    assert not ApprovalRequest.objects.exists()
    assert role(submit(Sum(100_000_00, "USD", 710_000_00))) == "credit_manager"


def test_the_route_is_frozen_when_asked(customer: int) -> None:
    request = ask(customer)
    in_force(rows=TWO_STOPS)
    assert role(request) == "sales_manager"
    assert approve(request, "sun")


def test_who_waits_too_long_is_passed_over_and_at_last_it_expires(customer: int) -> None:
    request = ask(customer)
    assert operations.tend_requests(at=AT + 3 * DAY - timedelta(seconds=1)) == {}
    for days, waits in ((3, "credit_manager"), (6, "finance_manager"), (9, "management")):
        assert operations.tend_requests(at=AT + days * DAY) == {"escalated": 1}
        assert operations.tend_requests(at=AT + days * DAY) == {}
        assert role(request) == waits
    assert operations.tend_requests(at=AT + 12 * DAY) == {"expired": 1}
    assert (state(request), done()) == ("expired", 0)
    refused("request_decided", lambda: approve(request, "zheng", at=AT + 12 * DAY))


def test_passed_over_one_may_still_decide(customer: int) -> None:
    request = ask(customer)
    operations.tend_requests(at=AT + 3 * DAY)
    assert approve(request, "sun", at=AT + 4 * DAY)


def test_a_small_firm_lets_makers_decide_who_say_why(customer: int) -> None:
    policies.choose_small_firm(actor="cli:root", at=AT - HOUR)
    identity.grant_role(username="zhou", role="administrator", reason="small", actor="cli:root", at=AT)
    request = ask(customer, maker="zhou", at=AT + HOUR)
    refused("request_reason_missing", lambda: approve(request, "zhou", at=AT + HOUR))
    assert [row.id for row in queries.waiting_for("zhou", at=AT + HOUR)] == [request]
    assert approve(request, "zhou", comment="nobody else is here", at=AT + HOUR)
    assert [step.own for step in queries.history(request)] == [True]


def test_what_waits_for_whom(customer: int) -> None:
    small, large = ask(customer, subject="a"), ask(customer, 6_000_000, subject="b", maker="wu")
    waits = {
        name: [row.id for row in queries.waiting_for(name, at=AT)]
        for name in ("sun", "qian", "zhou", "wu", "zheng", "li", "nobody", "cli:zhou")
    }
    assert waits == {
        "sun": [small], "qian": [small], "zhou": [small], "wu": [small], "zheng": [small, large], "li": [],
        "nobody": [], "cli:zhou": [],
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_busy_is_asked_again(customer: int) -> None:
    """A deadlock with an order that is being decided about: whoever decided need not do it once more."""
    request, tried = ask(customer), []

    def busy(asked: kinds.Asked, *, actor: str, at: datetime) -> None:
        tried.append(asked.id)
        if len(tried) == 1:
            raise OperationalError("database is locked")
        raise_limit(asked, actor=actor, at=at)

    kinds.register(kinds.ApprovalKind(KIND, "limit", limit_shown, busy, lambda shown: []))
    assert approve(request, "sun")
    assert (tried, state(request), done()) == ([request, request], "approved", 1)
    assert [step.step for step in queries.history(request)] == ["approved"]
