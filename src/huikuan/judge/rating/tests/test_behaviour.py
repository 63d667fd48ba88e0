"""Behaviour by a day: worked numbers, and the set-based sums equal to the plain rule over random ledgers."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.judge.rating.domain.behaviour import (
    Behaviour,
    Clearing,
    OpenLine,
    Posting,
    Sums,
    behaviour_of,
    sums_of,
)
from huikuan.judge.rating.queries.behaviour import (
    CLAIM_KINDS,
    CLEARING_KINDS,
    RETURN_KINDS,
    SALE_KINDS,
    behaviours,
    sums_by_customer,
)
from huikuan.mechanisms.columns.operations import compact, refresh
from huikuan.mechanisms.columns.queries import asking_columns
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.record.receivables.domain.aging import governing, open_amount, waterfall
from huikuan.record.receivables.queries.history import CASH_KINDS
from huikuan.record.receivables.queries.open_lines import Moment
from huikuan.record.receivables.tests.ledgers import Book, Posted, clear, new_book, plan, post, rate

EXAMPLES = 200 if os.environ.get("HUIKUAN_PROVE") else 12
DAYS = st.integers(0, 500).map(lambda number: date(2025, 7, 1) + timedelta(days=number))
DAY = date(2026, 11, 20)


def claim(amount: int, due: date, *clearings: tuple[date, int, str]) -> Posting:
    """An invoice written 30 days before it was due."""
    parts = tuple(Clearing(on, part, kind in CASH_KINDS, kind in CLEARING_KINDS) for on, part, kind in clearings)
    written = due - timedelta(days=30)
    return Posting(amount, written, written, due, True, 1, 0, 1, parts)


def values(postings: list[Posting], lines: list[OpenLine] | None = None, as_of: date = DAY) -> dict[str, Any]:
    found: Behaviour = behaviour_of({"CNY": sums_of(postings, lines or [], as_of)}, {}, as_of)
    return dict(found.values)


def test_the_worked_numbers_of_the_algorithm_page() -> None:
    """docs/algorithms/behaviour.md: 300.00 paid 10 days late, 100.00 four days early, 200.00 half open for 50 days."""
    postings = [
        claim(30_000, date(2026, 10, 2), (date(2026, 10, 12), 30_000, "receipt")),
        claim(10_000, date(2026, 11, 9), (date(2026, 11, 5), 10_000, "receipt")),
        claim(20_000, date(2026, 10, 1), (date(2026, 10, 1), 10_000, "receipt")),
    ]
    found = values(postings, [OpenLine(10_000, date(2026, 10, 1))])
    assert {name: str(found[name]) for name in (
        "paid_on_time_amount", "paid_on_time_count", "average_days_late", "worst_days_late", "very_late_share",
        "overdue_share", "longest_overdue",
    )} == {
        "paid_on_time_amount": "0.3333",
        "paid_on_time_count": "0.3333",
        "average_days_late": "12.7",
        "worst_days_late": "50",
        "very_late_share": "0.3333",
        "overdue_share": "1.0000",
        "longest_overdue": "50",
    }  # fmt: skip


def test_what_was_withdrawn_counts_neither_as_paid_nor_as_late() -> None:
    whole = claim(100, date(2026, 6, 1), (date(2026, 9, 1), 100, "credit_note"))
    part = claim(100, date(2026, 6, 1), (date(2026, 6, 1), 70, "receipt"), (date(2026, 9, 1), 30, "return"))
    sums = sums_of([whole, part], [], DAY)
    assert (sums.claims, sums.punctual, sums.owed, sums.late, sums.late_days) == (1, 1, 70, 0, 0)


def test_a_write_off_or_an_offset_ends_a_claim_that_was_late_until_then() -> None:
    for kind in ("write_off", "offset", "barter"):
        sums = sums_of([claim(100, date(2026, 6, 1), (date(2026, 6, 21), 100, kind))], [], DAY)
        assert (sums.claims, sums.punctual, sums.worst, sums.late_days, sums.paid) == (1, 0, 20, 2_000, 0), kind


def test_a_payment_taken_back_leaves_the_days_the_claim_was_open() -> None:
    """Paid on the day, bounced after 10 days, paid again 20 days later: 20 days open after the due date."""
    due = date(2026, 6, 1)
    moves = [(0, 100), (10, -100), (30, 100)]
    sums = sums_of([claim(100, due, *((due + timedelta(days=n), part, "receipt") for n, part in moves))], [], DAY)
    assert (sums.late_days, sums.worst, sums.punctual) == (2_000, 30, 0)


def test_only_claims_due_in_the_year_before_the_day_count_and_not_those_due_on_it() -> None:
    dues = [DAY - timedelta(days=366), DAY - timedelta(days=365), DAY - timedelta(days=1), DAY]
    assert sums_of([claim(100, due) for due in dues], [], DAY).claims == 2


def test_change_compares_the_last_ninety_days_with_the_days_before() -> None:
    early = claim(100, DAY - timedelta(days=200), (DAY - timedelta(days=198), 100, "receipt"))
    late = claim(100, DAY - timedelta(days=60), (DAY - timedelta(days=45), 100, "receipt"))
    found = values([early, late])
    assert (found["days_late_change"], found["payment_cycle_change"]) == (Decimal("13.0"), Decimal("13.0"))
    assert values([late])["days_late_change"] is None


def test_buying_half_as_often_is_a_change_of_minus_a_half() -> None:
    """One invoice each 30 days for a year, then one in the last 90 days instead of three."""
    days = [*range(120, 360, 30), 45]
    found = values([claim(100, DAY - timedelta(days=ago - 30)) for ago in days])
    # First 330 days ago: 240 days before the recent 90, with 8 invoices; lately 1 where 3 were to be expected.
    assert found["invoices_change"] == Decimal("-0.6667")
    assert found["months_known"] == Decimal(11)


def test_nothing_known_is_no_value_and_never_zero() -> None:
    assert set(values([]).values()) == {None}


def test_currencies_weigh_by_the_rates_of_the_day_and_one_without_a_rate_is_told() -> None:
    yuan, dollar = Sums(claims=1, owed=700, late=0), Sums(claims=1, owed=100, late=100)
    found = behaviour_of({"CNY": yuan, "USD": dollar}, {"CNY": 10**8, "USD": 7 * 10**8}, DAY)
    assert (found.values["paid_on_time_amount"], found.unvalued) == (Decimal("0.5000"), ())
    without = behaviour_of({"CNY": yuan, "USD": dollar}, {"CNY": 10**8}, DAY)
    assert (without.values["paid_on_time_amount"], without.unvalued) == (Decimal("1.0000"), ("USD",))
    alone = behaviour_of({"USD": dollar}, {}, DAY)
    assert (alone.values["paid_on_time_amount"], alone.unvalued) == (Decimal("0.0000"), ())


# Set-based = plain ----------------------------------------------------------------------------------

DEBITS = ["invoice", "invoice", "invoice", "opening", "retention", "interest", "receipt"]
CREDITS = ["receipt", "receipt", "advance", "credit_note", "return", "write_off", "offset", "invoice"]


class Kept:
    """A book whose items' kinds are remembered."""

    def __init__(self) -> None:
        self.book: Book = new_book(customers=2)
        self.kinds: dict[int, str] = {}

    def write(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        what = draw(st.sampled_from(["debit", "debit", "credit", "settle", "settle", "settle", "back", "plan"]))
        if what in ("debit", "credit"):
            self._post(draw, what)
        elif what == "settle":
            self._settle(draw)
        elif what == "back":
            self._take_back(draw)
        elif self.book.items:
            item = draw(st.sampled_from(self.book.items))
            plan(self.book, item, [(draw(st.none() | DAYS), item.amount)], draw(DAYS))

    def _post(self, draw: Callable[[st.SearchStrategy[Any]], Any], side: str) -> None:
        on = draw(DAYS)
        kind = draw(st.sampled_from(DEBITS if side == "debit" else CREDITS))
        item = post(
            self.book,
            side=side,
            kind=kind,
            customer_id=draw(st.sampled_from(self.book.customers)).id,
            currency=draw(st.sampled_from(["CNY", "CNY", "USD"])),
            amount=draw(st.integers(1, 10_000) | st.just(10**15)),
            posting_date=on,
            document_date=on + timedelta(days=draw(st.integers(-40, 5))),
            due_date=draw(st.none() | DAYS),
        )
        self.kinds[item.id] = kind

    def _settle(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        room = {one.id: open_amount(one, self.book.settlements, date(2100, 1, 1), 2**62) for one in self.book.items}
        pairs = [
            (credit, debit)
            for credit in self.book.items
            for debit in self.book.items
            if (credit.side, debit.side) == ("credit", "debit")
            and credit.currency == debit.currency
            and min(room[credit.id], room[debit.id])
        ]
        if pairs:
            credit, debit = draw(st.sampled_from(pairs))
            most = min(room[credit.id], room[debit.id])
            on = max(credit.posting_date, debit.posting_date) + timedelta(days=draw(st.integers(0, 90)))
            clear(self.book, credit, debit, draw(st.just(most) | st.integers(1, most)), on)

    def _take_back(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        """The last settlement, if it stands; on its day or, where that is closed, later."""
        if self.book.settlements and (last := self.book.settlements[-1]).debit_amount > 0:
            credit, debit = (next(one for one in self.book.items if one.id == at) for at in (last.credit, last.debit))
            on = last.effective_on + timedelta(days=draw(st.sampled_from([0, 0, 15])))
            number = _settlement_id(last.credit, last.debit)
            clear(self.book, credit, debit, -last.credit_amount, on, reverses=number)

    def sums(self, as_of: date, known: int) -> dict[int, dict[str, Sums]]:
        """By the plain rule."""
        found: dict[int, dict[str, Sums]] = {}
        there = [one for one in self.book.items if one.posting_date <= as_of and one.tx < known]
        for customer, currency in {(one.customer, one.currency) for one in there}:
            own = [one for one in there if (one.customer, one.currency) == (customer, currency)]
            lines = [line for one in own if one.side == "debit" for line in self._lines(one, as_of, known)]
            postings = [self._posting(one, as_of, known) for one in own]
            found.setdefault(customer, {})[currency] = sums_of(postings, lines, as_of)
        return found

    def _posting(self, item: Posted, as_of: date, known: int) -> Posting:
        kind, sign = self.kinds[item.id], 1 if item.side == "debit" else -1
        clearings = tuple(
            Clearing(one.effective_on, one.debit_amount, by in CASH_KINDS, by in CLEARING_KINDS)
            for one in self.book.settlements
            if one.debit == item.id and one.effective_on <= as_of and one.tx < known
            for by in [self.kinds[one.credit]]
        )
        return Posting(
            amount=item.amount,
            document_date=item.document_date,
            posting_date=item.posting_date,
            due_date=item.due_date,
            claim=sign == 1 and kind in CLAIM_KINDS,
            sale=sign if kind in SALE_KINDS else 0,
            returned=-sign if kind in RETURN_KINDS else 0,
            invoice=sign if kind == "invoice" else 0,
            clearings=clearings,
        )

    def _lines(self, item: Posted, as_of: date, known: int) -> list[OpenLine]:
        still = open_amount(item, self.book.settlements, as_of, known)
        lines = governing(item.id, self.book.schedules, as_of, known)
        dated = waterfall(still, [(one.due_date, one.amount) for one in lines]) if lines else [(item.due_date, still)]
        return [OpenLine(part, due) for due, part in dated if part]


def _settlement_id(credit: int, debit: int) -> int:
    from huikuan.record.receivables.models import Settlement

    found = Settlement.objects.filter(credit_id=credit, debit_id=debit, reversal_of=None).order_by("-id").first()
    assert found
    return int(found.pk)


def spoken(found: dict[int, dict[str, Sums]]) -> dict[tuple[int, str], Sums]:
    """Without customers and currencies of which nothing is said."""
    return {
        (customer, currency): sums
        for customer, by_currency in found.items()
        for currency, sums in by_currency.items()
        if sums != Sums()
    }


@pytest.mark.sealed
@pytest.mark.django_db(transaction=True)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_set_based_sums_are_those_of_the_plain_rule(data: st.DataObject) -> None:
    kept = Kept()
    for _ in range(data.draw(st.integers(1, 3))):
        for _ in range(data.draw(st.integers(1, 8))):
            kept.write(data.draw)
        data.draw(st.sampled_from([refresh, compact, lambda: None]))()
    for _ in range(3):
        as_of = data.draw(DAYS)
        known = data.draw(st.sampled_from([*kept.book.horizons, ALWAYS_KNOWN])) if kept.book.horizons else ALWAYS_KNOWN
        with asking_columns() as engine:
            found = sums_by_customer(engine, Moment(as_of, known, kept.book.company.id))
        assert spoken(found) == spoken(kept.sums(as_of, known))


@pytest.mark.django_db(transaction=True)
def test_a_day_is_not_changed_by_what_takes_effect_later() -> None:
    book = new_book()
    day = date(2026, 6, 30)
    debit = post(book, amount=1_000, posting_date=date(2026, 3, 1), due_date=date(2026, 4, 1))
    receipt = post(book, side="credit", kind="receipt", amount=1_000, posting_date=date(2026, 3, 1))
    before = behaviours(as_of=day)
    assert before[book.customers[0].id].values["longest_overdue"] == Decimal(90)
    clear(book, receipt, debit, 1_000, date(2026, 7, 1))
    post(book, amount=5, posting_date=date(2026, 7, 2), document_date=date(2020, 1, 1), due_date=date(2026, 5, 1))
    assert behaviours(as_of=day) == before
    assert behaviours(as_of=date(2026, 7, 1)) != before


@pytest.mark.django_db(transaction=True)
def test_rates_of_the_day_weigh_the_currencies_of_a_customer() -> None:
    book = new_book()
    day = date(2026, 6, 30)
    post(book, amount=70_000, posting_date=date(2026, 3, 1), due_date=date(2026, 7, 1))
    post(book, amount=10_000, currency="USD", posting_date=date(2026, 3, 1), due_date=date(2026, 4, 1))
    own = book.customers[0].id
    assert behaviours(as_of=day)[own].unvalued == ("USD",)
    rate("USD", 7 * 10**8, date(2026, 1, 1))
    found = behaviours(as_of=day, customer_ids=[own])[own]
    assert (found.values["overdue_share"], found.unvalued) == (Decimal("0.5000"), ())
    assert behaviours(as_of=day, customer_ids=[book.customers[1].id]) == {}
