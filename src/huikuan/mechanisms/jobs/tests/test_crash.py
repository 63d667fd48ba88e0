"""kill -9 of a worker: its job is resumed by another; no step is lost, none is done twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection

from huikuan.mechanisms.jobs import operations
from huikuan.mechanisms.jobs.models import Job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sealed]

KILLS = 20 if os.environ.get("HUIKUAN_PROVE") == "1" else 2
#: Steps between two kills, and those left after the last: the job must not end before the kill comes.
BETWEEN, LAST = 8, 60
STEPS = BETWEEN * KILLS + LAST
SECONDS = 0.05
#: Six heartbeats, and long: a living worker must not lose its job because the machine is busy.
STALE = 5


def environment() -> dict[str, str]:
    """The child works on the test's own database."""
    database = settings.DATABASES["default"]
    url = f"sqlite://{database['NAME']}"
    if connection.vendor == "postgresql":
        host, name = database["HOST"], database["NAME"]
        secret = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
        port = f"&port={database['PORT']}" if database["PORT"] else ""
        url = f"postgresql://{database['USER']}{secret}@/{name}?host={host}{port}"
    return {**os.environ, "HUIKUAN_DATABASE_URL": url}


def start() -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-m", "huikuan.mechanisms.jobs.tests.worker_process", str(STEPS), str(SECONDS), str(STALE)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def end(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.communicate()


def wait_until(reached: int, seconds: float = 60) -> int:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done = Job.objects.get().progress_done
        if done >= reached:
            return done
        time.sleep(0.02)
    pytest.fail(f"the job stands still at {Job.objects.get().progress_done} of {STEPS}")


def at_work(workers: Mapping[int, object]) -> int:
    """The worker that has the job in hand (not one killed before, whom the job names until it is claimed again)."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if (found := named(Job.objects.get())) in workers:
            return found
        time.sleep(0.02)
    pytest.fail("no worker has taken the job")


def named(job: Job) -> int:
    """The process the job says is at work on it; 0 for none."""
    return int(job.worker.rpartition(":")[2] or 0)


def kill(victim: subprocess.Popen[str]) -> bool:
    """Whether the kill took a worker out of the job: it held the job when it was gone."""
    end(victim)
    job = Job.objects.get()
    return job.state == Job.State.RUNNING and named(job) == victim.pid


def test_killed_workers_lose_nothing_and_double_nothing(effects: None) -> None:
    operations.enqueue("count", at=datetime.now(UTC))
    workers = {}
    hits = 0
    for _ in range(2):
        child = start()
        workers[child.pid] = child
    try:
        for number in range(1, KILLS + 1):
            wait_until(number * BETWEEN)
            hits += kill(workers.pop(at_work(workers)))
            child = start()
            workers[child.pid] = child
        wait_until(STEPS)
        until = time.monotonic() + 30
        while Job.objects.get().state != Job.State.DONE and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        for child in workers.values():
            end(child)
    job = Job.objects.get()
    assert (job.state, job.result) == ("done", {"steps": STEPS})
    # Every worker killed at the job cost one claim more, and nothing else did.
    assert 1 <= hits <= KILLS
    assert job.claim == hits + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT step FROM jobs_test_effect ORDER BY step")
        assert [row[0] for row in cursor.fetchall()] == list(range(STEPS))
    print(f"workers killed: {KILLS}, {hits} of them at the job; steps lost: 0, done twice: 0 of {STEPS}")


def test_sigterm_ends_after_the_step_in_hand_and_gives_the_job_back(effects: None) -> None:
    operations.enqueue("count", at=datetime.now(UTC))
    child = start()
    try:
        wait_until(3)
        child.terminate()
        assert child.wait(10) == 0
    finally:
        end(child)
    job = Job.objects.get()
    assert (job.state, job.attempts, job.cursor) == ("queued", 0, {"step": job.progress_done})
