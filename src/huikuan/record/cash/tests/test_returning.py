"""Money that went back after it was applied: the claims are open again from that day on, both lines are used up."""

from __future__ import annotations

from datetime import date
from typing import Any

from huikuan.record.banking.models import LineUse, OpenLine
from huikuan.record.banking.operations.uses import Use, use_lines
from huikuan.record.banking.queries.lines import line as line_row
from huikuan.record.cash.domain.applying import Paid, Portion
from huikuan.record.cash.models import Application, Undoing
from huikuan.record.cash.operations.accepting import set_aside
from huikuan.record.cash.operations.applying import apply_credit, apply_payment
from huikuan.record.cash.operations.refunding import refund_credit
from huikuan.record.cash.operations.returning import Returned, return_payment
from huikuan.record.cash.queries.returns import returns_of, returns_waiting
from huikuan.record.cash.tests.conftest import WHO, Till, open_amount, sound
from huikuan.record.cash.tests.test_applying import refused
from huikuan.record.receivables.models import Settlement

PAYER: dict[str, Any] = {"counterparty_name": "北麓矿业装备有限公司"}
TODAY = date(2026, 3, 2)


def send_back(till: Till, line: int, original: int, **more: Any) -> Returned:
    return return_payment(company=till.company, line_id=line, original_id=original, **more, **WHO)


def test_what_it_paid_is_open_again_from_the_day_it_went_back(till: Till) -> None:
    invoice, other = till.invoice(60_00), till.invoice(40_00, customer_id=till.south)
    original = till.line(100_00, "2026-02-10", **PAYER)
    halves = [
        Portion(till.north, 60_00, parts=(Paid(invoice),)),
        Portion(till.south, 40_00, parts=(Paid(other),)),
    ]
    first, second = apply_payment(company=till.company, line_id=original, portions=halves, **WHO)
    back = till.line(-100_00, "2026-03-01", reversal=True)
    (waiting,) = returns_waiting({till.company.pk}, today=TODAY)
    assert (waiting.line.id, waiting.original.id) == (back, original)
    assert [(one.application_id, one.customer_id, one.amount) for one in waiting.applied] == [
        (first, till.north, 60_00),
        (second, till.south, 40_00),
    ]
    made = send_back(till, back, original, reason="账号有误")
    assert made.undone == (first, second)
    assert [open_amount(item) for item in (invoice, other)] == [60_00, 40_00]
    undone = Settlement.objects.filter(reversal_of__isnull=False, debit_id__in=[invoice, other])
    assert {one.effective_on for one in undone} == {date(2026, 3, 1)}
    assert not OpenLine.objects.exists()
    pair = LineUse.objects.filter(id__in=made.uses).order_by("line_id")
    assert [(use.line_id, use.amount, use.other_line_id, use.purpose) for use in pair] == [
        (original, 100_00, back, "bounced"),
        (back, -100_00, original, "bounced"),
    ]
    assert set(Undoing.objects.values_list("reason", flat=True)) == {"账号有误"}
    assert returns_waiting(None, today=TODAY) == []
    assert sound()


def test_asked_again_nothing_is_done(till: Till) -> None:
    original, back = till.line(100_00, "2026-02-10", **PAYER), till.line(-100_00, **PAYER)
    till.apply(original)
    made = send_back(till, back, original)
    assert send_back(till, back, original) == Returned(made.uses, ())
    assert (LineUse.objects.count(), Undoing.objects.count()) == (4, 1)


def test_what_was_set_aside_of_it_goes_back_too(till: Till) -> None:
    original, back = till.line(100_00, "2026-02-10", **PAYER), till.line(-100_00, **PAYER)
    till.apply(original, amount=30_00)
    set_aside(company=till.company, line_id=original, note="押金", **WHO)
    send_back(till, back, original)
    assert not OpenLine.objects.exists()
    assert sound()


def test_a_refund_that_came_back_opens_its_credit_again(till: Till) -> None:
    credit = Application.objects.get(id=till.apply(till.line(100_00))).credit_id
    out, back = till.line(-100_00, "2026-03-01", **PAYER), till.line(100_00, "2026-03-02", **PAYER)
    refund_credit(company=till.company, line_id=out, credit_id=credit, **WHO)
    send_back(till, back, out)
    assert open_amount(credit) == 100_00
    assert not OpenLine.objects.exists()
    assert sound()


def test_what_does_not_take_it_back_is_refused(till: Till) -> None:
    original, early = till.line(100_00, "2026-02-10", **PAYER), till.line(-100_00, "2026-02-09", **PAYER)
    application = till.apply(original)
    less, used, back = till.line(-99_00, **PAYER), till.line(-100_00, **PAYER), till.line(-100_00, **PAYER)
    refused("lines_do_not_cancel", lambda: send_back(till, less, original))
    refused("return_before_payment", lambda: send_back(till, early, original))
    refused("line_unknown", lambda: send_back(till, back, back + 1_000))
    stranger = Till("OTHER", "6222010100000002")
    refused("line_unknown", lambda: send_back(stranger, back, original))
    use_lines(uses=[Use(used, -100_00, "set_aside")], **WHO)
    refused("line_used_up", lambda: send_back(till, used, original))
    credit, invoice = Application.objects.get(id=application).credit_id, till.invoice(40_00)
    paid = Portion(till.north, parts=(Paid(invoice),))
    apply_credit(company=till.company, credit_id=credit, portion=paid, **WHO)
    refused("item_has_settlements", lambda: send_back(till, back, original))
    assert (open_amount(credit), line_row(back).left) == (60_00, -100_00)


def test_only_what_may_take_back_what_was_applied_is_offered(till: Till) -> None:
    original = till.line(100_00, "2026-02-10", **PAYER)
    till.apply(original)
    stranger = till.line(-100_00, counterparty_name="江临物业有限公司")
    wages = till.line(-80_00, **PAYER)
    assert returns_waiting(None, today=TODAY) == []
    back = till.line(-100_00, **PAYER)
    assert [(one.line.id, one.original.id) for one in returns_waiting(None, today=TODAY)] == [(back, original)]
    assert returns_waiting({till.company.pk + 1}, today=TODAY) == []
    assert returns_waiting(None, today=date(2026, 6, 1)) == []
    assert [one.original.id for one in returns_of(line_row(back))] == [original]
    assert [returns_of(line_row(one)) for one in (stranger, wages)] == [[], []]
