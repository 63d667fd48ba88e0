"""What others say of a customer, what it was found to be, and whoever decided otherwise: facts."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class Information(Fact):
    """On a day a source said this of a customer's factor (信用信息); the newest of each source governs.

    `value` is a decimal, or one of the factor's choices (domain.factors); '' takes back what the source had said.
    `reliability`: 1 said, 2 reported, 3 proven.
    """

    customer_id = models.BigIntegerField()
    factor = models.CharField(max_length=40)
    value = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=20)
    on_date = models.DateField()
    reliability = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["customer_id", "factor"], name="rating_information_customer")]


class Assessment(Fact):
    """What a scorecard made of a customer from facts effective by `as_of` (评级).

    `score` 0 … 100, null when nothing the card asks was known; `grade` '' when too little was. `known`: per cent of
    the card's weight that rests on values. `reasons` is the text of a JSON list, a factor each (domain.scorecard.
    Reason); text, because a leaf commits to the exact bytes. `scorecard_id`: the policy version, null the shipped
    one. `review_on`: when it is to be looked at again.
    """

    class Cause(models.TextChoices):
        FIRST = "first"
        REVIEW = "review"
        EVENT = "event"
        REQUEST = "request"

    customer_id = models.BigIntegerField()
    as_of = models.DateField()
    scorecard_id = models.BigIntegerField(null=True)
    scorecard_number = models.PositiveIntegerField()
    card = models.CharField(max_length=40)
    score = models.PositiveSmallIntegerField(null=True)
    grade = models.CharField(max_length=10, blank=True)
    known = models.PositiveSmallIntegerField()
    reasons = models.TextField()
    review_on = models.DateField()
    cause = models.CharField(max_length=10, choices=Cause)
    note = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["customer_id", "as_of"], name="rating_assessment_customer")]


class ReviewCall(Fact):
    """Something happened that calls for another look at the customer before its review (复评触发): it is due from
    `on_date` until an assessment as of that day or later is recorded after this.

    `detail` says more where there is more: days overdue, the factor and answer, the order's id. `event_id`: what was
    announced, null where a look at the ledger found it.
    """

    class Cause(models.TextChoices):
        OVERDUE = "overdue"
        HELD = "held"
        INFORMED = "informed"
        FLAGGED = "flagged"

    customer_id = models.BigIntegerField(db_index=True)
    cause = models.CharField(max_length=10, choices=Cause)
    detail = models.CharField(max_length=100, blank=True)
    on_date = models.DateField()
    event_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_id", "customer_id"], name="rating_review_call_event"),
        ]


class Override(Fact):
    """Somebody holds another grade to be right, and says why (人工调整); it counts once another approves it.

    It stands from the approval's day through `until`, whatever the scorecards say meanwhile. `assessment_id`: what it
    departs from. `approval_id`: the request among the approvals that decides it (null: drawn up before there was one).
    """

    later = ("approval_id",)

    customer_id = models.BigIntegerField(db_index=True)
    assessment_id = models.BigIntegerField()
    grade = models.CharField(max_length=10)
    reason = models.CharField(max_length=300)
    until = models.DateField()
    actor = models.CharField(max_length=150)
    approval_id = models.BigIntegerField(null=True, unique=True)


class OverrideStep(Fact):
    """An override was approved from `effective_on` on, or ended early; of those from before approvals decided them
    also declined. `own`: its maker approved it, as a small firm's rule lets them."""

    class Step(models.TextChoices):
        APPROVED = "approved"
        DECLINED = "declined"
        ENDED = "ended"

    override_id = models.BigIntegerField()
    step = models.CharField(max_length=10, choices=Step)
    effective_on = models.DateField()
    comment = models.CharField(max_length=300, blank=True)
    own = models.BooleanField(default=False)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["override_id", "step"], name="rating_override_step")]


class ScorecardDraft(models.Model):
    """Scorecards somebody works on (评分卡草稿): no fact, since nothing follows from them until they are handed in.

    `base_id`: the policy version they began from, null the shipped one. `edition` grows with every change, so that
    nobody writes over what they have not seen. `version_id`: the policy version they were handed in as; from then on
    nothing changes. `effect_edition`, `effect_on`: of which edition and day the rows of `DraftEffect` are.
    """

    base_id = models.BigIntegerField(null=True)
    document = models.JSONField()
    edition = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)
    version_id = models.BigIntegerField(null=True)
    effect_edition = models.PositiveIntegerField(null=True)
    effect_on = models.DateField(null=True)


class DraftEffect(models.Model):
    """What a customer comes out as by the scorecards in force (`before`) and by a draft (`after`), on the same facts.

    Grade '' where too little is known. `open_amount`: open claims in minor units of the first company's currency, null
    where a rate is missing.
    """

    draft = models.ForeignKey(ScorecardDraft, on_delete=models.CASCADE, related_name="effects")
    customer_id = models.BigIntegerField()
    card = models.CharField(max_length=40)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, blank=True)
    score_before = models.PositiveSmallIntegerField(null=True)
    score_after = models.PositiveSmallIntegerField(null=True)
    open_amount = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "customer_id"], name="rating_draft_effect")]


class RegistryEntry(Fact):
    """What the company register said of a customer when it was asked (工商登记信息). `content` is the text of a JSON
    object (domain.registry.content_of): names and words as the register has them."""

    customer_id = models.BigIntegerField(db_index=True)
    on_date = models.DateField()
    content = models.TextField()
    actor = models.CharField(max_length=150)
