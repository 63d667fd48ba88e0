"""What the workers are doing, for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.jobs.models import Job


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as lists show it."""

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


def jobs(*, state: str | None = None, limit: int = 50) -> list[JobRow]:
    """The latest jobs first, of one state or all."""
    rows = Job.objects.order_by("-pk")
    return [_row(job) for job in (rows.filter(state=state) if state else rows)[:limit]]


def job(job_id: int) -> tuple[JobRow, dict[str, Any]]:
    """One job and its result so far; refuses an unknown id."""
    found = Job.objects.filter(pk=job_id).first()
    if found is None:
        raise Refusal("job_unknown", job=job_id)
    return _row(found), dict(found.result)


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
