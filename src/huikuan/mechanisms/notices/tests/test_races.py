"""Two senders at once: each notice goes out once. The twin: the guard off, and it goes out twice.

What is done at the same moment is claimed for PostgreSQL; SQLite has one writer.
"""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from itertools import count

import pytest
from django.db import connection

from huikuan.mechanisms.approvals.tests.test_races import at_once, meeting
from huikuan.mechanisms.notices import channels
from huikuan.mechanisms.notices.models import Notice, NoticeStand
from huikuan.mechanisms.notices.operations import claiming, queue_notices, queueing, steps
from huikuan.mechanisms.notices.operations.sending import send_due
from huikuan.mechanisms.notices.tests.conftest import AT, Box, Office, known
from huikuan.mechanisms.notices.tests.test_timing import put_in_force

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]


@pytest.fixture
def office(transactional_db: None) -> Office:
    return Office()


def sent_by_two(office: Office, box: Box, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Two senders who have both seen the same ten notices due; how often each went out."""
    queue_notices(
        wanted=[office.wanted(f"item:{number}", purpose="internal") for number in range(10)], actor="system", at=AT
    )
    channels.register("email", box.open)
    # Both have opened their ways and seen the ten; how often each looks after that nobody knows.
    meeting(monkeypatch, claiming, "due", times=2)
    monkeypatch.setattr("huikuan.mechanisms.notices.operations.sending.due", claiming.due)
    assert at_once(lambda: send_due(clock=lambda: AT), lambda: send_due(clock=lambda: AT)) == ["done", "done"]
    return Counter(message.key for message in box.taken)


def test_of_two_senders_each_notice_goes_out_once(office: Office, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = sent_by_two(office, box, monkeypatch)
    assert (len(sent), set(sent.values())) == (10, {1})
    assert {known(number).state for number in Notice.objects.values_list("pk", flat=True)} == {"sent"}


def test_without_the_guards_some_go_out_twice(office: Office, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is the row held, nor does the database refuse the second claim."""
    numbers = count(1)
    monkeypatch.setattr(steps, "next_number", lambda stand: next(numbers))
    monkeypatch.setattr(claiming, "mine", lambda number: NoticeStand.objects.filter(pk=number).first())
    meeting(monkeypatch, claiming, "mine")
    assert max(sent_by_two(office, box, monkeypatch).values()) == 2


def reminded_by_two(office: Office, box: Box) -> int:
    """How many of two reminders to one customer two senders send on a day that has room for one."""
    put_in_force("caps", {"voice": {"day": 3}, "email": {"day": 1}}, at=AT)
    queue_notices(wanted=[office.wanted(f"item:{number}") for number in range(2)], actor="system", at=AT)
    channels.register("email", box.open)
    assert at_once(lambda: send_due(clock=lambda: AT), lambda: send_due(clock=lambda: AT)) == ["done", "done"]
    return len(box.taken)


def test_two_senders_do_not_write_to_a_customer_too_often(office: Office, box: Box) -> None:
    assert reminded_by_two(office, box) == 1


def test_two_who_count_at_once_write_too_often(office: Office, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "counting_alone", lambda notice: nullcontext(True))
    meeting(monkeypatch, claiming, "when")
    assert reminded_by_two(office, box) == 2


def test_queued_by_two_at_once_it_is_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[int] = []
    meeting(monkeypatch, queueing, "_row")

    def queue() -> None:
        found.append(office.queue())

    assert at_once(queue, queue) == ["done", "done"]
    assert found == [Notice.objects.get().pk] * 2
