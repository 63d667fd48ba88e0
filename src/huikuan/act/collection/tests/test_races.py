"""Two at once, on PostgreSQL: of two runs of a day one works; a message is written anew once. With their twins."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from huikuan.act.collection.models import Approach, Run, Taken
from huikuan.act.collection.operations import again, running
from huikuan.act.collection.operations.running import Ran, run_day
from huikuan.act.collection.queries.interrupted import interrupted
from huikuan.act.collection.tests.conftest import Trade, day, noon
from huikuan.act.collection.tests.test_guards import hold_customer, queued
from huikuan.act.collection.tests.test_interrupted import released
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.operations.sending import send_due
from huikuan.mechanisms.notices.tests.conftest import Box, box
from huikuan.record.receivables.tests.test_races import at_once

__all__ = ["box"]
pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]
ON = "2026-03-11"


def two_runs(monkeypatch: pytest.MonkeyPatch) -> tuple[Trade, list[Any]]:
    """Both have looked before either has written."""
    trade = Trade()
    for number in range(6):
        trade.owes(trade.customer(f"A{number}"), "2026-03-10")
    real = running.due_on

    def slow(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        time.sleep(0.5)
        return found

    monkeypatch.setattr(running, "due_on", slow)
    return trade, at_once(2, lambda _: run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON)))


def test_of_two_runs_at_once_one_works(monkeypatch: pytest.MonkeyPatch) -> None:
    _, answers = two_runs(monkeypatch)
    assert Counter(type(one) for one in answers) == {Ran: 1, Refusal: 1}
    assert next(one.code for one in answers if isinstance(one, Refusal)) == "collection_run_under_way"
    assert (Run.objects.count(), Approach.objects.count(), Taken.objects.count(), Notice.objects.count()) == (
        1,
        6,
        6,
        6,
    )


def test_twin_without_the_turn_they_come_to_blows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the database takes once keeps it from being done twice even so; but one of the two dies of it."""

    @contextmanager
    def free(_company_id: int) -> Iterator[None]:
        yield

    monkeypatch.setattr(running, "turn", free)
    _, answers = two_runs(monkeypatch)
    assert Counter(type(one) for one in answers)[Ran] == 1
    assert not any(isinstance(one, Refusal) for one in answers)


def test_a_session_that_died_leaves_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    trade, _ = two_runs(monkeypatch)
    ran = run_day(company=trade.company, on=day("2026-03-17"), actor="tester", at=noon("2026-03-17"))
    assert ran.lines == 6


def two_write_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run and whoever is told of the cancellation, both of the same message; in between some of it is paid."""
    trade = Trade()
    customer, item, notice = queued(trade)
    hold_customer(trade, customer, item)
    send_due(clock=lambda: noon(ON))
    released("2026-03-12")
    real, one = again.asked_now, interrupted(trade.company.pk, at=noon("2026-03-16"))[0]
    assert one.notice_id == notice

    def slow(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        time.sleep(0.8)
        return found

    def write(number: int) -> None:
        if number:
            time.sleep(0.3)
            trade.pays(item, customer, 1, "2026-03-12")
        again._instead(one, noon("2026-03-12"))

    monkeypatch.setattr(again, "asked_now", slow)
    at_once(2, write)


def test_of_two_who_write_a_message_anew_one_does(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    two_write_anew(monkeypatch)
    assert Notice.objects.count() == 2


def test_twin_unless_they_wait_for_each_other_it_is_written_twice(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "stand_held", lambda _notice_id: None)
    two_write_anew(monkeypatch)
    assert Notice.objects.count() == 3
