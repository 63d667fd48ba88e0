"""What becomes of a bill: passed on, pledged, presented, paid or dishonoured; each move once, with the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.text import tidy
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.bills.domain.applying import undo
from huikuan.record.bills.domain.discounting import discounted
from huikuan.record.bills.domain.life import (
    DISCOUNT,
    DISHONOUR,
    ENDORSE,
    HELD,
    LAPSE,
    PASSED_ON,
    PAY,
    PLEDGE,
    PRESENT,
    RELEASE,
    follow,
)
from huikuan.record.bills.models import Bill, BillEvent
from huikuan.record.bills.operations import facts
from huikuan.record.bills.operations.facts import LONGEST, hold_package, ledger_day, write_event
from huikuan.record.bills.policies import rules_of
from huikuan.record.bills.queries.bills import bill_now, rules_in_force, sharing, stand_of
from huikuan.record.bills.queries.claims import open_now, standing_settlements
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.receivables.models import Item, OpenItem
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.settlements import settle

#: What a move says besides its day, and what it does in the ledger before it is recorded.
Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """Who moves which bill when. `seen`: the number of the last move that was read; None: whatever it is."""

    bill_id: int
    on: date
    actor: str
    at: datetime
    seen: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A bill under lock, with its last move, and the day of the next one in the ledger."""

    bill: Bill
    last: BillEvent
    day: date


def endorse_bill(move: Move, *, to: str, recourse: bool = True) -> None:
    """Pass the bill on to somebody else, who takes it as payment. It leaves the books; with `recourse` it may come
    back until it is paid. Refuses 不得转让 and what is past its presenting."""
    whom = _named(to)
    _moved(move, ENDORSE, lambda held: {**_passed_on(held, move), "counterparty": whom, "recourse": recourse})


def discount_bill(move: Move, *, bank: str, rate_e8: int, extra_days: int = 0, recourse: bool = True) -> None:
    """Sell the bill to a bank for its face less interest to maturity (`domain.discounting`)."""
    whom = _named(bank)

    def ledger(held: Held) -> Said:
        told = discounted(held.bill.amount, rate_e8, move.on, held.bill.matures_on, extra_days)
        said = {"counterparty": whom, "recourse": recourse, "rate_e8": rate_e8, "cost": told.cost, "net": told.net}
        return {**_passed_on(held, move), **said}

    _moved(move, DISCOUNT, ledger)


def pledge_bill(move: Move, *, to: str) -> None:
    """Give the bill as security; it stays ours and stays in the books."""
    whom = _named(to)
    _moved(move, PLEDGE, lambda _: {"counterparty": whom})


def release_bill(move: Move) -> None:
    """The pledge is over: the bill is in hand again."""
    _moved(move, RELEASE, lambda _: {})


def present_bill(move: Move) -> None:
    """Ask the acceptor to pay. Later than 10 days after maturity the acceptor still owes, but earlier endorsers are
    free: the page says so, nothing is refused."""
    _moved(move, PRESENT, lambda _: {})


def pay_bill(move: Move, *, receipt_id: int | None = None) -> None:
    """The acceptor has paid: the money settles the claim on it, and what no claim of the customer took becomes cash
    held for the customer. `receipt_id`: the receipt the bank's line was posted as; None: one is posted. Of a bill that
    was passed on: whoever held it was paid, it cannot come back."""
    _moved(move, PAY, lambda held: _collected(held, move, receipt_id) if held.last.state in HELD else {})


def dishonour_bill(move: Move, *, reason: str) -> None:
    """The acceptor did not pay. What the bill had settled is undone as of this day: the customer's claims are back
    with the dates they always had, and every day before stays as it was."""
    why = tidy(reason)[:LONGEST]
    if not why:
        raise Refusal("bill_reason_missing")
    _moved(move, DISHONOUR, lambda held: {**_undone(held, move), "note": why})


def lapse_bill(move: Move) -> None:
    """A bill that was passed on can come back no more: its days of recourse are over."""
    _moved(move, LAPSE, lambda _: {})


def _moved(move: Move, name: str, ledger: Callable[[Held], Said]) -> None:
    """Hold the package, decide, do what the ledger has to show, record the move."""

    def work() -> None:
        bill, _ = bill_now(move.bill_id)
        hold_package(bill.company_id, bill.number)
        bill, last = bill_now(move.bill_id)
        if move.seen is not None and last.sequence != move.seen:
            raise Refusal("bill_moved_since", bill=bill.pk)
        _require_past(bill, move)
        state = follow(stand_of(bill, last), name, move.on, rules_of(rules_in_force(bill.company_id, move.at)))
        day = max(ledger_day(bill.company_id, move.on), last.effective_on)
        said = {"note": tidy(move.note)[:LONGEST], **ledger(Held(bill, last, day))}
        whole = {"move": name, "state": state, "happened_on": move.on, "effective_on": day, **said}
        write_event(bill, last.sequence + 1, whole, actor=move.actor, at=move.at)

    retrying(work)


