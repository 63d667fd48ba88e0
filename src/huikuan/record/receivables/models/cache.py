"""What is open now: a cache, kept in the transaction of the facts and proved equal to them."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import FactId


class OpenItem(models.Model):
    """An item with something still open; the row goes when nothing is.

    Regards every recorded fact whatever its date. `open_amount` in the item's currency,
    `open_book_amount` in the company's. `due_date` is the earliest date the governing schedule
    names. The other columns are copies, so that lists and exposure need no join.
    """

    item_id = FactId(primary_key=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    side = models.CharField(max_length=6)
    currency = models.CharField(max_length=3)
    open_amount = models.BigIntegerField()
    open_book_amount = models.BigIntegerField(null=True)
    document_date = models.DateField()
    posting_date = models.DateField()
    due_date = models.DateField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(open_amount__gt=0), name="receivables_open_amount")]
        indexes = [models.Index(fields=["customer_id", "due_date"], name="receivables_open_customer")]
