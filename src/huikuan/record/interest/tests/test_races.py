"""Four who claim the same days at the same moment: one claim stands. Without the lock of the item several do. A claim
that goes while it is weighed is not given back beside."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from itertools import count
from typing import Any

import pytest
from django.db import connection

from huikuan.record.interest.models import Claim
from huikuan.record.interest.operations import claiming, correcting
from huikuan.record.interest.operations.waiving import ask_waiver
from huikuan.record.interest.queries.accruals import Accrual, accrual
from huikuan.record.interest.queries.anew import Weighed, weighed
from huikuan.record.interest.tests.conftest import WHO, Late, approve, approver, day, dear
from huikuan.record.receivables.models import Item, OpenItem
from huikuan.record.receivables.operations.reversals import reverse_item
from huikuan.record.receivables.tests.test_races import at_once, codes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]


@pytest.fixture
def item(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> int:
    """An invoice late since July; whoever has computed takes their time, each a little longer than the one before."""
    turns = count(1)

    def look(item_id: int, until: date, *, at: datetime) -> Accrual:
        found = accrual(item_id, until, at=at)
        time.sleep(0.25 * next(turns))
        return found

    monkeypatch.setattr(claiming, "accrual", look)
    return Late().invoice(due="2025-06-30", posted="2025-06-01")


def claim_at_once(item: int) -> list[Any]:
    return at_once(4, lambda _turn: claiming.claim_interest(item_id=item, until=day("2026-01-31"), **WHO))


def test_of_four_who_claim_the_same_days_one_does_and_the_others_are_told_which(item: int) -> None:
    answers = claim_at_once(item)
    claim = Claim.objects.get()
    assert answers == [[claim.pk]] * 4
    assert Item.objects.filter(kind="interest").count() == 1


def test_twin_without_the_lock_the_days_are_claimed_twice(item: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "hold_claims", lambda _item: None)
    assert codes(claim_at_once(item)) == ["done"] * 4
    assert Item.objects.filter(kind="interest").count() == 4


def taken_back(number: int) -> Callable[[], object]:
    return lambda: claiming.withdraw_claim(claim_id=number, reason="算错了", **WHO)


def reversed_in_the_ledger(number: int) -> Callable[[], object]:
    return lambda: reverse_item(item_id=Claim.objects.get(pk=number).interest_item_id, reason="算错了", **WHO)


def waived_wholly(number: int) -> Callable[[], object]:
    request = ask_waiver(claim_id=number, amount=2_900_00, reason="长期合作", **WHO)
    approver()
    return lambda: approve(request)


GOING = {taken_back: "item_has_settlements", reversed_in_the_ledger: "item_has_settlements",
         waived_wholly: "request_shown_has_changed"}  # fmt: skip


@pytest.fixture
def over(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> int:
    """A claim of 2,900.00 of which 960.00 are too much; whoever has weighed it takes their time."""
    late = Late()
    item = dear(late)
    (number,) = claiming.claim_interest(item_id=item, until=day("2026-02-28"), **WHO)
    late.pay(item, 40_000_00, "2026-01-11", applied="2026-03-01")

    def look(claims: list[Claim], *, at: datetime) -> dict[int, Weighed]:
        found = weighed(claims, at=at)
        time.sleep(1)
        return found

    monkeypatch.setattr(correcting, "weighed", look)
    return number


def corrected_while(number: int, going: Callable[[int], Callable[[], object]]) -> list[Any]:
    """What came of correcting the claim, and of what was begun while it was weighed."""
    other = going(number)

    def work(turn: int) -> Any:
        if turn == 0:
            return correcting.correct_claim(claim_id=number, **WHO)
        time.sleep(0.4)
        return other()

    return at_once(2, work)


def beside_the_invoice() -> list[tuple[str, int]]:
    return [(one.kind, one.open_amount) for one in OpenItem.objects.exclude(kind="invoice")]


@pytest.mark.parametrize("going", GOING)
def test_a_claim_does_not_go_while_it_is_corrected(over: int, going: Callable[[int], Callable[[], object]]) -> None:
    assert codes(corrected_while(over, going)) == ["done", GOING[going]]
    assert beside_the_invoice() == [("interest", 1_940_00)]


@pytest.mark.parametrize("going", GOING)
def test_twin_without_holding_it_what_is_gone_is_given_back_beside(
    over: int, going: Callable[[int], Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correcting, "held", lambda _claim: None)
    assert codes(corrected_while(over, going)) == ["done", "done"]
    assert beside_the_invoice() == [("credit_note", 960_00)]
