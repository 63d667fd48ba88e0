"""Contracts and orders out of a file, in one transaction with the batch row; and the undoing of what is no item."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
from django.db import IntegrityError
from django.utils.translation import gettext

from huikuan.connect.connectors.domain.rows import Checked, customer_names
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.customers import NothingWritten, Written
from huikuan.connect.connectors.operations.plans import Task, record_batch, storage_refusals
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.contracts.domain.interest import read_late_interest
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.orders import DELIVERED, INVOICED, Order, OrderLine
from huikuan.record.contracts.domain.stating import SoFar, StatedContract, StatedOrder
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.messages import SENTENCES
from huikuan.record.contracts.operations.imports import Taken, import_contracts
from huikuan.record.contracts.operations.order_imports import import_orders
from huikuan.record.contracts.operations.withdrawals import withdraw_contracts, withdraw_orders
from huikuan.record.customers.operations import ensure_prospects
from huikuan.record.customers.operations.contact_imports import withdraw_contacts
from huikuan.record.customers.operations.rows import ids_by_code

WITHDRAWALS = {"contacts": withdraw_contacts, "contracts": withdraw_contracts, "orders": withdraw_orders}
_CLAUSES = ("goods", "payment_terms", "jurisdiction", "arbitration", "governing_law", "delivery", "breach")
_DATES = ("signed_on", "effective_on", "expires_on")


def write_contracts(task: Task, checked: Checked, *, dry_run: bool) -> Written:
    """Register and amend contracts; customers nobody knows become prospects."""

    def take(batch_id: int, customers: Mapping[str, int]) -> Taken:
        stated = [_contract(row, customers) for row in checked.frame.iter_rows(named=True)]
        return import_contracts(stated, company=task.company, batch_id=batch_id, actor=task.actor, at=task.at)

    return _write(task, checked, take, dry_run)


def write_orders(task: Task, checked: Checked, *, dry_run: bool) -> Written:
    """Enter and change orders, with what was delivered and invoiced so far. Counts are orders' rows."""

    def take(batch_id: int, customers: Mapping[str, int]) -> Taken:
        groups = checked.frame.partition_by("number", maintain_order=True)
        stated = [_order(group, customers) for group in groups]
        return import_orders(stated, company=task.company, batch_id=batch_id, actor=task.actor, at=task.at)

    return _write(task, checked, take, dry_run)


def undo_register(batch: Batch, *, actor: str, at: Any) -> int:
    """Take back what a batch of contacts, contracts or orders said, in one transaction; answers how many."""

    def work() -> int:
        held = Batch.objects.select_for_update().get(pk=batch.pk)
        if held.state == Batch.State.UNDONE:
            raise Refusal("batch_undone", batch=batch.pk)
        count = WITHDRAWALS[batch.kind](batch_id=batch.pk, actor=actor, at=at)
        Batch.objects.filter(pk=batch.pk).update(state=Batch.State.UNDONE, undone_at=at)
        payload = {"batch_id": batch.pk, "kind": batch.kind}
        announce("connectors.undone", at=at, company_id=batch.company_id, payload=payload)
        return count

    with storage_refusals():
        return retrying(work)


def _write(task: Task, checked: Checked, take: Callable[[int, Mapping[str, int]], Taken], dry_run: bool) -> Written:
    def work() -> Written:
        # Held so that two imports into one company come one after the other.
        Company.objects.select_for_update().get(pk=task.company.pk)
        # A rehearsal draws no number: no hole is left behind it.
        batch_id = 0 if dry_run else reserve_ids(Batch, 1)[0]
        before = ids_by_code(checked.frame["customer_code"])
        customers = _customers(task, checked, batch_id)
        taken = take(batch_id, customers)
        _refuse(task, taken)
        touched = taken.created + taken.changed
        written = Written(
            batch_id=batch_id if touched else None,
            created=taken.created,
            changed=taken.changed,
            duplicates=taken.unchanged + checked.repeated,
            notes=list(checked.notes),
            prospects=len(customers) - len(before) if touched else 0,
            rows=checked.frame.height - taken.unchanged,
        )
        if dry_run or not touched:
            raise NothingWritten(written)
        task.keep()()
        counts = {
            "read": checked.read,
            "created": written.rows,
            "duplicates": written.duplicates,
            "conflicts": 0,
            "rejected": checked.rejected,
            "customers_created": written.prospects,
        }
        record_batch(batch_id, task, counts, written.notes)
        payload = {"batch_id": batch_id, "kind": task.kind, "created": touched, "sha256": task.file_sha256}
        announce("connectors.imported", at=task.at, company_id=task.company.pk, payload=payload)
        return written

    try:
        with storage_refusals():
            return retrying(work)
    except NothingWritten as nothing:
        return nothing.written
    except IntegrityError as error:
        raise Refusal("agreements_changed_meanwhile") from error


def _refuse(task: Task, taken: Taken) -> None:
    """All that cannot be taken, each with the row it stands in."""
    if not taken.refused:
        return
    where = [
        Place(file=task.file_name, row=row, column=task.headers.get("number", "number"), reason=_said(refusal))
        for row, refusal in taken.refused
    ]
    raise Refusal("agreement_refused", where=where, count=len(where))


def _said(refusal: Refusal) -> str:
    sentence = SENTENCES.get(refusal.code)
    return gettext(sentence) % refusal.params if sentence else str(refusal)


def _customers(task: Task, checked: Checked, batch_id: int) -> dict[str, int]:
    """Code → id of every customer the file names; unknown ones become prospects."""
    return ensure_prospects(customer_names(checked.frame), batch_id=batch_id, actor=task.actor, at=task.at)


def _contract(row: Mapping[str, Any], customers: Mapping[str, int]) -> StatedContract:
    terms = Terms(
        name=row["name"],
        currency=row["currency"],
        amount=row["amount"] or None,
        status=row["status"],
        late_interest=read_late_interest(row["late_interest"]),
        milestones=read_milestones(row["milestones"]),
        service_addresses=tuple(part for part in re.split(r"[;；|]", row["service_addresses"]) if part.strip()),
        **{name: row[name] for name in (*_CLAUSES, *_DATES)},
    )
    return StatedContract(row["row"], row["number"], customers[row["customer_code"]], terms)


def _order(group: pl.DataFrame, customers: Mapping[str, int]) -> StatedOrder:
    rows = group.sort("line").to_dicts()
    first = rows[0]
    lines = tuple(
        OrderLine(
            row["line"], row["product"], row["quantity"], row["amount"], row["unit"], row["product_code"],
            row["planned_on"],
        )
        for row in rows
    )  # fmt: skip
    done = tuple(
        SoFar(row["line"], what, row[f"{what}_quantity"], row[f"{what}_on"])
        for row in rows
        for what in (DELIVERED, INVOICED)
        if row[f"{what}_quantity"]
    )
    order = Order(first["ordered_on"], first["currency"], lines, first["contract_number"])
    return StatedOrder(
        min(row["row"] for row in rows),
        first["number"],
        customers[first["customer_code"]],
        order,
        done,
        rows=len(rows),
    )
