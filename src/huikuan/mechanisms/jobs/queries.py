"""What the workers are doing, for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.jobs.models import Job, Schedule
from huikuan.mechanisms.jobs.operations import STALE_AFTER

_LATELY = timedelta(days=1)
#: An error as the worker writes it: its type, and of a refusal the code before what it was about.
_ERROR = re.compile(r"Refusal: (?P<code>[a-z][a-z0-9_]*)(\(|$)|(?P<type>[A-Za-z_]\w*): ")


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as lists show it. `message`: the step in hand, or the whole error, which may quote rows."""

    id: int
    kind: str
    key: str
    state: str
    attempts: int
    done: int
    total: int
    message: str
    created_at: datetime
    run_after: datetime
    finished_at: datetime | None

    @property
    def failure(self) -> str:
        """What may be told of an error to whoever manages jobs and need see no row: a refusal's code, of any other
        error its type; '' where there is none."""
        return failure_of(self.state, self.message)


def failure_of(state: str, message: str) -> str:
    """`JobRow.failure` of a job's columns. Only a failed job and one that waits to be tried again carry an error."""
    error = _ERROR.match(message) if state in (Job.State.FAILED, Job.State.QUEUED) else None
    return (error["code"] or error["type"]) if error else ""


def jobs(*, state: str | None = None, limit: int | None = 50) -> list[JobRow]:
    """The latest jobs first, of one state or all; `limit` None: however many there are."""
    rows = Job.objects.order_by("-pk")
    return [_row(job) for job in (rows.filter(state=state) if state else rows)[:limit]]


def count_jobs(*, state: str | None = None) -> int:
    """How many there are, of one state or all."""
    return Job.objects.filter(state=state).count() if state else Job.objects.count()


def job(job_id: int) -> tuple[JobRow, dict[str, Any]]:
    """One job and its result so far; refuses an unknown id."""
    found = Job.objects.filter(pk=job_id).first()
    if found is None:
        raise Refusal("job_unknown", job=job_id)
    return _row(found), dict(found.result)


def latest(kind: str, key: str) -> tuple[JobRow, dict[str, Any]] | None:
    """The last job asked for under this kind and key, with its result; None: there was none, or none is left."""
    found = Job.objects.filter(kind=kind, key=key).order_by("-pk").first()
    return (_row(found), dict(found.result)) if found else None


def recent(kind: str, key: str, *, limit: int) -> list[tuple[JobRow, dict[str, Any]]]:
    """The last jobs asked for under this kind and key that are left, with their results, the newest first."""
    found = Job.objects.filter(kind=kind, key=key).order_by("-pk")[:limit]
    return [(_row(one), dict(one.result)) for one in found]


def worker_seen(*, at: datetime) -> bool:
    """Whether any worker has shown life lately: a running job's heartbeat, or a recurring job taken up."""
    since = at - STALE_AFTER
    if Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__gte=since).exists():
        return True
    turns = Schedule.objects.values_list("next_at", "every_seconds")
    return any(next_at - timedelta(seconds=every) >= since for next_at, every in turns)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits and fails: jobs by state, those that failed within a day, how long the oldest has been due."""

    queued: int
    running: int
    failed_lately: int
    waiting: timedelta


def backlog(*, at: datetime) -> Backlog:
    """What the workers have before them at `at`."""
    states = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    due = Job.objects.filter(state=Job.State.QUEUED, run_after__lte=at).aggregate(oldest=Min("run_after"))["oldest"]
    lately = Job.objects.filter(state=Job.State.FAILED, finished_at__gte=at - _LATELY)
    return Backlog(
        queued=states.get(Job.State.QUEUED, 0),
        running=states.get(Job.State.RUNNING, 0),
        failed_lately=lately.count(),
        waiting=at - due if due else timedelta(0),
    )


def _row(job: Job) -> JobRow:
    return JobRow(
        id=job.pk,
        kind=job.kind,
        key=job.key,
        state=job.state,
        attempts=job.attempts,
        done=job.progress_done,
        total=job.progress_total,
        message=job.message,
        created_at=job.created_at,
        run_after=job.run_after,
        finished_at=job.finished_at,
    )
