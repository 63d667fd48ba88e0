"""What an import would do, and the writing of it: one transaction, all or nothing, safe to run again."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import adbc_driver_manager
import polars as pl
from django.db import DatabaseError
from django.utils.translation import gettext_noop

from huikuan.connect.connectors.domain.overlay import Mended
from huikuan.connect.connectors.domain.rows import BadCell, Note, customer_names
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.turns import Standing, hold_batches, standing_batches
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.record.customers.domain.master import CUSTOMER
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import ensure_prospects
from huikuan.record.customers.operations.affiliations import (
    Move,
    Statement,
    affiliate_many,
    ensure_groups,
    foreseen_moves,
)
from huikuan.record.customers.operations.rows import ids_by_code
from huikuan.record.receivables.operations.bulk import Mark, Moved, mark, write
from huikuan.record.receivables.operations.drafts import Draft

MOVED = gettext_noop("%(count)s affiliations of customers already known change from %(day)s on.")

logger = logging.getLogger(__name__)

_ATTEMPTS = 5
#: The number of a batch while it is planned: no batch has it.
_PROVISIONAL = 0
_RECEIPTS = ["receipt", "advance"]


@dataclass(frozen=True, slots=True)
class Task:
    """One import as asked for. `system` is where the keys come from, `as_of` a snapshot's day. `keep` puts
    the original's bytes on the disk and answers what records them, inside the transaction. `draft_id`: the
    upload it commits; `edits`: the cells of the file that were mended, for the batch's own record."""

    kind: str
    company: Company
    system: str
    file_name: str
    file_sha256: str
    mapping: Mapping[str, Any]
    headers: Mapping[str, str]
    actor: str
    at: datetime
    as_of: date | None = None
    on_conflict: str = "list"
    force: bool = False
    keep: Callable[[], Callable[[], None]] = lambda: lambda: None
    draft_id: int | None = None
    edits: Sequence[Mended] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What a snapshot compared itself with: the batches that stood and the ledger of that moment."""

    standing: Standing
    ledger: Mark


@dataclass
class Plan:
    """What the checked rows come to against the ledger as it is now. Counts are in file rows.

    `basis`: must still hold when the plan is written (None: what it changes is checked, and that is enough).
    """

    task: Task
    batch_id: int
    draft: Draft
    basis: Basis | None = None
    created: int = 0
    duplicates: int = 0
    conflicts: list[Place] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)
    prospects: dict[str, str] = field(default_factory=dict)
    reserved: dict[str, int] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    affiliations: list[Statement] = field(default_factory=list)
    moves: tuple[Move, ...] = ()
    diff: list[dict[str, Any]] | None = None
    notes: list[Note] = field(default_factory=list)
    written: bool = False
    seconds_open: float = 0.0

    @property
    def empty(self) -> bool:
        """Nothing to write."""
        draft = self.draft
        return not (draft.items.height or draft.settlements.height or draft.schedules.height)

    def number(self, batch_id: int) -> None:
        """Give the batch its number: it is about to be written."""
        self.batch_id = batch_id
        self.draft.number(batch_id)

    def affiliate(self, stated: list[Statement], groups: dict[str, str]) -> None:
        """Whose the customers are from now on; customers this takes away from someone are told."""
        self.affiliations, self.groups = stated, groups
        self.moves = foreseen_moves(stated, today=self.today)

    @property
    def today(self) -> date:
        """The day of recording in the company's zone."""
        return business_date(self.task.at, self.task.company.time_zone)

    @property
    def told(self) -> list[Note]:
        """The notes, and that customers move."""
        return [*self.notes, *moved_note(self.moves)]


def new_plan(task: Task) -> Plan:
    # A snapshot compares what it leaves alone too; so nothing at all may move while it is planned.
    basis = Basis(standing_batches(task.company.pk), mark()) if task.kind == "open-items" else None
    return Plan(task, _PROVISIONAL, Draft(task.company, _PROVISIONAL, task.actor, task.at), basis)


