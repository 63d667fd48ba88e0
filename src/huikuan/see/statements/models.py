"""Which statements were issued, in which runs. Facts: one that was sent is never altered, only followed."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class StatementRun(Fact):
    """Somebody asked for statements of many accounts at once.

    `accounts`: [[customer id, currency], …] as chosen when it was asked for; `head_size` names the head every
    statement of the run rests on. The work itself is a job whose key is this fact's id.
    """

    #: The kind of job that does a run.
    JOB = "statements.issue"

    company_id = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField()
    language = models.CharField(max_length=10)
    accounts = models.JSONField()
    head_size = models.BigIntegerField()
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["company_id"], name="statements_run_company")]


class IssuedStatement(Fact):
    """One statement, numbered, as a file. `number` counts from 1 in each company and `year`, without holes.

    `opening` and `closing` in minor units of `currency`, positive owed to us. `content_digest` is the SHA-256 of
    the statement's content (domain.statement.as_json, canonical); `file_sha256` names the PDF among the stored
    files. `head_size` names the head it rests on, `letterhead_number` the letterhead's version (0: none in force).
    `replaces`: the statement of the same account and period that this one was issued in place of; null of a first
    one, and of those from before there was the column.
    """

    later = ("replaces",)

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    since = models.DateField()
    until = models.DateField()
    language = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    opening = models.BigIntegerField()
    closing = models.BigIntegerField()
    head_size = models.BigIntegerField()
    letterhead_number = models.PositiveIntegerField()
    content_digest = models.BinaryField(max_length=32)
    file_sha256 = models.CharField(max_length=64)
    run_id = models.BigIntegerField(null=True)
    replaces = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "year", "number"], name="statements_issued_number"),
            models.UniqueConstraint(fields=["run_id", "customer_id", "currency"], name="statements_issued_once"),
        ]
        indexes = [models.Index(fields=["customer_id"], name="statements_issued_customer")]


class FinishedRun(Fact):
    """A run is done: how many statements were issued, how many accounts had nothing to say, and the archive.

    `left_out`: [[customer id, currency], …] whose customers were no longer the starter's when their turn came; null
    of none, and of runs before there was the column.
    """

    later = ("left_out",)

    run_id = models.BigIntegerField(unique=True)
    issued = models.PositiveIntegerField()
    empty = models.PositiveIntegerField()
    left_out = models.JSONField(null=True)
    archive_sha256 = models.CharField(max_length=64, blank=True)
