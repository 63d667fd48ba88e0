"""Money at the bank makes room once it is known whose it is, and not before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.tests.conftest import AT, WHO, Trade
from huikuan.judge.credit.tests.test_orders import limited, room, rules, staffed, state
from huikuan.mechanisms.audit.operations import record
from huikuan.record.banking.models import BankAccount, BankLine, OpenLine
from huikuan.record.cash.domain.applying import Paid, Portion
from huikuan.record.cash.operations.applying import apply_payment
from huikuan.record.cash.operations.undoing import undo_application

__all__ = ["room", "staffed"]


def came_in(trade: Trade, amount: int) -> int:
    """A line of the company's account of which nobody has said whose it is."""
    own = {"company_id": trade.company.pk, "currency": "CNY", "actor": "tester"}
    account = record(BankAccount, [{**own, "number": "6222010100000001"}], at=AT)[0]
    line = {**own, "account_id": account, "statement_id": 1, "ordinal": 1, "key": "1", "amount": amount}
    line_id = record(BankLine, [{**line, "booked_on": date(2026, 3, 1)}], at=AT)[0]
    OpenLine.objects.create(
        line_id=line_id,
        company_id=trade.company.pk,
        account_id=account,
        currency="CNY",
        left=amount,
        booked_on=date(2026, 3, 1),
    )
    return line_id


def test_an_order_waits_until_it_is_known_who_paid(staffed: Trade, room: Callable[[], None]) -> None:
    rules(ENFORCE)
    limited(staffed, 100_00)
    invoice = staffed.post("invoice", 80_00, due_date=date(2026, 12, 31))
    order = staffed.order("SO-1", 50_00)
    assert state(order) == "held"
    room()
    line = came_in(staffed, 80_00)
    room()
    assert state(order) == "held", "money nobody knows the payer of is nobody's"
    portion = Portion(staffed.north, parts=(Paid(invoice, 80_00),))
    apply_payment(company=staffed.company, line_id=line, portions=[portion], **WHO)
    room()
    assert state(order) == "released"


def test_money_on_a_customers_account_makes_room_as_well(staffed: Trade, room: Callable[[], None]) -> None:
    rules(ENFORCE)
    limited(staffed, 100_00)
    staffed.post("invoice", 80_00, due_date=date(2026, 12, 31))
    order = staffed.order("SO-1", 50_00)
    room()
    portion = Portion(staffed.north, rest_stays=True)
    (number,) = apply_payment(company=staffed.company, line_id=came_in(staffed, 80_00), portions=[portion], **WHO)
    room()
    assert state(order) == "released"
    undo_application(application_id=number, reason="another's", **WHO)
    assert state(staffed.order("SO-2", 1)) == "held"
