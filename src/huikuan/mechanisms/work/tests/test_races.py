"""Two at once: one item, one end. Each with its twin: the guard off, the fault there.

What is done at the same moment is claimed for PostgreSQL; SQLite has one writer.
"""

from __future__ import annotations

from itertools import count

import pytest
from django.db import connection

from huikuan.mechanisms.approvals.tests.test_races import at_once, meeting
from huikuan.mechanisms.work import operations
from huikuan.mechanisms.work.models import WorkItem, WorkStep
from huikuan.mechanisms.work.operations import opening, steps
from huikuan.mechanisms.work.tests.conftest import AT, Office

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]


@pytest.fixture
def office(transactional_db: None) -> Office:
    return Office()


def two_open(office: Office, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    meeting(monkeypatch, opening, "following")
    found: dict[str, int] = {}

    def opened(name: str) -> None:
        found[name] = office.open()

    assert at_once(lambda: opened("one"), lambda: opened("other")) == ["done", "done"]
    return set(found.values())


def test_of_two_who_open_at_once_both_have_the_one_item(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_open(office, monkeypatch) == {WorkItem.objects.get().pk}


def test_without_the_guard_there_would_be_two(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count(1)
    monkeypatch.setattr(opening, "following", lambda last: next(numbers))
    assert len(two_open(office, monkeypatch)) == WorkItem.objects.count() == 2


def two_finish(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    item = office.open()
    meeting(monkeypatch, operations.acting, "still_open")
    return at_once(
        lambda: operations.finish_item(item_id=item, actor="chen", at=AT),
        lambda: operations.finish_item(item_id=item, actor="qian", at=AT),
    )


def test_of_two_who_finish_one_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sorted(two_finish(office, monkeypatch)) == ["done", "work_item_changed"]
    assert WorkStep.objects.count() == 1


def test_without_the_guard_it_would_be_finished_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = count(1)
    monkeypatch.setattr(steps, "next_number", lambda after: next(numbers))
    assert two_finish(office, monkeypatch) == ["done", "done"]
    assert WorkStep.objects.count() == 2
