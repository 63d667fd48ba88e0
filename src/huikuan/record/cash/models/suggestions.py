"""What matching last said of lines it did not apply."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import FactId


class Suggestion(models.Model):
    """What matching said of an open line: a cache, made anew by each run; the row goes with what is open of the line.

    `answer` as `domain.stored` reads it, with what was open of the line and of each claim then. `probability_e6`: of
    the best proposal, 0 without one.
    """

    line_id = FactId(primary_key=True)
    company_id = models.BigIntegerField()
    verdict = models.CharField(max_length=10)
    customer_id = models.BigIntegerField(null=True)
    probability_e6 = models.PositiveIntegerField(default=0)
    answer = models.JSONField()
    policy_version = models.BigIntegerField(null=True)
    computed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company_id", "verdict"], name="cash_suggestion_verdict")]
