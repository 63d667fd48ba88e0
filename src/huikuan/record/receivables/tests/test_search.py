"""What search says a customer owes, which is what aging says, and which documents it finds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.operations.reversals import reverse_item
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.queries.aging import aging
from huikuan.record.receivables.queries.search import Standing, find_documents, standings
from huikuan.record.receivables.tests.conftest import WHO, Books


def day(text: str) -> date:
    return date.fromisoformat(text)


def by_aging(customer_id: int, as_of: date, company_id: int | None) -> list[Standing]:
    found: dict[str, list[int]] = {}
    for row in aging(as_of=as_of, scope=EVERYTHING, company_id=company_id).rows:
        if row.key_id == customer_id and row.total:
            sums = found.setdefault(row.currency, [0, 0])
            sums[0] += row.total
            sums[1] += sum(row.aged)
    return sorted((Standing(currency, *sums) for currency, sums in found.items()), key=lambda one: -one.amount)


@pytest.fixture
def instalments(books: Books) -> Books:
    """1,000.00 due 1 February, since put off: 400.00 on 1 April, 350.00 on 1 June, 250.00 awaiting the warranty's
    end; 500.00 of it paid. Beside it 70 USD, and 90.00 in another company."""
    item = books.post("invoice", 1_000_00, due_date=day("2026-02-01"))
    lines = [
        Line(day("2026-04-01"), "", 400_00),
        Line(day("2026-06-01"), "", 350_00),
        Line(None, "end_of_warranty", 250_00),
    ]
    record_schedule(item_id=item, lines=lines, effective_on=day("2026-02-10"), reason="extension", **WHO)
    books.settle(books.post("receipt", 500_00), item, 500_00)
    books.rate("USD", "2026-01-01", 700_000_000)
    books.post("invoice", 70_00, currency="USD", due_date=day("2026-05-01"))
    second = Books("SECOND")
    second.customer = books.customer
    second.post("invoice", 90_00, due_date=day("2026-01-20"))
    return books


def test_only_the_instalments_past_due_are_overdue(instalments: Books) -> None:
    customer, company = instalments.customer.id, instalments.company.id
    found = standings([customer], as_of=day("2026-06-02"), scope=EVERYTHING, company_id=company)
    assert found == {customer: [Standing("CNY", 500_00, 250_00), Standing("USD", 70_00, 70_00)]}
    found = standings([customer], as_of=day("2026-04-02"), scope=EVERYTHING, company_id=company)
    assert found == {customer: [Standing("CNY", 500_00, 0), Standing("USD", 70_00, 0)]}


def test_it_is_what_aging_says_on_every_day_of_each_company_and_of_all(instalments: Books) -> None:
    customer = instalments.customer.id
    for company in (None, *Company.objects.values_list("id", flat=True)):
        for on in (day("2026-01-05") + timedelta(days=number) for number in range(0, 180, 13)):
            told = standings([customer], as_of=on, scope=EVERYTHING, company_id=company)
            assert told.get(customer, []) == by_aging(customer, on, company), (company, on)


def test_nobody_is_told_of_customers_outside_the_scope(instalments: Books) -> None:
    both = [instalments.customer.id, instalments.other.id]
    instalments.post("invoice", 33_00, customer_id=instalments.other.id)
    found = standings(both, as_of=day("2026-06-02"), scope=EVERYTHING)
    assert set(found) == set(both)
    assert standings([], as_of=day("2026-06-02"), scope=EVERYTHING) == {}
    nothing = Scope(())
    assert standings(both, as_of=day("2026-06-02"), scope=nothing) == {}


def numbers(text: str, limit: int = 3) -> list[str]:
    found = find_documents(text, as_of=day("2026-06-02"), scope=EVERYTHING, limit=limit)
    return [one.document_number for one in found]


def test_a_document_is_found_whatever_the_case_and_the_width_of_its_brackets(books: Books) -> None:
    for number in ("Inv-7a", "发票（二）9", "收据(三)9"):
        books.post("invoice", 100, document_number=number)
    for text in ("inv-7A", "INV-7a", "nv-7", "ＩＮＶ－７"):
        assert numbers(text) == ["Inv-7a"], text
    for text in ("(二)9", "（二）9", "(二）"):
        assert numbers(text) == ["发票（二）9"], text
    assert numbers("（三）9") == numbers("(三)9") == ["收据(三)9"]
    assert numbers("\u200b") == []


def test_reversals_crowd_no_document_out(books: Books) -> None:
    kept = books.post("invoice", 777_00, document_number="R-1")
    gone = [books.post("invoice", 777_00, "2026-02-05", document_number="R-1") for _ in range(9)]
    for item_id in gone:
        reverse_item(item_id=item_id, reason="错", **WHO)

    def found(text: str, limit: int) -> list[int]:
        return [one.item_id for one in find_documents(text, as_of=day("2026-06-02"), scope=EVERYTHING, limit=limit)]

    for text in ("R-1", "777"):
        assert found(text, 3) == gone[:-4:-1], text
        assert found(text, 20) == [*reversed(gone), kept], text
