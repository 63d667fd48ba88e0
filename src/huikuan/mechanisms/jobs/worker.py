"""The worker: a loop that reaps, starts what recurs, claims a job and does it, one at a time.

Any number of workers may run, on any number of machines; the database decides between them.
SIGTERM ends the loop after the step in hand; kill -9 costs nothing but the time until the job
is reaped.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection

from huikuan.mechanisms.jobs import operations
from huikuan.mechanisms.jobs.handlers import Handler, wait_before
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.work import ClaimLost, Stopping, Work

log = logging.getLogger(__name__)

_KEEP_DONE = timedelta(days=7)


class Worker:
    """One worker process. `stop` may be called from a signal handler or another thread."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        poll_seconds: float = 1.0,
        stale_after: timedelta = operations.STALE_AFTER,
    ) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._handlers = handlers
        self._attempts = {kind: handler.attempts for kind, handler in handlers.items()}
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._stale_after = stale_after
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self, *, until_idle: bool = False) -> None:
        """Work until stopped (or until nothing is due). A database that is away is waited for."""
        self._prepare()
        while not self._stopping.is_set():
            try:
                busy = self.turn()
            except DatabaseError as error:
                log.warning("database unavailable", extra={"error": type(error).__name__})
                connection.close()
                busy = False
            if until_idle and not busy:
                return
            if not busy:
                self._stopping.wait(self._poll_seconds)

    def turn(self) -> bool:
        """One round: reap, enqueue what recurs, do one job. True if there was a job."""
        at = self._clock()
        for job_id in operations.reap(attempts=self._attempts, stale_after=self._stale_after, at=at):
            log.warning("job reaped", extra={"job": job_id})
        operations.enqueue_due(at=at)
        job = operations.claim(list(self._handlers), worker=self.name, at=at)
        if job is None:
            return False
        self._do(job)
        return True

    def _prepare(self) -> None:
        every = {kind: handler.every for kind, handler in self._handlers.items() if handler.every}
        operations.set_schedules(every, at=self._clock())
        operations.discard_done(before=self._clock() - _KEEP_DONE)

    def _do(self, job: Job) -> None:
        handler = self._handlers[job.kind]
        work = Work(job, self._stopping)
        started = time.monotonic()
        outcome = "done"
        with _Heartbeat(work, self._stale_after / 6):
            try:
                result = handler.run(work) or {}
            except Stopping:
                outcome = "given back"
                operations.give_back(job, at=self._clock())
            except ClaimLost:
                outcome = "claim lost"
            except Exception as error:
                # Whatever a handler raises is the job's outcome, never the worker's end.
                outcome = "failed"
                log.exception("job failed", extra={"job": job.pk, "kind": job.kind})
                why = f"{type(error).__name__}: {error}"
                wait = wait_before(job.attempts)
                operations.fail(job, why, attempts=handler.attempts, wait=wait, at=self._clock())
            else:
                if not operations.finish(job, result, at=self._clock()):
                    outcome = "claim lost"
        seconds = round(time.monotonic() - started, 3)
        # What recurs every few seconds and went well is no news.
        level = logging.DEBUG if handler.every and outcome == "done" else logging.INFO
        log.log(level, "job", extra={"job": job.pk, "kind": job.kind, "outcome": outcome, "seconds": seconds})


class _Heartbeat:
    """Shows life while a handler works, over a connection of its own."""

    def __init__(self, work: Work, interval: timedelta) -> None:
        self._work = work
        self._seconds = interval.total_seconds()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._over.wait(self._seconds):
                # A busy database only delays a beat; a lost claim is noticed by the handler's next step.
                with suppress(DatabaseError, ClaimLost):
                    self._work.fence()
        finally:
            connection.close()
