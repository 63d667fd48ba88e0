"""Money as it was applied: to which customer, to which claims, by whom or by what, and why."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huikuan.mechanisms.store.models import Fact


class Application(Fact):
    """So much money of one customer, put to its claims (核销). Amounts in minor units of `currency`.

    The money is the credit `credit_id`: posted with the application out of the bank line `line_id` (`uses`: what that
    took of the line), or standing there before, on account (`line_id` null). `posted` are all items posted with it.
    `amount` is how much money was dealt with here, `rest` what of that stays on account. `parts`: [{item, amount,
    debit_amount, short}], a netted credit with a negative amount, `debit_amount` in the claim's currency where it is
    another, `short` why a claim is not paid in full. `differences`: [{kind, item, amount, posted}], by how much more
    than was paid a claim was closed, and the item posted for it. What cleared what are the ledger's settlements with
    the reason `booking.reason_of(id)`.
    `ordered_by` and `order_reason`: by what it went to these claims. `reasons`, `probability_e6` (× 10^6),
    `policy_version` and `digest` are those of the proposal it follows; null and empty of a manual one. One request
    writes one or more portions, counted from 1, under one `request_key`.
    """

    class Kind(models.TextChoices):
        AUTOMATIC = "automatic"
        ACCEPTED = "accepted"
        MANUAL = "manual"

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    line_id = models.BigIntegerField(null=True)
    uses = models.JSONField(default=list)
    credit_id = models.BigIntegerField()
    posted = models.JSONField(default=list)
    kind = models.CharField(max_length=10, choices=Kind)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    rest = models.BigIntegerField(default=0)
    parts = models.JSONField(default=list)
    differences = models.JSONField(default=list)
    effective_on = models.DateField()
    ordered_by = models.CharField(max_length=12)
    order_reason = models.CharField(max_length=200, blank=True)
    probability_e6 = models.PositiveIntegerField(null=True)
    reasons = models.JSONField(default=list)
    policy_version = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    request_key = models.CharField(max_length=80, null=True)
    portion = models.PositiveSmallIntegerField(default=1)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "request_key", "portion"], name="cash_application_request"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, rest__gte=0, rest__lte=models.F("amount")), name="cash_application_amount"
            ),
        ]
        indexes = [
            models.Index(fields=["line_id"], name="cash_application_line"),
            models.Index(fields=["credit_id"], name="cash_application_credit"),
            models.Index(fields=["company_id", "customer_id"], name="cash_application_customer"),
        ]


class Undoing(Fact):
    """An application taken back, once: its settlements and what was posted with it are reversed, its line is free."""

    application_id = models.BigIntegerField(unique=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    actor = models.CharField(max_length=150)


class Rejection(Fact):
    """A proposal somebody turned down: this line is not what this customer paid for these items."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    probability_e6 = models.PositiveIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line_id", "digest"], name="cash_rejection_once"),
        ]
