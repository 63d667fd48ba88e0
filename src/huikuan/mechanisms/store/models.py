"""The store's own two small tables; everything else belongs to a context."""

from __future__ import annotations

import uuid

from django.db import models


class Epoch(models.Model):
    """One row: which ledger this is, and how its transactions are numbered.

    `tx_offset` is added to PostgreSQL's transaction id, so that numbers keep rising after a
    restore into another cluster; `last_tx` is SQLite's own counter (one writer, so commit order).
    """

    ledger_id = models.UUIDField(default=uuid.uuid4, editable=False)
    last_tx = models.BigIntegerField(default=0)
    tx_offset = models.BigIntegerField(default=0)


class IdCounter(models.Model):
    """The next free id of a table on SQLite; PostgreSQL uses the table's sequence."""

    table = models.CharField(max_length=80, primary_key=True)
    next_id = models.BigIntegerField(default=1)


class Fact(models.Model):
    """Something that happened, recorded once: never updated, never deleted.

    Subclassing is all it takes: the database refuses UPDATE, DELETE, REPLACE and TRUNCATE
    (store.guards), `audit.operations.record` leaves a leaf, and `tx` gives its place in the
    order of knowledge (see `store.transactions`). Fields named in `personal` are digested apart
    under a salt, so that they can be erased without breaking the chain.
    """

    id = models.BigIntegerField(primary_key=True)
    tx = models.BigIntegerField(db_index=True)
    recorded_at = models.DateTimeField()

    personal: tuple[str, ...] = ()

    class Meta:
        abstract = True
