"""Undoing an application: everything is as it was, once, and never under what rests on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.mechanisms.events.models import Event
from huikuan.record.banking.models import OpenLine
from huikuan.record.cash.domain.applying import Paid, Portion
from huikuan.record.cash.models import Application, Undoing
from huikuan.record.cash.operations.applying import apply_credit
from huikuan.record.cash.operations.undoing import reallocate, undo_application
from huikuan.record.cash.tests.conftest import WHO, Till, open_amount, sound
from huikuan.record.cash.tests.test_applying import refused
from huikuan.record.receivables.models import Item, OpenItem
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.operations.reversals import reverse_item
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.ledger import open_of


def undo(application: int, reason: str = "wrong customer") -> int:
    return undo_application(application_id=application, reason=reason, **WHO)


def state() -> list[Any]:
    """What is open of items and of lines: what people see."""
    return [
        list(OpenItem.objects.order_by("item_id").values_list("item_id", "open_amount", "open_book_amount")),
        list(OpenLine.objects.order_by("line_id").values_list("line_id", "left")),
    ]


def test_after_undoing_everything_is_open_as_before(till: Till) -> None:
    invoice, note, line = till.invoice(100_00), till.post("credit_note", 30_00), till.line(120_00)
    before = state()
    number = till.apply(line, (invoice, 100_00), (note, -30_00), contract_number="HT-1")
    assert open_amount(invoice) == 0
    undo(number)
    assert state() == before
    one = Undoing.objects.get()
    assert (one.application_id, one.reason, one.actor) == (number, "wrong customer", "tester")
    assert Event.objects.get(kind="cash.undone").payload["application"] == number
    assert sound()


def test_it_is_undone_once_with_a_reason(till: Till) -> None:
    number = till.apply(till.line(100_00), (till.invoice(100_00), 100_00))
    refused("undo_reason_missing", lambda: undo(number, "  "))
    refused("application_unknown", lambda: undo(number + 1_000))
    undo(number)
    refused("application_undone", lambda: undo(number))


def test_what_was_undone_may_be_applied_anew(till: Till) -> None:
    right, wrong, line = till.invoice(100_00), till.invoice(100_00), till.line(100_00)
    undo(till.apply(line, (wrong, 100_00)))
    till.apply(line, (right, 100_00))
    assert [open_amount(one) for one in (wrong, right)] == [100_00, 0]
    assert sound()


def test_nothing_is_undone_under_what_rests_on_it(till: Till) -> None:
    number = till.apply(till.line(100_00))
    credit = Application.objects.get().credit_id
    invoice = till.invoice(40_00)
    later = apply_credit(
        company=till.company, credit_id=credit, portion=Portion(till.north, parts=(Paid(invoice),)), **WHO
    )
    told = refused("item_has_settlements", lambda: undo(number))
    assert [place.column for place in told.where] == ["settlement"]
    undo(later)
    assert [open_amount(one) for one in (credit, invoice)] == [100_00, 40_00]
    undo(number)
    assert OpenLine.objects.get().left == 100_00
    assert sound()


def test_money_is_moved_to_another_customer_in_one_go_or_not_at_all(till: Till) -> None:
    ours, theirs, line = till.invoice(100_00), till.invoice(100_00, customer_id=till.south), till.line(100_00)
    number = till.apply(line, (ours, 100_00))

    def move(amount: int) -> list[int]:
        return reallocate(
            company=till.company,
            application_id=number,
            portions=[Portion(till.south, parts=(Paid(theirs, amount),))],
            reason="paid for the south",
            **WHO,
        )

    refused("claim_open_less", lambda: move(100_01))
    assert [open_amount(one) for one in (ours, theirs)] == [0, 100_00]
    (moved,) = move(100_00)
    assert [open_amount(one) for one in (ours, theirs)] == [100_00, 0]
    assert Application.objects.get(id=moved).customer_id == till.south
    assert sound()


def test_an_application_of_a_locked_month_is_undone_on_the_first_open_day(till: Till) -> None:
    number = till.apply(till.line(100_00, "2026-01-20"), (till.invoice(100_00), 100_00))
    lock_period(company=till.company, through=date(2026, 2, 28), **WHO)
    undo(number)
    mirror = Item.objects.get(reversal_of=Application.objects.get().credit_id)
    assert mirror.posting_date == date(2026, 3, 1)
    assert sound()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    amounts=st.lists(st.integers(1, 10_000), min_size=1, max_size=4),
    shares=st.lists(st.integers(1, 100), min_size=4, max_size=4),
    over=st.integers(0, 500),
)
def test_applying_and_undoing_is_nothing(till: Till, amounts: list[int], shares: list[int], over: int) -> None:
    invoices = [till.invoice(amount) for amount in amounts]
    parts = [
        (item, max(1, amount * share // 100)) for item, amount, share in zip(invoices, amounts, shares, strict=False)
    ]
    paid = sum(amount for _, amount in parts)
    line = till.line(paid + over)
    before = state()
    number = till.apply(line, *parts)
    one = Application.objects.get(id=number)
    assert sum(part["amount"] for part in one.parts) + one.rest == one.amount == paid + over
    assert [open_amount(item) for item in invoices] == [
        amount - part for amount, (_, part) in zip(amounts, parts, strict=True)
    ]
    undo(number)
    assert state() == before


def test_the_ledgers_check_finds_a_receipt_reversed_behind_its_applications_back(till: Till) -> None:
    number = till.apply(till.line(100_00))
    assert sound()
    reverse_item(item_id=Application.objects.get().credit_id, reason="by hand", **WHO)
    (finding,) = check_ledger()
    assert (finding.kind, finding.where) == ("application_money", f"application {number}")
    assert (finding.expected, finding.found) == ("100.00", "100.00 / 0.00")


def test_a_line_is_free_again_though_its_receipt_was_reversed_in_the_ledger(till: Till) -> None:
    line = till.line(100_00)
    number = till.apply(line)
    reverse_item(item_id=Item.objects.get(kind="receipt").id, reason="wrong customer", **WHO)
    undo_application(application_id=number, reason="wrong customer", **WHO)
    assert OpenLine.objects.get().left == 100_00
    assert Item.objects.filter(reversal_of__isnull=False).count() == 1
    assert sound()


def test_money_that_went_back_later_paid_until_then(till: Till) -> None:
    """冲账 the day after next: the days between stay as they were."""
    invoice = till.invoice(100_00)
    number = till.apply(till.line(130_00, day="2026-02-20"), (invoice, 100_00))
    refused(
        "undo_day_ahead", lambda: undo_application(application_id=number, reason="冲账", on=date(2026, 3, 3), **WHO)
    )
    undo_application(application_id=number, reason="冲账", on=date(2026, 2, 22), **WHO)
    days = [date(2026, 2, day) for day in (19, 20, 21, 22)]
    assert [open_of(invoice, as_of=day).amount for day in days] == [100_00, 0, 0, 100_00]
    receipt = Item.objects.get(kind="receipt", reversal_of=None)
    assert [open_of(receipt.id, as_of=day).amount for day in days] == [0, 30_00, 30_00, 0]
    assert OpenLine.objects.get().left == 130_00
    assert sound()
