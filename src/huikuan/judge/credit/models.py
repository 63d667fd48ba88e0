"""Limits as they were asked for and decided, and what was decided about each order: facts, and one reading of them.

References are plain ids, as everywhere in the ledger. Amounts are minor units of the currency beside them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huikuan.mechanisms.store.models import Fact, Kept


class LimitRequest(Fact):
    """Somebody asks for a limit: of a customer, or of everybody in the group `group_code`.

    `kind` standing: holds from `from_on` until another; temporary: added on top until `until_on`. `method` and
    `calculation` (text of a JSON object, '' none) say how the amount came about. `replaces`: the id of the request
    whose limit governed when this was asked (null none): what an approver is shown stands beside it.
    `term_days`, `prepaid_percent` null: as the policy says. `approval_id`: the request among the approvals that
    decides it (null: asked before there was one; a `LimitStep` decided it, or nobody does any more).
    """

    later = ("prepaid_percent", "approval_id")

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    group_code = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    term_days = models.PositiveIntegerField(null=True)
    prepaid_percent = models.PositiveIntegerField(null=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    method = models.CharField(max_length=30, blank=True)
    calculation = models.TextField(blank=True)
    reason = models.CharField(max_length=200)
    replaces = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)
    approval_id = models.BigIntegerField(null=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="credit_limit_amount"),
            models.CheckConstraint(
                condition=Q(customer_id__isnull=False, group_code="")
                | Q(customer_id__isnull=True) & ~Q(group_code=""),
                name="credit_limit_node",
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id"], condition=Q(customer_id__isnull=False), name="credit_limit_customer"),
            models.Index(fields=["group_code"], condition=~Q(group_code=""), name="credit_limit_group"),
        ]


class LimitStep(Fact):
    """A limit was granted; of requests from before approvals decided them also: returned or withdrawn. Once.

    `digest` names what was shown; `own`: whoever drew it up approved it, as a small firm's rule lets them.
    """

    class Step(models.TextChoices):
        APPROVED = "approved"
        RETURNED = "returned"
        WITHDRAWN = "withdrawn"

    request_id = models.BigIntegerField(unique=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    step = models.CharField(max_length=10, choices=Step)
    digest = models.CharField(max_length=64)
    own = models.BooleanField(default=False)
    comment = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)


class OrderDecision(Fact):
    """What was decided about an order, or a delivery of it, and what became of the order then.

    `decision` approve, warn or hold; `state` what it led to: released, paused, held, or cancelled where the order is
    void. `mode` observe: it went on whatever was decided. `amount` of the order as decided on. `content`: text of a
    JSON object with sorted keys: the nodes with limit and exposure before and after, reasons, ways out.
    Decisions about an order are made one after the other, whoever began first: the one with the greatest id is the
    last. `policy_version_id` null: the shipped default. A person's release names them and their `reason`; `until_on`:
    what is not delivered by then asks anew (null: no end).
    """

    order_id = models.BigIntegerField(db_index=True)
    order_version = models.PositiveIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    document = models.CharField(max_length=10)
    decision = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    mode = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    content = models.TextField()
    policy_version_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    until_on = models.DateField(null=True)
    actor = models.CharField(max_length=150)


class OrderStanding(Kept):
    """What the latest decision made of an order: its current reading, proved by `huikuan ledger check`.

    Orders without a row were never checked (they came with an import): they count as released. `amount` is what was
    released, or waits to be.
    """

    order_id = models.BigIntegerField(primary_key=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    state = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    until_on = models.DateField(null=True)
    decision_id = models.BigIntegerField()

    class Meta:
        indexes = [
            # What waits is little beside what went on.
            models.Index(
                fields=["customer_id"], condition=Q(state__in=["paused", "held"]), name="credit_order_waiting"
            ),
        ]


class DryRun(Fact):
    """A policy was replayed over the company's past: what each order of `since` to `until` would have been told.

    `looked_on`: the day whose facts say what became of them; `head_size` names the head they are known by. Late is who
    pays more than `late_over` days past due. `policy_version_id` null: `document`, the text of the policy replayed, is
    no version's (the shipped default, or one not drafted yet). `terms_version_id`: the credit policy's version, null
    the shipped one. `method`: how limits were proposed where none had been
    granted; `limits`: text of a JSON object, customer id → [currency, minor units] that somebody named, '' none.
    `rows_sha256` names the stored file with a row for each order.
    """

    company_id = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField()
    looked_on = models.DateField()
    late_over = models.PositiveSmallIntegerField()
    policy_version_id = models.BigIntegerField(null=True)
    document = models.TextField()
    terms_version_id = models.BigIntegerField(null=True)
    method = models.CharField(max_length=20)
    limits = models.TextField(blank=True)
    head_size = models.BigIntegerField()
    rows_sha256 = models.CharField(max_length=64)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["company_id"], name="credit_dryrun_company")]


class Crossing(Fact):
    """A node came strictly over the first threshold of its limit, or fell strictly under the one that arms it again.

    `node` as `queries.utilisation.node_name` writes it; `number` counts the node's crossings from 1: of two who see
    the same one the database takes the first. `used` and `limit_amount` in minor units of `currency`, of that moment;
    `percent`: the threshold that was passed. `policy_version_id` null: the shipped rules.
    """

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    node = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    used = models.BigIntegerField()
    limit_amount = models.BigIntegerField()
    percent = models.PositiveIntegerField()
    policy_version_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "node", "number"], name="credit_crossing_once"),
        ]
