"""Durable jobs: queued, running, done or failed, with progress and a heartbeat."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """One piece of work. `key` makes it unique among live jobs: one of a kind at a time.

    `claim` counts claims and is never set back: what a worker writes for a claim that has since
    passed to another is refused (see `work.Work`). `attempts` counts those that failed or may yet.
    `cursor` is how far the handler has come, committed with its effects. `again` says that the job
    was asked for while it ran.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.PositiveIntegerField(default=0)
    again = models.BooleanField(default=False)
    worker = models.CharField(max_length=100, blank=True)
    run_after = models.DateTimeField()
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    progress_done = models.BigIntegerField(default=0)
    progress_total = models.BigIntegerField(default=0)
    message = models.TextField(blank=True)
    cursor = models.JSONField(default=dict)
    result = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["state", "run_after"], name="jobs_job_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], name="jobs_job_live", condition=models.Q(state__in=["queued", "running"])
            )
        ]


class Schedule(models.Model):
    """A job that recurs every `every_seconds`; claimed by compare-and-set on `next_at`."""

    kind = models.CharField(max_length=60, primary_key=True)
    every_seconds = models.PositiveIntegerField()
    next_at = models.DateTimeField()
