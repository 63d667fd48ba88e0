"""A job is done once, by one worker, however often it is asked for (catalogue 21)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.jobs import operations
from huikuan.mechanisms.jobs.handlers import Handler, wait_before
from huikuan.mechanisms.jobs.models import Job, Schedule
from huikuan.mechanisms.jobs.work import ClaimLost, Stopping, Work
from huikuan.mechanisms.jobs.worker import Worker

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
LATER = AT + timedelta(hours=1)

pytestmark = pytest.mark.django_db


def worker(run: Callable[[Work], dict[str, object] | None], *, at: datetime = AT, attempts: int = 5) -> Worker:
    return Worker({"count": Handler(run, attempts=attempts)}, clock=lambda: at, poll_seconds=0)


def claimed(at: datetime = AT) -> Job:
    job = operations.claim(["count"], worker="w", at=at)
    assert job is not None
    return job


def test_asked_for_twice_it_is_one_job_and_its_result_is_kept() -> None:
    first = operations.enqueue("count", key="2026-11", params={"n": 3}, at=AT)
    assert operations.enqueue("count", key="2026-11", at=AT) == first
    assert operations.enqueue("count", key="2026-12", at=AT) != first
    worker(lambda work: {"n": work.params.get("n", 0)}).run(until_idle=True)
    assert sorted(Job.objects.values_list("key", "state", "result")) == [
        ("2026-11", "done", {"n": 3}),
        ("2026-12", "done", {"n": 0}),
    ]


def test_asked_for_while_it_runs_it_runs_once_more() -> None:
    seen = []

    def run(work: Work) -> None:
        seen.append(work.claim)
        if len(seen) == 1:
            assert operations.enqueue("count", at=AT) == work.job_id

    operations.enqueue("count", at=AT)
    worker(run).run(until_idle=True)
    assert seen == [1, 2]
    assert Job.objects.get().state == Job.State.DONE


def test_a_failure_is_tried_again_later_and_failed_for_good_at_the_last_attempt() -> None:
    def fails(work: Work) -> None:
        raise ValueError("no such rate")

    operations.enqueue("count", at=AT)
    worker(fails, attempts=2).run(until_idle=True)
    job = Job.objects.get()
    assert (job.state, job.attempts, job.run_after, job.message) == (
        "queued", 1, AT + timedelta(seconds=5), "ValueError: no such rate",
    )  # fmt: skip
    worker(fails, attempts=2, at=LATER).run(until_idle=True)
    assert Job.objects.get().state == Job.State.FAILED
    operations.retry_job(job.pk, at=LATER)
    worker(lambda work: None, at=LATER).run(until_idle=True)
    assert Job.objects.get().state == Job.State.DONE


def test_waiting_doubles_up_to_ten_minutes() -> None:
    assert [int(wait_before(attempt).total_seconds()) for attempt in (1, 2, 3, 7, 8, 20)] == [5, 10, 20, 320, 600, 600]


def test_only_a_failed_job_is_retried() -> None:
    job_id = operations.enqueue("count", at=AT)
    with pytest.raises(Refusal, match="job_not_failed"):
        operations.retry_job(job_id, at=AT)
    assert Job.objects.get().state == Job.State.QUEUED


def test_an_enqueue_rolled_back_asks_for_nothing() -> None:
    with transaction.atomic():
        operations.enqueue("count", at=AT)
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_a_worker_taken_for_dead_leaves_no_effect_beside_its_successor(effects: None) -> None:
    operations.enqueue("count", at=AT)
    stalled = Work(claimed(), threading.Event())
    assert operations.reap(attempts={"count": 5}, at=LATER) == [stalled.job_id]
    successor = claimed(LATER)
    with pytest.raises(ClaimLost), stalled.step(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO jobs_test_effect (step) VALUES (1)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM jobs_test_effect")
        assert cursor.fetchone()[0] == 0
    assert operations.finish(successor, {}, at=LATER)


def test_without_the_fence_the_stalled_worker_leaves_its_effect(effects: None) -> None:
    """The twin: a plain transaction instead of `Work.step` lets both write."""
    operations.enqueue("count", at=AT)
    claimed()
    operations.reap(attempts={"count": 5}, at=LATER)
    claimed(LATER)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO jobs_test_effect (step) VALUES (1)")
        cursor.execute("SELECT count(*) FROM jobs_test_effect")
        assert cursor.fetchone()[0] == 1


def test_a_job_with_a_heartbeat_is_not_reaped() -> None:
    operations.enqueue("count", at=AT)
    work = Work(claimed(), threading.Event())
    work.progress(1, 2, "half")
    assert operations.reap(attempts={"count": 5}, at=datetime.now(UTC)) == []
    job = Job.objects.get()
    assert (job.progress_done, job.progress_total, job.message) == (1, 2, "half")


def test_a_worker_lost_at_every_attempt_makes_the_job_fail() -> None:
    operations.enqueue("count", at=AT)
    for attempt in range(1, 4):
        claimed(AT + attempt * timedelta(hours=1))
        operations.reap(attempts={"count": 3}, at=AT + (attempt + 1) * timedelta(hours=1))
    assert Job.objects.get().state == Job.State.FAILED


def test_stopping_gives_the_job_back_without_costing_an_attempt() -> None:
    operations.enqueue("count", at=AT)
    stopped = worker(lambda work: None)

    def run(work: Work) -> None:
        stopped.stop()
        with pytest.raises(Stopping), work.step():
            pytest.fail("a step began after the stop")
        raise Stopping

    stopped._handlers = {"count": Handler(run)}
    stopped.run()
    job = Job.objects.get()
    assert (job.state, job.attempts) == ("queued", 0)


def test_what_recurs_is_enqueued_once_per_turn_and_missed_turns_count_once() -> None:
    operations.set_schedules({"count": timedelta(minutes=1)}, at=AT)
    assert operations.enqueue_due(at=AT) == ["count"]
    assert operations.enqueue_due(at=AT) == []
    assert worker(lambda work: None).turn()
    assert operations.enqueue_due(at=LATER) == ["count"]
    assert operations.enqueue_due(at=LATER + timedelta(seconds=59)) == []
    operations.set_schedules({}, at=AT)
    assert not Schedule.objects.exists()


def _together(count: int, act: Callable[[], object]) -> list[object]:
    """Run `act` in `count` threads at one moment; what each returned."""
    barrier = threading.Barrier(count)
    answers: list[object] = []

    def run() -> None:
        barrier.wait()
        try:
            answers.append(act())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_workers_each_job_goes_to_one() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("concurrency is claimed on PostgreSQL only")
    for number in range(30):
        operations.enqueue("count", key=str(number), at=AT)

    def take_all() -> list[int]:
        taken = []
        while (job := operations.claim(["count"], worker="w", at=AT)) is not None:
            taken.append(job.pk)
        return taken

    taken = [job_id for share in _together(8, take_all) for job_id in share]  # type: ignore[attr-defined]
    assert sorted(taken) == sorted(Job.objects.values_list("pk", flat=True))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_compare_and_set_two_workers_take_the_same_job() -> None:
    """The twin: look, then update without looking again."""
    if connection.vendor != "postgresql":
        pytest.skip("concurrency is claimed on PostgreSQL only")
    operations.enqueue("count", at=AT)
    looked = threading.Barrier(4)

    def take() -> int:
        job = Job.objects.filter(state="queued").first()
        looked.wait()
        assert job is not None
        Job.objects.filter(pk=job.pk).update(state="running")
        return job.pk

    assert len(_together(4, take)) == 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_there_is_one_job() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("concurrency is claimed on PostgreSQL only")
    ids = _together(8, lambda: operations.enqueue("count", key="k", at=AT))
    assert len(set(ids)) == 1
    assert Job.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_starts_what_recurs() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("concurrency is claimed on PostgreSQL only")
    operations.set_schedules({"count": timedelta(minutes=1)}, at=AT)
    started = _together(8, lambda: operations.enqueue_due(at=AT))
    assert sorted(map(len, started)) == [0] * 7 + [1]  # type: ignore[arg-type]
