"""An item's story: all that happened to it, in order, with what each step left open."""

from __future__ import annotations

from datetime import date

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.store.transactions import transaction_number
from huikuan.record.receivables.domain.posting import Part, Posting
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.operations.items import post_instalments
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.queries.ledger import customer_items, item
from huikuan.record.receivables.queries.story import item_story
from huikuan.record.receivables.tests.conftest import WHO, Books


def test_a_story_is_told_in_the_order_of_effect(books: Books, django_assert_max_num_queries: object) -> None:
    books.rate("USD", "2026-01-01", 700_000_000)
    invoice = books.post("invoice", 10_000, "2026-01-05", currency="USD", document_number="INV-1")
    receipt = books.post("receipt", 4_000, "2026-02-01", currency="USD", document_number="R-1")
    lines = [Line(date(2026, 4, 1), "", 10_000)]
    record_schedule(item_id=invoice, lines=lines, effective_on=date(2026, 1, 20), reason="extension", **WHO)
    settlement = books.settle(receipt, invoice, 4_000, "2026-02-02")
    negative = reverse_settlement(settlement_id=settlement, reason="wrong invoice", **WHO)
    with django_assert_max_num_queries(6):
        story = item_story(invoice)
    told = [(step.what, step.on.isoformat(), step.amount, step.book_amount, step.open_after) for step in story.steps]
    assert told == [
        ("posted", "2026-01-05", 10_000, 70_000, 10_000),
        ("scheduled", "2026-01-20", 0, None, 10_000),
        ("settled", "2026-02-02", -4_000, -28_000, 6_000),
        ("reversed", "2026-02-02", 4_000, 28_000, 10_000),
    ]
    settled, undone = story.steps[2:]
    assert settled.counterpart is not None
    assert (settled.counterpart.item_id, settled.counterpart.document_number) == (receipt, "R-1")
    assert (settled.undone_by, undone.reverses, undone.reason) == (negative, settlement, "wrong invoice")
    assert {step.actor for step in story.steps} == {"tester"}


def test_what_was_not_yet_known_is_not_told(books: Books) -> None:
    invoice, receipt = books.post("invoice", 100), books.post("receipt", 100)
    settlement = books.settle(receipt, invoice, 100)
    reached = item_story(invoice).steps[-1]
    assert (reached.fact_id, reached.open_after) == (settlement, 0)
    assert [step.what for step in item_story(invoice, known=0).steps] == ["posted"]
    assert len(item_story(invoice, known=transaction_number() + 1).steps) == 2


def test_a_reversed_item_names_its_mirror_and_an_instalment_its_siblings(books: Books) -> None:
    day = date(2026, 1, 5)
    whole = Posting(books.customer.id, "invoice", "CNY", 100, day, day, document_number="HT-1")
    first, second = post_instalments(
        company=books.company, whole=whole, parts=[Part(1, day), Part(1, awaits="acceptance")], **WHO
    )
    assert [sibling.id for sibling in item_story(first).siblings] == [second]
    done = reverse_item(item_id=first, reason="x", **WHO)
    assert item_story(first).mirror_id == done.mirror_id
    assert [row.id for row in customer_items(books.customer.id)] == [first, second, done.mirror_id]
    assert customer_items(books.customer.id, as_of=date(2026, 1, 4)) == []
    with pytest.raises(Refusal):
        item(10**9)
