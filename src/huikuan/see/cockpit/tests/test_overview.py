"""Every figure of the overview equals the rows behind it, on every day, converted or not."""

from __future__ import annotations

import os
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.operations import compact, refresh
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.queries.items import ItemFilter, items_page
from huikuan.record.receivables.tests.ledgers import (
    AT,
    DAYS,
    affiliate,
    clear,
    new_book,
    plan,
    post,
    rate,
    write_random,
)
from huikuan.see.cockpit.domain.overview import Overview
from huikuan.see.cockpit.queries.overview import overview

EXAMPLES = 100 if os.environ.get("HUIKUAN_PROVE") else 3

#: Writes what it mirrors, so it commits.
committing = pytest.mark.django_db(transaction=True)


def clicked(page: Overview, **chosen: object) -> tuple[int, int]:
    """(debit, credit) of the list a figure opens, in the page's currency."""
    alone = None if page.converted else page.currency
    found = items_page(
        ItemFilter(company_id=page.company_id, currency=alone, **chosen),
        as_of=page.as_of,
        scope=EVERYTHING,
        basis=page.basis if chosen.get("slot") != "overdue" else "due",
        value_in=page.currency,
        limit=3,
    )
    assert found.count == sum(one.count for one in found.sums)
    assert found.value_debit is not None
    assert found.value_credit is not None
    return found.value_debit, found.value_credit


@committing
@pytest.mark.sealed
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_figure_equals_its_rows_and_its_own_day(data: st.DataObject) -> None:
    book = new_book()
    for number, day in enumerate([date(2025, 1, 1), date(2026, 3, 1), date(2026, 7, 31)]):
        rate("USD", 712_345_678 + number * 3_333_333, day)
    write_random(data.draw, book, data.draw(st.integers(2, 16)))
    data.draw(st.sampled_from([refresh, compact, lambda: None]))()
    as_of = data.draw(DAYS)
    basis = data.draw(st.sampled_from(["due", "document"]))
    currency = data.draw(st.sampled_from([None, "CNY", "USD"]))
    page = overview(
        scope=EVERYTHING, company_id=book.company.id, as_of=as_of, basis=basis, currency=currency, months=4
    )
    assert clicked(page) == (page.total.amount, page.credits.amount)
    assert clicked(page, slot="overdue") == (page.overdue.amount, 0)
    for line in page.buckets:
        assert clicked(page, slot=line.code, from_days=line.from_days, to_days=line.to_days) == (line.amount, 0)
    for row in page.top:
        assert clicked(page, customer_id=row.customer_id, side="debit") == (row.total, 0)
        assert clicked(page, customer_id=row.customer_id, slot="overdue") == (row.overdue, 0)
    assert sum(line.amount for line in page.buckets) == page.total.amount
    for point in page.trend[:-1]:
        then = overview(
            scope=EVERYTHING, company_id=book.company.id, as_of=point.on, basis=basis, currency=currency, months=1
        )
        if then.converted == page.converted and then.currency == page.currency:
            assert (point.total, point.overdue) == (then.total.amount, then.overdue.amount)
            assert point.buckets == tuple(line.amount for line in then.buckets if line.code == "days")


@committing
def test_worked_example() -> None:
    book = new_book(customers=2)
    first, second = (customer.id for customer in book.customers)
    affiliate(book, first, "owner", "郑可", date(2025, 1, 1))
    january = post(book, amount=30_000, posting_date=date(2026, 1, 10), due_date=date(2026, 2, 9))
    february = post(
        book, amount=36_000, customer_id=second, posting_date=date(2026, 2, 10), due_date=date(2026, 3, 12)
    )
    post(book, amount=33_000, posting_date=date(2026, 3, 10), due_date=date(2026, 4, 9))
    cash = post(book, amount=12_000, side="credit", kind="receipt", posting_date=date(2026, 3, 20))
    clear(book, cash, january, 9_000, date(2026, 3, 20))
    refresh()
    page = overview(scope=EVERYTHING, company_id=book.company.id, as_of=date(2026, 3, 31))
    assert (page.currency, page.converted, page.previous_as_of) == ("CNY", False, date(2026, 2, 28))
    assert (page.total.amount, page.total.previous) == (90_000, 66_000)
    assert (page.overdue.amount, page.overdue.previous) == (57_000, 30_000)
    assert page.credits.amount == 3_000
    amounts = {(line.code, line.from_days): line.amount for line in page.buckets}
    assert amounts == {
        ("not_due", None): 33_000,
        ("awaiting", None): 0,
        ("days", 1): 36_000,
        ("days", 31): 21_000,
        ("days", 61): 0,
        ("days", 91): 0,
    }
    assert [(row.customer_id, row.overdue, row.total, row.longest_overdue_days, row.owner) for row in page.top] == [
        (second, 36_000, 36_000, 19, ""),
        (first, 21_000, 54_000, 50, "郑可"),
    ]
    assert page.top[1].collection_rate == Decimal("0.3000")
    assert page.concentration.hhi == 5_200
    assert page.concentration.over_cap == 2
    assert page.dso_simple.value == Decimal("81.8182")
    assert page.collection_rate.value == Decimal("13.6364")
    assert page.cei.numerator == 99_000 - 90_000
    assert page.provenance.rows_counted == 3
    assert february.amount == 36_000


@pytest.mark.django_db
def test_foreign_items_are_converted_one_by_one() -> None:
    book = new_book()
    rate("EUR", 712_500_000, date(2026, 1, 1))
    for _ in range(3):
        post(book, amount=1, currency="EUR", posting_date=date(2026, 1, 2), due_date=date(2026, 1, 2))
    page = overview(scope=EVERYTHING, company_id=book.company.id, as_of=date(2026, 1, 5))
    assert page.currency == "CNY"
    assert page.total.amount == 3 * 7
    assert [(used.currency, used.rate_e8, used.on_date) for used in page.rates] == [
        ("EUR", 712_500_000, date(2026, 1, 1))
    ]


