"""Customers' financial statements as facts, and the reference values their ratios are compared with."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class StatementVersion(Fact):
    """The financial statements of one period as known from this moment on: the whole of them, not a difference.

    The period ends on `ends_on`, a month's last day, and is `months` long: flows (profit, cash) are those of the
    period, opening balances those of the day before it. `content` is the text of a JSON object with sorted keys
    (`domain.statements.content_of`), amounts in minor units of `currency`; a line that was not stated is not in it.
    `unit` is how the paper states amounts (yuan, thousand, wan). `kept_reason`: why it is recorded although it does
    not agree with itself, '' where it does. `sha256` and `file_name` name the original, '' where it was typed in.
    A later version corrects it or takes it back (`withdrawn`, with the reason as `note`).
    """

    customer_id = models.BigIntegerField()
    ends_on = models.DateField()
    months = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    format = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    unit = models.CharField(max_length=10)
    audited = models.BooleanField()
    source = models.CharField(max_length=20)
    received_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    kept_reason = models.CharField(max_length=200, blank=True)
    content = models.TextField()
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    withdrawn = models.BooleanField(default=False)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer_id", "ends_on", "months", "version"], name="financials_statement_version"
            )
        ]


class ReferenceValues(Fact):
    """How a ratio spreads in an industry in a year: five tiers (行业参考值), imported by the company.

    Values × 10^6: shares as shares (0.531 for 53.1 %), multiples as multiples. `size` is the class of firms the
    publisher states them for, '' for all. Of several rows of one place the one recorded last governs.
    """

    industry = models.CharField(max_length=100)
    size = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField()
    ratio = models.CharField(max_length=40)
    excellent_e6 = models.BigIntegerField()
    good_e6 = models.BigIntegerField()
    average_e6 = models.BigIntegerField()
    low_e6 = models.BigIntegerField()
    poor_e6 = models.BigIntegerField()
    source = models.CharField(max_length=200)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["industry", "size", "ratio", "year"], name="financials_reference_place")]
