"""Giving money back: the credit closes, the outgoing line is accounted for, and undoing opens both again."""

from __future__ import annotations

from huikuan.record.banking.models import LineUse, OpenLine
from huikuan.record.cash.models import AliasWord, Application
from huikuan.record.cash.operations.refunding import refund_credit
from huikuan.record.cash.operations.undoing import undo_application
from huikuan.record.cash.tests.conftest import WHO, Till, open_amount, sound
from huikuan.record.cash.tests.test_applying import refused
from huikuan.record.receivables.models import Item


def on_account(till: Till, amount: int) -> int:
    return Application.objects.get(id=till.apply(till.line(amount))).credit_id


def test_an_outgoing_line_gives_back_what_stood_on_account(till: Till) -> None:
    credit, line = on_account(till, 100_00), till.line(-60_00, counterparty_account="6217")
    number = refund_credit(company=till.company, line_id=line, credit_id=credit, **WHO)
    refund = Item.objects.get(kind="refund")
    assert (refund.side, refund.amount, refund.customer_id) == ("debit", 60_00, till.north)
    assert [open_amount(item) for item in (credit, refund.id)] == [40_00, 0]
    use = LineUse.objects.get(line_id=line)
    assert (use.purpose, use.amount, use.item_id) == ("refund", -60_00, refund.id)
    assert not OpenLine.objects.exists()
    assert sound()
    undo_application(application_id=number, reason="wrong line", **WHO)
    assert open_amount(credit) == 100_00
    assert OpenLine.objects.get().left == -60_00
    assert not AliasWord.objects.exists(), "giving back teaches nothing of who pays"
    assert sound()


def test_more_than_there_is_or_of_another_kind_is_refused(till: Till) -> None:
    credit, invoice = on_account(till, 100_00), till.invoice(50_00)
    out, came = till.line(-120_00), till.line(10_00)

    def refund(line: int, item: int, amount: int | None = None) -> int:
        return refund_credit(company=till.company, line_id=line, credit_id=item, amount=amount, **WHO)

    refused("line_not_outgoing", lambda: refund(came, credit))
    refused("credit_unknown", lambda: refund(out, invoice))
    refused("claim_not_open", lambda: refund(out, invoice + 1_000))
    refused("more_than_left", lambda: refund(out, credit, 120_01))
    refused("more_than_open", lambda: refund(out, credit, 110_00))
    refund(out, credit)
    assert (open_amount(credit), OpenLine.objects.get(line_id=out).left) == (0, -20_00)
