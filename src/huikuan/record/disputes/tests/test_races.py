"""Two who dispute one claim, and one who disputes what another settles, at the same moment. Without the lock of the
open item more is disputed than is open."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import connection

from huikuan.record.disputes.models import Dispute, DisputeStep
from huikuan.record.disputes.operations import granting, raising
from huikuan.record.disputes.queries.standing import unresolved_of
from huikuan.record.disputes.tests.conftest import Desk, person
from huikuan.record.receivables.domain.settling import OpenSide
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.tests.test_races import at_once, codes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]

REASONS = ("quality", "delivery", "price", "quantity")


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return Desk()


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has looked at what is disputed takes their time."""

    def look(item_id: int) -> Any:
        found = unresolved_of(item_id)
        time.sleep(0.4)
        return found

    monkeypatch.setattr(raising, "unresolved_of", look)


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: what is open is read, not held."""

    def read(item_ids: Any, **more: Any) -> open_items.Locked:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT item_id, company_id, customer_id, side, currency, open_amount, open_book_amount, posting_date"
                " FROM receivables_openitem WHERE item_id = %s",
                [*item_ids],
            )
            return open_items.Locked({row[0]: OpenSide(*row) for row in cursor.fetchall()}, {}, [])

    # The name in raising alone: settlements keep their lock.
    monkeypatch.setattr(raising, "open_items", type("Reading", (), {"lock": staticmethod(read)}))


def dispute_four_times(desk: Desk) -> list[Any]:
    claim = desk.invoice()
    return at_once(4, lambda turn: desk.dispute(claim, 60_00, reason=REASONS[turn]))


@pytest.mark.usefixtures("slowly")
def test_of_four_who_dispute_sixty_of_a_hundred_one_does(desk: Desk) -> None:
    assert codes(dispute_four_times(desk)) == ["dispute_more_than_open"] * 3 + ["done"]
    assert Dispute.objects.count() == DisputeStep.objects.count() == 1


@pytest.mark.usefixtures("slowly", "unlocked")
def test_twin_without_the_lock_two_hundred_and_forty_are_disputed(desk: Desk) -> None:
    assert codes(dispute_four_times(desk)) == ["done"] * 4


def dispute_and_settle(desk: Desk) -> tuple[list[Any], bool]:
    """Answers, and whether the dispute was recorded though the claim had been paid before."""
    claim, receipt = desk.invoice(), desk.post("receipt", 100_00)

    def work(turn: int) -> Any:
        if turn:
            time.sleep(0.15)
            return desk.settle(receipt, claim, 100_00, "2026-10-01")
        return desk.dispute(claim)

    answers = at_once(2, work)
    paid = Settlement.objects.get(debit_id=claim).tx
    return answers, Dispute.objects.filter(item_id=claim, tx__gt=paid).exists()


@pytest.mark.usefixtures("slowly")
def test_what_is_disputed_was_open_when_it_was_recorded(desk: Desk) -> None:
    answers, after_payment = dispute_and_settle(desk)
    assert codes(answers) == ["done", "done"]
    assert not after_payment
    assert check_ledger() == []


@pytest.mark.usefixtures("slowly", "unlocked")
def test_twin_without_the_lock_a_claim_is_disputed_after_it_was_paid(desk: Desk) -> None:
    answers, after_payment = dispute_and_settle(desk)
    assert codes(answers) == ["done", "done"]
    assert after_payment


def test_of_four_who_grant_a_credit_note_one_does(desk: Desk) -> None:
    claim = desk.invoice()
    number = desk.dispute(claim, 60_00)
    answers = at_once(4, lambda _: desk.resolve(number, "credit_note"))
    assert codes(answers).count("done") == 1
    assert Item.objects.filter(kind="credit_note").count() == 1
    assert check_ledger() == []


#: A finance manager grants up to 5,000,000.00 a customer in thirty days.
MOST = 5_000_000_00


def grant_two_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two halves and a cent of the authority, of two disputes of one customer; whoever adds up takes their time."""
    adding_up = granting.worth_of
    numbers = [desk.dispute(desk.invoice(MOST)) for _ in range(2)]
    manager = person("sun", "finance_manager")

    def slow(*said: Any) -> Any:
        worth = adding_up(*said)
        time.sleep(0.3)
        return worth

    monkeypatch.setattr(granting, "worth_of", slow)
    answers = at_once(2, lambda turn: desk.resolve(numbers[turn], "credit_note", MOST // 2 + 1, actor=manager))
    return sorted(type(one).__name__ for one in answers)


def test_of_two_halves_granted_at_once_one_waits_for_approval(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert grant_two_at_once(desk, monkeypatch) == ["Credit", "Waits"]


def test_twin_without_the_lock_both_are_granted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(granting, "hold_grants", lambda _dispute: None)
    assert grant_two_at_once(desk, monkeypatch) == ["Credit", "Credit"]
