"""What was answered to writes, so that a repeated one is answered the same; webhooks and what they are to be told."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Kept


class KeptAnswer(models.Model):
    """The answer to one write, by the token and its Idempotency-Key; written in the write's own transaction.

    `fingerprint`: SHA-256 of what was asked. Removed after a week.
    """

    token_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    etag = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_id", "key"], name="api_answer_key")]


class Webhook(Kept):
    """An address that is told of events of `kinds` (empty: of all it may see), as far as `username` sees them.

    Its secret is derived from the installation's key, its number and `secret_generation`, and lies nowhere.
    `disabled_at`: since when nothing is sent, with the reason; what is queued waits.
    """

    username = models.CharField(max_length=150)
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True)
    secret_generation = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=40, blank=True)
    removed_at = models.DateTimeField(null=True)


class Delivery(models.Model):
    """One event to be told to one webhook: waiting, delivered, or dead after its last attempt.

    Of one customer's events, the earlier (event_tx, event_id) goes first. `asked_by`: who had it sent again.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        DEAD = "dead"

    webhook_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    event_tx = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    customer_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)
    tried_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook_id", "event_id"], name="api_delivery_event")]
        indexes = [
            models.Index(fields=["webhook_id", "event_tx", "event_id"], name="api_delivery_waiting",
                         condition=models.Q(state="waiting")),
        ]  # fmt: skip
