"""Four who record the same period at the same moment: one does, the others are told. Without the customer's row held
nobody is told: they run into the database."""

from __future__ import annotations

from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection

from huikuan.record.financials.models import StatementVersion
from huikuan.record.financials.operations import statements
from huikuan.record.financials.tests.conftest import Files
from huikuan.record.financials.tests.samples import small
from huikuan.record.receivables.tests.test_races import at_once, codes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]


@pytest.fixture
def files(transactional_db: None) -> Files:
    return Files()


def _record(files: Files) -> list[Any]:
    def work(number: int) -> Any:
        try:
            return files.record(small(note=f"no. {number}"), seen=0)
        except IntegrityError:
            return "doubled"

    return at_once(4, work)


def test_of_four_at_once_one_records_the_period_and_the_others_are_told(files: Files) -> None:
    assert sorted(codes(_record(files))) == ["done", *["financials_changed_since"] * 3]
    assert StatementVersion.objects.get().version == 1


def test_without_the_row_held_they_run_into_the_database(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    met = Barrier(4)
    latest = statements._latest

    def all_look_first(*given: Any) -> Any:
        found = latest(*given)
        met.wait(timeout=30)
        return found

    monkeypatch.setattr(statements, "held", lambda customer_id: "K-1")
    monkeypatch.setattr(statements, "_latest", all_look_first)
    assert _record(files).count("doubled") == 3
    assert StatementVersion.objects.get().version == 1
