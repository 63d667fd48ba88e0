"""A worker as its own process, for the crash tests: `python -m …worker_process STEPS SECONDS STALE`."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
django.setup()

from django.db import connection

from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.work import Work
from huikuan.mechanisms.jobs.worker import Worker


def count_steps(steps: int, seconds: float, work: Work) -> dict[str, int]:
    """Leave one effect per step, each committed with the cursor that says so."""
    for step in range(work.cursor.get("step", 0), steps):
        with work.step(step + 1, steps, cursor={"step": step + 1}), connection.cursor() as cursor:
            cursor.execute("INSERT INTO jobs_test_effect (step) VALUES (%s)", [step])
        time.sleep(seconds)
    return {"steps": steps}


def main(steps: int, seconds: float, stale: float) -> None:
    handler = Handler(lambda work: count_steps(steps, seconds, work), attempts=1000)
    worker = Worker({"count": handler}, poll_seconds=0.05, stale_after=timedelta(seconds=stale))
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    print("ready", flush=True)
    worker.run(until_idle=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
