"""Exposure by component, up the tree, in one currency; live and as of a day."""

from __future__ import annotations

import json
from datetime import date

import pytest

from huikuan.judge.credit.domain.exposure import (
    ADVANCES,
    BILLS,
    CASH_HELD,
    CLAIMS,
    COMPONENTS,
    DELIVERED,
    ORDERS,
    UNAPPLIED,
    Line,
    exposure_of,
)
from huikuan.judge.credit.queries.exposure import exposed, exposure_as_of, exposure_now, nodes_of
from huikuan.judge.credit.tests.conftest import AT, TODAY, Trade, day
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Part, Scope
from huikuan.record.customers.operations import affiliate
from huikuan.shell import cli


def parts(trade: Trade, customer: int | None = None, as_of: str = "") -> dict[str, int]:
    """Component → amount, those that are not zero; and '' → the total."""
    (node, *_) = nodes_of(customer or trade.north, TODAY)
    if as_of:
        found = exposure_as_of(trade.company, node, currency="CNY", day=day(as_of)).exposure
    else:
        found = exposure_now(trade.company, node, currency="CNY", day=TODAY).exposure
    return {**{one.component: one.amount for one in found.parts if one.amount}, "": found.total}


def test_each_component_counts_once(trade: Trade) -> None:
    trade.post("invoice", 1_000_00)
    trade.post("bill", 200_00)
    trade.post("unbilled", 50_00)
    trade.post("receipt", 30_00)
    trade.post("credit_note", 20_00)
    trade.post("deposit", 70_00, side="credit")
    assert parts(trade) == {
        CLAIMS: 1_000_00, BILLS: 200_00, DELIVERED: 50_00, UNAPPLIED: -50_00, CASH_HELD: -70_00, "": 1_130_00
    }  # fmt: skip


def test_a_bill_in_hand_is_not_cash(trade: Trade) -> None:
    trade.post("invoice", 1_000_00)
    trade.post("bill", 400_00, side="credit")
    assert parts(trade) == {CLAIMS: 1_000_00, "": 1_000_00}


def test_an_order_moves_through_its_life_without_counting_twice(trade: Trade) -> None:
    order = trade.order("SO-1", 1_000_00)
    assert parts(trade) == {ORDERS: 1_000_00, "": 1_000_00}
    trade.deliver(order, 4)
    assert parts(trade) == {ORDERS: 600_00, DELIVERED: 400_00, "": 1_000_00}
    trade.invoice(order, 3)
    assert parts(trade) == {ORDERS: 600_00, DELIVERED: 100_00, CLAIMS: 300_00, "": 1_000_00}
    # Invoiced ahead of the delivery: what is in the ledger is in no order.
    trade.invoice(order, 4)
    assert parts(trade) == {ORDERS: 300_00, CLAIMS: 700_00, "": 1_000_00}


def test_an_advance_nets_its_own_contract_alone(trade: Trade) -> None:
    trade.post("invoice", 300_00, contract_number="HT-1")
    trade.post("invoice", 500_00, contract_number="HT-2")
    trade.order("SO-1", 100_00, contract_number="HT-1")
    trade.post("advance", 1_000_00, contract_number="HT-1")
    assert parts(trade) == {CLAIMS: 800_00, ORDERS: 100_00, ADVANCES: -400_00, "": 500_00}
    (node, *_) = nodes_of(trade.north, TODAY)
    assert exposure_now(trade.company, node, currency="CNY", day=TODAY).exposure.idle_advances == 600_00


def test_an_advance_without_a_contract_nets_what_stands_under_none(trade: Trade) -> None:
    trade.post("invoice", 500_00, contract_number="HT-2")
    trade.post("advance", 300_00)
    assert parts(trade)[""] == 500_00
    trade.order("SO-1", 200_00)
    assert parts(trade) == {CLAIMS: 500_00, ORDERS: 200_00, ADVANCES: -200_00, "": 500_00}


def test_exposure_rises_up_the_tree_by_the_groups_of_the_day(trade: Trade) -> None:
    trade.grouped()
    trade.joins(trade.apart, "LUHE", "2026-06-01")
    trade.post("invoice", 100_00)
    trade.post("invoice", 20_00, customer=trade.south)
    trade.post("invoice", 3_00, customer=trade.apart)
    told = exposed(trade.company, trade.north, scope=EVERYTHING, currency="CNY", today=TODAY)
    assert [(one.node.group, one.exposure.total) for one in told] == [("", 100_00), ("LU", 120_00), ("LUHE", 120_00)]
    later = exposed(trade.company, trade.north, scope=EVERYTHING, currency="CNY", today=day("2026-06-01"))
    assert [one.exposure.total for one in later] == [100_00, 120_00, 123_00]


