"""Applying a bank line: what it clears, what stays, and what is refused without a trace."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.record.banking.models import LineUse, OpenLine
from huikuan.record.bills.operations.receiving import Paper, receive_bill
from huikuan.record.cash.domain.applying import Paid, Portion, Seen
from huikuan.record.cash.domain.book import Difference
from huikuan.record.cash.models import Application
from huikuan.record.cash.operations.applying import apply_credit, apply_payment
from huikuan.record.cash.tests.conftest import WHO, Till, open_amount, sound
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.operations.periods import lock_period


def refused(code: str, work: Any) -> Refusal:
    """`work` is refused by this code and leaves nothing behind."""
    counted = [model.objects.count() for model in (Item, Settlement, LineUse, Application, Event)]
    with pytest.raises(Refusal) as caught:
        work()
    assert caught.value.code == code
    assert counted == [model.objects.count() for model in (Item, Settlement, LineUse, Application, Event)]
    assert sound()
    return caught.value


def test_a_payment_closes_two_invoices_and_its_rest_stays_on_account(till: Till) -> None:
    first, second = till.invoice(300_00, "F1"), till.invoice(200_00, "F2")
    line = till.line(550_00, bank_reference="B7", counterparty_name="北麓矿业装备有限公司")
    number = till.apply(line, (first, 300_00), (second, 200_00))
    one = Application.objects.get()
    assert (one.id, one.kind, one.amount, one.rest, one.customer_id) == (number, "manual", 550_00, 50_00, till.north)
    receipt = Item.objects.get(id=one.credit_id)
    assert (receipt.kind, receipt.side, receipt.amount, receipt.document_number) == (
        "receipt",
        "credit",
        550_00,
        "B7",
    )
    assert (receipt.posting_date, receipt.text) == (date(2026, 3, 1), "北麓矿业装备有限公司")
    assert [open_amount(item) for item in (first, second, receipt.id)] == [0, 0, 50_00]
    use = LineUse.objects.get()
    assert (use.item_id, use.amount, [use.id]) == (receipt.id, 550_00, one.uses)
    assert not OpenLine.objects.exists()
    made = Settlement.objects.filter(reason=f"application {number}")
    assert sorted(made.values_list("debit_id", "credit_amount")) == [(first, 300_00), (second, 200_00)]
    told = Event.objects.get(kind="cash.applied")
    assert (told.customer_id, told.payload["application"], told.payload["line"]) == (till.north, number, line)
    assert sound()


def test_without_items_named_the_law_says_what_is_paid(till: Till) -> None:
    later = till.invoice(100_00, "F2", day="2026-02-01")
    earlier = till.invoice(100_00, "F1", day="2026-01-01")
    interest = till.post("interest", 10_00, "2026-02-20")
    apply_payment(company=till.company, line_id=till.line(150_00), portions=[Portion(till.north, parts=None)], **WHO)
    assert [open_amount(item) for item in (interest, earlier, later)] == [0, 0, 60_00]
    assert Application.objects.get().ordered_by == "law"
    assert sound()


def test_by_what_the_money_went_where_is_kept(till: Till) -> None:
    first, second = till.invoice(100_00, day="2026-01-01"), till.invoice(100_00, day="2026-02-01")
    till.apply(till.line(10_00), (first, 10_00))
    till.apply(till.line(10_00), (second, 10_00))
    till.apply(till.line(10_00), (second, 10_00), reason="agreed by letter of 3 March")
    told = list(Application.objects.order_by("id").values_list("ordered_by", "order_reason"))
    assert told == [("law", ""), ("designated", ""), ("decided", "agreed by letter of 3 March")]


def test_a_credit_note_is_netted_and_the_money_pays_what_is_left(till: Till) -> None:
    invoice, note = till.invoice(100_00), till.post("credit_note", 30_00)
    number = till.apply(till.line(70_00), (invoice, 100_00), (note, -30_00))
    assert [open_amount(item) for item in (invoice, note)] == [0, 0]
    made = Settlement.objects.filter(reason=f"application {number}").order_by("id")
    assert list(made.values_list("credit_id", "debit_id", "credit_amount")) == [
        (note, invoice, 30_00),
        (Application.objects.get().credit_id, invoice, 70_00),
    ]
    assert sound()


def test_one_payment_of_two_customers_is_two_receipts_in_one_go(till: Till) -> None:
    ours, theirs = till.invoice(60_00), till.invoice(40_00, customer_id=till.south)
    portions = [
        Portion(till.north, 60_00, (Paid(ours),)),
        Portion(till.south, None, (Paid(theirs),)),
    ]
    ids = apply_payment(company=till.company, line_id=till.line(100_00), portions=portions, **WHO)
    found = Application.objects.in_bulk(ids)
    assert [(found[one].customer_id, found[one].amount) for one in ids] == [(till.north, 60_00), (till.south, 40_00)]
    assert [open_amount(item) for item in (ours, theirs)] == [0, 0]
    assert not OpenLine.objects.exists()
    assert sound()


def test_if_one_customer_of_two_is_wrong_neither_is_paid(till: Till) -> None:
    ours, theirs = till.invoice(60_00), till.invoice(40_00, customer_id=till.south)
    line = till.line(100_00)
    portions = [Portion(till.north, 60_00, (Paid(ours),)), Portion(till.south, 40_00, (Paid(theirs, 41_00),))]
    refused("claim_open_less", lambda: apply_payment(company=till.company, line_id=line, portions=portions, **WHO))
    assert OpenLine.objects.get(line_id=line).left == 100_00


def test_a_line_is_used_bit_by_bit_and_never_more_than_there_is(till: Till) -> None:
    invoice, line = till.invoice(100_00), till.line(100_00)
    till.apply(line, (invoice, 40_00), amount=40_00)
    assert OpenLine.objects.get().left == 60_00
    refused("more_than_left", lambda: till.apply(line, (invoice, 60_00), amount=60_01))
    till.apply(line, (invoice, 60_00), amount=60_00)
    refused("line_not_open", lambda: till.apply(line, (invoice, 1)))
    assert open_amount(invoice) == 0


def test_the_rest_of_a_payment_may_be_an_advance_for_a_contract(till: Till) -> None:
    invoice = till.invoice(60_00)
    till.apply(till.line(100_00), (invoice, 60_00), contract_number="HT-1")
    advance = Item.objects.get(kind="advance")
    assert (advance.amount, advance.contract_number, advance.side) == (40_00, "HT-1", "credit")
    assert Item.objects.get(kind="receipt").amount == 60_00
    assert sorted(LineUse.objects.values_list("amount", flat=True)) == [40_00, 60_00]
    assert sound()


def test_what_stands_on_account_is_applied_later(till: Till) -> None:
    till.apply(till.line(100_00))
    credit = Application.objects.get().credit_id
    invoice = till.invoice(70_00)
    number = apply_credit(
        company=till.company, credit_id=credit, portion=Portion(till.north, parts=(Paid(invoice),)), **WHO
    )
    one = Application.objects.get(id=number)
    assert (one.line_id, one.credit_id, one.amount - one.rest) == (None, credit, 70_00)
    assert [open_amount(item) for item in (invoice, credit)] == [0, 30_00]
    assert sound()
    other = till.invoice(10_00, customer_id=till.south)
    wrong = Portion(till.north, parts=(Paid(other),))
    refused("claim_of_another", lambda: apply_credit(company=till.company, credit_id=credit, portion=wrong, **WHO))
    empty = Portion(till.north)
    refused("nothing_applied", lambda: apply_credit(company=till.company, credit_id=credit, portion=empty, **WHO))


def test_what_is_asked_for_wrongly_is_refused_and_changes_nothing(till: Till) -> None:
    invoice, note = till.invoice(100_00), till.post("credit_note", 30_00)
    theirs = till.invoice(50_00, customer_id=till.south)
    line, out = till.line(100_00), till.line(-5_00)
    cases: list[tuple[str, Any]] = [
        ("claim_open_less", lambda: till.apply(line, (invoice, 100_01))),
        ("parts_exceed_payment", lambda: till.apply(line, (invoice, 60_00), amount=50_00)),
        ("claim_of_another", lambda: till.apply(line, (theirs, 50_00))),
        ("claim_on_other_side", lambda: till.apply(line, (note, 30_00))),
        ("claim_on_other_side", lambda: till.apply(line, (invoice, -30_00))),
        ("netted_without_claim", lambda: till.apply(line, (note, -30_00))),
        ("claim_named_twice", lambda: till.apply(line, (invoice, 10_00), (invoice, 20_00))),
        ("claim_not_open", lambda: till.apply(line, (invoice + 1_000, 10_00))),
        ("rest_not_said", lambda: till.apply(line, (invoice, 10_00), rest_stays=False)),
        ("line_not_open", lambda: till.apply(out, (invoice, 5_00))),
        ("line_unknown", lambda: till.apply(out + 1_000, (invoice, 5_00))),
    ]
    for code, work in cases:
        refused(code, work)
    assert open_amount(invoice) == 100_00


def test_another_companys_line_is_unknown(till: Till) -> None:
    other = Till("OTHER", "6222010100000002")
    line = other.line(100_00)
    refused("line_unknown", lambda: till.apply(line))


def test_a_payment_booked_before_its_invoice_clears_it_on_the_invoices_day(till: Till) -> None:
    line = till.line(100_00, "2026-01-02")
    invoice = till.invoice(100_00, day="2026-02-10")
    till.apply(line, (invoice, 100_00))
    assert Settlement.objects.get().effective_on == date(2026, 2, 10)
    assert Item.objects.get(kind="receipt").posting_date == date(2026, 1, 2)


def test_money_of_a_locked_month_is_posted_on_the_first_open_day(till: Till) -> None:
    invoice, line = till.invoice(100_00), till.line(100_00, "2026-01-20")
    lock_period(company=till.company, through=date(2026, 1, 31), **WHO)
    till.apply(line, (invoice, 100_00))
    receipt = Item.objects.get(kind="receipt")
    assert (receipt.posting_date, receipt.document_date) == (date(2026, 2, 1), date(2026, 1, 20))
    assert Settlement.objects.get().effective_on == date(2026, 2, 1)
    assert sound()


def test_what_was_seen_must_still_be_so(till: Till) -> None:
    first, second = till.invoice(100_00, "F1"), till.invoice(50_00, "F2")
    line = till.line(150_00)
    seen = Seen(150_00, {first: 100_00, second: 50_00})
    till.apply(till.line(10_00), (second, 10_00))
    told = refused("proposal_stale", lambda: till.apply(line, (first, 100_00), seen=seen))
    assert [(place.column, place.value, place.reason) for place in told.where] == [("F2", "4000", "5000")]
    till.apply(line, (first, 100_00), seen=Seen(150_00, {first: 100_00, second: 40_00}))
    assert open_amount(first) == 0


def test_the_same_request_twice_is_done_once_and_another_under_its_key_is_refused(till: Till) -> None:
    invoice, line = till.invoice(100_00), till.line(100_00)
    number = till.apply(line, (invoice, 40_00), amount=40_00, request_key="k1")
    assert till.apply(line, (invoice, 40_00), amount=40_00, request_key="k1") == number
    assert Application.objects.count() == 1
    other = till.line(10_00)
    refused("request_key_reused", lambda: till.apply(other, (invoice, 10_00), request_key="k1"))
    assert till.apply(line, (invoice, 40_00), amount=40_00, request_key="k2") != number
    assert open_amount(invoice) == 20_00


def test_a_payment_in_another_currency_says_both_amounts_and_shows_what_was_gained(till: Till) -> None:
    from huikuan.record.receivables.operations.rates import record_rate

    for day, rate in (("2026-01-01", 700_000_000), ("2026-03-01", 720_000_000)):
        record_rate(
            currency="USD", quote_currency="CNY", on_date=date.fromisoformat(day), rate_e8=rate, source="示例", **WHO
        )
    invoice = till.invoice(100_00, currency="USD")
    line = till.line(718_00)
    refused("amount_of_part_needed", lambda: till.apply(line, (invoice, 718_00)))
    refused("amount_of_part_needed", lambda: till.apply(line, (invoice, None)))
    portion = Portion(till.north, parts=(Paid(invoice, 718_00, 100_00),))
    apply_payment(company=till.company, line_id=line, portions=[portion], **WHO)
    made = Settlement.objects.get()
    assert (made.credit_amount, made.debit_amount, made.fx_amount) == (718_00, 100_00, 18_00)
    assert open_amount(invoice) == 0
    assert sound()


def test_another_body_under_a_key_is_refused(till: Till) -> None:
    first, second, line = till.invoice(100_00), till.invoice(100_00), till.line(300_00)
    number = till.apply(line, (first, 40_00), amount=40_00, request_key="k")
    halves = ((first, 20_00), (second, 20_00))
    others: list[tuple[tuple[int, int], ...]] = [((first, 60_00),), ((second, 40_00),), halves, ()]
    for parts in others:
        refused("request_key_reused", lambda parts=parts: till.apply(line, *parts, amount=60_00, request_key="k"))
        refused("request_key_reused", lambda parts=parts: till.apply(line, *parts, amount=40_00, request_key="k"))
    written = (Difference("bank_fee", first, 1_00),)
    refused(
        "request_key_reused",
        lambda: till.apply(line, (first, 40_00), amount=40_00, differences=written, request_key="k"),
    )
    # An amount that is not said is what came of it.
    assert till.apply(line, (first, None), request_key="k") == number


def test_a_difference_that_leaves_its_claim_open_is_refused(till: Till) -> None:
    """Else ten parts of a cent would each write off as much as one may."""
    invoice, line = till.invoice(1_000_00), till.line(1_00)
    fee = (Difference("bank_fee", invoice, 50_00),)
    portion = Portion(till.north, amount=1, parts=(Paid(invoice, 1),), differences=fee)
    refused(
        "difference_leaves_open",
        lambda: apply_payment(company=till.company, line_id=line, portions=[portion] * 10, **WHO),
    )


def test_by_law_money_pays_no_bill_of_the_customer(till: Till) -> None:
    paper = Paper(
        kind="bank", number="531310000001720260105000000014", amount=100_00, drawer="北麓矿业装备有限公司",
        acceptor="江临农村商业银行", issued_on=date(2026, 1, 5), matures_on=date(2026, 2, 1),
    )  # fmt: skip
    took = {"company": till.company, "customer_id": till.north, "paper": paper, "claims": [], **WHO}
    receive_bill(received_on=date(2026, 1, 20), **took)
    invoice, line = till.invoice(50_00, day="2026-02-20"), till.line(120_00)
    apply_payment(
        company=till.company, line_id=line, portions=[Portion(till.north, parts=None, rest_stays=True)], **WHO
    )
    one = Application.objects.get()
    assert ([part["item"] for part in one.parts], one.rest) == ([invoice], 70_00)
    assert open_amount(Item.objects.get(kind="bill", side="debit").id) == 100_00


def test_a_fee_typed_by_hand_is_a_hundredth_of_its_claim_at_most(till: Till) -> None:
    """Else a deduction of a small claim goes as a fee that no bank takes."""
    small, line = till.invoice(400_00), till.line(396_00)

    def close(paid: int, fee: int) -> int:
        return till.apply(line, (small, paid), amount=paid, differences=(Difference("bank_fee", small, fee),))

    told = refused("difference_beyond_authority", lambda: close(395_99, 4_01))
    assert (told.params["most"], told.params["who"]) == ("4.00", "sales_manager")
    close(396_00, 4_00)
    assert (open_amount(small), Item.objects.get(kind="fee").amount) == (0, 4_00)
    assert sound()


def test_a_payment_of_nobody_is_refused(till: Till) -> None:
    line = till.line(100_00)
    refused("portions_missing", lambda: apply_payment(company=till.company, line_id=line, portions=[], **WHO))
    assert OpenLine.objects.get().left == 100_00
