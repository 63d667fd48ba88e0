"""Requests and what became of them, and who decides for whom; all facts, the state is derived."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class ApprovalRequest(Fact):
    """Something one person asked for and others decide.

    `kind`, `subject`: what it is about (approvals.kinds). `shown`: the document that is approved; `digest` names it
    with everything else here that a decider is shown. `amount` in minor units of `currency`, null where no money
    hangs on it. `measure`: the same in `measure_currency`, the authority matrix's; `measured_total`: with what was
    asked besides for the same customer in the window, or all that would stand where that is more, which decides the
    route. `route`: [[role, role above, …], …], frozen. `barred`: who may not decide because it concerns them.
    `authority_id`: the version of the matrix, null the shipped one. `replaces_id`: the request that was returned.
    """

    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=100)
    company_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    shown = models.JSONField()
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    measure = models.BigIntegerField(null=True)
    measure_currency = models.CharField(max_length=3, blank=True)
    measured_total = models.BigIntegerField(null=True)
    off_policy = models.BooleanField(default=False)
    reasons = models.JSONField()
    note = models.TextField(blank=True)
    barred = models.JSONField()
    route = models.JSONField()
    deadline_days = models.PositiveIntegerField()
    authority_id = models.BigIntegerField(null=True)
    replaces_id = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64)
    maker = models.CharField(max_length=150)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "subject"], name="approvals_request_subject"),
            models.Index(fields=["customer_id"], name="approvals_request_customer"),
            models.Index(fields=["maker"], name="approvals_request_maker"),
        ]


class ApprovalStep(Fact):
    """A step of a request, counted from 1: agreed (at a stop before the last), escalated, and the one that ends it:
    approved, returned, withdrawn, expired, void.

    Two who decide at once write the same number, and the database refuses the second: a request is decided once.
    `role`, `for_whom`: by which role, and whose, if not the actor's own. `own`: a maker's approval of their own
    request, which a small firm allows and its owner reviews. `digest`: of what was shown.
    """

    request_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=20)
    role = models.CharField(max_length=40, blank=True)
    for_whom = models.CharField(max_length=150, blank=True)
    own = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)
    comment = models.TextField(blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request_id", "number"], name="approvals_step_once")]


class Delegation(Fact):
    """`giver` lets `delegate` decide for them from `begins_at` until before `ends_at` (代理审批)."""

    giver = models.CharField(max_length=150)
    delegate = models.CharField(max_length=150)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["giver"], name="approvals_delegation_giver")]


class DelegationEnd(Fact):
    """A delegation was ended before its time."""

    delegation_id = models.BigIntegerField(unique=True)
    actor = models.CharField(max_length=150)
