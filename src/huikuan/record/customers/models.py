"""Customers as they are known now, the facts that made them so, and whose they are since when."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact, Kept


class CustomerGroup(models.Model):
    """A group of companies under one control (集团客户); groups form a tree."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="subgroups")


class Customer(Kept):
    """A legal entity we sell, or may sell, to: the current reading of its CustomerVersion facts.

    `search` is what it is found by (domain.search_words).
    """

    class Status(models.TextChoices):
        PROSPECT = "prospect"
        CUSTOMER = "customer"

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=100, blank=True)
    english_name = models.CharField(max_length=200, blank=True)
    former_names = models.JSONField(default=list, blank=True)
    uscc = models.CharField(max_length=18, blank=True, db_index=True)
    uscc_override_reason = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.CUSTOMER)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="subsidiaries")
    industry = models.CharField(max_length=100, blank=True)
    version = models.PositiveIntegerField(default=1)
    search = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["name"], name="customers_customer_name")]


class CustomerVersion(Fact):
    """A customer's master data from this moment on: the whole record, not a difference.

    `content` is the text of a JSON object with sorted keys (`domain.master.content_of`), kept as
    text because PostgreSQL's jsonb reorders keys and a leaf commits to the exact bytes. It is
    registry data of legal entities, hence nothing in it is personal; contacts, who are natural
    persons, get a fact of their own.
    """

    customer_id = models.BigIntegerField(db_index=True)
    version = models.PositiveIntegerField()
    content = models.TextField()
    actor = models.CharField(max_length=150)
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer_id", "version"], name="customers_version"),
        ]


class Affiliation(Fact):
    """From `effective_on`, `dimension` of the customer (or of one item of it) is `value` (归属).

    The latest effective row governs; of rows effective the same day, the one recorded last.
    `value` is a group's code, an owner's name, a region's or business type's name; '' ends it.
    """

    class Dimension(models.TextChoices):
        GROUP = "group"
        OWNER = "owner"
        REGION = "region"
        BUSINESS_TYPE = "business_type"

    customer_id = models.BigIntegerField()
    item_id = models.BigIntegerField(null=True)
    dimension = models.CharField(max_length=20, choices=Dimension)
    value = models.CharField(max_length=100, blank=True)
    effective_on = models.DateField()
    actor = models.CharField(max_length=150)
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer_id", "dimension", "effective_on"], name="customers_affiliation_asof"),
            # Whose customers they are: a reader's scope begins here.
            models.Index(fields=["dimension", "value"], name="customers_affiliation_value"),
        ]
