"""Import batches: which file, read how, with what result; and what is on its way to become one."""

from __future__ import annotations

from django.db import models


class Batch(models.Model):
    """One import of one file. Its rows are facts elsewhere that carry `batch_id` and `batch_row`.

    `draft_id`: the upload it was made from (none for one given on the command line); a draft becomes one batch at
    most. `edits`: the cells mended before it was read, each row, column, before and after.
    """

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
    draft_id = models.BigIntegerField(null=True, unique=True)
    edits = models.JSONField(default=list)


class ImportDraft(models.Model):
    """A file somebody uploaded and has not committed yet. Its bytes lie in HUIKUAN_HOME/drafts under `stored`.

    `version` is raised by every change, so that a commit names what was looked at. `sample` is what the columns
    are chosen by, `preview` what the file would do, with the version and language it was worked out for.
    `choices` is how the commit was asked for, by whom; `refusal` why it was refused; `result` what it did.
    """

    class State(models.TextChoices):
        OPEN = "open"
        QUEUED = "queued"
        COMMITTED = "committed"

    kind = models.CharField(max_length=20)
    company_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    stored = models.CharField(max_length=40, unique=True)
    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    file_size = models.BigIntegerField()
    as_of = models.DateField(null=True)
    mapping = models.JSONField(default=dict)
    sample = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    actor = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company_id", "state"], name="connectors_draft_state")]


class CellEdit(models.Model):
    """What a cell of a draft is to say instead. `row` counts as the file shows it."""

    draft_id = models.BigIntegerField()
    row = models.BigIntegerField()
    column = models.CharField(max_length=200)
    before = models.TextField(blank=True)
    value = models.TextField(blank=True)
    actor = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft_id", "row", "column"], name="connectors_celledit_cell")]
