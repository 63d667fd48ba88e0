"""Policy versions and what became of them; both are facts, the state is derived."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class PolicyVersion(Fact):
    """One version of one kind's document for one company (null: every company)."""

    kind = models.CharField(max_length=60)
    company_id = models.BigIntegerField(null=True)
    number = models.PositiveIntegerField()
    document = models.JSONField()
    note = models.TextField(blank=True)
    drafted_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "company_id", "number"], name="policies_version", nulls_distinct=False
            )
        ]


class PolicyStep(Fact):
    """A step in a version's life: submitted, approved, returned, in_force, retired.

    `digest` names what was shown to whoever took the step; `own` marks a maker's approval of
    their own draft, which a small firm allows and its owner reviews.
    """

    version_id = models.BigIntegerField()
    step = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    effective_at = models.DateTimeField(null=True)
    own = models.BooleanField(default=False)
    actor = models.CharField(max_length=150)
    comment = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["version_id"], name="policies_step_version")]