@pytest.mark.django_db
def test_without_a_rate_the_largest_currency_stands_alone() -> None:
    book = new_book()
    post(book, amount=500, posting_date=date(2026, 1, 2))
    post(book, amount=900, currency="KWD", posting_date=date(2026, 1, 2))
    page = overview(scope=EVERYTHING, company_id=book.company.id, as_of=date(2026, 1, 5))
    assert (page.currency, page.converted, page.total.amount) == ("KWD", False, 900)
    assert [(one.currency, one.total) for one in page.currencies] == [("KWD", 900), ("CNY", 500)]
    assert ([one.currency for one in page.left_out], page.unrated) == (["CNY"], ("KWD",))
    home = overview(scope=EVERYTHING, company_id=book.company.id, as_of=date(2026, 1, 5), currency="CNY")
    assert ([(one.currency, one.total) for one in home.left_out], home.unrated) == ([("KWD", 900)], ("KWD",))
    rate("KWD", 2_300_000_000, date(2026, 1, 3))
    rated = overview(scope=EVERYTHING, company_id=book.company.id, as_of=date(2026, 1, 5))
    assert (rated.currency, rated.left_out, rated.unrated) == ("CNY", (), ())


@pytest.mark.django_db
def test_credits_alone_in_a_currency_without_a_rate_are_left_out_as_credits() -> None:
    book = new_book()
    post(book, amount=500, posting_date=date(2026, 1, 2))
    post(book, amount=900, currency="KWD", kind="receipt", side="credit", posting_date=date(2026, 1, 2))
    page = overview(scope=EVERYTHING, company_id=book.company.id, as_of=date(2026, 1, 5), currency="CNY")
    assert [(one.currency, one.total, one.credits) for one in page.left_out] == [("KWD", 0, 900)]
    post(book, amount=70, currency="KWD", posting_date=date(2026, 1, 3))
    page = overview(scope=EVERYTHING, company_id=book.company.id, as_of=date(2026, 1, 5), currency="CNY")
    assert [(one.currency, one.total, one.credits) for one in page.left_out] == [("KWD", 70, 900)]


@pytest.mark.django_db
def test_an_empty_ledger_has_figures_of_zero_and_no_ratios() -> None:
    page = overview(scope=EVERYTHING, company_id=new_book().company.id, as_of=date(2026, 1, 5))
    assert (page.total.amount, page.overdue.amount, page.items) == (0, 0, 0)
    assert page.overdue_rate.value is None
    assert page.dso_simple.value is None
    assert page.concentration.hhi is None
    assert page.top == ()


@committing
def test_a_past_state_of_knowledge_stays_as_it_was() -> None:
    book = new_book()
    post(book, amount=500, posting_date=date(2026, 1, 2))
    head = Head(size=1, horizon=book.horizons[-1], sealed_at=AT)
    before = overview(scope=EVERYTHING, company_id=book.company.id, as_of=date(2026, 6, 1), known=head)
    late = post(book, amount=700, posting_date=date(2026, 1, 3))
    plan(book, late, [(date(2026, 8, 1), 700)], date(2026, 1, 3))
    refresh()
    after = overview(scope=EVERYTHING, company_id=book.company.id, as_of=date(2026, 6, 1), known=head)
    assert (after.total, after.buckets, after.trend) == (before.total, before.buckets, before.trend)
    assert overview(scope=EVERYTHING, company_id=book.company.id, as_of=date(2026, 6, 1)).total.amount == 1_200


@pytest.mark.django_db
def test_pages_follow_each_other_without_gap_or_overlap() -> None:
    book = new_book()
    for number in range(23):
        due = None if number % 5 == 0 else date(2026, 1, 2) + timedelta(days=number % 3)
        post(book, amount=number + 1, posting_date=date(2026, 1, 2), due_date=due)
    seen, after = [], None
    while True:
        page = items_page(
            ItemFilter(company_id=book.company.id), scope=EVERYTHING, as_of=date(2026, 2, 1), after=after, limit=5
        )
        seen += [row.item_id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert sorted(seen) == sorted(item.id for item in book.items)
    assert len(seen) == 23


@pytest.mark.django_db
def test_lists_narrow_by_text_owner_and_customer() -> None:
    book = new_book(customers=2)
    first, second = (customer.id for customer in book.customers)
    affiliate(book, second, "owner", "李沅", date(2026, 1, 1))
    day = date(2026, 1, 2)
    post(book, amount=10, posting_date=day, document_number="FP_2026%01")
    post(book, amount=20, posting_date=day, document_number="FP-2026-02", customer_id=second)

    def rename(customer_id: int, name: str) -> None:
        Customer.objects.filter(pk=customer_id).update(name=name)

    def found(**chosen: object) -> list[int]:
        page = items_page(ItemFilter(company_id=book.company.id, **chosen), scope=EVERYTHING, as_of=date(2026, 2, 1))
        return [row.open_amount for row in page.rows]

    assert found(text="p_2026%") == [10]
    assert found(text="2026-02") == [20]
    assert found(text=book.customers[0].name) == [10]
    rename(second, "海岳（盐城）有限公司")
    assert found(text="海岳(盐城)") == [20]
    rename(second, "海岳(盐城)有限公司")
    assert found(text="海岳（盐城）") == [20]
    assert found(text="  ") == [10, 20]
    assert found(owner="李沅") == [20]
    assert found(owner="") == [10]
    assert found(customer_id=first) == [10]
