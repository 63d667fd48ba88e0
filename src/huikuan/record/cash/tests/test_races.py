"""Races, on PostgreSQL: many at once on one payment, each test with its twin (guard off → it goes wrong)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connection

from huikuan.record.banking.models import LineUse, OpenLine
from huikuan.record.banking.operations import uses
from huikuan.record.cash.models import Application, Undoing
from huikuan.record.cash.operations import applying, returning, undoing
from huikuan.record.cash.operations.returning import return_payment
from huikuan.record.cash.operations.undoing import undo_application
from huikuan.record.cash.tests.conftest import WHO, Till, open_amount, sound
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.operations.reversals import reverse_item
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.tests.test_races import at_once, codes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.sealed,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]

ROUNDS = 20 if os.environ.get("HUIKUAN_PROVE") == "1" else 2


def till_of(number: int) -> Till:
    return Till(f"C{number}", f"62220101000000{number:02}")


def ten_on_one_line(till: Till) -> tuple[int, list[Any]]:
    """One line of 500, ten clerks who each apply it to an invoice of another customer."""
    line = till.line(500)
    code = till.company.code
    owing = [create_customer(master=Master(f"{code}-{place}", f"江临{place}号公司"), **WHO) for place in range(10)]
    invoices = [till.invoice(500, customer_id=one) for one in owing]
    return line, at_once(10, lambda place: till.apply(line, (invoices[place], 500), customer_id=owing[place]))


def test_of_ten_who_apply_one_line_one_does() -> None:
    for number in range(ROUNDS):
        line, answers = ten_on_one_line(till_of(number))
        assert codes(answers) == ["done"] + ["line_not_open"] * 9
        assert sum(LineUse.objects.filter(line_id=line).values_list("amount", flat=True)) == 500
    assert sound()
    print(f"{ROUNDS} rounds of ten clerks on one line: applied once each time")


def test_twin_without_the_lines_lock_the_money_is_used_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    def hold_nothing(line_ids: Iterable[int]) -> dict[int, OpenLine]:
        held = {line.line_id: line for line in OpenLine.objects.filter(line_id__in=sorted(set(line_ids)))}
        time.sleep(0.2)
        return held

    monkeypatch.setattr(uses, "hold_lines", hold_nothing)
    monkeypatch.setattr(applying, "hold_lines", hold_nothing)
    line, _ = ten_on_one_line(till_of(0))
    assert sum(LineUse.objects.filter(line_id=line).values_list("amount", flat=True)) > 500
    assert "bank_line_left" in {finding.kind for finding in check_ledger()}


def four_on_one_invoice(till: Till) -> list[Any]:
    invoice, lines = till.invoice(500), [till.line(500) for _ in range(4)]
    return at_once(4, lambda place: till.apply(lines[place], (invoice, 500)))


def test_two_lines_never_pay_one_invoice_twice() -> None:
    for number in range(ROUNDS):
        till = till_of(number)
        invoice, lines = till.invoice(500), [till.line(500) for _ in range(4)]
        answers = at_once(
            4, lambda place, till=till, lines=lines, invoice=invoice: till.apply(lines[place], (invoice, 500))
        )
        assert codes(answers) == ["claim_not_open"] * 3 + ["done"]
        assert OpenLine.objects.filter(company_id=till.company.pk).count() == 3
    assert sound()


def pay_while_credited(till: Till, reverse: Callable[..., Any] = reverse_item) -> list[Any]:
    """An invoice is being paid and reversed at the same moment."""
    invoice, line = till.invoice(500), till.line(500)
    acts: list[Callable[[], Any]] = [
        lambda: till.apply(line, (invoice, 500)),
        lambda: reverse(item_id=invoice, reason="credited", **WHO),
    ]
    return at_once(2, lambda number: acts[number]())


def test_a_payment_never_clears_an_invoice_that_is_being_credited() -> None:
    for number in range(ROUNDS):
        answers = codes(pay_while_credited(till_of(number)))
        assert answers.count("done") == 1
        assert set(answers) <= {"done", "claim_not_open", "item_has_settlements", "already_reversed"}
    assert sound()


def test_twin_without_the_items_lock_both_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, reading = open_items.lock, threading.Event()

    def lock_slowly(item_ids: Any, **more: Any) -> open_items.Locked:
        """Whoever settles looks, and is slow to write: time for another to reverse."""
        locked = lock(item_ids, **more)
        if more.get("settlements"):
            reading.set()
            time.sleep(0.5)
        return locked

    def reverse_meanwhile(*, item_id: int, reason: str, actor: str, at: Any) -> Any:
        reading.wait(10)
        return reverse_item(item_id=item_id, reason=reason, actor=actor, at=at)

    monkeypatch.setattr(open_items, "_LOCK", open_items._LOCK.replace("FOR UPDATE", ""))
    monkeypatch.setattr(open_items, "lock", lock_slowly)
    answers = codes(pay_while_credited(till_of(0), reverse_meanwhile))
    assert answers == ["done", "done"]
    assert "over_settled" in {finding.kind for finding in check_ledger()}


def undo_four_times(till: Till) -> tuple[int, list[Any]]:
    invoice, line = till.invoice(500), till.line(500)
    number = till.apply(line, (invoice, 500))
    answers = at_once(4, lambda _: undo_application(application_id=number, reason="wrong", **WHO))
    return line, answers


def test_of_two_who_undo_one_wins() -> None:
    for number in range(ROUNDS):
        line, answers = undo_four_times(till_of(number))
        assert codes(answers) == ["application_undone"] * 3 + ["done"]
        assert OpenLine.objects.get(line_id=line).left == 500
    assert sound()


def test_twin_without_the_undoings_key_the_ledger_alone_stops_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """The unique key of undoings is the first of three guards; without it reversals refuse, and not by its name."""
    recorded = undoing.record

    def record_nothing(model: Any, rows: Any, **more: Any) -> list[int]:
        return [0] if model is Undoing else recorded(model, rows, **more)

    monkeypatch.setattr(undoing, "record", record_nothing)
    line, answers = undo_four_times(till_of(0))
    assert "application_undone" not in codes(answers)
    assert OpenLine.objects.get(line_id=line).left == 500


def ask_ten_times(till: Till) -> tuple[int, list[Any]]:
    invoice, line = till.invoice(500), till.line(500)
    return invoice, at_once(10, lambda _: till.apply(line, (invoice, 50), amount=50, request_key="one"))


def test_the_same_request_sent_ten_times_at_once_is_done_once() -> None:
    for number in range(ROUNDS):
        till = till_of(number)
        invoice, answers = ask_ten_times(till)
        assert codes(answers) == ["done"] * 10
        assert len(set(answers)) == 1
        assert open_amount(invoice) == 450
        assert Application.objects.filter(company_id=till.company.pk).count() == 1
    assert sound()


def test_clerks_in_opposite_orders_show_no_deadlock() -> None:
    till = till_of(0)
    invoices = [till.invoice(1_000) for _ in range(4)]
    lines = [till.line(1_000) for _ in range(6)]

    def act(number: int) -> int:
        order = invoices if number % 2 else invoices[::-1]
        return till.apply(lines[number], *((invoice, 100) for invoice in order))

    assert codes(at_once(6, act)) == ["done"] * 6
    assert [open_amount(invoice) for invoice in invoices] == [400] * 4
    assert sound()


def five_who_take_one_payment_back(till: Till) -> list[Any]:
    invoice, original, back = till.invoice(500), till.line(500, "2026-02-10"), till.line(-500)
    till.apply(original, (invoice, 500))
    said = {"company": till.company, "line_id": back, "original_id": original, **WHO}
    return at_once(5, lambda _place: return_payment(**said))


def test_of_five_who_take_one_payment_back_all_are_told_that_it_is_done() -> None:
    for number in range(ROUNDS):
        answers = five_who_take_one_payment_back(till_of(number))
        assert codes(answers) == ["done"] * 5
        assert sorted(len(answer.undone) for answer in answers) == [0, 0, 0, 0, 1]
    assert (Undoing.objects.count(), LineUse.objects.count()) == (ROUNDS, 4 * ROUNDS)
    assert not OpenLine.objects.exists()
    assert sound()


def test_twin_without_the_lines_lock_the_others_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def hold_nothing(_line_ids: Iterable[int]) -> dict[int, OpenLine]:
        time.sleep(0.2)
        return {}

    monkeypatch.setattr(returning, "hold_lines", hold_nothing)
    assert "application_undone" in codes(five_who_take_one_payment_back(till_of(0)))
    assert Undoing.objects.count() == 1
