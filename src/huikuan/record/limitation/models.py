"""What interrupted or suspended the limitation of claims, with its evidence."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from huikuan.mechanisms.store.models import Fact


class Interruption(Fact):
    """On `on` the limitation of `item_id`'s whole debt began anew (时效中断); null: of all the customer owed then.

    `kind` and `strength` as in `domain.kinds`. `source` names the event that told of it and is taken once per item;
    null where somebody wrote it down. `sha256` and `file_name` name the proof, '' where there is none. One that is
    taken back is repeated with `reversal_of`. What the ledger itself knows (payments) is no row here.
    """

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    item_id = models.BigIntegerField(null=True)
    on = models.DateField()
    kind = models.CharField(max_length=20)
    strength = models.CharField(max_length=6)
    source = models.CharField(max_length=60, null=True)
    note = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    reversal_of = models.BigIntegerField(null=True, unique=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "item_id"], name="limitation_interruption_source"),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name="limitation_interruption_whose"),
            models.Index(fields=["item_id"], name="limitation_interruption_item"),
        ]


class Suspension(Fact):
    """From `from_on` to `until_on` (null: still) something kept us from suing (时效中止): force majeure, no legal
    representative, control by the debtor. Of one item's debt or, with `item_id` null, of the customer's all. The next
    row with `replaces` says it anew; `lifted`: it was none after all. `cause` as in `domain.kinds.CAUSES`; `sha256`
    and `file_name` name the proof, null where there is none."""

    later = ("cause", "sha256", "file_name")

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    item_id = models.BigIntegerField(null=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    note = models.CharField(max_length=200)
    replaces = models.BigIntegerField(null=True, unique=True)
    lifted = models.BooleanField(default=False)
    actor = models.CharField(max_length=150)
    cause = models.CharField(max_length=20, null=True)
    sha256 = models.CharField(max_length=64, null=True)
    file_name = models.CharField(max_length=255, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__isnull=False, until_on__gte=F("from_on")),
                name="limitation_suspension_days",
            ),
        ]
        indexes = [models.Index(fields=["customer_id"], name="limitation_suspension_whose")]
