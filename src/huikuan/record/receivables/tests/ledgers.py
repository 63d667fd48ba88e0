"""Random small ledgers, written as facts and kept as plain rows for the oracle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import horizon
from huikuan.record.customers.models import Affiliation, Customer
from huikuan.record.receivables.domain.aging import Belongs, Cleared, Ledger, Planned, Posted, open_amount
from huikuan.record.receivables.models import ExchangeRate, Item, Schedule, Settlement
from huikuan.record.receivables.tests.conftest import customer

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
START = date(2026, 1, 1)
DAYS = st.integers(0, 300).map(lambda number: START + timedelta(days=number))
_numbers = count(1)
#: A settlement that may be reversed: its id, credit, debit, what it took of each, and its day.
Live = tuple[int, Posted, Posted, int, int, date]


@dataclass
class Book:
    """One company's facts as written, and the horizon after each write."""

    company: Company
    customers: list[Customer]
    items: list[Posted] = field(default_factory=list)
    settlements: list[Cleared] = field(default_factory=list)
    schedules: list[Planned] = field(default_factory=list)
    affiliations: list[Belongs] = field(default_factory=list)
    horizons: list[int] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.items, self.settlements, self.schedules, self.affiliations)

    def wrote(self) -> None:
        self.horizons.append(horizon())


def new_book(customers: int = 3) -> Book:
    number = next(_numbers)
    company = Company.objects.create(code=f"C{number:05}", name=f"公司{number}")
    made = [customer(f"K{number:05}-{i}", f"客户{number}-{i}") for i in range(customers)]
    return Book(company, made)


def post(book: Book, **given: Any) -> Posted:
    """Record an item; unnamed columns take plain values."""
    row = {
        "company_id": book.company.id,
        "customer_id": book.customers[0].id,
        "kind": "invoice",
        "side": "debit",
        "currency": "CNY",
        "document_number": f"N{len(book.items)}",
        "origin_system": "test",
        "origin_key": f"{len(book.items)}",
        "actor": "test",
        "business_type": "",
        "due_date": None,
        **given,
    }
    row.setdefault("document_date", row["posting_date"])
    with transaction.atomic():
        (number,) = record(Item, [row], at=AT)
    posted = Posted(
        id=number,
        company=book.company.id,
        customer=row["customer_id"],
        tx=_tx_of(Item, number),
        **{
            name: row[name]
            for name in (
                "side",
                "currency",
                "amount",
                "document_date",
                "posting_date",
                "due_date",
                "business_type",
            )
        },
    )
    book.items.append(posted)
    book.wrote()
    return posted


def clear(
    book: Book,
    credit: Posted,
    debit: Posted,
    amount: int,
    effective_on: date,
    reverses: int | None = None,
    debit_amount: int | None = None,
) -> int:
    """Record a settlement, negative when it reverses one; answers its id. `debit_amount` where currencies differ."""
    cleared = amount if debit_amount is None else debit_amount
    with transaction.atomic():
        row = {
            "company_id": book.company.id,
            "customer_id": debit.customer,
            "credit_id": credit.id,
            "debit_id": debit.id,
            "credit_amount": amount,
            "debit_amount": cleared,
            "effective_on": effective_on,
            "reason": "test",
            "actor": "test",
            "reversal_of": reverses,
        }
        (number,) = record(Settlement, [row], at=AT)
    book.settlements.append(Cleared(credit.id, debit.id, amount, cleared, effective_on, _tx_of(Settlement, number)))
    book.wrote()
    return number


def plan(book: Book, item: Posted, lines: list[tuple[date | None, int]], effective_on: date) -> None:
    """Record a new version of an item's schedule."""
    version = 1 + max((line.version for line in book.schedules if line.item == item.id), default=0)
    rows = [
        {
            "item_id": item.id,
            "company_id": book.company.id,
            "customer_id": item.customer,
            "version": version,
            "line": number,
            "effective_on": effective_on,
            "due_date": due,
            "awaits": "" if due else "acceptance",
            "amount": amount,
            "reason": "test",
            "actor": "test",
        }
        for number, (due, amount) in enumerate(lines, 1)
    ]
    with transaction.atomic():
        ids = record(Schedule, rows, at=AT)
    tx = _tx_of(Schedule, ids[0])
    book.schedules += [
        Planned(item.id, version, row["line"], effective_on, row["due_date"], row["amount"], tx) for row in rows
    ]
    book.wrote()


