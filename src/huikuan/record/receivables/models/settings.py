"""Dated rates and period locks: append-only too."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class ExchangeRate(Fact):
    """On `on_date`, one unit of `currency` is rate_e8 / 10^8 units of `quote_currency`.

    The latest row on or before a date governs; a correction is a later row for the same date.
    """

    currency = models.CharField(max_length=3)
    quote_currency = models.CharField(max_length=3)
    on_date = models.DateField()
    rate_e8 = models.BigIntegerField()
    source = models.CharField(max_length=100)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["currency", "quote_currency", "on_date"], name="receivables_rate_asof")]


class PeriodLock(Fact):
    """Nothing posts on or before `locked_through` (关账); the latest row of a company governs."""

    company_id = models.BigIntegerField()
    locked_through = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)
