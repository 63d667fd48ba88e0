"""Contacts out of a file. What a file says of people is kept where it can be erased, and nowhere else: neither
the file nor its mended cells are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
from django.utils.translation import gettext_noop

from huikuan.connect.connectors.domain.rows import BadCell, Checked, Note
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.customers import NothingWritten, Written
from huikuan.connect.connectors.operations.plans import Task, record_batch, storage_refusals
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.domain.meeting import Stated
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.operations.contact_imports import TakenContacts, import_contacts, meet_contacts
from huikuan.record.customers.operations.rows import ids_by_code, ids_by_name
from huikuan.record.customers.queries.merging import merged

NOT_KEPT = gettext_noop("The file itself is not kept, so that what it says of people can be erased.")

_ACTIVE = {"active": True, "gone": False, "": None}


def sift_contacts(task: Task, checked: Checked) -> Checked:
    """The rows that mean one customer and one person for certain, with the `customer_id`; the others are bad.

    A customer goes by its code, where there is none by its name. Nobody becomes a prospect by a contact.
    """
    frame, strangers = _with_customers(task, checked.frame)
    met = meet_contacts([_stated(row) for row in frame.iter_rows(named=True)])
    header = task.headers.get("person", "person")
    doubtful = [BadCell(one.row, header, one.contact.name, "contact_unclear") for one in met.unclear]
    refused = {one.row for one in met.unclear}
    bad = sorted([*checked.bad, *strangers, *doubtful], key=lambda cell: cell.row)
    return replace(
        checked,
        frame=frame.filter(~pl.col("row").is_in(list(refused))),
        bad=bad,
        rejected=checked.rejected + len(strangers) + len(refused),
        notes=[*checked.notes, Note(NOT_KEPT)],
    )


def write_contacts(task: Task, checked: Checked, *, dry_run: bool) -> Written:
    """Add and restate contacts, in one transaction with the batch row. `checked` was sifted."""
    stated = [_stated(row) for row in checked.frame.iter_rows(named=True)]

    def work() -> Written:
        # A rehearsal draws no number: no hole is left behind it.
        batch_id = 0 if dry_run else reserve_ids(Batch, 1)[0]
        taken = import_contacts(stated, batch_id=batch_id, actor=task.actor, at=task.at)
        written = _written(batch_id, checked, taken)
        if dry_run or written.batch_id is None:
            raise NothingWritten(written)
        counts = {
            "read": checked.read,
            "created": written.rows,
            "duplicates": written.duplicates,
            "conflicts": 0,
            "rejected": checked.rejected,
        }
        record_batch(batch_id, task, counts, written.notes)
        payload = {"batch_id": batch_id, "kind": task.kind, "created": written.rows, "sha256": task.file_sha256}
        announce("connectors.imported", at=task.at, company_id=task.company.pk, payload=payload)
        return written

    try:
        with storage_refusals():
            return retrying(work)
    except NothingWritten as nothing:
        return nothing.written


def _written(batch_id: int, checked: Checked, taken: TakenContacts) -> Written:
    rows = taken.added + taken.changed
    return Written(
        batch_id=batch_id if rows else None,
        created=taken.added,
        changed=taken.changed,
        duplicates=taken.unchanged + checked.repeated,
        notes=list(checked.notes),
        rows=rows,
    )


def _with_customers(task: Task, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[BadCell]]:
    """`frame` with `customer_id`, without the rows whose customer is unknown, or is one of several of that name."""
    by_code = ids_by_code(code for code in frame["customer_code"].unique() if code)
    unnamed = frame.filter(pl.col("customer_code") == "")["customer_name"].unique()
    by_name = ids_by_name(unnamed) if len(unnamed) else {}
    under = merged()
    found: dict[int, int] = {}
    bad: list[BadCell] = []
    for row, code, name in frame.select("row", "customer_code", "customer_name").iter_rows():
        ids = ([by_code[code]] if code in by_code else []) if code else by_name.get(name, [])
        # Customers that are one bear one name twice.
        if len({shown_under(under, one) for one in ids}) == 1:
            found[row] = ids[0]
            continue
        field = "customer_code" if code else "customer_name"
        problem = "customer_unclear" if ids else "customer_unknown"
        bad.append(BadCell(row, task.headers.get(field, field), code or name, problem))
    ids_frame = pl.DataFrame(
        {"row": list(found), "customer_id": list(found.values())}, schema={"row": pl.Int64, "customer_id": pl.Int64}
    )
    return frame.join(ids_frame, on="row", how="inner", maintain_order="left"), bad


def _stated(row: Mapping[str, Any]) -> Stated:
    contact = Contact(
        name=row["person"],
        consent_on=row["consent_on"] if row["consent"] else None,
        **{name: row[name] for name in ("position", "role", "phone", "email", "language", "consent")},
    )
    return Stated(row["row"], row["customer_id"], contact, _ACTIVE[row["status"]])
