"""Every committed event reaches every subscriber, in order per customer, whatever commits late."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from huikuan.mechanisms.events import subscribers
from huikuan.mechanisms.events.delivery import deliver
from huikuan.mechanisms.events.models import Event, Position, SetAside
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.events.subscribers import Announced, Announcing, Counter, Subscriber

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """Remembers what it was told; fails on the numbers in `poison`."""

    def __init__(self, *poison: int, kinds: frozenset[str] = frozenset()) -> None:
        self.told: list[int] = []
        self.poison = set(poison)
        self.subscriber = Subscriber("listener", self._handle, kinds)

    def _handle(self, event: Announced) -> None:
        if event.payload["n"] in self.poison:
            raise ValueError("cannot read this")
        self.told.append(event.payload["n"])


def say(number: int, *, customer: int | None = None, kind: str = "test.said") -> int:
    announce(kind, customer_id=customer, payload={"n": number}, at=AT)
    return Event.objects.latest("id").id


def test_each_event_once_and_in_order() -> None:
    listener = Listener()
    for number in range(450):
        say(number)
    assert deliver(listener.subscriber, at=AT) == 450
    assert deliver(listener.subscriber, at=AT) == 0
    say(450)
    deliver(listener.subscriber, at=AT)
    assert listener.told == list(range(451))


def test_only_the_kinds_asked_for() -> None:
    listener = Listener(kinds=frozenset({"test.asked"}))
    say(1)
    say(2, kind="test.asked")
    deliver(listener.subscriber, at=AT)
    assert listener.told == [2]


def test_a_rolled_back_event_is_told_to_nobody() -> None:
    listener = Listener()
    with transaction.atomic():
        say(1)
        transaction.set_rollback(True)
    deliver(listener.subscriber, at=AT)
    assert listener.told == []


def test_a_poisonous_event_waits_with_its_customers_later_ones_and_the_rest_go_on() -> None:
    listener = Listener(2)
    for number, customer in [(1, 7), (2, 7), (3, 8), (4, 7), (5, None)]:
        say(number, customer=customer)
    deliver(listener.subscriber, at=AT)
    assert listener.told == [1, 3, 5]
    assert list(SetAside.objects.order_by("event_id").values_list("attempts", "error")) == [
        (1, "ValueError: cannot read this"),
        (0, ""),
    ]
    deliver(listener.subscriber, at=AT + DAY)
    assert SetAside.objects.order_by("event_id")[0].attempts == 2
    listener.poison.clear()
    say(6, customer=7)
    deliver(listener.subscriber, at=AT + 2 * DAY)
    assert listener.told == [1, 3, 5, 2, 4, 6]
    assert not SetAside.objects.exists()


def test_what_a_failing_subscriber_wrote_is_undone() -> None:
    def handle(event: Announced) -> None:
        Position.objects.create(subscriber=f"written by {event.id}")
        raise ValueError

    say(1)
    deliver(Subscriber("writer", handle), at=AT)
    assert list(Position.objects.values_list("subscriber", flat=True)) == ["writer"]


@pytest.fixture
def counted() -> Iterator[list[str]]:
    told: list[str] = []
    before = list(subscribers._counters)
    kinds = frozenset({"test.said"})
    first = Counter("first", lambda event: told.append(f"first {event.payload['n']}"), kinds)
    second = Counter("second", lambda event: told.append(f"second {event.payload['n']}"), kinds)
    subscribers.set_counters([first, second])
    yield told
    subscribers.set_counters(before)


def test_counters_are_told_inside_the_transaction_in_their_order(counted: list[str]) -> None:
    say(1)
    assert counted == ["first 1", "second 1"]


def test_a_failing_counter_undoes_the_operation(counted: list[str]) -> None:
    def fails(event: Announcing) -> None:
        raise ValueError("over the limit")

    subscribers.set_counters([Counter("fails", fails, frozenset({"test.said"}))])
    with pytest.raises(ValueError, match="over the limit"):
        say(1)
    assert not Event.objects.exists()


def _while_one_commits_late(then: object) -> None:
    """Announce 1 in a transaction that stays open, announce and commit 2, call `then`, commit 1."""
    announced, may_commit = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                say(1)
                announced.set()
                may_commit.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    announced.wait(20)
    say(2)
    then()  # type: ignore[operator]
    may_commit.set()
    thread.join()


@pytest.mark.postgres
def test_an_event_that_commits_late_is_told_too() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite there is one writer, so nothing commits late")
    listener = Listener()
    _while_one_commits_late(lambda: deliver(listener.subscriber, at=AT))
    assert listener.told == []  # 2 is held back: something before it may still commit
    deliver(listener.subscriber, at=AT)
    assert listener.told == [1, 2]


@pytest.mark.postgres
def test_a_watermark_on_ids_passes_it_by() -> None:
    """The twin: remember the highest id seen, read what is above it."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite there is one writer, so nothing commits late")
    told: list[int] = []
    highest = 0

    def read_above() -> None:
        nonlocal highest
        for event in Event.objects.filter(id__gt=highest).order_by("id"):
            told.append(event.payload["n"])
            highest = event.pk

    _while_one_commits_late(read_above)
    read_above()
    assert told == [2]


@pytest.mark.postgres
def test_two_deliverers_at_once_tell_each_event_once() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("concurrency is claimed on PostgreSQL only")
    listener = Listener()
    for number in range(300):
        say(number)
    barrier = threading.Barrier(3)

    def run() -> None:
        barrier.wait()
        try:
            deliver(listener.subscriber, at=AT)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert listener.told == list(range(300))
