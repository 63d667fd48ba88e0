"""Two customers shown as one: no total moves, an undoing restores every figure, and what was known stays known."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.operations import compact, refresh
from huikuan.mechanisms.columns.queries import asking
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Part, Scope
from huikuan.mechanisms.store.transactions import horizon
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import affiliate, merge_customers, undo_merge
from huikuan.record.customers.queries import seen
from huikuan.record.receivables.domain.aging import KEYS, Cells, Ledger, age
from huikuan.record.receivables.models import Item, OpenItem, Settlement
from huikuan.record.receivables.queries.aging import aged_by
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.items import ItemFilter, items_page
from huikuan.record.receivables.queries.listing import Chosen, items_after
from huikuan.record.receivables.queries.open_lines import Moment
from huikuan.record.receivables.queries.search import find_documents, standings
from huikuan.record.receivables.tests.conftest import AT, Books
from huikuan.record.receivables.tests.ledgers import DAYS, START, Book, clear, new_book, post, write_random
from huikuan.record.receivables.tests.ledgers import affiliate as said_of

EXAMPLES = 100 if os.environ.get("HUIKUAN_PROVE") else 4
DAYS_LATE = [30, 60, 90]
DAY = date(2026, 6, 30)
BY = {"reason": "同一户", "actor": "zhou", "at": AT}

pytestmark = pytest.mark.django_db(transaction=True)


def tidy(cells: Cells) -> Cells:
    return {
        key: kept
        for key, places in cells.items()
        if (kept := {place: amount for place, amount in places.items() if amount})
    }


def as_one(ledger: Ledger, one: Customer, into: Customer) -> Ledger:
    """The ledger as it would be had everything been posted to `into`; what was said of an item stays said of it."""
    items = [replace(item, customer=into.pk) if item.customer == one.pk else item for item in ledger.items]
    said = [
        replace(fact, customer=into.pk) if fact.item and fact.customer == one.pk else fact
        for fact in ledger.affiliations
    ]
    return replace(ledger, items=items, affiliations=said)


def figures(book: Book, as_of: date, known: int, by: str, basis: str) -> list[Cells]:
    """By the database and by the columns."""
    moment, found = Moment(as_of, known, book.company.pk), []
    for engine in ("database", "columns"):
        with asking(engine) as answering:
            found.append(tidy(aged_by(answering, moment, by, basis, DAYS_LATE, None).cells()))
    return found


def expected(book: Book, ledger: Ledger, as_of: date, known: int, by: str, basis: str) -> list[Cells]:
    cells = tidy(age(ledger, as_of=as_of, known=known, by=by, basis=basis, days=DAYS_LATE, organisation=None))
    return [cells, cells]


@pytest.mark.sealed
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_merged_is_as_if_all_had_been_one_and_undone_is_as_before(data: st.DataObject) -> None:
    book = new_book()
    one, into = book.customers[:2]
    write_random(data.draw, book, data.draw(st.integers(1, 10)))
    mirror = st.sampled_from([refresh, compact, lambda: None])
    data.draw(mirror)()
    asked: list[tuple[date, str, str]] = [
        (data.draw(DAYS), data.draw(st.sampled_from(KEYS)), data.draw(st.sampled_from(["due", "document"])))
        for _ in range(3)
    ]
    two, together = book.ledger, as_one(book.ledger, one, into)
    before = [figures(book, day, ALWAYS_KNOWN, by, basis) for day, by, basis in asked]

    book.wrote()
    first = book.horizons[-1]
    merge_id = merge_customers(from_id=one.pk, into_id=into.pk, **BY)
    data.draw(mirror)()
    for day, by, basis in asked:
        # Any day, also one before the merge: who a customer is does not depend on the day.
        assert figures(book, day, ALWAYS_KNOWN, by, basis) == expected(book, together, day, ALWAYS_KNOWN, by, basis)
        # Known before the merge, they were two.
        assert figures(book, day, first, by, basis) == expected(book, two, day, first, by, basis)

    undo_merge(merge_id=merge_id, **BY)
    data.draw(mirror)()
    assert [figures(book, day, ALWAYS_KNOWN, by, basis) for day, by, basis in asked] == before


@pytest.mark.sealed
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_total_moves(data: st.DataObject) -> None:
    """Per currency, bucket and day: merging renames rows and adds nothing."""
    book = new_book()
    write_random(data.draw, book, data.draw(st.integers(1, 12)))
    asked = [(data.draw(DAYS), by, basis) for by in ("currency", "company") for basis in ("due", "document")]
    before = [figures(book, day, ALWAYS_KNOWN, by, basis) for day, by, basis in asked]
    merge_customers(from_id=book.customers[0].pk, into_id=book.customers[1].pk, **BY)
    assert [figures(book, day, ALWAYS_KNOWN, by, basis) for day, by, basis in asked] == before


@pytest.mark.sealed
def test_what_was_said_of_an_item_alone_stays_said_of_it_under_the_other() -> None:
    book = new_book()
    one, into = book.customers[:2]
    items = [post(book, customer_id=one.pk, amount=amount, posting_date=START) for amount in (200, 300)]
    said_of(book, one.pk, "business_type", "甲", START, items[0].id)
    said_of(book, one.pk, "business_type", "乙", START)
    merge_customers(from_id=one.pk, into_id=into.pk, **BY)
    company = book.company.pk
    alone, rest = {("甲", company, "CNY"): {-2: 200}}, {("", company, "CNY"): {-2: 300}}
    assert figures(book, START, ALWAYS_KNOWN, "business_type", "due") == [alone | rest] * 2
    assert (
        expected(book, as_one(book.ledger, one, into), START, ALWAYS_KNOWN, "business_type", "due")
        == [alone | rest] * 2
    )


@pytest.fixture
def two(books: Books) -> Books:
    """A owes 100.00 + 30.00, B owes 40.00, and A has paid 25.00 that is on account."""
    books.post("invoice", 10_000, document_number="A-1")
    books.post("invoice", 3_000, document_number="A-2")
    books.post("invoice", 4_000, customer_id=books.other.pk, document_number="B-1")
    books.post("receipt", 2_500, document_number="R-1")
    return books


def merge(books: Books) -> int:
    return merge_customers(from_id=books.customer.pk, into_id=books.other.pk, **BY)


def listed(books: Books, **narrowed: Any) -> list[str]:
    page = items_page(ItemFilter(company_id=books.company.pk, **narrowed), as_of=DAY, scope=EVERYTHING, limit=50)
    return sorted(f"{row.customer_code}:{row.document_number}" for row in page.rows)


def test_the_items_of_both_stand_under_one(two: Books) -> None:
    a, b = two.customer, two.other
    assert listed(two, customer_id=a.pk) == ["MAIN-1:A-1", "MAIN-1:A-2", "MAIN-1:R-1"]
    merge(two)
    whole = ["MAIN-2:A-1", "MAIN-2:A-2", "MAIN-2:B-1", "MAIN-2:R-1"]
    for narrowed in ({"customer_id": b.pk}, {"customer_id": a.pk}, {"text": a.code}, {"text": b.code}):
        assert listed(two, **narrowed) == whole
    chosen = Chosen(customer_id=a.pk)
    assert len(items_after(chosen, scope=EVERYTHING, limit=10)) == 4
    owed = standings([a.pk, b.pk], as_of=DAY, scope=EVERYTHING)
    assert [[(one.currency, one.amount) for one in owed[pk]] for pk in (a.pk, b.pk)] == [[("CNY", 17_000)]] * 2
    for pk in (a.pk, b.pk):
        found = find_documents("A-", as_of=DAY, scope=EVERYTHING, customer_ids=[pk])
        assert sorted(one.document_number for one in found) == ["A-1", "A-2"]
    # The facts are where they were.
    assert OpenItem.objects.filter(customer_id=a.pk).count() == 3
    assert check_ledger() == []


def test_one_may_pay_for_the_other_and_that_stands_when_undone(two: Books) -> None:
    receipt, invoice = _item("R-1"), _item("B-1")
    with pytest.raises(Refusal) as refused:
        two.settle(receipt, invoice, 2_500)
    assert refused.value.code == "customers_differ"
    assert not Settlement.objects.exists()
    merge_id = merge(two)
    two.settle(receipt, invoice, 2_500)
    assert check_ledger() == []
    undo_merge(merge_id=merge_id, **BY)
    assert check_ledger() == []
    with pytest.raises(Refusal):
        two.settle(two.post("receipt", 100), invoice, 100)


def test_a_foreign_settlement_is_still_found() -> None:
    """The twin: what crosses two customers breaks the law until just these two are merged."""
    book = new_book()
    first, second, third = book.customers
    day = date(2026, 3, 1)
    debit = post(book, customer_id=first.pk, amount=100, posting_date=day)
    credit = post(book, customer_id=second.pk, amount=100, posting_date=day, side="credit", kind="receipt")
    clear(book, credit, debit, 100, day)
    assert "settlement_customer" in {one.kind for one in check_ledger()}
    merge_customers(from_id=third.pk, into_id=first.pk, **BY)
    assert "settlement_customer" in {one.kind for one in check_ledger()}
    merge_customers(from_id=second.pk, into_id=first.pk, **BY)
    assert "settlement_customer" not in {one.kind for one in check_ledger()}


def _item(document: str) -> int:
    return int(Item.objects.values_list("id", flat=True).get(document_number=document))


def owned_by(owner: str) -> Scope:
    return Scope((Part(None, frozenset({owner})),), on=DAY)


def test_whoever_had_only_the_merged_one_sees_it_no_more(two: Books) -> None:
    a, b = two.customer, two.other
    for customer, owner in ((a, "李沅"), (b, "尹川")):
        affiliate(
            customer_id=customer.pk, dimension="owner", value=owner, effective_on=date(2020, 1, 1), actor="x", at=AT
        )
    assert [seen(owned_by(owner)).customers for owner in ("李沅", "尹川")] == [{a.pk}, {b.pk}]
    merge_id = merge(two)
    assert [seen(owned_by(owner)).customers for owner in ("李沅", "尹川")] == [set(), {a.pk, b.pk}]
    # Where the customer goes, all of it goes.
    affiliate(customer_id=b.pk, dimension="owner", value="李沅", effective_on=DAY, actor="x", at=AT)
    assert [seen(owned_by(owner)).customers for owner in ("李沅", "尹川")] == [{a.pk, b.pk}, set()]
    affiliate(customer_id=b.pk, dimension="owner", value="尹川", effective_on=DAY, actor="x", at=AT)
    undo_merge(merge_id=merge_id, **BY)
    assert [seen(owned_by(owner)).customers for owner in ("李沅", "尹川")] == [{a.pk}, {b.pk}]


def test_what_was_known_in_between_is_of_each_the_own_rows_alone(two: Books) -> None:
    """Made two again, whoever owns one is not shown the other's by asking what was known while they were one."""
    owned = {"dimension": "owner", "effective_on": date(2020, 1, 1), "actor": "x", "at": AT}
    for customer, owner in ((two.customer, "李沅"), (two.other, "尹川")):
        affiliate(customer_id=customer.pk, value=owner, **owned)
    merge_id = merge(two)
    known = Head(size=1, horizon=horizon(), root=b"", sealed_at=AT)
    undo_merge(merge_id=merge_id, **BY)

    def told(scope: Scope) -> set[str]:
        page = items_page(ItemFilter(), as_of=DAY, scope=scope, known=known, limit=50)
        return {f"{row.customer_code}:{row.document_number}" for row in page.rows}

    assert told(EVERYTHING) == {"MAIN-2:A-1", "MAIN-2:A-2", "MAIN-2:R-1", "MAIN-2:B-1"}
    assert told(owned_by("李沅")) == {"MAIN-1:A-1", "MAIN-1:A-2", "MAIN-1:R-1"}
    assert told(owned_by("尹川")) == {"MAIN-2:B-1"}
    # Who reads everything of another company sees the other in the register, but not its rows here.
    elsewhere = Books("OTHER").company.pk
    own = (Part(frozenset({two.company.pk}), frozenset({"李沅"})), Part(frozenset({elsewhere}), None))
    assert told(Scope(own, on=DAY)) == {"MAIN-1:A-1", "MAIN-1:A-2", "MAIN-1:R-1"}
