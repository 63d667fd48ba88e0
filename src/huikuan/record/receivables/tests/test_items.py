"""Posting: what an item becomes, what is refused, and that nothing is lost in splitting."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.events.models import Event
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Customer, CustomerVersion
from huikuan.record.customers.operations import create_customer
from huikuan.record.receivables.domain.posting import Part, Posting
from huikuan.record.receivables.models import Item, OpenItem
from huikuan.record.receivables.operations.items import post_instalments, post_items
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.tests.conftest import WHO, Books

KINDS = [
    ("invoice", "debit", "receivable"),
    ("retention", "debit", "contract_asset"),
    ("credit_note", "credit", "receivable"),
    ("return", "credit", "receivable"),
    ("receipt", "credit", "receivable"),
    ("advance", "credit", "receivable"),
    ("opening", "debit", "receivable"),
]


@pytest.mark.parametrize(("kind", "side", "recognition"), KINDS)
def test_a_kind_knows_its_side_and_recognition(books: Books, kind: str, side: str, recognition: str) -> None:
    item = Item.objects.get(id=books.post(kind, 12_345))
    assert (item.side, item.recognition, item.amount, item.book_amount) == (side, recognition, 12_345, 12_345)
    assert (item.book_rate_e8, item.origin_system, item.origin_key) == (100_000_000, "huikuan", str(item.id))


@pytest.mark.parametrize("system", ["huikuan", "reversal"])
def test_the_ledgers_own_origins_are_not_given_away(books: Books, system: str) -> None:
    """A planted key would meet the one the ledger gives to a later item, or to a mirror."""
    item_id = books.post("invoice", 100)
    before = (Item.objects.count(), Leaf.objects.count(), Event.objects.count())
    with pytest.raises(Refusal, match="origin_reserved"):
        books.post("invoice", 100, origin_system=system, origin_key=str(item_id + 1))
    assert (Item.objects.count(), Leaf.objects.count(), Event.objects.count()) == before
    assert Item.objects.get(id=books.post("invoice", 100)).origin_key != str(item_id)


def test_a_contracts_number_is_written_as_contracts_write_it(books: Books) -> None:
    item = Item.objects.get(id=books.post("invoice", 100, contract_number="ＨＴ-2 "))
    assert item.contract_number == "HT-2"


def test_a_posting_leaves_a_leaf_an_event_and_an_open_item(books: Books) -> None:
    item_id = books.post("invoice", 500, due_date=date(2026, 2, 4))
    assert Leaf.objects.filter(kind="receivables_item", subject_id=item_id).count() == 1
    assert Event.objects.get(kind="receivables.posted").payload == {"items": [item_id]}
    cached = OpenItem.objects.get(item_id=item_id)
    assert (cached.open_amount, cached.open_book_amount, cached.due_date) == (500, 500, date(2026, 2, 4))
    assert (cached.company_id, cached.customer_id, cached.side) == (books.company.id, books.customer.id, "debit")


def test_foreign_items_freeze_the_rate_of_their_posting_date(books: Books) -> None:
    books.rate("USD", "2026-01-01", 712_345_000)
    books.rate("USD", "2026-01-20", 700_000_000)
    before = Item.objects.get(id=books.post("invoice", 10_000, "2026-01-19", currency="USD"))
    after = Item.objects.get(id=books.post("invoice", 10_000, "2026-01-20", currency="USD"))
    assert (before.book_rate_e8, before.book_amount) == (712_345_000, 71_235)
    assert (after.book_rate_e8, after.book_amount) == (700_000_000, 70_000)


def test_a_correction_of_a_rate_holds_for_postings_to_come(books: Books) -> None:
    books.rate("USD", "2026-01-01", 712_345_000)
    first = books.post("invoice", 10_000, currency="USD")
    books.rate("USD", "2026-01-01", 710_000_000)
    second = books.post("invoice", 10_000, currency="USD")
    assert list(Item.objects.filter(id__in=[first, second]).order_by("id").values_list("book_amount", flat=True)) == [
        71_235,
        71_000,
    ]


def test_without_a_rate_the_book_value_stays_unknown(books: Books) -> None:
    item = Item.objects.get(id=books.post("invoice", 10_000, currency="USD"))
    assert (item.book_rate_e8, item.book_amount) == (None, None)
    assert OpenItem.objects.get(item_id=item.id).open_book_amount is None


REFUSED = [
    ({"amount": 0}, "amount_not_positive"),
    ({"amount": -5}, "amount_not_positive"),
    ({"amount": 10**18}, "amount_too_large"),
    ({"currency": "usd"}, "currency_unknown"),
    ({"kind": "gift"}, "kind_unknown"),
    ({"kind": "fx_difference"}, "side_needed"),
    ({"side": "credit"}, "side_contradicts_kind"),
    ({"due_date": None}, "due_or_awaits"),
    ({"due_date": date(2026, 2, 1), "awaits": "acceptance"}, "due_or_awaits"),
    ({"net_amount": 60, "tax_amount": 39}, "net_tax_differ"),
    ({"net_amount": 100}, "net_tax_differ"),
    ({"recognition": "income"}, "recognition_unknown"),
    ({"customer_id": 999_999}, "customer_unknown"),
]


@pytest.mark.parametrize(("change", "code"), REFUSED)
def test_a_refused_posting_writes_nothing(books: Books, change: dict[str, object], code: str) -> None:
    asked = {"kind": "invoice", "amount": 100, **change}
    before = Leaf.objects.count()
    with pytest.raises(Refusal) as refused:
        books.post(**asked)
    assert refused.value.code == code
    assert not Item.objects.exists()
    assert Leaf.objects.count() == before
    assert not OpenItem.objects.exists()


def test_an_origin_key_is_taken_once(books: Books) -> None:
    books.post("invoice", 100, origin_system="erp", origin_key="INV-1")
    with pytest.raises(Refusal) as refused:
        books.post("invoice", 100, origin_system="erp", origin_key="INV-1")
    assert refused.value.code == "origin_taken"
    assert Item.objects.count() == 1
    books.post("invoice", 100, origin_system="erp", origin_key="INV-1", origin_generation=2)
    assert Item.objects.count() == 2


def test_instalments_lose_nothing_in_any_column(books: Books) -> None:
    books.rate("USD", "2026-01-01", 712_345_678)
    whole = Posting(
        books.customer.id,
        "invoice",
        "USD",
        100_01,
        date(2026, 1, 5),
        date(2026, 1, 5),
        net_amount=88_51,
        tax_amount=11_50,
        document_number="HT-7",
    )
    parts = [
        Part(30, date(2026, 1, 5)),
        Part(50, date(2026, 3, 5)),
        Part(20, awaits="end_of_warranty", kind="retention"),
    ]
    ids = post_instalments(company=books.company, whole=whole, parts=parts, **WHO)
    items = list(Item.objects.filter(id__in=ids).order_by("id"))
    assert [item.amount for item in items] == [3000, 5001, 2000]
    assert [item.net_amount for item in items] == [2655, 4426, 1770]
    assert [item.tax_amount for item in items] == [345, 575, 230]
    assert sum(item.book_amount for item in items) == 71_242  # 100.01 × 7.12345678 = 712.4169…
    assert {item.obligation for item in items} == {"HT-7"}
    assert [item.kind for item in items] == ["invoice", "invoice", "retention"]


def test_whoever_has_an_item_is_a_prospect_no_longer(books: Books) -> None:
    """In the transaction that posts, with a version of its own; a customer's data are not touched again."""
    prospect = create_customer(master=Master("P-1", "远舟港机", status="prospect"), **WHO)
    day = date(2026, 1, 5)
    said = Posting(prospect, "invoice", "CNY", 100, day, day, due_date=day)
    with pytest.raises(Refusal):
        post_items(company=books.company, postings=[replace(said, amount=0)], **WHO)
    assert Customer.objects.get(pk=prospect).status == "prospect"
    for _ in range(2):
        post_items(company=books.company, postings=[said], **WHO)
        row = Customer.objects.get(pk=prospect)
        assert (row.status, row.version) == ("customer", 2)
    contents = (
        CustomerVersion.objects.filter(customer_id=prospect).order_by("version").values_list("content", flat=True)
    )
    assert [json.loads(content)["status"] for content in contents] == ["prospect", "customer"]
    assert Event.objects.filter(kind="customers.changed", customer_id=prospect).count() == 1
    assert check_ledger() == []
