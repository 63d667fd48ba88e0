"""What was known at an instant stays the answer for ever, under writers and a sealer (catalogue 83)."""

from __future__ import annotations

import os
import random
import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.models import Count, Sum

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.queries import head_at, verify
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.audit.tests.conftest import seal_all
from huikuan.mechanisms.audit.tests.test_sealing import in_thread
from huikuan.mechanisms.identity.models import RoleGrant

WRITERS = 4
SECONDS = 30 if os.environ.get("HUIKUAN_PROVE") == "1" else 3

Answer = tuple[int, int]


def known(instant: datetime) -> Answer:
    """How many grants were known at `instant`, and the sum of their users."""
    head = head_at(instant)
    told = RoleGrant.objects.filter(tx__lt=head.horizon if head else 0).aggregate(n=Count("id"), s=Sum("user_id"))
    return told["n"], told["s"] or 0


class Asked:
    """Every answer given, and those that were later given otherwise."""

    def __init__(self) -> None:
        self.answers: dict[datetime, Answer] = {}
        self.asked = 0
        self.changed: list[tuple[datetime, Answer, Answer]] = []

    def ask(self, instant: datetime) -> None:
        answer = known(instant)
        first = self.answers.setdefault(instant, answer)
        self.asked += 1
        if answer != first:
            self.changed.append((instant, first, answer))

    def different(self) -> int:
        answers = list(self.answers.values())  # others go on asking
        return len(set(answers))


@pytest.mark.postgres
@pytest.mark.sealed
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_no_answer_changes_while_others_write_and_seal(transactional_db: None) -> None:
    barrier, stop, asked = threading.Barrier(WRITERS + 3), threading.Event(), Asked()

    def writer(number: int) -> None:
        barrier.wait()
        step = 0
        while not stop.is_set():
            step += 1
            with transaction.atomic():
                user = number * 1_000_000 + step
                row = {"user_id": user, "role": "auditor", "granted": True, "actor": "root"}
                record(RoleGrant, [row], at=datetime.now(UTC))
                # Some commit late, after younger transactions.
                time.sleep(0.02 if step % 7 == 0 else 0)

    def sealer() -> None:
        barrier.wait()
        while not stop.is_set():
            seal(lambda: datetime.now(UTC))

    def questioner() -> None:
        barrier.wait()
        chance = random.Random(83)
        while not stop.is_set():
            asked.ask(datetime.now(UTC))
            asked.ask(chance.choice(list(asked.answers)))

    threads = [in_thread(lambda number=number: writer(number)) for number in range(WRITERS)]
    threads += [in_thread(sealer), in_thread(questioner), in_thread(questioner)]
    began = time.monotonic()
    # Transactions open elsewhere in the cluster hold seals back: then longer, until answers have moved on.
    while (spent := time.monotonic() - began) < SECONDS or (asked.different() <= 3 and spent < 60):
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    seal_all(datetime.now(UTC))
    for instant in list(asked.answers):
        asked.ask(instant)
    written = RoleGrant.objects.count()
    print(
        f"{written} facts, {asked.asked} questions about {len(asked.answers)} instants, {len(asked.changed)} changed"
    )
    assert asked.changed == []
    assert asked.different() > 3
    assert known(datetime.now(UTC))[0] == written > 20
    assert verify().ok


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_the_clock_is_read_once_it_is_the_sealers_turn(transactional_db: None) -> None:
    """A question between the sealer's decision and its turn; and the twin, whose instant was taken before."""
    for early in (False, True):
        with transaction.atomic():
            row = {"user_id": 1, "role": "auditor", "granted": True, "actor": "root"}
            record(RoleGrant, [row], at=datetime.now(UTC))
        decided = datetime.now(UTC)
        asked_at = datetime.now(UTC)
        before = known(asked_at)
        seal_all(decided if early else lambda: datetime.now(UTC))
        assert (known(asked_at) == before) is not early
