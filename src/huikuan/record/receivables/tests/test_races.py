"""Races, on PostgreSQL: many at once on one item, each test with its twin (guard off → it goes wrong)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from huikuan.kernel.errors import Refusal
from huikuan.record.receivables.models import Item, OpenItem, Settlement
from huikuan.record.receivables.operations import items, open_items
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.settlements import Request, settle_many
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.periods import locked_through
from huikuan.record.receivables.tests.conftest import WHO, Books

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.sealed,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]

ROUNDS = 20 if os.environ.get("HUIKUAN_PROVE") == "1" else 3


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """`work(0 … count-1)` in threads that start together; answers or exceptions, in order."""
    barrier = threading.Barrier(count)
    answers: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            answers[number] = work(number)
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def codes(answers: list[Any]) -> list[str]:
    """Refusal codes; 'done' for what went through. Anything else is raised."""
    found = []
    for answer in answers:
        if isinstance(answer, Exception) and not isinstance(answer, Refusal):
            raise answer
        found.append(answer.code if isinstance(answer, Refusal) else "done")
    return sorted(found)


def allocate_ten_times(books: Books) -> tuple[int, list[Any]]:
    """One receipt of 500, ten allocators of 500 each to an invoice of its own."""
    receipt = books.post("receipt", 500)
    invoices = [books.post("invoice", 500) for _ in range(10)]
    return receipt, at_once(10, lambda number: books.settle(receipt, invoices[number], 500))


def test_ten_allocators_never_use_more_than_the_receipt() -> None:
    for round_number in range(ROUNDS):
        receipt, answers = allocate_ten_times(Books(f"C{round_number}"))
        assert codes(answers) == ["done"] + ["item_not_open"] * 9
        assert sum(Settlement.objects.filter(credit_id=receipt).values_list("credit_amount", flat=True)) == 500
    assert check_ledger() == []
    print(f"{ROUNDS} rounds of ten allocators of one receipt: used once each time")


def test_twin_without_the_row_lock_the_receipt_is_used_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = open_items.lock

    def lock_slowly(item_ids: Any, **more: Any) -> open_items.Locked:
        locked = lock(item_ids, **more)
        time.sleep(0.2)
        return locked

    monkeypatch.setattr(open_items, "_LOCK", open_items._LOCK.replace("FOR UPDATE", ""))
    monkeypatch.setattr(open_items, "lock", lock_slowly)
    receipt, _ = allocate_ten_times(Books())
    assert sum(Settlement.objects.filter(credit_id=receipt).values_list("credit_amount", flat=True)) > 500
    assert "over_settled" in {finding.kind for finding in check_ledger()}


def test_of_two_reversals_one_wins() -> None:
    for round_number in range(ROUNDS):
        settled, posted = reverse_four_times(Books(f"C{round_number}"))
        assert codes(settled) == codes(posted) == ["already_reversed"] * 3 + ["done"]
    assert check_ledger() == []
    print(f"{ROUNDS} rounds of four reversals of one settlement, of one item: one wins each time")


def reverse_four_times(books: Books) -> tuple[list[Any], list[Any]]:
    """Four reversals at once of one settlement whose items are closed, then of one item."""
    invoice, receipt, wrong = (books.post(kind, 100) for kind in ("invoice", "receipt", "invoice"))
    settlement = books.settle(receipt, invoice, 100)
    settled = at_once(4, lambda _: reverse_settlement(settlement_id=settlement, reason="x", **WHO))
    return settled, at_once(4, lambda _: reverse_item(item_id=wrong, reason="x", **WHO))


def test_settling_and_reversing_one_item_never_both_succeed() -> None:
    for round_number in range(ROUNDS):
        assert codes(settle_and_reverse(Books(f"C{round_number}"))).count("done") == 1
    assert check_ledger() == []
    print(f"{ROUNDS} rounds of settling and reversing one item: one wins each time")


def settle_and_reverse(books: Books) -> list[Any]:
    invoice, receipt = books.post("invoice", 100), books.post("receipt", 100)
    acts: list[Callable[[], Any]] = [
        lambda: books.settle(receipt, invoice, 100),
        lambda: reverse_item(item_id=invoice, reason="x", **WHO),
    ]
    return at_once(2, lambda number: acts[number]())


def test_nothing_slips_into_a_period_while_it_is_being_locked() -> None:
    for round_number in range(ROUNDS):
        assert set(codes(lock_among_postings(Books(f"C{round_number}")))) <= {"done", "period_locked"}
    assert check_ledger() == []
    print(f"{ROUNDS} rounds of posting into a period while it is locked: nothing slips in")


def test_twin_without_the_period_lock_something_slips_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def hold_nothing(company_id: int) -> None:
        """Instead of the lock: time for another session to close the period after it was read."""

    def read_then_wait(company_id: int) -> date | None:
        found = locked_through(company_id)
        time.sleep(0.2)
        return found

    monkeypatch.setattr(open_items, "hold_period", hold_nothing)
    monkeypatch.setattr(items, "locked_through", read_then_wait)
    lock_among_postings(Books())
    assert "posted_into_locked_period" in {finding.kind for finding in check_ledger()}


def lock_among_postings(books: Books) -> list[Any]:
    """January is locked while five invoices are posted into it."""

    def act(number: int) -> Any:
        if number == 0:
            time.sleep(0.02)
            return lock_period(company=books.company, through=date(2026, 1, 31), **WHO)
        return books.post("invoice", 100, "2026-01-31")

    return at_once(6, act)


def test_opposite_orders_of_many_settlements_show_no_deadlock() -> None:
    """Bulk allocation against single ones over the same items: retried inside, never seen outside."""
    books = Books()
    receipts = [books.post("receipt", 1_000) for _ in range(6)]
    invoices = [books.post("invoice", 1_000) for _ in range(6)]
    pairs = list(zip(receipts, invoices, strict=True))

    def act(number: int) -> list[int]:
        order = pairs if number % 2 else pairs[::-1]
        if number < 2:
            asked = [Request(credit, debit, 10, date(2026, 2, 1), "allocation") for credit, debit in order]
            return settle_many(requests=asked, **WHO)
        return [books.settle(credit, debit, 10) for credit, debit in order]

    assert codes(at_once(6, act)) == ["done"] * 6
    assert set(OpenItem.objects.values_list("open_amount", flat=True)) == {1_000 - 6 * 10}
    assert Item.objects.count() == 12
    assert check_ledger() == []
