"""Disputes: what a customer does not accept of a claim, and every step until it is settled; all facts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huikuan.mechanisms.store.models import Fact


class Dispute(Fact):
    """So much of a claim the customer does not accept, and why (争议).

    `amount` in minor units of `currency`, never more than was open when it was recorded. `said_by` is who at the
    customer said so, `source` the way it came. `business_type`: that of the item or its customer on `opened_on`, for
    statistics. `files`: kept originals, [{"sha256", "name"}].
    """

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=20)
    source = models.CharField(max_length=20)
    said_by = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    business_type = models.CharField(max_length=60, blank=True)
    opened_on = models.DateField()
    files = models.JSONField(default=list)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="disputes_dispute_amount")]
        indexes = [
            models.Index(fields=["item_id"], name="disputes_dispute_item"),
            models.Index(fields=["customer_id"], name="disputes_dispute_customer"),
        ]


class DisputeStep(Fact):
    """A step of a dispute, counted from 1 (routed), with everything as it is after it; the last one is how it stands.

    `amount`: what is disputed from here on, 0 once resolved. `department`, `role` (or `owner` by name): whose matter
    it is until `due_on`. `pauses`: whether dunning leaves the disputed part alone. `accepted`: of an answer what the
    department finds right, of a resolution what was granted. `outcome` of a resolution; `item_id`, `settlement_id`:
    the credit it posted and what that cleared. `policy_id`: the version that routed it, null the shipped one."""

    dispute_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    effective_on = models.DateField()
    amount = models.BigIntegerField()
    department = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=40, blank=True)
    owner = models.CharField(max_length=150, blank=True)
    above = models.CharField(max_length=40, blank=True)
    due_on = models.DateField()
    pauses = models.BooleanField()
    outcome = models.CharField(max_length=20, blank=True)
    accepted = models.BigIntegerField(null=True)
    item_id = models.BigIntegerField(null=True)
    settlement_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    files = models.JSONField(default=list)
    policy_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute_id", "number"], name="disputes_step_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="disputes_step_amount"),
        ]
        indexes = [
            models.Index(fields=["company_id", "state"], name="disputes_step_state"),
            models.Index(fields=["item_id"], condition=Q(item_id__isnull=False), name="disputes_step_credit"),
        ]
