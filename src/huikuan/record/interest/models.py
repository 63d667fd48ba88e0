"""What late interest rests on, what of it is claimed, and what of the claim is waived."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from huikuan.mechanisms.store.models import Fact


class Declaration(Fact):
    """Who a buyer is (`domain.governing.BUYERS`) and whether we said at signing that we are a small or medium
    enterprise. Of one contract, or with `contract_number` '' of every other; the last one said governs. `sha256` and
    `file_name` name the proof, '' where there is none.
    """

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    contract_number = models.CharField(max_length=60, blank=True)
    buyer = models.CharField(max_length=20)
    seller_declared = models.BooleanField()
    note = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["customer_id"], name="interest_declaration_whose")]


class Bankruptcy(Fact):
    """The day a court accepted a customer's bankruptcy (null: it was not, after all); the last one said governs, for
    every company. `note`: court and number of the case."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    accepted_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["customer_id"], name="interest_bankruptcy_whose")]


class Claim(Fact):
    """Interest on `item_id` for the days `first_on` to `last_on`, both counted, posted as `interest_item_id`; the
    `sequence`-th of the item. It stands until that item is reversed.

    `sheet` is the computation as JSON text with sorted keys (`domain.sheets`), `digest` its SHA-256; `lpr_version_id`
    and `rules_version_id` the policies it counted with, null: as shipped. `amount` in minor units of `currency`.
    """

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    interest_item_id = models.BigIntegerField(unique=True)
    first_on = models.DateField()
    last_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    basis = models.CharField(max_length=10)
    rule = models.CharField(max_length=40)
    sheet = models.TextField()
    digest = models.CharField(max_length=64)
    lpr_version_id = models.BigIntegerField(null=True)
    rules_version_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item_id", "sequence"], name="interest_claim_once"),
            models.CheckConstraint(condition=Q(amount__gt=0, last_on__gte=F("first_on")), name="interest_claim_days"),
        ]
        indexes = [models.Index(fields=["customer_id"], name="interest_claim_whose")]


class Waiver(Fact):
    """So much of a claim was given up, as approved by request `approval_id`: the credit `credit_id`, settled against
    the claim's item at once. `amount` in minor units of the claim's currency."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    claim_id = models.BigIntegerField()
    approval_id = models.BigIntegerField(unique=True)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    credit_id = models.BigIntegerField()
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="interest_waiver_amount")]
        indexes = [models.Index(fields=["claim_id"], name="interest_waiver_claim")]


class Correction(Fact):
    """A claim demanded more than its days bear by what came to be known since, and was reduced by so much: the credit
    `credit_id`, settled against the claim's item as far as that was open. `amount` in minor units of the claim's
    currency; `sheet` the computation anew, `digest` its SHA-256, as of the claim."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    claim_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    credit_id = models.BigIntegerField(unique=True)
    sheet = models.TextField()
    digest = models.CharField(max_length=64)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="interest_correction_amount")]
        indexes = [models.Index(fields=["claim_id"], name="interest_correction_claim")]
