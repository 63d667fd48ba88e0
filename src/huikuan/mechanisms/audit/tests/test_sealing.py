"""Sealing: one chain, whatever crashes or races (catalogue 67, 68, 83)."""

from __future__ import annotations

import stat
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit import heads, sealing
from huikuan.mechanisms.audit.models import Head, Leaf
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.queries import head_at, last_head, verify
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.audit.tests.conftest import AT, lift_guards, run, seal_all, write_facts
from huikuan.mechanisms.identity.models import RoleGrant

GRANT = {"role": "auditor", "granted": True, "actor": "root"}


def test_a_head_states_what_was_known_from_its_instant_on(sealed_ledger: list[int]) -> None:
    sizes = [head.size for head in Head.objects.order_by("size")]
    assert sizes == [9, 17, 25]
    assert head_at(AT) is None
    assert head_at(AT + timedelta(seconds=30)).size == 9
    assert head_at(AT + timedelta(seconds=89)).size == 9
    assert head_at(AT + timedelta(days=1)).size == 25
    for head in Head.objects.all():
        assert Leaf.objects.filter(tx__lt=head.horizon).count() == head.size


def test_nothing_new_needs_no_head(sealed_ledger: list[int]) -> None:
    assert seal(AT + timedelta(days=1)) == last_head()
    assert Head.objects.count() == len(heads.read_heads(heads.heads_path())) == 3


def test_time_never_goes_backwards(sealed_ledger: list[int]) -> None:
    before = last_head()
    write_facts(1, start=70)
    assert seal_all(AT - timedelta(days=400)).sealed_at == before.sealed_at + timedelta(microseconds=1)


def test_a_head_that_a_crash_kept_from_the_file_is_exported_by_the_next_seal(sealed_ledger: list[int]) -> None:
    file = heads.heads_path()
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    for crashed in (lines[0] + lines[1], lines[0] + lines[1] + lines[2][:40], lines[0][:10], b""):
        file.write_bytes(crashed)
        seal(AT + timedelta(hours=1))
        assert file.read_bytes() == whole


def test_a_database_that_lost_what_was_exported_is_not_sealed_over(sealed_ledger: list[int]) -> None:
    lift_guards()
    run("DELETE FROM audit_head WHERE size = 25")
    with pytest.raises(Refusal, match="audit_heads_ahead"):
        seal(AT + timedelta(hours=1))
    assert len(heads.read_heads(heads.heads_path())) == 3


def test_a_changed_frontier_is_refused(sealed_ledger: list[int]) -> None:
    lift_guards()
    Head.objects.filter(size=25).update(frontier=b"\0" * 96)
    write_facts(1, start=70)
    with pytest.raises(Refusal, match="audit_frontier_broken"):
        seal(AT + timedelta(hours=1))


def test_the_private_key_is_its_owners_alone(sealed_ledger: list[int]) -> None:
    assert stat.S_IMODE(heads.key_path().stat().st_mode) == 0o600
    assert heads.public_key() == last_head().key
    assert len(heads.key_path().read_text()) == 64


def in_thread(work) -> threading.Thread:
    def run_and_close() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run_and_close)
    thread.start()
    return thread


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_a_late_commit_is_never_below_a_head_and_the_answer_never_changes(transactional_db: None) -> None:
    written, late, answers = threading.Event(), threading.Event(), {}

    def slow() -> None:
        with transaction.atomic():
            record(RoleGrant, [{**GRANT, "user_id": 1}], at=AT)
            written.set()
            late.wait(10)

    thread = in_thread(slow)
    written.wait(10)
    with transaction.atomic():
        record(RoleGrant, [{**GRANT, "user_id": 2}], at=AT)

    def known(instant) -> list[int]:
        horizon = head_at(instant).horizon
        return sorted(RoleGrant.objects.filter(tx__lt=horizon).values_list("user_id", flat=True))

    instants = [AT + timedelta(seconds=number) for number in range(1, 4)]
    seal(instants[0])
    answers[instants[0]] = known(instants[0])
    watermark = max(RoleGrant.objects.values_list("id", flat=True))
    by_watermark = RoleGrant.objects.filter(id__lte=watermark).count()
    late.set()
    thread.join()
    write_facts(1)
    seal_all(instants[1])
    assert known(instants[0]) == answers[instants[0]] == []
    assert known(instants[1]) == [1, 2]
    # The twin: by the highest id seen, the answer of that moment changes.
    assert by_watermark == 1
    assert RoleGrant.objects.filter(id__lte=watermark).count() == 2
    assert verify().ok


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_concurrent_writers_and_sealers_make_one_chain(transactional_db: None) -> None:
    """Eight writers, some of whom roll back, beside two sealers: no fork, no gap, answers for ever."""
    barrier, stop = threading.Barrier(10), threading.Event()
    kept: list[tuple[int, int, int]] = []

    def writer(number: int) -> None:
        barrier.wait()
        for step in range(15):
            try:
                with transaction.atomic():
                    record(RoleGrant, [{**GRANT, "user_id": number * 100 + step}], at=AT)
                    if step % 5 == 4:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass

    def sealer() -> None:
        barrier.wait()
        while not stop.is_set():
            head = seal(AT)
            count = RoleGrant.objects.filter(tx__lt=head.horizon).count()
            kept.append((head.size, head.horizon, count))

    writers = [in_thread(lambda number=number: writer(number)) for number in range(8)]
    sealers = [in_thread(sealer) for _ in range(2)]
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    seal_all(AT)
    assert last_head().size == Leaf.objects.count() == RoleGrant.objects.count() == 96
    assert len(kept) > 2
    for size, horizon, count in kept:
        assert size == count == RoleGrant.objects.filter(tx__lt=horizon).count()
    assert verify().ok


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="one sealer at a time is shown where there are several")
def test_a_question_about_the_present_waits_for_the_seal_under_way(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_facts(1)
    seal_all(AT)
    write_facts(1, start=1)
    reached, go_on = threading.Event(), threading.Event()
    sign = heads.sign

    def slow_sign(head):
        reached.set()
        go_on.wait(10)
        return sign(head)

    monkeypatch.setattr(heads, "sign", slow_sign)
    for _ in range(10):
        sealer = in_thread(lambda: sealing.seal(AT + timedelta(seconds=1)))
        # A transaction still open elsewhere on the server may hold the horizon back: then nothing is signed yet.
        if reached.wait(5):
            break
        sealer.join()
    asked: list[int] = []
    question = in_thread(lambda: asked.append(head_at(AT + timedelta(seconds=2)).size))
    question.join(0.3)
    assert question.is_alive()
    assert sealing.Head.objects.count() == 1  # the twin: who does not wait sees the older head
    go_on.set()
    question.join()
    sealer.join()
    assert asked == [4] == [head_at(AT + timedelta(seconds=2)).size]
