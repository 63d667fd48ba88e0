"""Registering and amending contracts, milestones and orders: nothing is overwritten, refusals write nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.events.models import Event
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.orders import QUANTITY, Order
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import Contract, ContractFile, ContractVersion, Fulfilment, SalesOrder
from huikuan.record.contracts.operations.contracts import amend_contract, attach_file, create_contract
from huikuan.record.contracts.operations.invoicing import invoice
from huikuan.record.contracts.operations.milestones import record_milestone, withdraw_milestone
from huikuan.record.contracts.operations.orders import (
    change_order,
    create_order,
    record_delivery,
    withdraw_fulfilment,
)
from huikuan.record.contracts.queries.progress import order_of
from huikuan.record.contracts.queries.terms import standing, terms_of
from huikuan.record.contracts.tests.conftest import WHO, Register, day, line


def refuses(code: str, work: Any, **given: Any) -> None:
    """`work` is refused with `code` and leaves everything as it was."""
    before = (Leaf.objects.count(), list(Contract.objects.values()), list(SalesOrder.objects.values()))
    with pytest.raises(Refusal) as refused:
        work(**given)
    assert refused.value.code == code
    assert (Leaf.objects.count(), list(Contract.objects.values()), list(SalesOrder.objects.values())) == before


def test_an_amendment_is_dated_and_the_past_keeps_what_was_agreed(register: Register) -> None:
    contract = register.contract()
    changes = {"amount": 1_200_00, "payment_terms": "验收后 60 天"}
    amended = {"contract_id": contract, "reason": "补充协议一", "effective_on": day("2026-05-01"), **WHO}
    assert amend_contract(version=1, changes=changes, **amended) == 2
    assert terms_of(contract, day("2026-04-30")).amount == 1_000_00
    assert terms_of(contract, day("2026-05-01")).amount == 1_200_00
    assert Contract.objects.get(pk=contract).amount == 1_200_00
    assert amend_contract(version=2, changes=changes, **amended) == 2, "the same again writes nothing"
    assert list(ContractVersion.objects.values_list("version", "effective_on", "reason")) == [
        (1, day("2026-01-10"), "signed"),
        (2, day("2026-05-01"), "补充协议一"),
    ]
    refuses("contract_changed_since", amend_contract, version=1, changes={"name": "别的"}, **amended)
    refuses(
        "amendment_reason_needed", amend_contract, version=2, changes={"name": "别的"}, **{**amended, "reason": " "}
    )
    refuses("contract_currency_fixed", amend_contract, version=2, changes={"currency": "USD"}, **amended)
    refuses("contract_unknown", amend_contract, version=2, changes={}, **{**amended, "contract_id": 9999})


def test_a_contract_that_cannot_be_registered_is_refused(register: Register) -> None:
    register.contract()
    plain = {"company": register.company, "customer_id": register.customer.id, "terms": Terms("甲", "CNY"), **WHO}
    refuses("contract_number_taken", create_contract, **{**plain, "number": "JL－001"})
    refuses("contract_field_missing", create_contract, **{**plain, "number": "　"})
    refuses("contract_field_too_long", create_contract, **{**plain, "number": "x" * 61})
    refuses("contract_customer_unknown", create_contract, **{**plain, "number": "JL-2", "customer_id": 0})


def test_a_milestone_that_was_reached_is_not_amended_away(register: Register) -> None:
    contract = register.contract()
    event = record_milestone(contract_id=contract, milestone="acceptance", happened_on=day("2026-06-15"), **WHO)
    assert standing(contract)["acceptance"].due_date == day("2026-07-15")
    without = {"milestones": read_milestones("签订 30% 10天；质保期满 70%")}
    amended = {"contract_id": contract, "version": 1, "reason": "补充", "effective_on": day("2026-07-01"), **WHO}
    refuses("milestone_reached_already", amend_contract, changes=without, **amended)
    withdraw_milestone(event_id=event, reason="错", **WHO)
    assert amend_contract(changes=without, **amended) == 2
    refuses(
        "milestone_unknown",
        record_milestone,
        contract_id=contract,
        milestone="acceptance",
        happened_on=day("2026-06-15"),
        **WHO,
    )


def test_withdrawing_needs_a_reason_and_an_event_that_stands(register: Register) -> None:
    contract = register.contract(signed_on=None)
    event = record_milestone(contract_id=contract, milestone="signing", happened_on=day("2026-01-10"), **WHO)
    refuses("withdrawal_reason_needed", withdraw_milestone, event_id=event, reason="", **WHO)
    refuses("milestone_event_unknown", withdraw_milestone, event_id=event + 1000, reason="错", **WHO)
    taken_back = withdraw_milestone(event_id=event, reason="错", **WHO)
    refuses("milestone_event_unknown", withdraw_milestone, event_id=taken_back, reason="错", **WHO)
    refuses("milestone_event_withdrawn", withdraw_milestone, event_id=event, reason="错", **WHO)
    told = Event.objects.order_by("tx", "id").values_list("kind", flat=True)
    assert list(told) == ["contracts.created", "contracts.milestone_reached", "contracts.milestone_withdrawn"]


def test_a_void_contract_reaches_nothing(register: Register) -> None:
    contract = register.contract(status="void")
    refuses(
        "contract_void",
        record_milestone,
        contract_id=contract,
        milestone="signing",
        happened_on=day("2026-01-10"),
        **WHO,
    )


def test_a_file_is_kept_once(register: Register, tmp_path: Path) -> None:
    contract = register.contract()
    text = tmp_path / "合同.pdf"
    text.write_bytes(b"%PDF-1.7 signed")
    first = attach_file(contract_id=contract, content=text, name=text.name, **WHO)
    assert attach_file(contract_id=contract, content=b"%PDF-1.7 signed", name="again.pdf", **WHO) == first
    assert list(ContractFile.objects.values_list("sha256", "name")) == [(first, "合同.pdf")]


def test_an_order_is_delivered_and_invoiced_line_by_line(register: Register) -> None:
    order = register.order("SO-1", line(1, 3, 100_00), line(2, 1, 50_00))
    half = {"order_id": order, "line": 1, "quantity_e4": QUANTITY, "document_number": "DN-1", **WHO}
    delivered = record_delivery(delivered_on=day("2026-03-01"), **half)
    row = SalesOrder.objects.get(pk=order)
    assert (row.amount, row.delivered_amount, row.invoiced_amount, row.state) == (150_00, 33_33, 0, "partly")
    record_delivery(delivered_on=day("2026-03-02"), **{**half, "quantity_e4": 2 * QUANTITY})
    record_delivery(delivered_on=day("2026-03-02"), **{**half, "line": 2})
    row.refresh_from_db()
    assert (row.delivered_amount, row.state) == (150_00, "delivered")
    due = {"invoiced_on": day("2026-03-05"), "due_date": day("2026-04-05")}
    invoice(**due, **{**half, "quantity_e4": 3 * QUANTITY, "document_number": "FP-1"})
    invoice(**due, **{**half, "line": 2, "document_number": "FP-2"})
    row.refresh_from_db()
    assert (row.invoiced_amount, row.state) == (150_00, "completed")
    withdraw_fulfilment(fulfilment_id=delivered, **WHO)
    row.refresh_from_db()
    assert (row.delivered_amount, row.state) == (150_00 - 33_33, "partly")
    refuses("fulfilment_withdrawn", withdraw_fulfilment, fulfilment_id=delivered, **WHO)
    refuses("more_than_ordered", record_delivery, delivered_on=day("2026-03-03"), **{**half, "quantity_e4": 10_001})
    refuses("event_in_future", record_delivery, delivered_on=day("2026-11-21"), **half)
    refuses("order_line_unknown", record_delivery, delivered_on=day("2026-03-03"), **{**half, "line": 3})
    assert Fulfilment.objects.count() == 6


def test_an_order_is_changed_but_not_below_what_was_done(register: Register) -> None:
    order = register.order("SO-1", line(1, 3), line(2, 1))
    record_delivery(order_id=order, line=1, quantity_e4=2 * QUANTITY, delivered_on=day("2026-03-01"), **WHO)
    known = order_of(order)
    more = Order(known.ordered_on, "CNY", (line(1, 4, 200_00),))
    assert change_order(order_id=order, version=1, order=more, **WHO) == 2
    assert SalesOrder.objects.get(pk=order).amount == 200_00
    assert change_order(order_id=order, version=2, order=more, **WHO) == 2
    less = Order(known.ordered_on, "CNY", (line(1, 1),))
    refuses("order_changed_since", change_order, order_id=order, version=1, order=less, **WHO)
    refuses("order_done_already", change_order, order_id=order, version=2, order=less, **WHO)
    cheap = Order(known.ordered_on, "CNY", (line(1, 4, 10_00),))
    refuses("order_done_already", change_order, order_id=order, version=2, order=cheap, **WHO)
    void = Order(known.ordered_on, "CNY", more.lines, void=True)
    refuses("order_done_already", change_order, order_id=order, version=2, order=void, **WHO)
    dollars = Order(known.ordered_on, "USD", more.lines)
    refuses("order_currency_fixed", change_order, order_id=order, version=2, order=dollars, **WHO)


def test_an_order_that_cannot_be_entered_is_refused(register: Register) -> None:
    register.contract("JL-001")
    register.order("SO-1")
    usual = {"company": register.company, "customer_id": register.other.id, "number": "SO-2", **WHO}
    good = Order(day("2026-02-01"), "CNY", (line(1),))
    foreign = Order(good.ordered_on, "CNY", good.lines, contract_number="JL-001")
    refuses("order_contract_foreign", create_order, order=foreign, **usual)
    refuses("order_number_taken", create_order, order=good, **{**usual, "number": "SO-1"})
    refuses("order_without_lines", create_order, order=Order(good.ordered_on, "CNY", ()), **usual)
    refuses("order_line_twice", create_order, order=Order(good.ordered_on, "CNY", (line(1), line(1))), **usual)
    refuses("order_quantity_bad", create_order, order=Order(good.ordered_on, "CNY", (line(1, 0),)), **usual)
    refuses("order_amount_bad", create_order, order=Order(good.ordered_on, "CNY", (line(1, 1, 0),)), **usual)
