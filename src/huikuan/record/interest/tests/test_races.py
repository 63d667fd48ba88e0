"""Four who claim the same days at the same moment: one claim stands. Without the lock of the item several do."""

from __future__ import annotations

import time
from datetime import date, datetime
from itertools import count
from typing import Any

import pytest
from django.db import connection

from huikuan.record.interest.models import Claim
from huikuan.record.interest.operations import claiming
from huikuan.record.interest.queries.accruals import Accrual, accrual
from huikuan.record.interest.tests.conftest import WHO, Late, day
from huikuan.record.receivables.models import Item
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
