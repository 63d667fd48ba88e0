"""Supply and account are frozen and let go by two people; broken promises propose it, nothing does it by itself."""

from __future__ import annotations

from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.queries.requests import request_record, route_of
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.queries.items import open_keys
from huikuan.record.customers.operations import merge_customers
from huikuan.record.promises.models import Freeze, Release
from huikuan.record.promises.operations.freezing import propose_freeze, propose_release
from huikuan.record.promises.queries import frozen
from huikuan.record.promises.queries.freezes import Frozen, asking_frozen, freezes
from huikuan.record.promises.tests.conftest import Desk, at, day

pytestmark = pytest.mark.django_db


class Freezing(Desk):
    def propose(self, kind: str = "supply", reason: str = "两次失约", **said: Any) -> int:
        given: dict[str, Any] = {
            "customer_id": self.customer.id, "actor": self.collector, "at": at("2026-03-02"), **said,
        }  # fmt: skip
        return propose_freeze(company=self.company, kind=kind, reason=reason, **given)

    def freeze(self, kind: str = "supply") -> int:
        self.approve(self.propose(kind), actor=self.credit)
        return Freeze.objects.latest("pk").pk

    def release(self, freeze: int, on: str = "2026-03-09") -> None:
        request = propose_release(freeze_id=freeze, reason="已付清", actor=self.collector, at=at(on))
        self.approve(request, on, actor=self.credit)


@pytest.fixture
def desk(db: None) -> Freezing:
    return Freezing()


def refused(code: str, work: Any, *args: Any, **named: Any) -> None:
    before = Freeze.objects.count(), Release.objects.count()
    with pytest.raises(Refusal) as refusal:
        work(*args, **named)
    assert refusal.value.code == code
    assert before == (Freeze.objects.count(), Release.objects.count())


def test_frozen_once_another_has_approved_until_it_is_released(desk: Freezing) -> None:
    request = desk.propose()
    assert route_of(request_record(request))[0][0] == "credit_manager"
    assert frozen(desk.company.id, day("2026-03-02")) == {}
    refused("request_own", desk.approve, request, actor=desk.collector)
    desk.approve(request, actor=desk.credit)
    number = Freeze.objects.get().pk
    expected = Frozen(number, "supply", "两次失约", day("2026-03-02"))
    assert frozen(desk.company.id, day("2026-03-02")) == {desk.customer.id: expected}
    desk.release(number)
    assert frozen(desk.company.id, day("2026-03-08")) == {desk.customer.id: expected}
    assert frozen(desk.company.id, day("2026-03-09")) == {}
    (row,) = freezes(scope=EVERYTHING, as_of=day("2026-03-09"))
    assert (row.actor, row.approved_by, row.released_on, row.released_because) == (
        "collector", "credit", day("2026-03-09"), "已付清"
    )  # fmt: skip
    assert freezes(scope=EVERYTHING, as_of=day("2026-03-09"), standing=True) == []
    assert desk.told() == ["promises.frozen", "promises.released"]


def test_of_two_freezes_the_strictest_is_told(desk: Freezing) -> None:
    account, supply = desk.freeze("account"), desk.freeze("supply")
    found = asking_frozen(desk.company.id, [desk.customer.id], day("2026-03-02"))()
    assert found is not None
    assert (found.freeze_id, found.kind) == (supply, "supply")
    desk.release(supply)
    assert frozen(desk.company.id, day("2026-03-09"))[desk.customer.id].freeze_id == account


def test_who_is_one_with_a_frozen_customer_is_frozen(desk: Freezing) -> None:
    number = desk.freeze()
    merge_customers(
        from_id=desk.customer.id, into_id=desk.other.id, reason="同一家", actor="tester", at=at("2026-03-03")
    )
    found = frozen(desk.company.id, day("2026-03-03"))
    assert {customer: one.freeze_id for customer, one in found.items()} == {
        desk.customer.id: number, desk.other.id: number,
    }  # fmt: skip
    refused("freeze_stands", desk.propose, customer_id=desk.other.id)


def test_refusals_change_nothing(desk: Freezing) -> None:
    refused("freeze_kind_unknown", desk.propose, "payment")
    refused("promise_reason_missing", desk.propose, reason=" ")
    refused("not_permitted", desk.propose, actor="stranger")
    number = desk.freeze()
    refused("freeze_stands", desk.propose)
    desk.release(number)
    refused("freeze_over", propose_release, freeze_id=number, reason="x", actor=desk.collector, at=at("2026-03-10"))
    refused("freeze_unknown", propose_release, freeze_id=0, reason="x", actor=desk.collector, at=at("2026-03-10"))


def test_two_broken_promises_propose_a_freeze_and_do_nothing(desk: Freezing) -> None:
    for number, by in enumerate(("2026-03-05", "2026-03-06")):
        desk.promise((desk.post("invoice", 100_00 + number), 100_00), by=by)
    desk.judge("2026-03-09")
    assert open_keys("promises.to_freeze") == {}
    desk.judge("2026-03-10")
    item = WorkItem.objects.get(kind="promises.to_freeze")
    assert (item.role, item.shown["count"], item.customer_id) == ("credit_manager", 2, desk.customer.id)
    assert Freeze.objects.count() == 0
    desk.freeze()
    assert open_keys("promises.to_freeze") == {}
    desk.promise((desk.post("invoice", 300_00), 300_00), by="2026-03-07")
    desk.judge("2026-03-11")
    assert open_keys("promises.to_freeze") == {}
