"""What the customers of the cast owe on the demo's day, to the cent, and the years before it."""

from __future__ import annotations

from datetime import timedelta

from huikuan.kernel.money import share
from huikuan.shell.demo.cast import SELLERS, Lead, fen
from huikuan.shell.demo.dice import Dice
from huikuan.shell.demo.journal import Agreement, Entry, Journal
from huikuan.shell.demo.trade import GOODS, HABITS, START, weekday

#: Invoices in a month of the cast's past.
_A_MONTH = 3


def tell(journal: Journal, lead: Lead, dice: Dice) -> None:
    """The whole story of one customer of the cast."""
    _past(journal, lead, dice)
    for item in lead.open:
        entry = _invoice(journal, lead, item.document, item.due, fen(item.amount), item.text)
        entry.kind = item.kind
        journal.post(entry)
        if item.paid:
            _pay(journal, entry, fen(item.paid), item.due or 0)
    if lead.pieces:
        _ahead(journal, lead)
    _agree(journal, lead)
    for offset, amount, text in lead.unapplied:
        kind = "credit_note" if text.startswith("红字") else "receipt"
        journal.post(Entry(lead.seller, lead.code, kind, "credit", "CNY", fen(amount), journal.day(offset), text=text))


def _agree(journal: Journal, lead: Lead) -> None:
    """A contract for every two months' invoices, with the order they came from."""
    ordered: dict[str, list[Entry]] = {}
    for entry in journal.entries:
        if entry.customer == lead.code and entry.side == "debit":
            ordered.setdefault(entry.contract, []).append(entry)
    for number, entries in ordered.items():
        first = min(entries, key=lambda entry: entry.document_date)
        journal.agree(
            Agreement(
                lead.seller, lead.code, number, first.text, first.currency, sum(entry.amount for entry in entries),
                first.document_date - timedelta(days=10), f"开票后 {lead.terms} 天", ordered=entries,
            )
        )  # fmt: skip


def _past(journal: Journal, lead: Lead, dice: Dice) -> None:
    """Invoices at today's pace, all paid by now: the last ones as late as the habit allows."""
    low, high = HABITS[lead.habit]
    yearly = max(fen(lead.ahead), sum(fen(item.amount) for item in lead.open)) * 365 // (lead.terms + 20)
    usual = yearly // (12 * _A_MONTH)
    last = -lead.stopped or -lead.terms - 2
    for offset in range(START, last, 30 // _A_MONTH):
        late = dice.between(low, high)
        if lead.stopped:
            # The failing one: each year it pays later, before it stops.
            late += max(0, (offset - START) * 60 // (last - START) - 15)
        document = offset + dice.between(0, 6)
        paid = document + lead.terms + late
        if paid >= -2:
            continue
        amount = dice.skewed(usual) // 100_00 * 100_00
        entry = _invoice(
            journal, lead, document, document + lead.terms, max(amount, 100_00), dice.one_of(GOODS[lead.business_type])
        )
        _pay(journal, journal.post(entry), entry.amount, paid)


def _ahead(journal: Journal, lead: Lead) -> None:
    """What is not yet due, spread over invoices of the last weeks."""
    weights = [9 + (7 * number) % 5 for number in range(lead.pieces)]
    for number, amount in enumerate(share(fen(lead.ahead) // 10_000, weights)):
        document = -lead.terms + 3 + (lead.terms - 5) * number // lead.pieces
        text = GOODS[lead.business_type][number % len(GOODS[lead.business_type])]
        journal.post(_invoice(journal, lead, document, document + lead.terms, amount * 10_000, text))


def _invoice(journal: Journal, lead: Lead, document: int, due: int | None, amount: int, text: str) -> Entry:
    day = journal.day(document)
    prefix = next(seller.prefix for seller in SELLERS if seller.code == lead.seller)
    return Entry(
        lead.seller, lead.code, "invoice", "debit", "CNY", amount, day,
        due_date=None if due is None else journal.day(due),
        contract=f"{prefix}-{lead.code[-2:]}-{day.year}-{(day.month - 1) // 2 + 1:03}",
        business_type=lead.business_type, text=text,
    )  # fmt: skip


def _pay(journal: Journal, entry: Entry, amount: int, offset: int) -> None:
    day = max(weekday(journal.day(min(offset, -1))), entry.document_date + timedelta(days=1))
    receipt = Entry(entry.seller, entry.customer, "receipt", "credit", "CNY", amount, day, text="银行收款")
    journal.settle(journal.post(receipt), entry, amount)
