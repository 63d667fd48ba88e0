"""Customers as they are known now, the facts that made them so, and whose they are since when."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact, Kept, Unchanging


class CustomerGroup(models.Model):
    """A group of companies under one control (集团客户); groups form a tree."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="subgroups")


class Customer(Kept):
    """A legal entity we sell, or may sell, to: the current reading of its CustomerVersion facts.

    `search` is what it is found by (domain.search_words). `merged_into`: the customer it is shown under, by its
    Merge facts.
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
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")

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


class CareVersion(Fact):
    """How we deal with a customer from this moment on (经营信息): the whole, not a difference.

    `value_class`: key 大客户, strategic 战略, ordinary 普通, '' not said. `plan`: the account plan, people's words.
    `statement_language` (zh, en) and `channel` are the customer's wishes for what is sent to it, to
    `delivery_address`; '' where none is known.
    """

    customer_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    value_class = models.CharField(max_length=20, blank=True)
    plan = models.TextField(blank=True)
    statement_language = models.CharField(max_length=10, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    delivery_address = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer_id", "version"], name="customers_care_version")]


class ContactVersion(Fact):
    """A person at a customer as known from this moment on; contacts count from 1 in each customer.

    Who it is and how to reach them is personal: it lies in the audit's erasable table and can be erased.
    `consent`: whether they agreed to be written to ('given', 'refused', '' not asked), on `consent_on`.
    `active` false: no longer there. `batch_id`: the import that said so, or the undoing of it.
    """

    personal = ("name", "phone", "email")
    later = ("batch_id",)

    customer_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    position = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10, blank=True)
    consent = models.CharField(max_length=10, blank=True)
    consent_on = models.DateField(null=True)
    active = models.BooleanField(default=True)
    actor = models.CharField(max_length=150)
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer_id", "number", "version"], name="customers_contact_version")
        ]
        indexes = [models.Index(fields=["batch_id"], name="customers_contact_batch")]


class DocumentVersion(Fact):
    """A paper of the customer kept with its original (资料); papers count from 1 in each customer.

    A later version is the paper renewed, or taken back (`withdrawn`, with the reason as `note`). `expires_on` null:
    it does not expire. `sha256` names the original among the stored files.
    """

    customer_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    issued_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)
    withdrawn = models.BooleanField(default=False)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer_id", "number", "version"], name="customers_document_version")
        ]
        indexes = [models.Index(fields=["expires_on"], name="customers_document_expires")]


class HandOver(Fact):
    """Somebody's customers are to be another's from `effective_on` on (移交); two people sign, then it holds.

    `customer_ids`: [id, …]. `content`: what is handed over as JSON text (customers with items and amounts on the
    day it was drawn up); both sign this and no other, by its SHA-256.
    """

    from_owner = models.CharField(max_length=100)
    to_owner = models.CharField(max_length=100)
    customer_ids = models.JSONField()
    effective_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    content = models.TextField()
    content_sha256 = models.CharField(max_length=64)
    actor = models.CharField(max_length=150)


class HandOverPlace(Unchanging):
    """A customer that a hand-over names, once for each company in which it hands items over: what lists, and whoever
    sees single companies alone, go by, so that nobody reads the whole paper for it.

    `company_id` null: nothing of the customer was open. Of papers from before this table: every company.
    """

    hand_over_id = models.BigIntegerField(db_index=True)
    customer_id = models.BigIntegerField(db_index=True)
    company_id = models.BigIntegerField(null=True)


class HandOverStep(Fact):
    """One side signed a hand-over, or it was called off. `content_sha256`: of what was signed."""

    class Step(models.TextChoices):
        GIVER = "giver"
        RECEIVER = "receiver"
        CALLED_OFF = "called_off"

    hand_over_id = models.BigIntegerField()
    step = models.CharField(max_length=10, choices=Step)
    content_sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hand_over_id", "step"], name="customers_hand_over_step")]


class Merge(Fact):
    """`from_id` is the same customer as `into_id` and is shown under it (合并), or, with `reversal_of`, is no more.

    `names`: those that `into_id` was given as former names by the merge; its undoing takes them back.
    """

    from_id = models.BigIntegerField()
    into_id = models.BigIntegerField()
    names = models.JSONField(default=list)
    reason = models.CharField(max_length=200)
    actor = models.CharField(max_length=150)
    reversal_of = models.BigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["from_id"], name="customers_merge_from"),
            models.Index(fields=["into_id"], name="customers_merge_into"),
        ]


class Conduct(Fact):
    """From `effective_on` on the customer is held to pay late on purpose (恶意拖欠), or, `flagged` false, no longer.

    One asked for it with evidence, which `sha256` names among the stored files; `actor` approved it in the approval
    `request_id`. The last word about a customer governs: by its day, of equals by when it was recorded.
    """

    customer_id = models.BigIntegerField()
    flagged = models.BooleanField()
    effective_on = models.DateField()
    reason = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    request_id = models.BigIntegerField()
    asked_by = models.CharField(max_length=150)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["customer_id"], name="customers_conduct_customer")]
