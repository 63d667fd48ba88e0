"""What bills do in the ledger: they pay claims, are paid, passed on, and undone as of the day they are not paid."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.bills.domain.numbers import Range
from huikuan.record.bills.models import Bill, BillEvent
from huikuan.record.bills.operations.moving import (
    discount_bill,
    dishonour_bill,
    endorse_bill,
    lapse_bill,
    pay_bill,
    pledge_bill,
    present_bill,
    release_bill,
)
from huikuan.record.bills.operations.receiving import split_bill
from huikuan.record.bills.queries.bills import bill, events_of
from huikuan.record.bills.tests.conftest import NUMBER, TRADE, WHO, Till, day, move
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
from huikuan.record.receivables.models import Item, OpenItem, Settlement
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.queries.aging import aging
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.ledger import item

COUNTED = (Bill, BillEvent, Item, Settlement, Event)


def refused(code: str, work: Any, *args: Any, **said: Any) -> None:
    before = [model.objects.count() for model in COUNTED]
    with pytest.raises(Refusal) as found:
        work(*args, **said)
    assert found.value.code == code
    assert [model.objects.count() for model in COUNTED] == before


def stands(till: Till) -> dict[int, int]:
    """Open items by id, and the ledger proved beside."""
    assert check_ledger() == []
    return dict(OpenItem.objects.values_list("item_id", "open_amount"))


def row(number: int) -> Any:
    return bill(number, scope=EVERYTHING)


def test_a_bill_pays_the_earliest_due_first_and_is_owed_by_its_acceptor(till: Till) -> None:
    late = till.post("invoice", 70_000_00, "2026-01-05", due_date=date(2026, 3, 1))
    early = till.post("invoice", 50_000_00, "2026-01-10", due_date=date(2026, 2, 1))
    one = row(till.receive())
    assert stands(till) == {late: 20_000_00, one.debit_id: 100_000_00}
    owed = item(one.debit_id)
    assert (owed.kind, owed.side, owed.due_date, owed.document_number) == ("bill", "debit", date(2026, 7, 5), NUMBER)
    assert (one.state, one.acceptor_class, one.sequence) == ("in_hand", "other_bank", 1)
    assert till.open(early, "2026-01-19") == 50_000_00
    assert [event.kind for event in Event.objects.filter(kind__startswith="bills.").order_by("pk")] == [
        "bills.moved", "bills.received"
    ]  # fmt: skip


def test_claims_are_paid_as_the_customer_said(till: Till) -> None:
    first, second = till.post("invoice", 60_000_00), till.post("invoice", 60_000_00)
    one = row(till.receive(claims=[(second, 60_000_00), (first, 10_000_00)]))
    assert stands(till) == {first: 50_000_00, one.credit_id: 30_000_00, one.debit_id: 100_000_00}
    refused("bill_claims_exceed", till.receive, claims=[(first, 100_000_01)], number=TRADE, kind="commercial")
    refused("more_than_open", till.receive, claims=[(first, 50_000_01)], number=TRADE, kind="commercial")


def test_paid_the_acceptor_owes_no_more_and_what_paid_no_claim_is_cash(till: Till) -> None:
    claim = till.post("invoice", 80_000_00)
    number = till.receive()
    one = row(number)
    assert stands(till) == {one.credit_id: 20_000_00, one.debit_id: 100_000_00}
    present_bill(move(number, "2026-07-05"))
    pay_bill(move(number, "2026-07-06"))
    (receipt,) = stands(till)
    assert (item(receipt).kind, till.open(receipt), till.open(claim)) == ("receipt", 20_000_00, 0)
    assert till.open(one.debit_id, "2026-07-05") == 100_000_00
    last = events_of(number)[-1]
    assert (last.state, last.item_id, last.happened_on) == ("paid", receipt, date(2026, 7, 6))


def test_only_a_receipt_of_the_customer_with_as_much_open_pays_it(till: Till) -> None:
    """Also where no claim was paid with the bill, and its own credit would do."""
    number = till.receive(claims=[])
    present_bill(move(number, "2026-07-05"))
    others = create_customer(master=Master("OTHER", "宏朔钢构股份有限公司"), **WHO)
    for unfit in (
        till.post("receipt", 1_00),
        till.post("invoice", 100_000_00),
        till.post("credit_note", 100_000_00),
        till.post("receipt", 100_000_00, customer_id=others),
        999_999,
    ):
        refused("bill_receipt_unfit", pay_bill, move(number, "2026-07-07"), receipt_id=unfit)
    pay_bill(move(number, "2026-07-07"), receipt_id=till.post("receipt", 100_000_00))
    assert check_ledger() == []


def test_a_receipt_of_the_bank_pays_it(till: Till) -> None:
    till.post("invoice", 100_000_00)
    number = till.receive()
    present_bill(move(number, "2026-07-05"))
    receipt = till.post("receipt", 100_000_00, "2026-07-07")
    pay_bill(move(number, "2026-07-07"), receipt_id=receipt)
    assert stands(till) == {}
    assert Item.objects.filter(kind="receipt").count() == 1


def test_where_the_banks_line_was_applied_already_only_the_step_is_recorded(till: Till) -> None:
    till.post("invoice", 100_000_00)
    number = till.receive()
    present_bill(move(number, "2026-07-05"))
    till.settle(till.post("receipt", 100_000_00, "2026-07-07"), row(number).debit_id, 100_000_00, "2026-07-07")
    pay_bill(move(number, "2026-07-07"))
    assert (row(number).state, stands(till)) == ("paid", {})


def test_dishonoured_the_claims_are_back_as_if_nothing_had_paid_them(till: Till) -> None:
    first = till.post("invoice", 70_000_00, "2026-01-05", due_date=date(2026, 2, 1))
    second = till.post("invoice", 50_000_00, "2026-01-10", due_date=date(2026, 3, 1))
    number = till.receive()
    present_bill(move(number, "2026-07-05"))
    refused("bill_reason_missing", dishonour_bill, move(number, "2026-07-08"), reason=" ")
    dishonour_bill(move(number, "2026-07-08"), reason="余额不足")
    assert stands(till) == {first: 70_000_00, second: 50_000_00}
    assert dict(OpenItem.objects.values_list("item_id", "due_date")) == {
        first: day("2026-02-01"),
        second: day("2026-03-01"),
    }
    # Every day before stays as it was.
    assert [till.open(first, on) for on in ("2026-01-19", "2026-01-20", "2026-07-07", "2026-07-08")] == [
        70_000_00, 0, 0, 70_000_00
    ]  # fmt: skip
    assert till.open(second, "2026-07-07") == 20_000_00
    assert till.open(row(number).debit_id, "2026-07-07") == 100_000_00
    assert events_of(number)[-1].note == "余额不足"


def test_a_bill_written_down_late_takes_no_claim_that_is_open_only_since_another_bounced(till: Till) -> None:
    """Nobody named a claim: what cannot be settled on its day is left, and the bill stays open for the customer."""
    claim = till.post("invoice", 70_000_00, "2026-01-05", due_date=date(2026, 2, 1))
    first = till.receive()
    present_bill(move(first, "2026-07-05"))
    dishonour_bill(move(first, "2026-07-08"), reason="余额不足")
    late = till.receive("2026-01-21", number="531310000001720260105000000029", matures_on=day("2026-07-20"))
    assert stands(till)[claim] == 70_000_00
    assert stands(till)[row(late).credit_id] == 100_000_00
    then = till.receive("2026-07-08", number="531310000001720260105000000037", matures_on=day("2026-12-20"))
    assert claim not in stands(till)
    assert stands(till)[row(then).credit_id] == 30_000_00


@pytest.mark.parametrize("basis", ["due", "document"])
def test_aged_as_if_the_bill_had_never_been(till: Till, basis: str) -> None:
    """Beside a company that never took the bill: the same from the day it was not paid, by either basis."""
    other = Till("TWIN")
    for one in (till, other):
        one.post("invoice", 70_000_00, "2026-01-05", due_date=date(2026, 2, 1))
        one.post("invoice", 50_000_00, "2026-01-10", due_date=date(2026, 3, 1))
    number = till.receive()
    present_bill(move(number, "2026-07-05"))
    before = aged(till, "2026-07-07", basis)
    dishonour_bill(move(number, "2026-07-08"), reason="x")
    for on in ("2026-01-19", "2026-07-08", "2026-09-30"):
        assert aged(till, on, basis) == aged(other, on, basis) != []
    assert aged(till, "2026-07-07", basis) == before
    assert aged(till, "2026-07-07", "due") != aged(other, "2026-07-07", "due")


def aged(till: Till, on: str, basis: str) -> list[Any]:
    """Bucket by bucket, what is not due and the credits beside."""
    found = aging(as_of=day(on), scope=EVERYTHING, company_id=till.company.id, basis=basis, engine="database")
    return [(row.aged, row.not_due, row.total, row.credits) for row in found.rows]


def test_what_a_surplus_paid_later_comes_back_first(till: Till) -> None:
    claim = till.post("invoice", 60_000_00)
    number = till.receive()
    later = till.post("invoice", 30_000_00, "2026-02-10")
    till.settle(row(number).credit_id, later, 30_000_00, "2026-02-20")
    present_bill(move(number, "2026-07-05"))
    dishonour_bill(move(number, "2026-07-08"), reason="x")
    assert stands(till) == {claim: 60_000_00, later: 30_000_00}


def test_in_a_locked_period_it_comes_back_on_the_first_open_day(till: Till) -> None:
    claim = till.post("invoice", 100_000_00)
    number = till.receive()
    present_bill(move(number, "2026-07-05"))
    lock_period(company=till.company, through=date(2026, 7, 31), **WHO)
    dishonour_bill(move(number, "2026-07-08"), reason="x")
    last = events_of(number)[-1]
    assert (last.happened_on, last.effective_on) == (date(2026, 7, 8), date(2026, 8, 1))
    assert (till.open(claim, "2026-07-31"), till.open(claim, "2026-08-01")) == (0, 100_000_00)
    assert stands(till) == {claim: 100_000_00}


def test_endorsed_it_leaves_the_books_and_may_come_back(till: Till) -> None:
    claim = till.post("invoice", 80_000_00)
    number = till.receive()
    refused("bill_field_missing", endorse_bill, move(number, "2026-02-01"), to=" ")
    endorse_bill(move(number, "2026-02-01"), to="泓源铸造")
    (credit,) = stands(till)
    assert (item(credit).kind, till.open(credit)) == ("transfer", 20_000_00)
    one = row(number)
    assert (one.state, one.recourse, one.counterparty) == ("endorsed", True, "泓源铸造")
    dishonour_bill(move(number, "2026-07-20"), reason="被追索")
    assert stands(till) == {claim: 80_000_00}
    assert (till.open(claim, "2026-07-19"), till.open(credit, "2026-07-19")) == (0, 20_000_00)


def test_without_recourse_it_is_gone(till: Till) -> None:
    till.post("invoice", 100_000_00)
    number = till.receive()
    endorse_bill(move(number, "2026-02-01"), to="泓源铸造", recourse=False)
    refused("bill_without_recourse", dishonour_bill, move(number, "2026-07-20"), reason="x")
    pay_bill(move(number, "2026-07-20"))
    assert (row(number).state, stands(till)) == ("paid", {})


def test_discounting_says_what_it_costs(till: Till) -> None:
    till.post("invoice", 100_000_00)
    number = till.receive()
    discount_bill(move(number, "2026-04-06"), bank="江临银行", rate_e8=1_800_000)
    last = events_of(number)[-1]
    assert (last.cost, last.net, last.counterparty) == (450_00, 99_550_00, "江临银行")
    assert stands(till) == {}
    refused("bill_may_come_back", lapse_bill, move(number, "2026-11-02"))


def test_a_pledged_bill_stays_in_the_books(till: Till) -> None:
    till.post("invoice", 100_000_00)
    number = till.receive()
    before = stands(till)
    pledge_bill(move(number, "2026-02-01"), to="江临银行")
    refused("bill_move_impossible", endorse_bill, move(number, "2026-02-02"), to="泓源铸造")
    release_bill(move(number, "2026-03-01"))
    assert (stands(till), row(number).state) == (before, "in_hand")


def test_pieces_live_apart_and_are_worth_the_whole(till: Till) -> None:
    first = till.post("invoice", 60_000_00, due_date=date(2026, 2, 1))
    second = till.post("invoice", 40_000_00, due_date=date(2026, 3, 1))
    number = till.divisible()
    refused("bill_pieces_differ", split_bill, bill_id=number, faces=[1, 2], on=day("2026-02-01"), **WHO)
    small, middle, large = split_bill(
        bill_id=number, faces=[30_000_00, 20_000_00, 50_000_00], on=day("2026-02-01"), **WHO
    )
    assert [row(one).range for one in (small, middle, large)] == [
        "000000000001-000003000000", "000003000001-000005000000", "000005000001-000010000000"
    ]  # fmt: skip
    refused("bill_move_impossible", endorse_bill, move(number, "2026-02-02"), to="泓源铸造")
    debit = row(number).debit_id
    endorse_bill(move(middle, "2026-02-02"), to="泓源铸造")
    assert stands(till) == {debit: 80_000_00}
    for one in (small, large):
        present_bill(move(one, "2026-07-05"))
    dishonour_bill(move(small, "2026-07-06"), reason="x")
    # The claim that was paid last comes back by as much as the piece is worth.
    assert stands(till) == {second: 30_000_00, debit: 50_000_00}
    pay_bill(move(large, "2026-07-06"))
    assert stands(till) == {second: 30_000_00}
    dishonour_bill(move(middle, "2026-07-20"), reason="被追索")
    assert stands(till) == {first: 10_000_00, second: 40_000_00}


def test_the_same_paper_pays_once(till: Till) -> None:
    number = till.divisible(100_00)
    refused("bill_known", till.divisible, 50_00, 51)
    refused("bill_known", till.receive, amount=50_00)
    other = till.divisible(50_00, 10_001)
    assert row(other).range == "000000010001-000000015000"
    # Passed on, it may come back as payment.
    endorse_bill(move(number, "2026-02-01"), to="泓源铸造")
    again = till.divisible(100_00, received_on="2026-03-01", customer=till.other.id)
    assert row(again).state == "in_hand"
    present_bill(move(other, "2026-07-05"))
    pay_bill(move(other, "2026-07-05"))
    refused("bill_known", till.divisible, 50_00, 10_001)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"kind": "promise"}, "bill_kind_unknown"),
        ({"amount": 0}, "bill_amount_bad"),
        ({"drawer": " "}, "bill_field_missing"),
        ({"acceptor": ""}, "bill_field_missing"),
        ({"matures_on": date(2026, 1, 4)}, "bill_days_bad"),
        ({"received_on": "2026-01-04"}, "bill_received_too_early"),
        ({"range": Range(1, 5)}, "bill_range_differs"),
        ({"range": Range(1, 100_000_00), "number": "1" + NUMBER[1:]}, "bill_not_divisible"),
        ({"acceptor_class": "best"}, "bill_class_unknown"),
        ({"customer": 999}, "customer_unknown"),
    ],
)
def test_what_is_no_bill_is_refused(till: Till, said: dict[str, Any], code: str) -> None:
    refused(code, till.receive, **said)


def test_a_move_ahead_of_today_and_one_on_what_was_moved_since_are_refused(till: Till) -> None:
    number = till.receive()
    refused("bill_move_ahead", endorse_bill, move(number, "2026-11-03"), to="泓源铸造")
    refused("bill_unknown", endorse_bill, move(number + 1, "2026-02-01"), to="泓源铸造")
    pledge_bill(move(number, "2026-02-01", seen=1), to="江临银行")
    refused("bill_moved_since", release_bill, move(number, "2026-02-02", seen=1))


def test_a_cheque_bounces_like_a_bill_is_dishonoured(till: Till) -> None:
    claim = till.post("invoice", 5_000_00)
    said = {"kind": "cheque", "number": "00123456", "amount": 5_000_00, "matures_on": day("2026-01-20")}
    number = till.receive(issued_on=day("2026-01-20"), **said)
    assert row(number).acceptor_class == "commercial"
    other = till.receive(issued_on=day("2026-01-20"), **{**said, "acceptor": "宏朔银行"})  # another bank's number
    present_bill(move(number, "2026-01-21"))
    dishonour_bill(move(number, "2026-01-22"), reason="空头支票")
    assert stands(till)[claim] == 5_000_00
    assert row(other).state == "in_hand"
