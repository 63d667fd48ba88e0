"""The feed of events, how far each subscriber has read it, and what it could not handle yet."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class Event(Fact):
    """Something a context announced in the transaction that made it true.

    `kind` is `<context>.<past participle>` (receivables.settled), `payload` plain JSON values.
    Delivered after commit, at least once, in order per customer; a subscriber is idempotent by id.
    """

    kind = models.CharField(max_length=60)
    company_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)


class Position(models.Model):
    """Where a subscriber has got to: all events with (tx, id) up to here were handled or set aside."""

    subscriber = models.CharField(max_length=80, primary_key=True)
    tx = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)


class SetAside(models.Model):
    """An event a subscriber failed to handle, or that waits behind one of the same customer.

    It stays here, visible, until a later attempt succeeds; `attempts` 0 means it only waits.
    """

    subscriber = models.CharField(max_length=80)
    event_tx = models.BigIntegerField()
    event_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    retry_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subscriber", "customer_id"], name="events_aside_stream")]
        constraints = [models.UniqueConstraint(fields=["subscriber", "event_id"], name="events_aside_event")]
