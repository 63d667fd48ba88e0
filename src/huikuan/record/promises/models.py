"""What customers promised, what became of it, and what was agreed instead of payment on the day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huikuan.mechanisms.store.models import Fact


class Promise(Fact):
    """A customer said it will pay by `pay_by` (付款承诺); how much of which claim stand in its parts.

    `said_by`: who said so; `source`: how it was heard (`domain.promising.SOURCES`). `said_on` is the company's day on
    which it was recorded. What counts as kept ends with `until`: the day and the grace of the policy of then.
    """

    personal = ("said_by",)

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    said_on = models.DateField()
    pay_by = models.DateField()
    until = models.DateField()
    source = models.CharField(max_length=10)
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pay_by__gte=models.F("said_on")) & Q(until__gte=models.F("pay_by")),
                name="promises_promise_days",
            )
        ]
        indexes = [models.Index(fields=["customer_id"], name="promises_promise_customer")]


class PromisePart(Fact):
    """So much of one claim that was promised, minor units of `currency`; the days are the promise's.

    `stood_open`: what was open of the claim then; `seen`: the last settlement of the claim there was then (0: none):
    what came after it is what may keep the promise.
    """

    promise_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    said_on = models.DateField()
    pay_by = models.DateField()
    until = models.DateField()
    stood_open = models.BigIntegerField()
    seen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promise_id", "item_id"], name="promises_part_item"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(stood_open__gte=models.F("amount")), name="promises_part_amount"
            ),
        ]
        indexes = [
            models.Index(fields=["item_id"], name="promises_part_claim"),
            models.Index(fields=["customer_id"], name="promises_part_customer"),
            models.Index(fields=["company_id", "until"], name="promises_part_until"),
        ]


class PartEnd(Fact):
    """A part is promised no more from `ended_on`: `replaced` by a later promise (`by_id`) or `withdrawn`. Once."""

    part_id = models.BigIntegerField(unique=True)
    promise_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    ended_on = models.DateField()
    by_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)


class Verdict(Fact):
    """What a promise was found to be on `judged_on`, each time it was found to be another than before; `sequence`
    counts them. It is what was announced; what a promise is on a day is computed from the ledger."""

    promise_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    sequence = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10)
    judged_on = models.DateField()
    paid = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["promise_id", "sequence"], name="promises_verdict_sequence")]


class Plan(Fact):
    """Instalments agreed instead of the due dates (分期还款协议), from `agreed_on`, the day somebody else approved it.

    `total`: the debt they sum to, minor units of `currency`. `on_miss`: what an instalment that is not there after
    `grace_days` does (`domain.instalments.ON_MISS`); `interest`: from when late interest runs (`INTERESTS`). `sha256`
    and `file_name` name the agreement, '' where there is none.
    """

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    agreed_on = models.DateField()
    grace_days = models.PositiveSmallIntegerField()
    on_miss = models.CharField(max_length=10)
    interest = models.CharField(max_length=10)
    note = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    request_id = models.BigIntegerField(unique=True)
    approved_by = models.CharField(max_length=150)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(total__gt=0), name="promises_plan_total")]
        indexes = [models.Index(fields=["customer_id"], name="promises_plan_customer")]


class PlanLine(Fact):
    """One instalment: so much by a day."""

    plan_id = models.BigIntegerField()
    line = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan_id", "line"], name="promises_planline_line"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="promises_planline_amount"),
        ]


class PlanItem(Fact):
    """A claim of a plan: `amount` was open of it then. `version`: the schedule the plan gave it; `due_before`: when it
    was to be paid before. `seen`: the last settlement of it there was then (0: none)."""

    plan_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    version = models.PositiveIntegerField()
    due_before = models.DateField(null=True)
    seen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan_id", "item_id"], name="promises_planitem_item")]
        indexes = [models.Index(fields=["item_id"], name="promises_planitem_claim")]


class PlanEnd(Fact):
    """A plan is broken from `ended_on`, once: instalment `line` was not there; `missing` was lacking then."""

    plan_id = models.BigIntegerField(unique=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    line = models.PositiveSmallIntegerField()
    missing = models.BigIntegerField()
    ended_on = models.DateField()
    actor = models.CharField(max_length=150)


class Freeze(Fact):
    """From `frozen_on` nothing is delivered to a customer (`kind` supply), or nothing is sold to it on credit
    (account): somebody asked with a `reason`, somebody else approved."""

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    frozen_on = models.DateField()
    reason = models.CharField(max_length=200)
    request_id = models.BigIntegerField(unique=True)
    approved_by = models.CharField(max_length=150)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["customer_id"], name="promises_freeze_customer")]


class Release(Fact):
    """A freeze ended on `released_on`, once, as it began: asked for with a `reason`, approved by somebody else."""

    freeze_id = models.BigIntegerField(unique=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    released_on = models.DateField()
    reason = models.CharField(max_length=200)
    request_id = models.BigIntegerField(unique=True)
    approved_by = models.CharField(max_length=150)
    actor = models.CharField(max_length=150)


class Barter(Fact):
    """Goods agreed instead of money (以物抵债) from `agreed_on`: the claims in its parts are extinguished by delivery,
    never by the agreement. Amounts in minor units of `currency`.

    `agreed`: so much of the claims the goods pay; `valued`: what `valuer` held them to be worth on `valued_on`, by
    `method`. `tax` of the goods, `fair_value` of the claims and the `allowance` made for them are for the voucher,
    null where nobody said.
    """

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    asset = models.CharField(max_length=200)
    agreed = models.BigIntegerField()
    valued = models.BigIntegerField()
    valuer = models.CharField(max_length=100)
    valued_on = models.DateField()
    method = models.CharField(max_length=10)
    tax = models.BigIntegerField(null=True)
    fair_value = models.BigIntegerField(null=True)
    allowance = models.BigIntegerField(null=True)
    agreed_on = models.DateField()
    deliver_by = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    request_id = models.BigIntegerField(unique=True)
    approved_by = models.CharField(max_length=150)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(agreed__gt=0) & Q(valued__gt=0), name="promises_barter_sums")
        ]
        indexes = [models.Index(fields=["customer_id"], name="promises_barter_customer")]


class BarterPart(Fact):
    """So much of a claim that the goods of a settlement in kind are to pay."""

    barter_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["barter_id", "item_id"], name="promises_barterpart_item"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="promises_barterpart_amount"),
        ]


class BarterEnd(Fact):
    """What became of a settlement in kind, once: `delivered` (`credit_id`: the item that paid the claims) or `failed`:
    the goods did not come, and the claims are pursued as they always were."""

    barter_id = models.BigIntegerField(unique=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    ended_on = models.DateField()
    credit_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)
