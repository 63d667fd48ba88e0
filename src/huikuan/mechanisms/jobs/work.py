"""A job as its handler sees it: parameters, cursor, progress, and the fence around its effects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event as Flag
from typing import Any

from django.db import transaction

from huikuan.mechanisms.jobs.models import Job


class ClaimLost(Exception):
    """The job has passed to another worker, which took this one for dead; stop at once."""


class Stopping(Exception):
    """The worker was asked to stop; what is committed stays, the rest is done by the next claim."""


class Work:
    """One claim of one job.

    `at` is the instant of the claim: the `at` of what the handler writes.
    """

    def __init__(self, job: Job, stopping: Flag) -> None:
        self._stopping = stopping
        self.job_id: int = job.pk
        self.kind: str = job.kind
        self.key: str = job.key
        self.claim: int = job.claim
        self.params: Mapping[str, Any] = job.params
        self.cursor: Mapping[str, Any] = job.cursor
        self.at: datetime = job.started_at or job.run_after

    @contextmanager
    def step(
        self, done: int = 0, total: int = 0, message: str = "", cursor: Mapping[str, Any] | None = None
    ) -> Iterator[None]:
        """A transaction of the handler, committed together with progress and cursor.

        The claim is checked on the way in and holds the job's row until commit, so the effects of
        a worker taken for dead never land beside those of its successor. Raises ClaimLost or Stopping.
        """
        if self._stopping.is_set():
            raise Stopping
        with transaction.atomic():
            changes: dict[str, Any] = {"progress_done": done, "progress_total": total, "message": message}
            if cursor is not None:
                changes["cursor"] = dict(cursor)
            self.fence(**changes)
            yield
        if cursor is not None:
            self.cursor = dict(cursor)

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Say how far the job is. Call outside a transaction, or it is seen only at commit."""
        with self.step(done, total, message):
            pass

    def fence(self, **changes: Any) -> None:
        """Touch the job's row, provided the claim is still ours; locks the row until commit."""
        changes["heartbeat_at"] = datetime.now(UTC)
        held = Job.objects.filter(pk=self.job_id, claim=self.claim, state=Job.State.RUNNING)
        if not held.update(**changes):
            raise ClaimLost
