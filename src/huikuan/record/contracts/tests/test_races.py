"""Two who record one event at the same moment: one stands. Without the contract's row held, both would."""

from __future__ import annotations

import pytest
from django.db import connection

from huikuan.record.contracts.models import Contract, Fulfilment, MilestoneEvent, SalesOrder
from huikuan.record.contracts.operations import milestones, orders
from huikuan.record.contracts.operations.milestones import record_milestone
from huikuan.record.contracts.operations.orders import record_delivery
from huikuan.record.contracts.tests.conftest import WHO, Register, day
from huikuan.record.receivables.tests.test_races import at_once, codes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]


@pytest.fixture
def register(transactional_db: None) -> Register:
    return Register()


def _record(contract: int) -> list[str]:
    def work(_: int) -> int:
        return record_milestone(contract_id=contract, milestone="acceptance", happened_on=day("2026-06-15"), **WHO)

    return sorted(codes(at_once(4, work)))


def test_of_four_at_once_one_records_the_event(register: Register) -> None:
    for number in range(3):
        contract = register.contract(f"JL-{number}")
        assert _record(contract) == ["done", *["milestone_reached_already"] * 3]
        assert MilestoneEvent.objects.filter(contract_id=contract, milestone="acceptance").count() == 1


def test_without_the_row_held_an_event_is_recorded_twice(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Barrier

    met = Barrier(4)
    standing = milestones.standing

    def all_look_first(contract_id: int) -> object:
        found = standing(contract_id)
        met.wait(timeout=30)
        return found

    monkeypatch.setattr(milestones, "locked", lambda contract_id: Contract.objects.get(pk=contract_id))
    monkeypatch.setattr(milestones, "standing", all_look_first)
    contract = register.contract()
    assert _record(contract) == ["done"] * 4
    assert MilestoneEvent.objects.filter(contract_id=contract, milestone="acceptance").count() == 4


def _deliver(order: int) -> list[str]:
    def work(_: int) -> int:
        return record_delivery(order_id=order, line=1, quantity_e4=20_000, delivered_on=day("2026-03-01"), **WHO)

    return sorted(codes(at_once(4, work)))


def test_of_four_deliveries_at_once_no_more_goes_out_than_was_ordered(register: Register) -> None:
    order = register.order()
    assert _deliver(order) == ["done", *["more_than_ordered"] * 3]
    assert SalesOrder.objects.get(pk=order).state == "partly"


def test_without_the_row_held_more_is_delivered_than_was_ordered(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Barrier

    met = Barrier(4)
    fulfil = orders.fulfil

    def all_look_first(*given: object) -> int:
        amount = fulfil(*given)
        met.wait(timeout=30)
        return amount

    monkeypatch.setattr(orders, "locked", lambda order_id: SalesOrder.objects.get(pk=order_id))
    monkeypatch.setattr(orders, "fulfil", all_look_first)
    order = register.order()
    assert _deliver(order) == ["done"] * 4
    assert sum(Fulfilment.objects.values_list("quantity_e4", flat=True)) == 80_000
