"""Leaves, heads, and what can be erased.

A leaf commits to one fact; its place in the tree is its rank by (tx, id). A head signs the tree
over all leaves below a horizon. Personal values and their salts live apart, in the one table from
which rows may be deleted.
"""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact, Unchanging


class Leaf(Fact):
    """The commitment to one fact, written in the fact's own transaction.

    `kind` is the fact's table, `subject_id` its id, `digest` the SHA-256 of its canonical form,
    `commitment` the salted SHA-256 of its personal values (null: it has none).
    """

    kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    commitment = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="audit_leaf_subject")]


class Erasable(models.Model):
    """The personal values of one fact (canonical JSON) and the salt of their commitment.

    Deleting the row erases them: what remains, the commitment, cannot be guessed without the salt.
    """

    kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    salt = models.BinaryField(max_length=32)
    content = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="audit_erasable_subject")]


class Erasure(Fact):
    """Personal values of one fact were erased: on whose request, by whom. Applied again after a restore."""

    kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    actor = models.CharField(max_length=150)


class Head(Unchanging):
    """A signed statement: the first `size` leaves, all those with tx < `horizon`, have this root.

    `sealed_at` is the instant `known_at` questions refer to: it rises with `size`, and what was known
    at an instant is what the last head sealed until then covers. `frontier` lets the next seal go on
    from here; nothing trusts it. Heads are exported outside the database (HUIKUAN_HOME/heads.jsonl); what
    counts as proof is the exported copy. `key` is the signer's public key (hex).
    """

    size = models.BigIntegerField(unique=True)
    horizon = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    frontier = models.BinaryField()
    sealed_at = models.DateTimeField(unique=True)
    signature = models.BinaryField(max_length=64)
    key = models.CharField(max_length=64)
