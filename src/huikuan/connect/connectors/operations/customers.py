"""Customers out of a file."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from huikuan.connect.connectors.domain.rows import Checked, Note
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.plans import Task, record_batch, storage_refusals
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.operations import import_customers

DOUBTFUL = gettext_noop("%(count)s unified social credit codes fail their check digit; they were kept as they are.")


@dataclass(frozen=True, slots=True)
class Written:
    """The batch (None: nothing changed) and what happened to the rows."""

    batch_id: int | None
    created: int
    changed: int
    duplicates: int
    notes: list[Note]


class _Rehearsed(Exception):
    """A dry run got to its end; roll back."""

    def __init__(self, written: Written) -> None:
        self.written = written


def write_customers(task: Task, checked: Checked, *, dry_run: bool) -> Written:
    """Create and change customers, in one transaction with the batch row."""

    def work() -> Written:
        batch_id = reserve_ids(Batch, 1)[0]
        counts = import_customers(checked.frame, batch_id=batch_id, actor=task.actor, at=task.at)
        notes = list(checked.notes)
        if counts["uscc_warnings"]:
            notes.append(Note(DOUBTFUL, {"count": str(counts["uscc_warnings"])}))
        touched = counts["created"] + counts["changed"] + counts["affiliations"]
        written = Written(
            batch_id if touched else None,
            counts["created"],
            counts["changed"],
            counts["unchanged"] + checked.repeated,
            notes,
        )
        if dry_run:
            raise _Rehearsed(written)
        if touched:
            task.keep()()
            record_batch(batch_id, task, {"read": checked.read, "rejected": checked.rejected, **counts}, notes)
            payload = {"batch_id": batch_id, "kind": task.kind, "sha256": task.file_sha256}
            announce("connectors.imported", at=task.at, payload=payload)
        return written

    try:
        with storage_refusals():
            return retrying(work)
    except _Rehearsed as rehearsed:
        return rehearsed.written
