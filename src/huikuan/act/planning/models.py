"""What is to come in by when, and the tier a customer is collected in; all facts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huikuan.mechanisms.store.models import Fact


class PlanLine(Fact):
    """A line of the collection plan (回款计划): what one customer is to pay under one contract in one currency in a
    month. `month`: its first day; `contract_number` '': under none."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    month = models.DateField()
    contract_number = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "month", "customer_id", "contract_number", "currency"], name="planning_line"
            )
        ]


class PlanVersion(Fact):
    """What the line says from `effective_on` on, the whole of it: `amount` in minor units, to have come by
    `planned_on`, how, who sees to it, in which way. `state`: drafted by the product, edited by its owner, agreed by a
    manager. `slip`: why it did not come as planned, in a code and in words."""

    line_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    effective_on = models.DateField()
    planned_on = models.DateField()
    amount = models.BigIntegerField()
    method = models.CharField(max_length=20)
    owner = models.CharField(max_length=150, blank=True)
    strategy = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10)
    slip = models.CharField(max_length=20, blank=True)
    slip_note = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line_id", "version"], name="planning_version_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="planning_version_amount"),
        ]


class TierAssignment(Fact):
    """From `effective_on` on a customer is collected in `tier` ('' : in none any more, nothing is open). By what it
    was found: the grade, open claims in minor units of `currency` (null: without a rate), the payment cycle in days
    (null: nothing was paid in a year). `before`: the tier it had, '' the first time. `policy_id`: the version of the
    matrix, null the shipped one."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    effective_on = models.DateField()
    tier = models.CharField(max_length=10, blank=True)
    before = models.CharField(max_length=10, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    amount = models.BigIntegerField(null=True)
    cycle_days = models.IntegerField(null=True)
    policy_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["company_id", "customer_id"], name="planning_tier_customer")]
