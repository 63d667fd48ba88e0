"""Money for a bill: the bank's line becomes the receipt by which the bill is paid, once."""

from __future__ import annotations

from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.models import BankLine
from huikuan.record.banking.operations.uses import hold_lines
from huikuan.record.bills.domain.life import HELD, PAY
from huikuan.record.bills.operations.facts import hold_package
from huikuan.record.bills.operations.moving import Move, pay_bill
from huikuan.record.bills.queries.bills import bill_now
from huikuan.record.cash.domain.applying import Portion
from huikuan.record.cash.models import Application
from huikuan.record.cash.operations.applying import Asked, apply_all


def collect_bill(*, company: Company, line_id: int, bill_id: int, actor: str, at: datetime) -> int:
    """Say that so much of a line as the bill's face is its payment; answers the application's id.

    Refuses what `apply_payment` and `pay_bill` refuse, a bill of another company, and one that is not held. Who pays
    a bill is its acceptor: nothing is learned of the customer's payers.
    """
    return retrying(lambda: _collect(company, line_id, bill_id, actor, at))


def _collect(company: Company, line_id: int, bill_id: int, actor: str, at: datetime) -> int:
    hold_lines([line_id])
    bill, _ = bill_now(bill_id)
    if bill.company_id != company.pk:
        raise Refusal("bill_unknown", bill=bill_id)
    hold_package(bill.company_id, bill.number)
    bill, last = bill_now(bill_id)
    if last.state not in HELD:
        raise Refusal("bill_move_impossible", bill_state=last.state, bill_move=PAY)
    asked = Asked((Portion(bill.customer_id, bill.amount, rest_stays=True),), line_id, teaches=False)
    ((application_id,),) = apply_all(company=company, asked=[asked], actor=actor, at=at)
    day = BankLine.objects.values_list("booked_on", flat=True).get(id=line_id)
    receipt_id = Application.objects.values_list("credit_id", flat=True).get(id=application_id)
    pay_bill(Move(bill_id, day, actor, at, seen=last.sequence), receipt_id=receipt_id)
    return application_id
