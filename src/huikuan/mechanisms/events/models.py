"""The feed of events, and how far each subscriber has read it."""

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
    """Where a subscriber has got to: all events with (tx, id) up to here were handled."""

    subscriber = models.CharField(max_length=80, primary_key=True)
    tx = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
