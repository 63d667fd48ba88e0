"""Domain = database = columns, over random ledgers, days, states of knowledge, keys and bases (catalogue 9,
10, 75)."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.mechanisms.columns.operations import compact, refresh
from huikuan.mechanisms.columns.queries import asking
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.receivables.domain.aging import KEYS, Cells, age
from huikuan.record.receivables.queries.aging import aged_by, aging, aging_first
from huikuan.record.receivables.queries.open_lines import Moment, open_lines
from huikuan.record.receivables.tests.ledgers import DAYS, Book, clear, new_book, plan, post, write_random

EXAMPLES = 200 if os.environ.get("HUIKUAN_PROVE") else 10
DAYS_LATE = [30, 60, 90]

pytestmark = pytest.mark.django_db(transaction=True)


def tidy(cells: Cells) -> Cells:
    return {
        key: kept
        for key, places in cells.items()
        if (kept := {place: amount for place, amount in places.items() if amount})
    }


def answers(book: Book, as_of: date, known: int, by: str, basis: str, organisation: date | None) -> list[Cells]:
    moment = Moment(as_of, known, book.company.id)
    domain = age(book.ledger, as_of=as_of, known=known, by=by, basis=basis, days=DAYS_LATE, organisation=organisation)
    found = [tidy(domain)]
    for engine in ("database", "columns"):
        with asking(engine) as answering:
            found.append(aged_by(answering, moment, by, basis, DAYS_LATE, organisation).cells())
    return found


@pytest.mark.sealed
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_domain_database_and_columns_agree(data: st.DataObject) -> None:
    book = new_book()
    for _ in range(data.draw(st.integers(1, 3))):
        write_random(data.draw, book, data.draw(st.integers(1, 8)))
        data.draw(st.sampled_from([refresh, compact, lambda: None]))()
    for _ in range(4):
        as_of = data.draw(DAYS)
        known = data.draw(st.sampled_from([*book.horizons, ALWAYS_KNOWN])) if book.horizons else ALWAYS_KNOWN
        by = data.draw(st.sampled_from(KEYS))
        basis = data.draw(st.sampled_from(["due", "document"]))
        organisation = data.draw(st.none() | DAYS)
        domain, database, columns = answers(book, as_of, known, by, basis, organisation)
        assert domain == database
        assert domain == columns
        assert_lines_sum_to(domain, book, Moment(as_of, known, book.company.id), basis)


def assert_lines_sum_to(cells: Cells, book: Book, moment: Moment, basis: str) -> None:
    """The open lines behind the figures add up to them (catalogue 9)."""
    with asking("columns") as answering:
        sql = open_lines(answering, moment, basis)
        lines = answering.rows(f"SELECT SUM(open_amount), MIN(open_amount) FROM ({sql}) AS open", moment.parameters())
    total, least = lines[0]
    assert (total or 0) == sum(amount for places in cells.values() for amount in places.values())
    assert least is None or least > 0


def test_a_day_is_not_changed_by_what_is_dated_later() -> None:
    book = new_book()
    debit = post(book, amount=1_000, posting_date=date(2026, 3, 1), due_date=date(2026, 4, 1))
    before = answers(book, date(2026, 6, 30), ALWAYS_KNOWN, "customer", "due", None)
    post(book, amount=500, posting_date=date(2026, 7, 1), due_date=date(2026, 7, 1))
    plan(book, debit, [(date(2026, 12, 1), 1_000)], date(2026, 7, 1))
    assert answers(book, date(2026, 6, 30), ALWAYS_KNOWN, "customer", "due", None) == before
    assert before[0] == {(book.customers[0].id, book.company.id, "CNY"): {2: 1_000}}


def test_a_settlement_of_two_currencies_takes_each_side_s_own_amount() -> None:
    """100.00 USD pay 700.00 of 1,000.00 CNY; the reversal gives both back from its day on."""
    book = new_book()
    day = date(2026, 3, 1)
    debit = post(book, amount=100_000, posting_date=day, due_date=date(2026, 4, 1))
    credit = post(book, side="credit", kind="receipt", currency="USD", amount=15_000, posting_date=day)
    settled = clear(book, credit, debit, 10_000, date(2026, 5, 1), debit_amount=70_000)
    refresh()
    clear(book, credit, debit, -10_000, date(2026, 6, 1), reverses=settled, debit_amount=-70_000)
    whose = (book.customers[0].id, book.company.id)
    for as_of, yuan, dollars in (
        (date(2026, 4, 30), 100_000, 15_000),
        (date(2026, 5, 31), 30_000, 5_000),
        (date(2026, 6, 30), 100_000, 15_000),
    ):
        found = answers(book, as_of, ALWAYS_KNOWN, "customer", "due", None)
        assert found[0] == found[1] == found[2]
        assert {key: sum(places.values()) for key, places in found[0].items()} == {
            (*whose, "CNY"): yuan,
            (*whose, "USD"): dollars,
        }


def test_between_two_schedule_changes_the_one_then_effective_governs() -> None:
    book = new_book()
    debit = post(book, amount=900, posting_date=date(2026, 1, 5), due_date=date(2026, 2, 1))
    plan(book, debit, [(date(2026, 3, 1), 300), (date(2026, 6, 1), 600)], date(2026, 2, 10))
    plan(book, debit, [(date(2026, 9, 1), 900)], date(2026, 4, 10))
    refresh()
    key = (book.customers[0].id, book.company.id, "CNY")
    expected = {
        date(2026, 2, 9): {0: 900},
        date(2026, 3, 31): {0: 300, -1: 600},
        date(2026, 4, 10): {-1: 900},
        date(2026, 9, 1) + timedelta(days=31): {1: 900},
    }
    for as_of, places in expected.items():
        assert answers(book, as_of, ALWAYS_KNOWN, "customer", "due", None) == [{key: places}] * 3


def test_both_engines_answer_nothing_with_empty_columns() -> None:
    for engine in ("database", "columns"):
        with asking(engine) as answering:
            aged = aged_by(answering, Moment(date(2026, 1, 1)), "customer", "due", DAYS_LATE)
        assert [list(column) for column in (aged.keys, aged.companies, aged.currencies)] == [[], [], []]
        assert aged.cells() == {}


def test_rows_and_totals_carry_every_place_of_each_currency() -> None:
    book = new_book(customers=2)
    first, second = book.customers
    post(book, amount=1_000, posting_date=date(2026, 1, 1), due_date=date(2026, 3, 1), customer_id=second.id)
    post(book, amount=200, posting_date=date(2026, 1, 1), due_date=date(2026, 7, 1), customer_id=second.id)
    post(book, amount=30, posting_date=date(2026, 1, 1), due_date=None, awaits="acceptance", customer_id=first.id)
    post(book, amount=7, side="credit", kind="receipt", posting_date=date(2026, 1, 1), customer_id=first.id)
    post(
        book, amount=5, currency="USD", posting_date=date(2026, 1, 1), due_date=date(2026, 6, 1), customer_id=first.id
    )
    for engine in ("database", "columns"):
        answer = aging(scope=EVERYTHING, as_of=date(2026, 6, 30), company_id=book.company.id, engine=engine)
        shown = [
            (row.key_id, row.name, row.currency, row.total, row.not_due, row.awaiting, row.aged, row.credits, row.net)
            for row in (*answer.rows, *answer.totals)
        ]
        assert shown == [
            (first.id, first.name, "CNY", 30, 0, 30, (0, 0, 0, 0), 7, 23),
            (first.id, first.name, "USD", 5, 0, 0, (5, 0, 0, 0), 0, 5),
            (second.id, second.name, "CNY", 1_200, 200, 0, (0, 0, 0, 1_000), 0, 1_200),
            (None, "", "CNY", 1_230, 200, 30, (0, 0, 0, 1_000), 7, 1_223),
            (None, "", "USD", 5, 0, 0, (5, 0, 0, 0), 0, 5),
        ]
        assert answer.rows[2].buckets == ((1, 30, 0), (31, 60, 0), (61, 90, 0), (91, None, 1_000))


@pytest.mark.parametrize("basis", ["due", "document"])
def test_the_first_rows_are_those_of_the_whole_and_the_totals_are_of_all(basis: str) -> None:
    book = new_book(customers=4)
    day = date(2026, 1, 1)
    for place, (amount, due) in enumerate(((300, 3), (100, 9), (200, 3), (50, 5))):
        one = book.customers[place].id
        post(book, amount=amount, posting_date=day, due_date=date(2026, due, 1), customer_id=one)
    post(book, amount=9, currency="USD", posting_date=day, due_date=date(2026, 3, 1), customer_id=book.customers[1].id)
    asked: dict[str, Any] = {"as_of": date(2026, 6, 30), "company_id": book.company.id, "scope": EVERYTHING}
    whole = aging(**asked, basis=basis)
    late = {row: sum(row.aged) if basis == "due" else 0 for row in whole.rows}
    ordered = sorted(whole.rows, key=lambda row: (row.currency, -late[row], -row.total))
    for extra in (False, True):
        for first in (1, 3, 9):
            found = aging_first(**asked, basis=basis, first=first)
            assert list(found.aging.rows) == ordered[:first]
            assert found.aging.totals == whole.totals
            assert (found.count, found.companies) == (5, 1)
        if not extra:
            refresh()
            post(book, amount=5, posting_date=day, due_date=date(2026, 2, 1), customer_id=book.customers[3].id)
            whole = aging(**asked, basis=basis)
            late = {row: sum(row.aged) if basis == "due" else 0 for row in whole.rows}
            ordered = sorted(whole.rows, key=lambda row: (row.currency, -late[row], -row.total))
