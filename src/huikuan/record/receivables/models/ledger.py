"""Items, schedules, settlements: append-only facts, money in minor units.

References are plain ids without database foreign keys: a check per row would double the time of a
large import, nothing they point at can be deleted, and `huikuan ledger check` proves them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from huikuan.mechanisms.store.models import Fact


class Item(Fact):
    """One claim (side debit: owed to us) or one credit (held for the customer), to be settled (未清项).

    `amount` > 0 in minor units of `currency`; `book_amount` is its value in the company's currency
    at `book_rate_e8` (rate × 10^8), frozen at posting; both null when no rate was known that day.
    `document_date` is the basis of age, `posting_date` decides from when the item is in the ledger,
    `due_date` is the first schedule (null: awaits the event named in `awaits`); later schedules are
    Schedule rows.
    A reversal is the mirror item on the other side, settled against the original at once.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        CREDIT_NOTE = "credit_note"
        RETURN = "return"
        RECEIPT = "receipt"
        ADVANCE = "advance"
        RETENTION = "retention"
        DEPOSIT = "deposit"
        BILL = "bill"
        INTEREST = "interest"
        UNBILLED = "unbilled"
        FEE = "fee"
        DISCOUNT = "discount"
        FX_DIFFERENCE = "fx_difference"
        OFFSET = "offset"
        BARTER = "barter"
        TRANSFER = "transfer"
        WRITE_OFF = "write_off"
        REFUND = "refund"
        OPENING = "opening"

    class Side(models.TextChoices):
        DEBIT = "debit"
        CREDIT = "credit"

    class Recognition(models.TextChoices):
        RECEIVABLE = "receivable"
        CONTRACT_ASSET = "contract_asset"
        UNBILLED = "unbilled"

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    side = models.CharField(max_length=6, choices=Side)
    recognition = models.CharField(max_length=20, choices=Recognition, default=Recognition.RECEIVABLE)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    net_amount = models.BigIntegerField(null=True)
    tax_amount = models.BigIntegerField(null=True)
    book_rate_e8 = models.BigIntegerField(null=True)
    book_amount = models.BigIntegerField(null=True)
    document_number = models.CharField(max_length=60, blank=True)
    document_date = models.DateField()
    posting_date = models.DateField()
    due_date = models.DateField(null=True)
    awaits = models.CharField(max_length=30, blank=True)
    obligation = models.CharField(max_length=60, blank=True)
    contract_number = models.CharField(max_length=60, blank=True)
    business_type = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=200, blank=True)
    origin_system = models.CharField(max_length=40)
    origin_key = models.CharField(max_length=120)
    origin_generation = models.PositiveSmallIntegerField(default=1)
    origin_digest = models.BinaryField(max_length=32, null=True)
    batch_id = models.BigIntegerField(null=True)
    batch_row = models.BigIntegerField(null=True)
    reversal_of = models.BigIntegerField(null=True, unique=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "origin_system", "origin_key", "origin_generation"],
                name="receivables_item_origin",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0) & Q(book_amount__gte=0), name="receivables_item_amount"),
            models.CheckConstraint(condition=Q(side__in=["debit", "credit"]), name="receivables_item_side"),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name="receivables_item_customer"),
            models.Index(fields=["batch_id"], name="receivables_item_batch"),
        ]


class Schedule(Fact):
    """One line of one version of an item's payment schedule (付款安排), from `effective_on`.

    The lines of a version (item_id, version) sum to the item's amount. The version with the latest
    `effective_on` governs (of equals, the higher version). `due_date` null: awaits an event.
    """

    item_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    line = models.PositiveSmallIntegerField()
    effective_on = models.DateField()
    due_date = models.DateField(null=True)
    awaits = models.CharField(max_length=30, blank=True)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=30)
    note = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item_id", "version", "line"], name="receivables_schedule_line"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="receivables_schedule_amount"),
        ]


class Settlement(Fact):
    """So much of a credit cleared so much of a debit, each in its own currency (核销).

    Amounts are positive; a reversal repeats them negative and names what it reverses. The book
    amounts are what each side gave up in company currency (null on a side whose item has no book
    amount); the settlement that closes a side takes the rounding remainder. `fx_amount` = credit
    book − debit book where both are known, else 0: realised difference, gain > 0. `customer_id` is
    whose debt was cleared.
    """

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    credit_id = models.BigIntegerField()
    debit_id = models.BigIntegerField()
    credit_amount = models.BigIntegerField()
    debit_amount = models.BigIntegerField()
    credit_book_amount = models.BigIntegerField(null=True)
    debit_book_amount = models.BigIntegerField(null=True)
    fx_amount = models.BigIntegerField(default=0)
    effective_on = models.DateField()
    reason = models.CharField(max_length=60)
    batch_id = models.BigIntegerField(null=True)
    batch_row = models.BigIntegerField(null=True)
    reversal_of = models.BigIntegerField(null=True, unique=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(reversal_of__isnull=True, credit_amount__gt=0, debit_amount__gt=0))
                | Q(reversal_of__isnull=False, credit_amount__lt=0, debit_amount__lt=0),
                name="receivables_settlement_sign",
            ),
            models.CheckConstraint(
                # Both sides are named in full: a condition that comes out NULL would pass.
                condition=Q(
                    credit_book_amount__isnull=False,
                    debit_book_amount__isnull=False,
                    fx_amount=F("credit_book_amount") - F("debit_book_amount"),
                )
                | (Q(credit_book_amount__isnull=True) | Q(debit_book_amount__isnull=True)) & Q(fx_amount=0),
                name="receivables_settlement_fx",
            ),
        ]
        indexes = [
            models.Index(fields=["credit_id"], name="receivables_settle_credit"),
            models.Index(fields=["debit_id"], name="receivables_settle_debit"),
            models.Index(fields=["batch_id"], name="receivables_settle_batch"),
            # Reversals are few; settling asks for them every time.
            models.Index(
                fields=["credit_id"], condition=Q(reversal_of__isnull=False), name="receivables_settle_back_credit"
            ),
            models.Index(
                fields=["debit_id"], condition=Q(reversal_of__isnull=False), name="receivables_settle_back_debit"
            ),
        ]
