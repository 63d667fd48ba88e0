"""Four colleagues write down a call with one debtor at the same moment: three count, the fourth is told. Without the
customer's row being held all four do."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import date
from typing import Any

import pytest
from django.db import connection

from huikuan.act.visits.models import Call
from huikuan.act.visits.operations import calls
from huikuan.act.visits.operations.calls import record_call
from huikuan.act.visits.queries.calls import reached_on
from huikuan.act.visits.tests.conftest import WHO, Debtor
from huikuan.record.receivables.tests.test_races import at_once, codes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has counted takes their time."""

    def count(customer_ids: Collection[int], day: date) -> int:
        found = reached_on(customer_ids, day)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(calls, "reached_on", count)


def call_four_times(debtor: Debtor) -> list[Any]:
    asked = {"customer_id": debtor.customer, "company_id": debtor.company.pk, "person_id": None, "result": "other"}
    return at_once(4, lambda turn: record_call(**asked, note=str(turn), **WHO))


@pytest.mark.usefixtures("slowly")
def test_of_four_calls_at_once_three_count(transactional_db: None, debtor: Debtor) -> None:
    assert codes(call_four_times(debtor)) == ["call_too_many"] + ["done"] * 3
    assert Call.objects.count() == 3


@pytest.mark.usefixtures("slowly")
def test_twin_without_the_row_held_all_four_do(
    transactional_db: None, debtor: Debtor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "held", lambda customer_id: "")
    assert codes(call_four_times(debtor)) == ["done"] * 4
