"""Bills in exposure: what an acceptor owes counts by its class until it is paid, what was passed on until it cannot
come back; paper lets nothing go on, money does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.domain.exposure import BILLS, CLAIMS, DEBT, RECOURSE, UNAPPLIED, Line, weighed_lines
from huikuan.judge.credit.policies import CREDIT_RULES, rules_of
from huikuan.judge.credit.queries.exposure import nodes_of
from huikuan.judge.credit.queries.judging import judge_amount
from huikuan.judge.credit.queries.utilisation import used_now
from huikuan.judge.credit.tests.conftest import AT, TODAY, WHO, Trade
from huikuan.judge.credit.tests.test_exposure import parts
from huikuan.judge.credit.tests.test_orders import limited, room, rules, rules_said, staffed, state
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import version
from huikuan.record.bills.domain.numbers import Range
from huikuan.record.bills.operations.moving import (
    Move,
    discount_bill,
    dishonour_bill,
    endorse_bill,
    lapse_bill,
    pay_bill,
    present_bill,
)
from huikuan.record.bills.operations.receiving import Paper, receive_bill, split_bill
from huikuan.record.bills.policies import BILL_RULES
from huikuan.record.receivables.queries.check import check_ledger

__all__ = ["room", "staffed"]

MATURES = date(2026, 2, 20)


def take(trade: Trade, amount: int, acceptor_class: str = "", **said: Any) -> int:
    """A bill of the north, issued last year, that matures on 20 February."""
    kind = said.pop("kind", "commercial" if acceptor_class == "commercial" else "bank")
    first, serial = "6" if kind == "commercial" else "5", said.pop("serial", "00000001")
    number = f"{first}31310000001720250901{serial}4"
    given: dict[str, Any] = {
        "kind": kind,
        "number": number,
        "amount": amount,
        "drawer": "北麓矿业装备",
        "acceptor": "江临农村商业银行",
        "issued_on": date(2025, 9, 1),
        "matures_on": MATURES,
        "acceptor_class": acceptor_class,
        **said,
    }
    return receive_bill(
        company=trade.company, customer_id=trade.north, paper=Paper(**given), received_on=date(2026, 1, 10), **WHO
    )


def move(number: int, on: date = MATURES) -> Move:
    return Move(number, on, "tester", AT)


def weights(**percent: int) -> None:
    """Put rules of bills in force with other weights."""
    document = {**BILL_RULES.default, "exposure_percent": {**BILL_RULES.default["exposure_percent"], **percent}}
    number = policies.draft(kind=BILL_RULES.name, company_id=None, document=document, actor="chen", at=AT)
    policies.approve(version_id=number, digest=version(number).digest, actor="li", at=AT)
    policies.put_in_force(version_id=number, effective_at=AT, actor="li", at=AT)


@pytest.mark.parametrize(
    ("acceptor_class", "counts"), [("large_bank", 0), ("other_bank", 200_00), ("commercial", 400_00)]
)
def test_a_bill_counts_by_its_acceptor_until_it_is_paid(trade: Trade, acceptor_class: str, counts: int) -> None:
    trade.post("invoice", 1_000_00)
    number = take(trade, 400_00, acceptor_class)
    held = {CLAIMS: 600_00, BILLS: counts, "": 600_00 + counts}
    assert parts(trade) == {name: amount for name, amount in held.items() if amount}
    present_bill(move(number))
    assert parts(trade)[""] == 600_00 + counts
    pay_bill(move(number))
    assert parts(trade) == {CLAIMS: 600_00, "": 600_00}
    # The past is what it was, and today is what the facts say.
    assert parts(trade, as_of="2026-01-09") == {CLAIMS: 1_000_00, "": 1_000_00}
    assert parts(trade, as_of="2026-02-19")[""] == 600_00 + counts
    assert parts(trade) == parts(trade, as_of="9999-12-31")
    assert check_ledger() == []


def test_dishonoured_the_claim_counts_whole_again(trade: Trade) -> None:
    trade.post("invoice", 1_000_00)
    number = take(trade, 400_00, "large_bank")
    present_bill(move(number))
    dishonour_bill(move(number), reason="x")
    assert parts(trade) == {CLAIMS: 1_000_00, "": 1_000_00}
    assert parts(trade, as_of="2026-02-19") == {CLAIMS: 600_00, "": 600_00}


def test_what_was_passed_on_counts_apart_and_once_until_it_cannot_come_back(trade: Trade) -> None:
    trade.post("invoice", 1_000_00)
    number = take(trade, 400_00)
    endorse_bill(move(number, date(2026, 1, 20)), to="泓源铸造")
    assert parts(trade) == {CLAIMS: 600_00, RECOURSE: 200_00, "": 800_00}
    assert parts(trade, as_of="2026-01-19") == {CLAIMS: 600_00, BILLS: 200_00, "": 800_00}
    pay_bill(move(number))
    assert parts(trade) == {CLAIMS: 600_00, "": 600_00}
    assert parts(trade, as_of="2026-02-19") == {CLAIMS: 600_00, RECOURSE: 200_00, "": 800_00}


def test_claimed_back_it_is_a_claim_again(trade: Trade) -> None:
    trade.post("invoice", 1_000_00)
    number = take(trade, 400_00)
    discount_bill(move(number, date(2026, 1, 20)), bank="江临银行", rate_e8=1_800_000)
    assert parts(trade) == {CLAIMS: 600_00, RECOURSE: 200_00, "": 800_00}
    dishonour_bill(move(number, date(2026, 2, 25)), reason="被追索")
    assert parts(trade) == {CLAIMS: 1_000_00, "": 1_000_00}


def test_without_recourse_nothing_is_left(trade: Trade) -> None:
    trade.post("invoice", 400_00)
    endorse_bill(move(take(trade, 400_00), date(2026, 1, 20)), to="泓源铸造", recourse=False)
    assert parts(trade) == {"": 0}


def test_after_the_days_of_recourse_nothing_is_left(trade: Trade) -> None:
    trade.post("invoice", 400_00)
    number = take(trade, 400_00)
    endorse_bill(move(number, date(2026, 1, 20)), to="泓源铸造")
    over = MATURES + timedelta(days=191)
    lapse_bill(Move(number, over, "system", AT + timedelta(days=200)))
    assert parts(trade, as_of=(over - timedelta(days=1)).isoformat()) == {RECOURSE: 200_00, "": 200_00}
    assert parts(trade) == {"": 0}


def test_pieces_count_each_where_it_stands(trade: Trade) -> None:
    trade.post("invoice", 400_00)
    number = take(trade, 400_00, range=Range(1, 400_00))
    one, _other = split_bill(bill_id=number, faces=[100_00, 300_00], on=date(2026, 1, 20), **WHO)
    assert parts(trade) == {BILLS: 200_00, "": 200_00}
    endorse_bill(move(one, date(2026, 1, 21)), to="泓源铸造")
    assert parts(trade) == {BILLS: 150_00, RECOURSE: 50_00, "": 200_00}


def test_what_a_bill_leaves_over_is_no_cash(trade: Trade) -> None:
    trade.post("invoice", 300_00)
    number = take(trade, 400_00)
    assert parts(trade) == {BILLS: 200_00, "": 200_00}
    present_bill(move(number))
    pay_bill(move(number))
    assert parts(trade) == {UNAPPLIED: -100_00, "": -100_00}


def test_a_bill_nobody_registered_counts_whole(trade: Trade) -> None:
    trade.post("bill", 400_00)
    assert parts(trade) == {BILLS: 400_00, "": 400_00}


def test_the_rules_in_force_say_what_counts(staffed: Trade) -> None:
    staffed.post("invoice", 400_00)
    take(staffed, 400_00)
    weights(other_bank=80)
    assert parts(staffed)[""] == 320_00
    # By then the other rules were in force.
    assert parts(staffed, as_of="2026-02-28")[""] == 200_00
    judged = judge_amount(staffed.company, staffed.north, amount=1_00, currency="CNY", scope=EVERYTHING, at=AT)
    assert judged.own is not None
    assert (judged.own.before, judged.own.debt) == (320_00, 320_00)
    (node, *_) = nodes_of(staffed.north, TODAY)
    told = used_now(staffed.company, node, "CNY", rules_of(CREDIT_RULES.default, "CNY"), TODAY)
    assert told.out == 320_00
    assert BILLS in DEBT


def test_paper_lets_no_order_go_on_and_money_does(staffed: Trade, room: Any) -> None:
    rules(ENFORCE)
    limited(staffed, 1_000_00)
    staffed.post("invoice", 900_00)
    order = staffed.order("SO-1", 500_00)
    room()
    assert state(order) == "held"
    number = take(staffed, 900_00, "large_bank")
    room()
    # Its exposure is nought, whoever enters an order anew or lets this one go on may rest on that; by itself it waits.
    assert (parts(staffed)[""], state(order)) == (0, "held")
    present_bill(move(number))
    pay_bill(move(number))
    room()
    assert (state(order), rules_said(order)) == ("released", ["within_limit"])


def test_lines_are_weighed_half_up_and_nothing_else_is() -> None:
    lines = [Line(1, "CNY", "", BILLS, 101, "other_bank"), Line(1, "CNY", "", RECOURSE, 101, "large_bank"),
             Line(1, "CNY", "", CLAIMS, 101)]  # fmt: skip
    found = weighed_lines(lines, BILL_RULES.default["exposure_percent"])
    assert [line.amount for line in found] == [51, 0, 101]
    assert weighed_lines(lines, {}) == lines
