"""Races, on PostgreSQL: one file twice at once, one line used by many; each with its twin (guard off → it happens)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.operations import keep_bytes
from huikuan.record.banking.domain.statements import Line, Statement
from huikuan.record.banking.models import BankLine, BankStatement, LineUse, OpenLine
from huikuan.record.banking.operations import importing, uses
from huikuan.record.banking.operations.importing import Asked, File, record_statements
from huikuan.record.banking.operations.uses import Use, free_uses, use_lines
from huikuan.record.banking.tests.conftest import AT, NUMBER, WHO, Bank
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]

LINES = tuple(
    Line(ordinal=n, booked_on=date(2026, 3, 1), amount=100_00 + n, currency="CNY", bank_reference=f"R{n}")
    for n in range(1, 21)
)


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """`work(0 … count-1)` in threads that start together; answers or exceptions, in order."""
    barrier, answers = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            answers[number] = work(number)
        except Exception as error:
            answers[number] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def bring(bank: Bank) -> int:
    """The file of LINES; answers how many were new."""
    asked = Asked(bank.company, "cli:tester", AT)
    told = Statement(NUMBER, "CNY", LINES)
    (brought,) = record_statements(statements=[told], file=File(keep_bytes(b"one"), "a.csv"), asked=asked)
    return len(brought.sifted.new)


@pytest.fixture
def bank(transactional_db: None) -> Bank:
    return Bank()


def slowly(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let others come in between this step and the next."""
    real = getattr(module, name)

    def work(*given: Any, **named: Any) -> Any:
        answer = real(*given, **named)
        time.sleep(0.2)
        return answer

    monkeypatch.setattr(module, name, work)


def test_one_file_brought_by_three_at_once_comes_in_once(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    slowly(monkeypatch, importing, "_sifted")
    assert sorted(at_once(3, lambda _: bring(bank))) == [0, 0, 20]
    assert (BankLine.objects.count(), OpenLine.objects.count(), BankStatement.objects.count()) == (20, 20, 1)
    assert check_ledger() == []


def test_twin_without_the_turn_both_take_every_line_for_new(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last guard, the unique key, then stops one of them in a way nobody can act on."""
    monkeypatch.setattr(importing, "hold_accounts", lambda _: None)
    slowly(monkeypatch, importing, "_sifted")
    answers = at_once(2, lambda _: bring(bank))
    assert sorted(type(answer) for answer in answers if isinstance(answer, Exception)) == [IntegrityError]


def test_ten_who_use_one_line_use_it_once(bank: Bank) -> None:
    line = bank.line(500_00)
    answers = at_once(10, lambda n: use_lines(uses=[Use(line, 500_00, "receipt", item_id=n + 1)], **WHO))
    refused = [answer.code for answer in answers if isinstance(answer, Refusal)]
    assert refused == ["line_used_up"] * 9
    assert LineUse.objects.count() == 1
    assert check_ledger() == []


def test_twin_without_the_lock_the_line_is_used_twice(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    line = bank.line(500_00)

    def look(line_ids: Any) -> dict[int, OpenLine]:
        found = {one.line_id: one for one in OpenLine.objects.filter(line_id__in=list(line_ids))}
        time.sleep(0.2)
        return found

    monkeypatch.setattr(uses, "hold_lines", look)
    at_once(2, lambda n: use_lines(uses=[Use(line, 500_00, "receipt", item_id=n + 1)], **WHO))
    assert LineUse.objects.count() == 2
    assert [one.kind for one in check_ledger()] == ["bank_line_left"]


def test_a_use_taken_back_by_five_at_once_is_taken_back_once(bank: Bank) -> None:
    line = bank.line(500_00)
    ids = use_lines(uses=[Use(line, 500_00, "receipt", item_id=1)], **WHO)
    answers = at_once(5, lambda _: free_uses(use_ids=ids, **WHO))
    assert sorted(answer.code for answer in answers if isinstance(answer, Refusal)) == ["use_freed"] * 4
    assert OpenLine.objects.get().left == 500_00
    assert check_ledger() == []
