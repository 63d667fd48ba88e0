"""Items of work and what became of them; all facts, the state is derived."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huikuan.mechanisms.store.models import Fact


class WorkItem(Fact):
    """Something that waits for a person (工作项).

    `kind`, `key`: what it is about (work.kinds); of a key at most one item is open, and each opening is a
    `generation`, counted from 1: two who open at once write the same number, and the database refuses the second.
    `company_id`, `customer_id`: whose row it is, so who may see it. `owner`: whom it is for by name, '' whoever holds
    `role`. `escalates_to`: the role it is put to once `due_on` has passed. `shown`: what its reader is told, as the
    kind understands it. `policy_id`: the version of the work policy, null the shipped one.
    """

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    generation = models.PositiveIntegerField()
    company_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    owner = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=40, blank=True)
    escalates_to = models.CharField(max_length=40, blank=True)
    due_on = models.DateField()
    shown = models.JSONField()
    policy_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key", "generation"], name="work_item_generation")]
        indexes = [
            models.Index(fields=["customer_id"], name="work_item_customer"),
            models.Index(fields=["due_on"], name="work_item_due"),
            models.Index(fields=["role"], name="work_item_role"),
            # Few are put to somebody by name.
            models.Index(fields=["owner"], condition=~Q(owner=""), name="work_item_owner"),
        ]


class WorkStep(Fact):
    """A step of an item, counted from 1: taken, handed, escalated, and the one that ends it: finished or cancelled.

    Of two who do something at once the database refuses the second. `owner`, `role`, `above`: for whom the item is
    after the step; `above` is the role it was put to when its deadline had passed. `result`: of a finished one, by
    its kind. `actor` is the system where what had made the item vanished.
    """

    item_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=20)
    owner = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=40, blank=True)
    above = models.CharField(max_length=40, blank=True)
    result = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item_id", "number"], name="work_step_once")]
        indexes = [
            models.Index(fields=["owner"], condition=~Q(owner=""), name="work_step_owner"),
            models.Index(fields=["role"], condition=~Q(role=""), name="work_step_role"),
            models.Index(fields=["above"], condition=~Q(above=""), name="work_step_above"),
        ]
