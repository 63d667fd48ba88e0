"""Contracts and sales orders as they are known now, and the facts that made them so.

References are plain ids, as everywhere in the ledger. An item names its contract by company and number.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huikuan.mechanisms.store.models import Fact, Kept


class Contract(Kept):
    """A contract with a customer: the current reading of its ContractVersion facts.

    `amount` in minor units of `currency`, null for a framework contract without one. Clauses and
    milestones stand in the version's content. Number, company, customer and currency never change.
    `awaited_on`: the earliest planned day of a milestone whose event does not stand, null where there is none.
    """

    class Status(models.TextChoices):
        ACTIVE = "active"
        COMPLETED = "completed"
        TERMINATED = "terminated"
        VOID = "void"

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    number = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    signed_on = models.DateField(null=True)
    effective_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField(null=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    version = models.PositiveIntegerField(default=1)
    awaited_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "number"], name="contracts_contract_number")]
        indexes = [
            models.Index(fields=["customer_id"], name="contracts_contract_customer"),
            models.Index(fields=["awaited_on"], name="contracts_contract_awaited"),
        ]


class ContractVersion(Fact):
    """All terms of a contract from `effective_on`: the whole of them, not a difference.

    The version effective last governs; of equals the higher one. `content` is the text of a JSON object
    with sorted keys (`domain.terms.content_of`); nothing in it is personal: parties are legal entities.
    """

    contract_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    effective_on = models.DateField()
    reason = models.CharField(max_length=200)
    content = models.TextField()
    actor = models.CharField(max_length=150)
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract_id", "version"], name="contracts_version")]
        indexes = [models.Index(fields=["batch_id"], name="contracts_version_batch")]


class ContractFile(Fact):
    """An original that belongs to a contract: the signed text, an acceptance report."""

    contract_id = models.BigIntegerField(db_index=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    actor = models.CharField(max_length=150)


class MilestoneEvent(Fact):
    """The event of a milestone happened on `happened_on`; what awaited it falls due on `due_date`.

    One that takes another back names it in `reversal_of` and repeats it. Of each milestone at most one
    event stands. `batch_id`: the import whose day of signature it followed; null of others, and of events from
    before there was the column.
    """

    later = ("batch_id",)

    contract_id = models.BigIntegerField(db_index=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    milestone = models.CharField(max_length=30)
    happened_on = models.DateField()
    due_date = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    reversal_of = models.BigIntegerField(null=True, unique=True)
    batch_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)


class SalesOrder(Kept):
    """A sales order: the current reading of its SalesOrderVersion and Fulfilment facts.

    Amounts in minor units of `currency`; what was delivered and invoiced is valued at the line's price.
    `contract_number` is '' where the order stands by itself.
    """

    class State(models.TextChoices):
        OPEN = "open"
        PARTLY = "partly"
        DELIVERED = "delivered"
        COMPLETED = "completed"
        VOID = "void"

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    number = models.CharField(max_length=60)
    contract_number = models.CharField(max_length=60, blank=True)
    ordered_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    delivered_amount = models.BigIntegerField(default=0)
    invoiced_amount = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "number"], name="contracts_order_number")]
        indexes = [
            models.Index(fields=["customer_id"], name="contracts_order_customer"),
            models.Index(fields=["company_id", "contract_number"], name="contracts_order_contract"),
        ]


class SalesOrderVersion(Fact):
    """All of an order as it stands from this version on; `content` as `domain.orders.content_of` writes it."""

    order_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    content = models.TextField()
    actor = models.CharField(max_length=150)
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order_id", "version"], name="contracts_order_version")]
        indexes = [models.Index(fields=["batch_id"], name="contracts_order_batch")]


class Fulfilment(Fact):
    """So much of an order line was delivered or invoiced on a day.

    `quantity_e4` in units of the line × 10^4, `amount` in minor units at the line's price: positive, or
    negative in the row that takes another back and names it in `reversal_of`.
    """

    class What(models.TextChoices):
        DELIVERED = "delivered"
        INVOICED = "invoiced"

    order_id = models.BigIntegerField(db_index=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    line = models.PositiveIntegerField()
    what = models.CharField(max_length=10, choices=What)
    happened_on = models.DateField()
    quantity_e4 = models.BigIntegerField()
    amount = models.BigIntegerField()
    document_number = models.CharField(max_length=60, blank=True)
    reversal_of = models.BigIntegerField(null=True, unique=True)
    batch_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reversal_of__isnull=True, quantity_e4__gt=0, amount__gte=0)
                | Q(reversal_of__isnull=False, quantity_e4__lt=0, amount__lte=0),
                name="contracts_fulfilment_sign",
            ),
        ]
        indexes = [
            models.Index(fields=["batch_id"], name="contracts_fulfilment_batch"),
            models.Index(fields=["customer_id", "document_number"], name="contracts_fulfilment_document"),
        ]
