"""Two who take in one package, or move one bill, at the same moment: one does, the other is told. Without the lock of
the package both do."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import IntegrityError, connection

from huikuan.mechanisms.audit.operations import record
from huikuan.record.bills.domain.numbers import overlap
from huikuan.record.bills.models import Bill, BillEvent
from huikuan.record.bills.operations import moving, receiving
from huikuan.record.bills.operations.moving import endorse_bill, pledge_bill
from huikuan.record.bills.queries.bills import range_of, standing_pieces
from huikuan.record.bills.tests.conftest import NUMBER, Till, move
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.tests.test_races import at_once, codes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]


@pytest.fixture
def till(transactional_db: None) -> Till:
    return Till()


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has looked takes their time."""

    def look(company_id: int, number: str) -> list[Bill]:
        found = standing_pieces(company_id, number)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(receiving, "standing_pieces", look)


def receive_overlapping(till: Till) -> list[Any]:
    """Four ranges of one package that all share unit 100."""
    return at_once(4, lambda turn: till.divisible(100, 1 + turn * 20))


@pytest.mark.usefixtures("slowly")
def test_of_four_ranges_that_overlap_one_is_taken_in(till: Till) -> None:
    assert codes(receive_overlapping(till)) == ["bill_known"] * 3 + ["done"]
    assert len(standing_pieces(till.company.id, NUMBER)) == 1
    assert check_ledger() == []


@pytest.mark.usefixtures("slowly")
def test_twin_without_the_lock_of_the_package_ranges_overlap(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "hold_package", lambda company_id, number: None)
    assert codes(receive_overlapping(till)).count("done") > 1
    one, other, *_ = standing_pieces(till.company.id, NUMBER)
    assert overlap(range_of(one), range_of(other))


def move_four_times(number: int) -> list[Any]:
    def work(turn: int) -> Any:
        step = move(number, "2026-02-01", seen=1)
        try:
            return endorse_bill(step, to="泓源铸造") if turn % 2 else pledge_bill(step, to="江临银行")
        except IntegrityError:
            return "doubled"

    return at_once(4, work)


def test_of_four_who_move_a_bill_one_does(till: Till) -> None:
    number = till.receive()
    assert codes(move_four_times(number)) == ["bill_moved_since"] * 3 + ["done"]
    assert BillEvent.objects.filter(bill_id=number).count() == 2
    assert check_ledger() == []


def test_twin_without_lock_and_words_they_run_into_the_database(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    number = till.receive()
    look = moving.bill_now

    def slowly(bill_id: int) -> Any:
        found = look(bill_id)
        time.sleep(0.2)
        return found

    def write(bill: Bill, sequence: int, said: Any, *, actor: str, at: Any) -> None:
        row = {"bill_id": bill.pk, "company_id": bill.company_id, "customer_id": bill.customer_id}
        record(BillEvent, [{**row, "sequence": sequence, **said, "actor": actor}], at=at)

    monkeypatch.setattr(moving, "bill_now", slowly)
    monkeypatch.setattr(moving, "hold_package", lambda company_id, number: None)
    monkeypatch.setattr(moving, "write_event", write)
    assert "doubled" in move_four_times(number)
