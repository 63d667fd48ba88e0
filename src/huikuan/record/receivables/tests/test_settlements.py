"""Settling: exact in both currencies, never more than is open, never before either item is there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.queries import verify
from huikuan.mechanisms.audit.sealing import export, seal
from huikuan.mechanisms.events.models import Event
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.models import Item, OpenItem, Settlement
from huikuan.record.receivables.operations import settlements
from huikuan.record.receivables.operations.settlements import Request, settle_many
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.tests.conftest import WHO, Books


def left(item_id: int) -> tuple[int, int | None] | None:
    """Open amount and book amount as cached; None when nothing is open."""
    return OpenItem.objects.filter(item_id=item_id).values_list("open_amount", "open_book_amount").first()


def test_a_partial_settlement_leaves_the_rest_open(books: Books) -> None:
    invoice, receipt = books.post("invoice", 10_000), books.post("receipt", 4_000)
    settlement = Settlement.objects.get(id=books.settle(receipt, invoice, 4_000))
    assert left(invoice) == (6_000, 6_000)
    assert left(receipt) is None
    assert (settlement.credit_amount, settlement.debit_amount, settlement.fx_amount) == (4_000, 4_000, 0)
    assert (settlement.company_id, settlement.customer_id) == (books.company.id, books.customer.id)


def test_three_partials_at_three_rates_close_to_zero_in_both_currencies(books: Books) -> None:
    for day, rate in (("2026-01-01", 712_345_000), ("2026-02-01", 700_000_001), ("2026-03-01", 733_333_333)):
        books.rate("USD", day, rate)
    invoice = books.post("invoice", 10_000, "2026-01-05", currency="USD")
    gains = []
    for day, part in (("2026-01-10", 3_333), ("2026-02-10", 3_333), ("2026-03-10", 3_334)):
        receipt = books.post("receipt", part, day, currency="USD")
        gains.append(Settlement.objects.get(id=books.settle(receipt, invoice, part, day)).fx_amount)
        assert left(receipt) is None
    assert left(invoice) is None
    # invoice 71,235 = 23,743 + 23,742 + 23,750; receipts 23,742, 23,331, 24,449
    assert gains == [-1, -411, 699]
    booked = sum(Item.objects.filter(kind="receipt").values_list("book_amount", flat=True))
    assert sum(gains) == booked - 71_235 == 287


def test_cross_currency_needs_both_amounts_and_books_the_difference(books: Books) -> None:
    books.rate("USD", "2026-01-01", 700_000_000)
    invoice = books.post("invoice", 10_000, currency="USD")
    receipt = books.post("receipt", 71_000)
    with pytest.raises(Refusal) as refused:
        books.settle(receipt, invoice, 71_000)
    assert refused.value.code == "debit_amount_needed"
    settlement = Settlement.objects.get(id=books.settle(receipt, invoice, 71_000, debit_amount=10_000))
    assert (settlement.credit_book_amount, settlement.debit_book_amount, settlement.fx_amount) == (
        71_000,
        70_000,
        1_000,
    )
    assert not OpenItem.objects.exists()


def test_without_a_rate_on_one_side_no_difference_is_booked(books: Books) -> None:
    invoice = books.post("invoice", 10_000, currency="USD")
    receipt = books.post("receipt", 71_000)
    settlement = Settlement.objects.get(id=books.settle(receipt, invoice, 35_500, debit_amount=5_000))
    assert (settlement.credit_book_amount, settlement.debit_book_amount, settlement.fx_amount) == (35_500, None, 0)
    assert left(receipt) == (35_500, 35_500)
    assert left(invoice) == (5_000, None)


def test_a_third_party_may_pay_when_said_so(books: Books) -> None:
    invoice, receipt = books.post("invoice", 100), books.post("receipt", 100, customer_id=books.other.id)
    with pytest.raises(Refusal) as refused:
        books.settle(receipt, invoice, 100)
    assert refused.value.code == "customers_differ"
    settlement = Settlement.objects.get(id=books.settle(receipt, invoice, 100, reason="third_party"))
    assert settlement.customer_id == books.customer.id


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"amount": 4_001}, "more_than_open"),
    ({"amount": 0}, "amount_not_positive"),
    ({"amount": -1}, "amount_not_positive"),
    ({"debit_amount": 99}, "amounts_differ"),
    ({"day": "2026-01-05"}, "effective_too_early"),
]


@pytest.mark.parametrize(("change", "code"), REFUSED)
def test_a_refused_settlement_changes_nothing(books: Books, change: dict[str, Any], code: str) -> None:
    invoice, receipt = books.post("invoice", 10_000), books.post("receipt", 4_000, "2026-01-06")
    before = list(OpenItem.objects.order_by("item_id").values())
    with pytest.raises(Refusal) as refused:
        books.settle(receipt, invoice, **{"amount": 100, **change})
    assert refused.value.code == code
    assert not Settlement.objects.exists()
    assert list(OpenItem.objects.order_by("item_id").values()) == before


def test_sides_companies_and_closed_items_are_told_apart(books: Books) -> None:
    invoice, receipt = books.post("invoice", 100), books.post("receipt", 100)
    elsewhere = Books("EAST")
    foreign = elsewhere.post("receipt", 100)
    codes = []
    for credit, debit in ((invoice, receipt), (receipt, receipt), (foreign, invoice), (10**9, invoice)):
        with pytest.raises(Refusal) as refused:
            books.settle(credit, debit, 100)
        codes.append(refused.value.code)
    assert codes == ["not_a_credit", "not_a_debit", "companies_differ", "item_unknown"]
    books.settle(receipt, invoice, 100)
    with pytest.raises(Refusal) as refused:
        books.settle(receipt, invoice, 100)
    assert refused.value.code == "item_not_open"


def test_many_at_once_see_each_other_and_are_all_or_none(books: Books) -> None:
    receipt = books.post("receipt", 100)
    invoices = [books.post("invoice", 60), books.post("invoice", 60)]
    day = date(2026, 2, 1)
    requests = [Request(receipt, invoice, 60, day, "allocation") for invoice in invoices]
    with pytest.raises(Refusal) as refused:
        settle_many(requests=requests, **WHO)
    assert refused.value.code == "more_than_open"
    assert not Settlement.objects.exists()
    requests[1] = Request(receipt, invoices[1], 40, day, "allocation")
    assert len(settle_many(requests=requests, **WHO)) == 2
    assert left(receipt) is None
    assert left(invoices[1]) == (20, 20)


def test_days_are_days_of_the_calendar(books: Books) -> None:
    """29 February and the last day of a month settle on the day itself (case 73)."""
    invoice = books.post("invoice", 100, "2028-02-29")
    receipt = books.post("receipt", 100, "2028-02-29")
    settlement = Settlement.objects.get(id=books.settle(receipt, invoice, 100, "2028-02-29"))
    assert settlement.effective_on == date(2028, 2, 29)
    assert Customer.objects.get(id=settlement.customer_id) == books.customer


def test_many_written_as_frames_are_the_same_as_few(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, part, foreign, third-party, twice the same item, without a rate: every row and leaf alike."""
    books.rate("USD", "2026-01-01", 712_345_000)

    def asked() -> list[Request]:
        invoice, small, receipt = (
            books.post("invoice", 10_000),
            books.post("invoice", 300),
            books.post("receipt", 9_000),
        )
        dollars, paid = books.post("invoice", 10_000, currency="USD"), books.post("receipt", 30_000, currency="USD")
        other, unrated = (
            books.post("receipt", 500, customer_id=books.other.id),
            books.post("invoice", 77, currency="EUR"),
        )
        day = date(2026, 1, 10)
        return [
            Request(receipt, invoice, 3_333, day, "x"),
            Request(receipt, small, 300, day, "x"),
            Request(paid, dollars, 3_333, day, "x"),
            Request(other, invoice, 500, day, "third_party"),
            Request(receipt, invoice, 5_367, day, "x"),
            Request(paid, dollars, 6_667, day, "x"),
            Request(paid, unrated, 50, day, "x", debit_amount=7),
        ]

    def outcome(requests: list[Request]) -> tuple[list[dict[str, Any]], list[Any]]:
        ids = settle_many(requests=requests, **WHO)
        assert check_ledger() == []
        apart = ("id", "tx", "credit_id", "debit_id")
        rows = Settlement.objects.filter(id__in=ids).order_by("id").values()
        items = sorted({item for request in requests for item in (request.credit_id, request.debit_id)})
        assert Event.objects.filter(kind="receivables.settled").latest("id").payload["settlements"]
        return [{k: v for k, v in row.items() if k not in apart} for row in rows], [left(item) for item in items]

    few = outcome(asked())
    monkeypatch.setattr(settlements, "MANY", 1)
    assert outcome(asked()) == few
    seal(datetime.now(UTC))
    export()
    assert verify().ok


def test_many_are_refused_together(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settlements, "MANY", 1)
    invoice, receipt = books.post("invoice", 100), books.post("receipt", 200)
    requests = [Request(receipt, invoice, amount, date(2026, 1, 10), "x") for amount in (60, 60)]
    with pytest.raises(Refusal) as refused:
        settle_many(requests=requests, **WHO)
    assert refused.value.code == "more_than_open"
    assert (left(invoice), left(receipt), Settlement.objects.count()) == ((100, 100), (200, 200), 0)
