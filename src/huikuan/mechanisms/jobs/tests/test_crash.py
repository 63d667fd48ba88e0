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

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = 20 if os.environ.get("HUIKUAN_PROVE") == "1" else 2
STEPS = 40 * KILLS


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
        [sys.executable, "-m", "huikuan.mechanisms.jobs.tests.worker_process", str(STEPS), "0.03", "1"],
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


def at_work(workers: Mapping[int, object]) -> int | None:
    """The worker that has the job in hand (not one killed before, whom the job names until it is claimed again);
    None when there is none, because the job was done first."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        job = Job.objects.get()
        if job.state == Job.State.DONE:
            return None
        found = int(job.worker.rpartition(":")[2] or 0)
        if found in workers:
            return found
        time.sleep(0.02)
    return None


def test_killed_workers_lose_nothing_and_double_nothing(effects: None) -> None:
    operations.enqueue("count", at=datetime.now(UTC))
    workers = {}
    for _ in range(2):
        child = start()
        workers[child.pid] = child
    try:
        for kill in range(1, KILLS + 1):
            wait_until(kill * STEPS // (KILLS + 1))
            hit = at_work(workers)
            if hit is None:
                break
            end(workers.pop(hit))
            child = start()
            workers[child.pid] = child
        wait_until(STEPS)
        until = time.monotonic() + 10
        while Job.objects.get().state != Job.State.DONE and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        for child in workers.values():
            end(child)
    job = Job.objects.get()
    assert (job.state, job.result) == ("done", {"steps": STEPS})
    # A kill may find the job finished already.
    assert 1 <= job.claim <= KILLS + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT step FROM jobs_test_effect ORDER BY step")
        assert [row[0] for row in cursor.fetchall()] == list(range(STEPS))
    print(f"\nworkers killed: {KILLS}; steps lost: 0; steps done twice: 0 of {STEPS}")


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
