"""Leaves, salts, heads.

A leaf commits to one fact; its place in the tree is its rank by (tx, id). A head signs the tree
over all leaves below a horizon. Salts live apart, in the one erasable table.
"""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class Leaf(Fact):
    """The commitment to one fact, written in the fact's own transaction.

    `kind` is the fact's table, `subject_id` its id, `digest` the SHA-256 of its canonical form
    without personal fields, `commitment` the salted SHA-256 of the personal ones (null: none).
    """

    kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    commitment = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="audit_leaf_subject")]


class Salt(models.Model):
    """The salt of a leaf's personal part. Deleting the row makes the commitment unguessable."""

    leaf_id = models.BigIntegerField(primary_key=True)
    salt = models.BinaryField(max_length=32)


class Head(models.Model):
    """A signed statement: the first `size` leaves, all those with tx < `horizon`, have this root.

    Heads are exported outside the database (HUIKUAN_HOME/heads.jsonl); what counts as proof is the
    exported copy. `sealed_at` is the instant `known_at` questions refer to.
    """

    size = models.BigIntegerField()
    horizon = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(db_index=True)
    signature = models.BinaryField(max_length=64)
    key_id = models.CharField(max_length=16)
