"""What is known of who pays for whom, word by word."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class AliasWord(Fact):
    """Something said of a payer's name or account: it pays for this customer, or not (付款人别名).

    `value` as names and accounts are compared (`domain.payers`). Confirmed by an application, denied by a proposal
    turned down or an application undone (`application_id`, null otherwise), revoked by a person: then it counts no
    more until a person registers it. `line_id` is where it was seen.
    """

    class Sign(models.TextChoices):
        NAME = "name"
        ACCOUNT = "account"

    class Word(models.TextChoices):
        CONFIRMED = "confirmed"
        DENIED = "denied"
        REGISTERED = "registered"
        REVOKED = "revoked"

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    sign = models.CharField(max_length=10, choices=Sign)
    value = models.CharField(max_length=200)
    word = models.CharField(max_length=10, choices=Word)
    application_id = models.BigIntegerField(null=True)
    line_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [
            models.Index(fields=["company_id", "sign", "value"], name="cash_alias_value"),
            models.Index(fields=["customer_id"], name="cash_alias_customer"),
        ]


class Mandate(Fact):
    """Somebody else may pay for this customer, by a paper (代付授权), from a day to a day (null: without end).

    `ends`: this row ends that mandate; it repeats what it ends.
    """

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    payer_name = models.CharField(max_length=200)
    payer_account = models.CharField(max_length=60, blank=True)
    document = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    ends = models.BigIntegerField(null=True, unique=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["company_id", "customer_id"], name="cash_mandate_customer")]
