"""Asking for work, claiming it, and settling what became of it.

A job moves queued → running → done, or back to queued after a failure, a stop or a dead worker,
or to failed when its attempts are used up. Every move is one conditional UPDATE.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from huikuan.kernel.dates import aware
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.jobs.models import Job, Schedule
from huikuan.mechanisms.store.transactions import is_postgres

#: A running job without a heartbeat for this long has lost its worker.
STALE_AFTER = timedelta(seconds=60)

_LIVE = (Job.State.QUEUED, Job.State.RUNNING)


def enqueue(kind: str, *, key: str = "", params: Mapping[str, Any] | None = None, at: datetime) -> int:
    """Ask for a job; returns its id. Commits with the caller's transaction.

    A live job of the same kind and key is this job: if it is still queued nothing is added, if it
    is running it runs once more afterwards, because it may have read before the caller wrote.
    """
    at = aware(at)
    wanted = Job(kind=kind, key=key, params=dict(params or {}), run_after=at, created_at=at)
    while True:
        with transaction.atomic():
            Job.objects.bulk_create([wanted], ignore_conflicts=True)
            live = Job.objects.select_for_update().filter(kind=kind, key=key, state__in=_LIVE).first()
            if live is None:
                continue  # the one that stood in the way has just finished
            if live.state == Job.State.RUNNING:
                Job.objects.filter(pk=live.pk).update(again=True)
            return int(live.pk)


def claim(kinds: Sequence[str], *, worker: str, at: datetime) -> Job | None:
    """Take the job due longest; None when nothing is due. Nobody else can take the same one."""
    due = Job.objects.filter(state=Job.State.QUEUED, run_after__lte=at, kind__in=kinds).order_by("run_after", "pk")
    if not due.exists():  # a look takes no lock; on SQLite an UPDATE of nothing would
        return None
    skip = "FOR UPDATE SKIP LOCKED" if is_postgres() else ""
    names = ", ".join(["%s"] * len(kinds))
    sql = (
        "UPDATE jobs_job SET state = 'running', attempts = attempts + 1, claim = claim + 1, worker = %s,"
        " started_at = %s, heartbeat_at = %s, again = %s WHERE state = 'queued' AND id = (SELECT id FROM jobs_job"
        f" WHERE state = 'queued' AND run_after <= %s AND kind IN ({names})"
        f" ORDER BY run_after, id LIMIT 1 {skip}) RETURNING id"
    )
    instant = connection.ops.adapt_datetimefield_value(aware(at))
    with connection.cursor() as cursor:
        cursor.execute(sql, [worker, instant, instant, False, instant, *kinds])
        taken = cursor.fetchone()
    return Job.objects.get(pk=taken[0]) if taken else None


def finish(job: Job, result: Mapping[str, Any], *, at: datetime) -> bool:
    """The claim's work is done; False if the claim had passed to another worker."""
    done = {"result": dict(result), "cursor": {}, "message": ""}
    with transaction.atomic():
        closed = _held(job).filter(again=False).update(state=Job.State.DONE, finished_at=at, **done)
        return bool(closed or _held(job).update(**_anew(at), attempts=0, **done))


def give_back(job: Job, *, at: datetime) -> bool:
    """The worker stops: the job waits for another and this claim costs no attempt."""
    return bool(_held(job).update(**_anew(at), attempts=F("attempts") - 1))


def fail(job: Job, why: str, *, attempts: int, wait: timedelta, at: datetime) -> bool:
    """The claim's work failed: tried again after `wait`, or failed for good at the last attempt.

    A job that was asked for again meanwhile starts anew instead of failing for good.
    """
    with transaction.atomic():
        if job.attempts < attempts:
            return bool(_held(job).update(**_anew(at + wait), message=why))
        closed = _held(job).filter(again=False).update(state=Job.State.FAILED, finished_at=at, message=why)
        return bool(closed or _held(job).update(**_anew(at + wait), attempts=0, message=why))


def reap(*, attempts: Mapping[str, int], stale_after: timedelta = STALE_AFTER, at: datetime) -> list[int]:
    """Take running jobs from workers that no longer show life; returns the jobs' ids."""
    silent = Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=at - stale_after, kind__in=attempts)
    reaped = []
    for job in silent:
        with transaction.atomic():
            silent_still = _held(job).filter(heartbeat_at=job.heartbeat_at).select_for_update(skip_locked=True)
            why = f"WorkerLost: {job.worker}"
            if silent_still.first() and fail(job, why, attempts=attempts[job.kind], wait=timedelta(0), at=at):
                reaped.append(int(job.pk))
    return reaped


def retry_job(job_id: int, *, at: datetime) -> None:
    """Queue a failed job again, with all its attempts. Refuses any other state."""
    failed = Job.objects.filter(pk=job_id, state=Job.State.FAILED).first()
    if failed is None:
        raise Refusal("job_not_failed", job=job_id)
    if Job.objects.filter(kind=failed.kind, key=failed.key, state__in=_LIVE).exists():
        raise Refusal("job_already_live", job=job_id)
    Job.objects.filter(pk=job_id, state=Job.State.FAILED).update(**_anew(at), attempts=0, finished_at=None)


def set_schedules(every: Mapping[str, timedelta], *, at: datetime) -> None:
    """Make the table of recurring jobs say `every`; a kind that is new is due at once."""
    Schedule.objects.exclude(kind__in=every).delete()
    for kind, interval in every.items():
        seconds = int(interval.total_seconds())
        Schedule.objects.bulk_create([Schedule(kind=kind, every_seconds=seconds, next_at=at)], ignore_conflicts=True)
        Schedule.objects.filter(pk=kind).exclude(every_seconds=seconds).update(every_seconds=seconds, next_at=at)


def enqueue_due(*, at: datetime) -> list[str]:
    """Enqueue every recurring job that is due; of several workers one wins. Missed turns count once."""
    started = []
    for schedule in Schedule.objects.filter(next_at__lte=at):
        following = at + timedelta(seconds=schedule.every_seconds)
        with transaction.atomic():
            if not Schedule.objects.filter(pk=schedule.pk, next_at=schedule.next_at).update(next_at=following):
                continue
            if not Job.objects.filter(kind=schedule.kind, key="", state__in=_LIVE).exists():
                enqueue(schedule.kind, at=at)
                started.append(schedule.kind)
    return started


def discard_done(*, before: datetime) -> int:
    """Remove finished jobs older than `before`; failed ones stay until somebody has looked."""
    return Job.objects.filter(state=Job.State.DONE, finished_at__lt=before).delete()[0]


def _held(job: Job) -> Any:
    """The job's row, as long as the claim is this one."""
    return Job.objects.filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING)


def _anew(run_after: datetime) -> dict[str, Any]:
    return {"state": Job.State.QUEUED, "run_after": run_after, "again": False, "worker": ""}
