"""Pieces of cover as they came to be known: proposed and approved, revalued, released."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huikuan.mechanisms.store.models import Fact


class PieceVersion(Fact):
    """A piece of cover from `effective_on` on: the whole of it, not a difference.

    `number` is that of the request it was proposed by. It covers a customer, of it one contract where
    `contract_number` is not '', or everybody in the group `group_code`. `amount` in minor units of `currency`, of an
    insurance the insured limit; `eligible_e4` and `insured_e4` shares × 10^4. It holds from `valid_from` to
    `valid_until`, both included (null: without end), and not once it was `released`, with the reason as `note`.
    `provider_id`: the customer that the guarantor is, null for others. `sha256` and `file_name` name the paper, ''
    where there is none. `approved_by`: '' where nobody had to, since it covers no more than before.
    """

    number = models.BigIntegerField()
    version = models.PositiveIntegerField()
    effective_on = models.DateField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    contract_number = models.CharField(max_length=60, blank=True)
    group_code = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20)
    provider = models.CharField(max_length=200)
    provider_id = models.BigIntegerField(null=True)
    reference = models.CharField(max_length=60)
    identity = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    eligible_e4 = models.PositiveIntegerField()
    insured_e4 = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    released = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    actor = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="cover_piece_version"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, eligible_e4__range=(1, 10_000), insured_e4__range=(1, 10_000)),
                name="cover_piece_amount",
            ),
            models.CheckConstraint(
                condition=Q(customer_id__isnull=False, group_code="")
                | (Q(customer_id__isnull=True, contract_number="") & ~Q(group_code="")),
                name="cover_piece_whose",
            ),
        ]
        indexes = [
            models.Index(fields=["company_id", "customer_id"], name="cover_piece_customer"),
            models.Index(fields=["company_id"], condition=~Q(group_code=""), name="cover_piece_group"),
            models.Index(fields=["company_id", "identity"], name="cover_piece_identity"),
        ]
