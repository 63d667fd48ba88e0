"""Bills and cheques that customers paid with, and everything that became of each."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from huikuan.mechanisms.store.models import Fact


class Bill(Fact):
    """A bill of exchange or cheque (票据) as it was received, or a piece of one that was split.

    `amount` is the face in minor units of `currency`. `range_start` and `range_end`: its units of 0.01 in the package
    `number`, both included; null: not divisible. `acceptor_class` says how far the acceptor is trusted
    (`domain.classes`). `credit_id` is the item that paid the customer's claims with it, `debit_id` the claim on the
    acceptor; pieces share those of the bill they were cut from, `parent_id`. `received_on` and `issued_on` are the
    days on paper. `sha256` and `file_name` name the paper, '' where there is none.
    """

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=40)
    range_start = models.BigIntegerField(null=True)
    range_end = models.BigIntegerField(null=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    drawer = models.CharField(max_length=200)
    acceptor = models.CharField(max_length=200)
    acceptor_class = models.CharField(max_length=20)
    issued_on = models.DateField()
    matures_on = models.DateField()
    transferable = models.BooleanField(default=True)
    received_on = models.DateField()
    parent_id = models.BigIntegerField(null=True)
    credit_id = models.BigIntegerField()
    debit_id = models.BigIntegerField()
    note = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bills_bill_amount"),
            models.CheckConstraint(
                # Both ends are named in full: a condition that comes out NULL would pass.
                condition=Q(range_start__isnull=True, range_end__isnull=True)
                | Q(
                    range_start__isnull=False,
                    range_end__isnull=False,
                    range_start__gt=0,
                    amount=F("range_end") - F("range_start") + 1,
                ),
                name="bills_bill_range",
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name="bills_bill_customer"),
            models.Index(fields=["number"], name="bills_bill_number"),
            models.Index(fields=["debit_id"], name="bills_bill_debit"),
            models.Index(fields=["matures_on"], name="bills_bill_matures"),
        ]


class BillEvent(Fact):
    """One move of a bill: the `sequence`-th, on the day `happened_on`; `state` is what it has been since.

    `effective_on` is the day in the ledger: `happened_on`, or the first day that was open. `counterparty`: to whom it
    was endorsed or pledged, with whom discounted. `recourse`: passed on, it may come back to us. Of discounting
    `rate_e8` × 10^8 per year, `cost` and `net` in minor units. `item_id`: the receipt that paid it, or the credit that
    took it out of the books.
    """

    bill_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    sequence = models.PositiveSmallIntegerField()
    move = models.CharField(max_length=10)
    state = models.CharField(max_length=12)
    happened_on = models.DateField()
    effective_on = models.DateField()
    counterparty = models.CharField(max_length=200, blank=True)
    recourse = models.BooleanField(default=False)
    rate_e8 = models.BigIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    net = models.BigIntegerField(null=True)
    item_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bill_id", "sequence"], name="bills_event_sequence")]


class CashReceipt(Fact):
    """Money a customer paid in notes (现金), as whoever took it wrote it down; it counts once a second person signs.
    `amount` in minor units of `currency`."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    received_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="bills_cash_amount")]
        indexes = [models.Index(fields=["customer_id"], name="bills_cash_customer")]


class CashSignature(Fact):
    """What the second person said of cash, once: counted and right (`item_id`: the receipt it was posted as), or not
    (null, with the reason as `note`)."""

    receipt_id = models.BigIntegerField(unique=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    item_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)


class OwnAccount(Fact):
    """An account that belongs to somebody who works here: no customer's money has any business there. Whose it is and
    its number are personal; where they are erased the entry is silent."""

    personal = ("holder", "account")

    company_id = models.BigIntegerField()
    actor = models.CharField(max_length=150)


class OwnAccountPayment(Fact):
    """A customer paid somebody who works here, or said so: a finding. `told_by`: how it came to be known (by hand, a
    remittance, a line of the bank, a note); `says`: the words it rests on. `account_id`: the entry it names, null
    where it is by hand. `amount` in minor units, null where nobody said. `identity`: the same words are found once."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    account_id = models.BigIntegerField(null=True)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    paid_on = models.DateField(null=True)
    told_by = models.CharField(max_length=20)
    says = models.CharField(max_length=200)
    identity = models.CharField(max_length=64)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "identity"], name="bills_own_payment")]
        indexes = [models.Index(fields=["customer_id"], name="bills_own_customer")]
