"""The bank's line that pays a bill: one receipt, one use of the line, the acceptor owes no more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huikuan.record.banking.models import LineUse, OpenLine
from huikuan.record.bills.operations.moving import Move, endorse_bill, present_bill
from huikuan.record.bills.operations.receiving import Paper, receive_bill
from huikuan.record.bills.queries.bills import bill_now
from huikuan.record.cash.models import AliasWord, Application
from huikuan.record.cash.operations.collecting import collect_bill
from huikuan.record.cash.operations.undoing import undo_application
from huikuan.record.cash.tests.conftest import AT, WHO, Till, open_amount, sound
from huikuan.record.cash.tests.test_applying import refused
from huikuan.record.receivables.models import Item

ACCEPTOR = "江临农村商业银行"


def took(till: Till, claims: list[tuple[int, int]], *, presented: bool = True) -> int:
    """A bill of 100.00 that the northern customer gave us, due on the first of February."""
    paper = Paper(
        kind="bank", number="531310000001720260105000000014", amount=100_00, drawer="北麓矿业装备有限公司",
        acceptor=ACCEPTOR, issued_on=date(2026, 1, 5), matures_on=date(2026, 2, 1),
    )  # fmt: skip
    said: dict[str, Any] = {"company": till.company, "customer_id": till.north, "paper": paper, "claims": claims}
    bill = receive_bill(received_on=date(2026, 1, 20), **said, **WHO)
    if presented:
        present_bill(Move(bill, date(2026, 2, 2), "tester", AT))
    return bill


@pytest.mark.parametrize("claimed", [100_00, 60_00, 0])
def test_the_line_is_used_once_and_the_bill_is_paid(till: Till, claimed: int) -> None:
    invoice = till.invoice(100_00)
    bill = took(till, [(invoice, claimed)] if claimed else [])
    line = till.line(130_00, counterparty_name=ACCEPTOR, counterparty_account="9558")
    application = collect_bill(company=till.company, line_id=line, bill_id=bill, **WHO)
    registered, last = bill_now(bill)
    assert (last.state, last.happened_on) == ("paid", date(2026, 3, 1))
    assert last.item_id == Application.objects.get(id=application).credit_id
    assert [item.amount for item in Item.objects.filter(kind="receipt")] == [100_00]
    assert (open_amount(registered.debit_id), open_amount(registered.credit_id)) == (0, 0)
    # What no claim took is money of the customer by now.
    assert open_amount(last.item_id) == 100_00 - claimed
    assert (OpenLine.objects.get().left, LineUse.objects.get().amount) == (30_00, 100_00)
    # The acceptor is nobody's payer.
    assert not AliasWord.objects.exists()
    refused("application_paid_bill", lambda: undo_application(application_id=application, reason="wrong", **WHO))


def test_what_does_not_pay_it_is_refused(till: Till) -> None:
    invoice = till.invoice(100_00)
    bill = took(till, [(invoice, 100_00)], presented=False)
    line, small = till.line(100_00), till.line(99_99)

    def collect(line_id: int, **more: Any) -> Any:
        said = {"company": till.company, "bill_id": bill, **WHO, **more}
        return lambda: collect_bill(line_id=line_id, **said)

    refused("bill_move_impossible", collect(line))
    refused("more_than_left", collect(small))
    refused("bill_unknown", collect(line, bill_id=bill + 1))
    refused("bill_unknown", collect(line, company=Till("OTHER", "6222010100000002").company))
    endorse_bill(Move(bill, date(2026, 1, 25), "tester", AT), to="泓源铸造有限公司")
    refused("bill_move_impossible", collect(line))
    assert sound()
