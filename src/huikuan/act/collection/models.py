"""What collecting did, and what people said of it: facts."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class Run(Fact):
    """The daily run of a company for a day was begun (每日催收). `strategy_id`: the policy version, null the shipped
    one; `document_sha256` names the strategy's text."""

    company_id = models.BigIntegerField()
    on_date = models.DateField()
    strategy_id = models.BigIntegerField(null=True)
    document_sha256 = models.CharField(max_length=64)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "on_date"], name="collection_run_day")]


class RunEnd(Fact):
    """A run came to its end: so many lines had a step taken, in so many approaches; those held back are listed in the
    kept file `excluded_sha256`."""

    run_id = models.BigIntegerField(unique=True)
    lines = models.PositiveIntegerField()
    approaches = models.PositiveIntegerField()
    excluded = models.PositiveIntegerField()
    excluded_sha256 = models.CharField(max_length=64)


class Approach(Fact):
    """One message to a customer on a day, or one task for a person, about all of the customer's lines that had a step
    due (催收动作).

    `step`, `template`, `purpose` are those of its most serious line; `channel` the one taken. `approve`: the role
    whose people let it go first, '' where it went by itself. `notice_id` or `work_id`: what was queued or opened
    with it, both null while it waits. `person_id`: the contact's number; `amounts`: JSON, currency → minor units.
    """

    run_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    on_date = models.DateField()
    step = models.CharField(max_length=40)
    channel = models.CharField(max_length=10)
    template = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=20)
    approve = models.CharField(max_length=40, blank=True)
    notice_id = models.BigIntegerField(null=True)
    work_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    lines = models.PositiveIntegerField()
    amounts = models.TextField()
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run_id", "customer_id", "channel"], name="collection_approach_day"),
        ]
        indexes = [
            models.Index(fields=["company_id", "customer_id", "on_date"], name="collection_approach_customer"),
        ]


class Taken(Fact):
    """A step was taken on a line of a claim, as part of an approach.

    `generation`: the version of the payment schedule that governed, 0 the item's own; `line` its instalment, 0 the
    whole. `day`: the step's day. `late`: days since the due date then; `amount`: what was pursued, minor units.
    `reason`: JSON, why.
    """

    approach_id = models.BigIntegerField(db_index=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    generation = models.PositiveIntegerField(default=0)
    line = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=40)
    day = models.IntegerField()
    on_date = models.DateField()
    late = models.IntegerField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item_id", "generation", "line", "step"], name="collection_taken_once"),
        ]


class TriageDecision(Fact):
    """Somebody let an approach go, or dropped it. `notice_id` or `work_id`: what came of it."""

    approach_id = models.BigIntegerField(unique=True)
    let_go = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)
    notice_id = models.BigIntegerField(null=True)
    work_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)


class Hold(Fact):
    """Somebody holds collecting back: of one item, or of a customer with everything it owes (`item_id` null), up to
    and with `until` (null: until it is released) (暂缓催收)."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    item_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200)
    from_on = models.DateField()
    until = models.DateField(null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["company_id", "customer_id"], name="collection_hold_customer")]


class HoldEnd(Fact):
    """A hold was released on a day, before its time."""

    hold_id = models.BigIntegerField(unique=True)
    on_date = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)


class LateCause(Fact):
    """From a day on, why a customer pays late, as somebody found out; '' is not known any more. The newest governs."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    cause = models.CharField(max_length=20, blank=True)
    on_date = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["company_id", "customer_id"], name="collection_cause_customer")]


class ControlAssignment(Fact):
    """To which group a customer belonged when the first step became due while a control group was kept (对照组)."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    control = models.BooleanField()
    percent = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=40, blank=True)
    on_date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "customer_id", "percent", "seed"], name="collection_control_once"
            ),
        ]