def affiliate(
    book: Book, customer: int, dimension: str, value: str, effective_on: date, item: int | None = None
) -> None:
    row = {
        "customer_id": customer,
        "item_id": item,
        "dimension": dimension,
        "value": value,
        "effective_on": effective_on,
        "actor": "test",
    }
    with transaction.atomic():
        (number,) = record(Affiliation, [row], at=AT)
    book.affiliations.append(
        Belongs(number, customer, item, dimension, value, effective_on, _tx_of(Affiliation, number))
    )
    book.wrote()


def rate(currency: str, rate_e8: int, on_date: date, quote: str = "CNY") -> None:
    row = {
        "currency": currency,
        "quote_currency": quote,
        "on_date": on_date,
        "rate_e8": rate_e8,
        "source": "test",
        "actor": "test",
    }
    with transaction.atomic():
        record(ExchangeRate, [row], at=AT)


def write_random(draw: Callable[[st.SearchStrategy[Any]], Any], book: Book, steps: int) -> None:
    """Grow `book` by valid facts: open amounts never fall below zero on any day."""
    live: list[Live] = []
    for _ in range(steps):
        what = draw(st.sampled_from(["debit", "credit", "settle", "settle", "reverse", "plan", "belong"]))
        if what in ("debit", "credit"):
            _post_random(draw, book, what)
        elif what == "settle":
            _settle_random(draw, book, live)
        elif what == "reverse" and live:
            number, credit, debit, amount, cleared, on = live.pop(draw(st.integers(0, len(live) - 1)))
            clear(book, credit, debit, -amount, on, reverses=number, debit_amount=-cleared)
        elif what == "plan" and book.items:
            item = draw(st.sampled_from(book.items))
            first = draw(st.integers(1, item.amount))
            lines = [(draw(st.none() | DAYS), part) for part in (first, item.amount - first) if part]
            plan(book, item, lines, draw(DAYS))
        elif what == "belong":
            _affiliate_random(draw, book)


def _post_random(draw: Callable[[st.SearchStrategy[Any]], Any], book: Book, side: str) -> None:
    on = draw(DAYS)
    post(
        book,
        side=side,
        kind="invoice" if side == "debit" else "receipt",
        customer_id=draw(st.sampled_from(book.customers)).id,
        currency=draw(st.sampled_from(["CNY", "CNY", "USD"])),
        amount=draw(st.integers(1, 10_000)),
        posting_date=on,
        document_date=on + timedelta(days=draw(st.integers(-40, 5))),
        due_date=draw(st.none() | DAYS),
        business_type=draw(st.sampled_from(["", "", "整机"])),
    )


def _settle_random(draw: Callable[[st.SearchStrategy[Any]], Any], book: Book, live: list[Live]) -> None:
    far, everything = date(2100, 1, 1), 2**62
    room = {item.id: open_amount(item, book.settlements, far, everything) for item in book.items}
    pairs = [
        (credit, debit)
        for credit in book.items
        for debit in book.items
        if (credit.side, debit.side) == ("credit", "debit") and room[credit.id] and room[debit.id]
    ]
    if not pairs:
        return
    credit, debit = draw(st.sampled_from(pairs))
    if credit.currency == debit.currency:
        most = min(room[credit.id], room[debit.id])
        amount = cleared = draw(st.just(most) | st.integers(1, most))
    else:
        amount, cleared = (draw(st.just(room[one.id]) | st.integers(1, room[one.id])) for one in (credit, debit))
    on = max(credit.posting_date, debit.posting_date) + timedelta(days=draw(st.integers(0, 60)))
    number = clear(book, credit, debit, amount, on, debit_amount=cleared)
    live.append((number, credit, debit, amount, cleared, on))


def _affiliate_random(draw: Callable[[st.SearchStrategy[Any]], Any], book: Book) -> None:
    item = draw(st.none() | st.sampled_from(book.items)) if book.items else None
    customer = item.customer if item else draw(st.sampled_from(book.customers)).id
    dimension = draw(st.sampled_from(["owner", "business_type"]))
    value = draw(st.sampled_from(["", "甲", "乙"]))
    affiliate(book, customer, dimension, value, draw(DAYS), item.id if item else None)


def _tx_of(model: Any, number: int) -> int:
    return int(model.objects.values_list("tx", flat=True).get(id=number))
