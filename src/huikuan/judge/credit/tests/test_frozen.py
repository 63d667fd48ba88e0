"""A frozen customer's orders wait, deliveries too where supply is frozen; released, what waited goes on."""

from __future__ import annotations

import pytest

from huikuan.judge.credit.domain.deciding import DELIVERY, ENFORCE, HOLD, ORDER, Blocking, Known, Late, Rules, decide
from huikuan.judge.credit.operations.orders import ask_waiting
from huikuan.judge.credit.policies import CREDIT_RULES, rules_of
from huikuan.judge.credit.telling.decisions import told_reasons
from huikuan.judge.credit.tests.conftest import AT, TODAY, Trade, person
from huikuan.judge.credit.tests.test_orders import last, limited, refused, rules, rules_said, state
from huikuan.mechanisms.audit.operations import record
from huikuan.record.customers.operations import merge_customers
from huikuan.record.promises.models import Freeze, Release

pytestmark = pytest.mark.django_db


@pytest.fixture
def enforced(trade: Trade) -> Trade:
    for name, role in (("chen", "credit_analyst"), ("li", "credit_manager"), ("zhou", "management")):
        person(name, role)
    limited(trade, 10_000_00)
    rules(ENFORCE)
    return trade


def freeze(trade: Trade, customer: int, kind: str = "supply") -> int:
    row = {
        "company_id": trade.company.pk, "customer_id": customer, "kind": kind, "frozen_on": TODAY,
        "reason": "两次失约", "request_id": Freeze.objects.count() + 1, "approved_by": "li", "actor": "chen",
    }  # fmt: skip
    return record(Freeze, [row], at=AT)[0]


def release(trade: Trade, freeze_id: int) -> None:
    row = {
        "freeze_id": freeze_id, "company_id": trade.company.pk, "customer_id": trade.north, "released_on": TODAY,
        "reason": "已付清", "request_id": 100 + freeze_id, "approved_by": "li", "actor": "chen",
    }  # fmt: skip
    record(Release, [row], at=AT)


def test_its_orders_wait_with_the_reason_until_it_is_released(enforced: Trade) -> None:
    number = freeze(enforced, enforced.north, "account")
    order = enforced.order("SO-1", 1_00)
    decided = last(order)
    assert (state(order), rules_said(order), decided.decision) == ("held", ["frozen"], HOLD)
    assert told_reasons(decided.content, "CNY") == ["客户已被冻结：两次失约"]
    assert [one["way"] for one in decided.content["ways_out"]] == [
        "release_freeze", "release_by_authority", "stop_supply"
    ]  # fmt: skip
    assert ask_waiting(at=AT)["released"] == 0
    release(enforced, number)
    assert ask_waiting(at=AT)["released"] == 1
    assert state(order) == "released"


def test_deliveries_stop_where_supply_is_frozen_and_go_on_where_the_account_is(enforced: Trade) -> None:
    order = enforced.order("SO-1", 10_00)
    freeze(enforced, enforced.north, "account")
    enforced.deliver(order, 1)
    freeze(enforced, enforced.north, "supply")
    assert refused(lambda: enforced.deliver(order, 1)) == "delivery_blocked"


def test_another_customer_is_not_concerned_until_it_is_one_with_it(enforced: Trade) -> None:
    freeze(enforced, enforced.south)
    assert state(enforced.order("SO-1", 1_00)) == "released"
    merge_customers(from_id=enforced.south, into_id=enforced.north, reason="同一法人", actor="tester", at=AT)
    assert rules_said(enforced.order("SO-2", 1_00)) == ["frozen"]


def test_on_as_shipped_and_where_a_version_from_before_says_nothing() -> None:
    old = {"overdue_days": 30, "overdue_amount": None, "missing_contract": False}
    for document in (CREDIT_RULES.default, {**CREDIT_RULES.default, "order": old}):
        CREDIT_RULES.check(document)
        assert rules_of(document, "CNY").order.frozen
    off = {**CREDIT_RULES.default, "order": {**CREDIT_RULES.default["order"], "frozen": False}}
    assert not rules_of(off, "CNY").order.frozen


@pytest.mark.parametrize(
    ("document", "kind", "on", "rules_that_spoke"),
    [
        (ORDER, "supply", True, ["frozen"]),
        (ORDER, "account", True, ["frozen"]),
        (DELIVERY, "supply", True, ["frozen"]),
        (DELIVERY, "account", True, []),
        (ORDER, "supply", False, []),
        (ORDER, "", True, []),
    ],
)
def test_what_a_freeze_holds(document: str, kind: str, on: bool, rules_that_spoke: list[str]) -> None:
    blocking = Blocking(frozen=on)
    known = Known(frozen=kind, frozen_because="两次失约")
    said = decide((), Late(), Rules(order=blocking, delivery=blocking), document=document, known=known)
    assert [reason.rule for reason in said.reasons] == rules_that_spoke