def test_another_companys_rows_are_none_of_it(trade: Trade) -> None:
    other = Trade("SECOND")
    trade.post("invoice", 100_00)
    other.post("invoice", 900_00, customer=trade.north)
    assert parts(trade)[""] == 100_00


def test_as_of_a_day_only_what_had_happened_counts(trade: Trade) -> None:
    claim, receipt = trade.post("invoice", 1_000_00, "2026-01-05"), trade.post("receipt", 600_00, "2026-01-20")
    trade.settle(receipt, claim, 600_00, "2026-02-01")
    order = trade.order("SO-1", 500_00)
    trade.deliver(order, 2, "2026-02-10")
    assert parts(trade, as_of="2026-01-04") == {"": 0}
    assert parts(trade, as_of="2026-01-10") == {CLAIMS: 1_000_00, "": 1_000_00}
    assert parts(trade, as_of="2026-01-31") == {CLAIMS: 1_000_00, UNAPPLIED: -600_00, "": 400_00}
    assert parts(trade, as_of="2026-02-01") == {CLAIMS: 400_00, ORDERS: 500_00, "": 900_00}
    assert parts(trade, as_of="2026-02-10") == {CLAIMS: 400_00, ORDERS: 400_00, DELIVERED: 100_00, "": 900_00}
    assert parts(trade) == parts(trade, as_of="9999-12-31")


def test_other_currencies_come_in_at_the_rate_of_the_day(trade: Trade) -> None:
    trade.rate("USD", "2026-01-01", 700_000_000)
    trade.rate("USD", "2026-02-01", 712_345_678)
    trade.post("invoice", 100_01, currency="USD")
    trade.post("invoice", 1_00)
    assert parts(trade, as_of="2026-01-31")[""] == 700_07 + 1_00
    assert parts(trade)[""] == 712_42 + 1_00  # 100.01 × 7.12345678 = 712.4169…


def test_without_a_rate_the_exposure_is_refused(trade: Trade) -> None:
    trade.post("invoice", 100_00, currency="EUR")
    with pytest.raises(Refusal) as refused:
        parts(trade)
    assert (refused.value.code, refused.value.params["currency"]) == ("exposure_without_rate", "EUR")


def test_a_reader_sees_whom_the_scope_reaches(trade: Trade) -> None:
    trade.grouped()
    affiliate(
        customer_id=trade.north, dimension="owner", value="韩越", effective_on=date(2020, 1, 1), actor="t", at=AT
    )
    own = Scope((Part(None, frozenset({"韩越"})),), TODAY)
    told = exposed(trade.company, trade.north, scope=own, currency="CNY", today=TODAY)
    assert [one.node.group for one in told] == [""]  # of a group, part of which is hidden, nothing is told
    with pytest.raises(Refusal, match="customer_unknown"):
        exposed(trade.company, trade.south, scope=own, currency="CNY", today=TODAY)


def test_components_are_converted_each_once() -> None:
    lines = [Line(1, "USD", "", CLAIMS, 1), Line(2, "USD", "", CLAIMS, 1), Line(1, "USD", "", UNAPPLIED, 1)]
    found = exposure_of(lines, "CNY", lambda minor, _: minor * 7)
    assert (found.of(CLAIMS), found.of(UNAPPLIED), found.total) == (14, -7, 7)
    assert tuple(part.component for part in found.parts) == COMPONENTS


@pytest.mark.django_db(transaction=True)
def test_the_command_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    trade = Trade()
    trade.grouped()
    trade.post("invoice", 100_00)
    trade.order("SO-1", 50_00)
    capsys.readouterr()
    assert cli.main(["credit", "exposure", "MAIN-N", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["exposure"], told["currency"], told["live"]) == ("150.00", "CNY", True)
    assert told["components"]["open_claims"] == "100.00"
    assert told["components"]["released_orders"] == "50.00"
    assert [(one["group"], one["exposure"]) for one in told["groups"]] == [("LU", "150.00"), ("LUHE", "150.00")]
    assert cli.main(["credit", "exposure", "MAIN-N", "--as-of", "2026-01-31", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["exposure"] == "100.00"
    assert cli.main(["credit", "exposure", "NOBODY", "--json"]) == 1
