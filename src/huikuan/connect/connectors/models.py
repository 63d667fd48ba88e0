"""Import batches: which file, read how, with what result."""

from __future__ import annotations

from django.db import models


class Batch(models.Model):
    """One import of one file. Its rows are facts elsewhere that carry `batch_id` and `batch_row`."""

    class State(models.TextChoices):
        CHECKED = "checked"
        REFUSED = "refused"
        COMMITTED = "committed"
        UNDONE = "undone"

    kind = models.CharField(max_length=20)
    company_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.CHECKED)
    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    mapping = models.JSONField(default=dict)
    as_of = models.DateField(null=True)
    actor = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
