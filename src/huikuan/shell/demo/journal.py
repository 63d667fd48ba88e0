"""Where the demo's business is written down: items, what settled them, and changed due dates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from huikuan.kernel.money import share

_VAT = (100, 13)


@dataclass(slots=True)
class Entry:
    """One item; `left` is what nothing has settled yet, `falls_due` the day in the end, also of what awaits an
    event. Numbered when the whole story is known."""

    seller: str
    customer: str
    kind: str
    side: str
    currency: str
    amount: int
    document_date: date
    due_date: date | None = None
    awaits: str = ""
    contract: str = ""
    business_type: str = ""
    text: str = ""
    obligation: int = 0
    number: str = ""
    key: str = ""
    left: int = 0
    falls_due: date | None = None

    def __post_init__(self) -> None:
        self.left = self.amount
        self.falls_due = self.due_date


@dataclass(slots=True)
class Agreement:
    """A contract: its milestones as people write them, and which of their events have happened, when."""

    seller: str
    customer: str
    number: str
    name: str
    currency: str
    amount: int
    signed_on: date
    payment_terms: str
    milestones: str = ""
    happened: dict[str, date] = field(default_factory=dict)
    ordered: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Journal:
    """Everything that happened up to `today`."""

    today: date
    entries: list[Entry] = field(default_factory=list)
    settlements: list[tuple[Entry, Entry, int, date, str]] = field(default_factory=list)
    schedules: list[tuple[Entry, date, date, str]] = field(default_factory=list)
    agreements: dict[tuple[str, str], Agreement] = field(default_factory=dict)

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def post(self, entry: Entry) -> Entry:
        self.entries.append(entry)
        return entry

    def agree(self, agreement: Agreement) -> Agreement:
        """A contract of a number nobody has; one that is taken gets the next."""
        number, more = agreement.number, 1
        while (agreement.seller, agreement.number) in self.agreements:
            more += 1
            agreement.number = f"{number}-{more}"
        self.agreements[agreement.seller, agreement.number] = agreement
        return agreement

    def await_event(self, entry: Entry, event: str, happens_on: date, days: int) -> None:
        """The entry falls due so many days after the event; while that has not happened it awaits it."""
        entry.awaits, entry.due_date = event, None
        entry.falls_due = happens_on + timedelta(days=days)
        if happens_on > self.today:
            return
        self.extend(entry, happens_on, entry.falls_due, "milestone")
        agreement = self.agreements.get((entry.seller, entry.contract))
        if agreement is not None:
            agreement.happened[event] = happens_on

    def settle(self, credit: Entry, debit: Entry, amount: int, reason: str = "receipt") -> None:
        """Clear `amount` from the day both are there."""
        amount = min(amount, credit.left, debit.left)
        if amount <= 0:
            return
        credit.left -= amount
        debit.left -= amount
        effective_on = max(credit.document_date, debit.document_date)
        self.settlements.append((credit, debit, amount, effective_on, reason))

    def extend(self, entry: Entry, effective_on: date, due_date: date, reason: str) -> None:
        """From `effective_on` the entry falls due on `due_date`."""
        entry.falls_due = due_date
        self.schedules.append((entry, effective_on, due_date, reason))


def tax_parts(entry: Entry) -> tuple[int | None, int | None]:
    """Net and tax of an invoice in yuan (13 % VAT); exports and payments carry none."""
    if entry.currency != "CNY" or entry.kind not in ("invoice", "credit_note", "return", "retention"):
        return None, None
    net, tax = share(entry.amount, list(_VAT))
    return net, tax


def item_rows(journal: Journal) -> list[dict[str, Any]]:
    """The entries as item rows, numbered in the order of their dates."""
    ordered = sorted(enumerate(journal.entries), key=lambda pair: (pair[1].document_date, pair[0]))
    for serial, (_, entry) in enumerate(ordered, 1):
        _number(entry, serial)
    return [_row(entry, place) for place, (_, entry) in enumerate(ordered, 1)]


def _number(entry: Entry, serial: int) -> None:
    """Invoices and credit notes as fully digital e-invoices (year, province 32, serial), receipts by day."""
    year = entry.document_date.year % 100
    if entry.kind in ("invoice", "credit_note", "return", "retention"):
        entry.number = f"{year:02}322000{serial * 7919 + 100_000:012}"
    else:
        entry.number = f"SK{entry.document_date:%Y%m%d}{serial:05}"
    entry.key = entry.number


def _row(entry: Entry, place: int) -> dict[str, Any]:
    net, tax = tax_parts(entry)
    return {
        "row": place + 1,
        "company": entry.seller,
        "key": entry.key,
        "customer_code": entry.customer,
        "kind": entry.kind,
        "side": entry.side,
        "currency": entry.currency,
        "amount": entry.amount,
        "net_amount": net,
        "tax_amount": tax,
        "document_number": entry.number,
        "document_date": entry.document_date,
        "posting_date": entry.document_date,
        "due_date": entry.due_date,
        "awaits": entry.awaits,
        "obligation": f"{entry.contract}/{entry.obligation}" if entry.obligation else "",
        "contract_number": entry.contract,
        "business_type": entry.business_type,
        "text": entry.text,
    }