def _require_past(bill: Bill, move: Move) -> None:
    today = business_date(move.at, Company.objects.values_list("time_zone", flat=True).get(pk=bill.company_id))
    if move.on > today:
        raise Refusal("bill_move_ahead", day=move.on, today=today)


def _passed_on(held: Held, move: Move) -> Said:
    """The claim on the acceptor is somebody else's from now on: a credit of the same face settles it."""
    if _still_owed(held.bill) < held.bill.amount:
        raise Refusal("bill_settled_already", bill=held.bill.pk)
    credit_id = _post(held, move, "transfer", held.bill.amount)
    _clear(held, move, credit_id, facts.PASSED_ON)
    return {"item_id": credit_id}


def _collected(held: Held, move: Move, receipt_id: int | None) -> Said:
    owed = _still_owed(held.bill)
    if receipt_id is None and owed:
        receipt_id = _post(held, move, "receipt", owed)
    elif receipt_id is not None:
        _require_money(held.bill, receipt_id, owed)
    if receipt_id is not None:
        _clear(held, move, receipt_id, facts.PAID)
    return {"item_id": receipt_id}


def _require_money(bill: Bill, receipt_id: int, owed: int) -> None:
    """Refuse what is no receipt of the bill's customer with as much open as the acceptor owes."""
    there = open_items.lock([receipt_id, bill.credit_id, bill.debit_id]).sides.get(receipt_id)
    receipts = OpenItem.objects.filter(
        item_id=receipt_id,
        company_id=bill.company_id,
        customer_id__in=one_with(bill.customer_id),
        currency=bill.currency,
        kind=Item.Kind.RECEIPT,
        side=Item.Side.CREDIT,
    )
    if there is None or there.open_amount < owed or not receipts.exists():
        raise Refusal("bill_receipt_unfit", item=receipt_id, amount=to_text(owed, bill.currency))


def _clear(held: Held, move: Move, credit_id: int, reason: str) -> None:
    """The claim on the acceptor is met by `credit_id`. What of the bill paid no claim of the customer stops being
    paper: it goes against the claim, and as much of the new credit stays open for the customer."""
    bill, owed = held.bill, _still_owed(held.bill)
    unused = min(open_now(bill.credit_id), owed)
    if unused:
        _settle(bill.credit_id, bill.debit_id, unused, held.day, reason, move)
    if owed > unused:
        _settle(credit_id, bill.debit_id, owed - unused, held.day, reason, move)


def _still_owed(bill: Bill) -> int:
    """What of this piece the acceptor owes: its face, less what was applied to the claim already."""
    others = sum(one.amount for one, state in sharing(bill.debit_id) if one.pk != bill.pk and state in HELD)
    return max(0, min(bill.amount, open_now(bill.debit_id) - others))


def _undone(held: Held, move: Move) -> Said:
    bill, last = held.bill, held.last
    if last.state in PASSED_ON and last.item_id is not None:
        _taken_back(last.item_id, held, move)
    owed = _still_owed(bill)
    undoing = undo(standing_settlements(bill.credit_id, without=bill.debit_id), open_now(bill.credit_id), owed)
    for settlement in undoing.settlements:
        _reverse(settlement, held, move)
    if undoing.keep is not None:
        _settle(bill.credit_id, *undoing.keep, held.day, facts.BY_BILL, move)
    if owed:
        _settle(bill.credit_id, bill.debit_id, owed, held.day, facts.DISHONOURED, move)
    return {}


def _post(held: Held, move: Move, kind: str, amount: int) -> int:
    bill = held.bill
    return post_item(
        company=Company.objects.get(pk=bill.company_id),
        customer_id=bill.customer_id,
        kind=kind,
        amount=amount,
        currency=bill.currency,
        document_date=move.on,
        posting_date=held.day,
        document_number=bill.number,
        actor=move.actor,
        at=move.at,
    )


def _taken_back(credit_id: int, held: Held, move: Move) -> None:
    """What took the bill out of the books falls away: the claim on the acceptor is ours again."""
    for one in standing_settlements(credit_id):
        _reverse(one.settlement_id, held, move)
    reverse_item(item_id=credit_id, reason=facts.DISHONOURED, actor=move.actor, at=move.at)


def _reverse(settlement_id: int, held: Held, move: Move) -> None:
    reverse_settlement(
        settlement_id=settlement_id, reason=facts.DISHONOURED, on=held.day, actor=move.actor, at=move.at
    )


def _settle(credit_id: int, debit_id: int, amount: int, day: date, reason: str, move: Move) -> None:
    settle(
        credit_id=credit_id,
        debit_id=debit_id,
        credit_amount=amount,
        effective_on=day,
        reason=reason,
        actor=move.actor,
        at=move.at,
    )


def _named(text: str) -> str:
    whom = tidy(text)[:LONGEST]
    if not whom:
        raise Refusal("bill_field_missing", field="counterparty")
    return whom
