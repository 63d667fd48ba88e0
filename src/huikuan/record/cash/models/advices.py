"""What payers say they paid for: remittance advice, as it came in."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class AdviceSheet(Fact):
    """One file or message with remittance advice (付款通知). `lines_known` of its lines were there already."""

    company_id = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    layout = models.CharField(max_length=20)
    lines_new = models.PositiveIntegerField()
    lines_known = models.PositiveIntegerField()
    actor = models.CharField(max_length=150)


class AdviceLine(Fact):
    """This payment pays so much of that document. `amount` in minor units of `currency`, null: what is open.

    Which payment and which claim that is, is looked up whenever somebody asks: both may arrive later. `key` is what
    the line is recognised by, however many files repeat it. Where no `bank_reference` is given, payer and sum of the
    sheet say which payment is meant.
    """

    company_id = models.BigIntegerField()
    sheet_id = models.BigIntegerField()
    row = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    bank_reference = models.CharField(max_length=120, blank=True)
    document_number = models.CharField(max_length=60)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    payer_name = models.CharField(max_length=200, blank=True)
    paid_on = models.DateField(null=True)
    memo = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "key"], name="cash_advice_line")]
        indexes = [models.Index(fields=["company_id", "bank_reference"], name="cash_advice_reference")]
