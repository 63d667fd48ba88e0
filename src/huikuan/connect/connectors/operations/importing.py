"""Checked rows into the ledger: the plan by kind, what refuses it, the result that is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from huikuan.connect.connectors.domain.rows import BadCell, Checked, Note
from huikuan.connect.connectors.operations.contacts import sift_contacts, write_contacts
from huikuan.connect.connectors.operations.customers import Written, write_customers
from huikuan.connect.connectors.operations.items import plan_items
from huikuan.connect.connectors.operations.plans import Plan, Task, carry_out, totals
from huikuan.connect.connectors.operations.receipts import plan_receipts
from huikuan.connect.connectors.operations.registers import write_contracts, write_orders
from huikuan.connect.connectors.operations.snapshots import last_snapshot, plan_snapshot
from huikuan.connect.connectors.operations.turns import one_at_a_time
from huikuan.connect.connectors.reasons import place
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_text
from huikuan.record.customers.operations.affiliations import Move
from huikuan.record.customers.queries import customers_by_id

_PLANS: dict[str, Callable[[Task, Checked], Plan]] = {
    "items": plan_items,
    "receipts": plan_receipts,
    "open-items": plan_snapshot,
}

REGISTERS: dict[str, Callable[..., Written]] = {
    "customers": write_customers,
    "contacts": write_contacts,
    "contracts": write_contracts,
    "orders": write_orders,
}


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did, or on a dry run would do. Counts are file rows:
    created + duplicates + conflicts + rejected = read.

    `batch` is None where nothing had to be written. `seconds_open` is how long the write
    transaction was open.
    """

    batch: int | None
    read: int
    created: int
    duplicates: int
    conflicts: int
    rejected: int
    totals: list[dict[str, Any]] = field(default_factory=list)
    customers_created: int = 0
    customers_changed: int = 0
    moves: list[dict[str, str]] = field(default_factory=list)
    diff: list[dict[str, Any]] | None = None
    conflicting: list[Place] = field(default_factory=list)
    bad: list[BadCell] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    dry_run: bool = False
    seconds_open: float = 0.0


def import_checked(task: Task, checked: Checked, *, skip_rejected: bool = False, dry_run: bool = False) -> Result:
    """Bring checked rows into the ledger, all or nothing.

    Refuses with `import_rejected`, listing every bad cell, unless `skip_rejected`; with
    `import_conflicts` while keys met other content and task.on_conflict says 'list'.
    """
    if task.kind == "contacts":
        checked = sift_contacts(task, checked)
    if not skip_rejected:
        _refuse_bad(task, checked, checked.bad, checked.rejected)
    if task.kind in REGISTERS:
        return _register(task, checked, dry_run)

    def make() -> Plan:
        plan = _PLANS[task.kind](task, checked)
        plan.notes = [*checked.notes, *plan.notes]
        if not skip_rejected:
            _refuse_bad(task, checked, [*checked.bad, *plan.bad], checked.rejected + _rows(plan.bad))
        if plan.conflicts and task.on_conflict == "list" and not dry_run:
            refusal = Refusal("import_conflicts", where=plan.conflicts, count=len(plan.conflicts))
            raise ConflictRefusal(refusal, _result(plan, checked, dry_run=True))
        return plan

    if dry_run:
        return _result(make(), checked, dry_run=True)
    with one_at_a_time(task.company.pk, task.kind, task.system):
        done = carry_out(make, lambda plan: _counts(plan, checked), _nothing_to_write)
    return _result(done, checked, dry_run=False)


class ConflictRefusal(Refusal):
    """Conflicts refuse the batch; `result` tells the counts it would have had."""

    def __init__(self, refusal: Refusal, result: Result) -> None:
        super().__init__(refusal.code, where=refusal.where, **refusal.params)
        self.result = replace(result, batch=None, created=0, totals=[])


class BadCellsRefusal(Refusal):
    """Bad cells refuse the batch: those of the file and those the ledger cannot take."""

    def __init__(self, task: Task, checked: Checked, bad: list[BadCell], rejected: int) -> None:
        where, good = [place(cell, task.file_name) for cell in bad], checked.read - rejected
        super().__init__("import_rejected", where=where, count=len(bad), rows=rejected, read=checked.read, good=good)
        self.bad = bad


def _refuse_bad(task: Task, checked: Checked, bad: list[BadCell], rejected: int) -> None:
    if bad:
        raise BadCellsRefusal(task, checked, bad, rejected)


def _rows(bad: list[BadCell]) -> int:
    return len({cell.row for cell in bad})


def _nothing_to_write(plan: Plan) -> bool:
    """A snapshot of a new day is recorded even where it changes nothing: it is the latest."""
    if not plan.empty:
        return False
    if plan.task.kind != "open-items":
        return True
    last = last_snapshot(plan.task)
    return last is not None and (last.as_of, last.file_sha256) == (plan.task.as_of, plan.task.file_sha256)


def _counts(plan: Plan, checked: Checked) -> dict[str, Any]:
    return {
        "read": checked.read,
        "created": plan.created,
        "duplicates": plan.duplicates,
        "conflicts": len(plan.conflicts),
        "rejected": checked.rejected + _rows(plan.bad),
        "customers_created": len(plan.prospects),
        "totals": totals(plan.draft),
    }


def _result(plan: Plan, checked: Checked, *, dry_run: bool) -> Result:
    return Result(
        **_counts(plan, checked),
        batch=plan.batch_id if plan.written else None,
        diff=_diff(plan),
        conflicting=plan.conflicts,
        bad=[*checked.bad, *plan.bad],
        notes=plan.told,
        moves=told_moves(plan.moves),
        dry_run=dry_run,
        seconds_open=plan.seconds_open,
    )


def _diff(plan: Plan) -> list[dict[str, Any]] | None:
    if plan.diff is None:
        return None
    return [{**entry, "amount": to_text(entry["amount"], entry["currency"])} for entry in plan.diff]


def told_moves(moves: Sequence[Move]) -> list[dict[str, str]]:
    """Each known customer that changes hands: code, name, in what (dimension), from whom to whom, from which day."""
    named = customers_by_id({move.customer_id for move in moves})
    return [
        {
            "customer": named[move.customer_id].code,
            "name": named[move.customer_id].name,
            "dimension": move.dimension,
            "former": move.former,
            "value": move.value,
            "from": move.effective_on.isoformat(),
        }
        for move in moves
    ]


def _register(task: Task, checked: Checked, dry_run: bool) -> Result:
    """Kinds whose rows are not items: known by their own number or code, restated by what the file says."""
    written = REGISTERS[task.kind](task, checked, dry_run=dry_run)
    return Result(
        batch=None if dry_run else written.batch_id,
        read=checked.read,
        created=written.rows,
        duplicates=written.duplicates,
        conflicts=0,
        rejected=checked.rejected,
        customers_created=written.prospects,
        customers_changed=written.changed if task.kind == "customers" else 0,
        bad=checked.bad,
        notes=written.notes,
        moves=told_moves(written.moves),
        dry_run=dry_run,
    )
