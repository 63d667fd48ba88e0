"""The store's own two small tables; everything else belongs to a context."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _BigInteger = models.BigIntegerField[int, int]
else:
    _BigInteger = models.BigIntegerField


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


class Kept(models.Model):
    """A row that may change but never disappear: others, and facts, refer to it by id."""

    class Meta:
        abstract = True


class Unchanging(models.Model):
    """A row written once: the database refuses UPDATE, DELETE, REPLACE and TRUNCATE (store.guards)."""

    class Meta:
        abstract = True


class FactId(_BigInteger):
    """The primary key of a fact, given by us (store.bulk.reserve_ids), never by the database.

    On SQLite it is declared INTEGER, so that it is the row's own place in the table (the rowid)
    and needs no index beside it; both declarations hold 64 bits.
    """

    def db_type(self, connection: Any) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class Fact(Unchanging):
    """Something that happened, recorded once: never updated, never deleted.

    Subclassing is all it takes: the database refuses every change, `audit.operations.record`
    leaves a leaf, and `tx` gives its place in the order of knowledge (see `store.transactions`).

    `personal` names values that a person may ask to have erased. They are NOT fields of the model:
    `record` takes them in the row by name, keeps them in the audit's erasable table beside a salt,
    and the leaf commits to their salted digest. Read them with `audit.queries.personal(model, ids)`,
    erase them with `audit.operations.erase_personal`. Example: a model with `personal = ("phone",)`
    is recorded with {"customer_id": 7, "phone": "…"} and has no column `phone`.

    `later` names columns added after the first release, in order; they must be nullable. Facts
    from before stay provable, because trailing nulls of `later` are not part of the digest.
    """

    id = FactId(primary_key=True)
    tx = models.BigIntegerField(db_index=True)
    recorded_at = models.DateTimeField()

    personal: tuple[str, ...] = ()
    later: tuple[str, ...] = ()

    class Meta:
        abstract = True
