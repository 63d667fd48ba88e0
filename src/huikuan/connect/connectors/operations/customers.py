"""Customers out of a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from huikuan.connect.connectors.domain.rows import Checked, Note
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.plans import Task, moved_note, record_batch, storage_refusals
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.operations import import_customers
from huikuan.record.customers.operations.affiliations import Move
from huikuan.record.customers.operations.bulk import ImportedCustomers

DOUBTFUL = gettext_noop("%(count)s unified social credit codes fail their check digit; they were kept as they are.")


@dataclass(frozen=True, slots=True)
class Written:
    """The batch (None: nothing changed) and what happened to what the rows name. `rows`: how many said something
    new; `prospects`: customers made on the way."""

    batch_id: int | None
    created: int
    changed: int
    duplicates: int
    notes: list[Note]
    moves: tuple[Move, ...] = ()
    prospects: int = 0
    rows: int = 0


class NothingWritten(Exception):
    """A dry run got to its end, or nothing was new; roll back."""

    def __init__(self, written: Written) -> None:
        self.written = written


def write_customers(task: Task, checked: Checked, *, dry_run: bool) -> Written:
    """Create and change customers, in one transaction with the batch row."""

    def work() -> Written:
        # A rehearsal draws no number: no hole is left behind it.
        batch_id = 0 if dry_run else reserve_ids(Batch, 1)[0]
        imported = import_customers(checked.frame, batch_id=batch_id, actor=task.actor, at=task.at)
        written = _written(batch_id, checked, imported)
        if dry_run or written.batch_id is None:
            raise NothingWritten(written)
        task.keep()()
        counts = {"read": checked.read, "rejected": checked.rejected, "moved": len(imported.moves)}
        record_batch(batch_id, task, {**counts, **imported.counts}, written.notes)
        payload = {"batch_id": batch_id, "kind": task.kind, "sha256": task.file_sha256}
        announce("connectors.imported", at=task.at, payload=payload)
        return written

    try:
        with storage_refusals():
            return retrying(work)
    except NothingWritten as nothing:
        return nothing.written


def _written(batch_id: int, checked: Checked, imported: ImportedCustomers) -> Written:
    counts = imported.counts
    doubtful = [Note(DOUBTFUL, {"count": str(counts["uscc_warnings"])})] if counts["uscc_warnings"] else []
    return Written(
        batch_id=batch_id if counts["created"] + counts["changed"] + counts["affiliations"] else None,
        created=counts["created"],
        changed=counts["changed"],
        duplicates=counts["unchanged"] + checked.repeated,
        notes=[*checked.notes, *moved_note(imported.moves), *doubtful],
        moves=imported.moves,
        prospects=counts["created"],
        rows=counts["created"] + counts["changed"],
    )