def resolve_customers(plan: Plan, frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with `customer_id`; codes nobody knows get a reserved id and become prospects when written."""
    names = customer_names(frame)
    known = ids_by_code(names)
    unknown = {code: name for code, name in names.items() if code not in known}
    plan.prospects = unknown
    plan.reserved = dict(zip(unknown, reserve_ids(Customer, len(unknown)), strict=True))
    plan.customers = {**known, **plan.reserved}
    ids = pl.DataFrame(
        {"customer_code": list(plan.customers), "customer_id": list(plan.customers.values())},
        schema={"customer_code": pl.String, "customer_id": pl.Int64},
    )
    return frame.join(ids, on="customer_code", how="left", maintain_order="left")


def carry_out(
    make: Callable[[], Plan], counts: Callable[[Plan], dict[str, Any]], idle: Callable[[Plan], bool]
) -> Plan:
    """Plan and write; plans again when the ledger moved between, at most a few times. A plan for which `idle`
    holds, the first or a later one, has nothing to write and is answered as it is.

    Refuses with `ledger_busy` when it keeps moving, and with `storage_failed` when the disk is full.
    """
    batch_id = _PROVISIONAL
    for _ in range(_ATTEMPTS):
        try:
            with storage_refusals():
                plan = make()
                if idle(plan):
                    return plan
                batch_id = batch_id or reserve_ids(Batch, 1)[0]
                plan.number(batch_id)
                _write(plan, counts(plan))
        except Moved:
            logger.info("the ledger moved while an import was planned; planning again")
            continue
        return plan
    raise Refusal("ledger_busy")


def _write(plan: Plan, counts: dict[str, Any]) -> None:
    task = plan.task
    record_original = task.keep()

    def first() -> None:
        hold_batches(task.company.pk)
        if plan.basis and standing_batches(task.company.pk) != plan.basis.standing:
            raise Moved
        record_original()
        if plan.prospects:
            ids = ensure_prospects(
                plan.prospects,
                ids=plan.reserved,
                batch_id=plan.batch_id,
                actor=task.actor,
                at=task.at,
                status=CUSTOMER,
            )
            if ids != plan.reserved:
                raise Moved

    def last() -> None:
        _record_affiliations(plan)
        record_batch(plan.batch_id, task, {**counts, "moved": len(plan.moves)}, plan.told)
        announce(
            "connectors.imported",
            at=task.at,
            company_id=task.company.pk,
            payload={
                "batch_id": plan.batch_id,
                "kind": task.kind,
                "created": plan.created,
                "sha256": task.file_sha256,
                "edits": len(task.edits),
            },
        )

    plan.seconds_open = write(plan.draft, first=first, last=last, since=plan.basis.ledger if plan.basis else None)
    plan.written = True


def _record_affiliations(plan: Plan) -> None:
    ensure_groups(plan.groups)
    if plan.affiliations:
        task = plan.task
        plan.moves = affiliate_many(
            plan.affiliations, today=plan.today, batch_id=plan.batch_id, actor=task.actor, at=task.at
        ).moves


def moved_note(moves: Sequence[Move]) -> list[Note]:
    """That known customers belong to someone else from a day on."""
    if not moves:
        return []
    return [Note(MOVED, {"count": str(len(moves)), "day": moves[0].effective_on.isoformat()})]


def record_batch(batch_id: int, task: Task, counts: dict[str, Any], notes: list[Note]) -> None:
    """The batch's own row, in the transaction of its facts."""
    Batch.objects.create(
        id=batch_id,
        kind=task.kind,
        company_id=task.company.pk,
        state=Batch.State.COMMITTED,
        file_sha256=task.file_sha256,
        file_name=task.file_name,
        mapping={**task.mapping, "system": task.system},
        as_of=task.as_of,
        actor=task.actor,
        created_at=task.at,
        committed_at=task.at,
        counts=counts,
        notes=[{"text": note.text, "params": note.params} for note in notes],
        draft_id=task.draft_id,
        edits=[asdict(cell) for cell in task.edits],
    )


def totals(draft: Draft) -> list[dict[str, Any]]:
    """Per currency what the draft posts, reversals apart: counts, and sums as decimal strings."""
    if draft.items.is_empty():
        return []
    posted = draft.items.filter(pl.col("reversal_of").is_null())
    receipts, debit = pl.col("kind").is_in(_RECEIPTS), pl.col("side") == "debit"
    sums = posted.group_by("currency").agg(
        items=(~receipts).sum(),
        receipts=receipts.sum(),
        debits=pl.col("amount").filter(debit).sum(),
        credits=pl.col("amount").filter(~debit).sum(),
    )
    settled = _settled_per_currency(draft)
    return [
        {
            "currency": row["currency"],
            "items": row["items"],
            "receipts": row["receipts"],
            "settlements": settled.get(row["currency"], 0),
            "debits": to_text(row["debits"], row["currency"]),
            "credits": to_text(row["credits"], row["currency"]),
        }
        for row in sums.sort("currency").iter_rows(named=True)
    ]


def _settled_per_currency(draft: Draft) -> dict[str, int]:
    if draft.settlements.is_empty():
        return {}
    made = draft.settlements.filter(pl.col("reversal_of").is_null())
    currencies = draft.state.select(pl.col("item_id").alias("debit_id"), "currency")
    return dict(made.join(currencies, on="debit_id").group_by("currency").len().iter_rows())


@contextmanager
def storage_refusals() -> Iterator[None]:
    """Turn a full or failing disk, on whichever side, into a refusal."""
    try:
        yield
    except Exception as error:
        if not _is_storage(error):
            raise
        raise Refusal("storage_failed", problem=str(error).strip().splitlines()[0]) from error


def _is_storage(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    if isinstance(error, adbc_driver_manager.Error):
        return True
    if isinstance(error, DatabaseError):
        state = getattr(error.__cause__, "sqlstate", None) or ""
        text = str(error)
        return state.startswith("53") or "disk is full" in text or "disk I/O error" in text
    return False
