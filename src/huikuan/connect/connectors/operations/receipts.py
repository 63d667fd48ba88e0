"""Receipts out of a file: on account, and applied to the document they name where it is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl
from django.utils.translation import gettext_noop

from huikuan.connect.connectors.domain.applying import Debt, Receipt, apply
from huikuan.connect.connectors.domain.rows import Checked, Note
from huikuan.connect.connectors.operations.items import (
    describe_conflicts,
    forget_unused_customers,
    refuse_locked_rows,
    take_up,
    withdraw_for,
)
from huikuan.connect.connectors.operations.lookups import meet
from huikuan.connect.connectors.operations.plans import Plan, Task, new_plan, resolve_customers
from huikuan.mechanisms.store.bulk import read_frame
from huikuan.mechanisms.store.staging import stage
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.operations.drafts import pairs_frame

UNAPPLIED = gettext_noop("%(count)s receipts stay on account: no open document of that number was found.")

#: Receipts are numbered apart from invoices.
SYSTEM = "receipts:"

#: Debits of the documents named: open in the ledger, or in the draft (%s) already, which may open them again.
_DEBTS = """
SELECT i.id, i.customer_id, i.document_number, i.currency, i.posting_date,
    (SELECT max(r.effective_on) FROM receivables_settlement r JOIN receivables_settlement s ON s.id = r.reversal_of
     WHERE r.reversal_of IS NOT NULL AND r.debit_id = i.id AND r.effective_on > s.effective_on)
FROM (SELECT item_id FROM receivables_openitem WHERE side = 'debit' AND company_id = %s
    UNION SELECT item_id FROM {drafted}) o JOIN receivables_item i ON i.id = o.item_id
JOIN (SELECT DISTINCT customer_id, applies_to, currency FROM {wanted}) w
    ON w.customer_id = i.customer_id AND w.applies_to = i.document_number AND w.currency = i.currency
WHERE i.side = 'debit'
"""
_DEBT_COLUMNS = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "document_number": pl.String,
    "currency": pl.String,
    "posting_date": pl.Date,
    "returned_on": pl.Date,
}


def plan_receipts(task: Task, checked: Checked) -> Plan:
    """What importing the rows of a receipts file comes to."""
    task = replace(task, system=(SYSTEM + task.system)[:40])
    plan = new_plan(task)
    met = meet(task, refuse_locked_rows(plan, checked.frame, ("received_on",)))
    plan.duplicates = checked.repeated + met.filter(pl.col("meets") == "duplicate").height
    rows = as_items(resolve_customers(plan, met.filter(pl.col("meets") != "duplicate")))
    conflicting = rows.filter(pl.col("meets") == "conflict")
    plan.conflicts = describe_conflicts(task, conflicting)
    fresh = rows.filter(pl.col("meets") == "new")
    plan.created = fresh.height
    if task.on_conflict == "replace" and conflicting.height:
        withdraw_for(plan, conflicting)
        fresh = pl.concat([fresh, conflicting]).sort("row")
    forget_unused_customers(plan, fresh)
    if fresh.height:
        _post(plan, fresh)
    return plan


def as_items(rows: pl.DataFrame) -> pl.DataFrame:
    """Receipt rows in the shape of item rows."""
    return rows.with_columns(
        kind=pl.lit("receipt"),
        side=pl.lit("credit"),
        document_date="received_on",
        posting_date="received_on",
        due_date=pl.lit(None, dtype=pl.Date),
        net_amount=pl.lit(None, dtype=pl.Int64),
        tax_amount=pl.lit(None, dtype=pl.Int64),
        **{name: pl.lit("") for name in ("awaits", "obligation", "contract_number", "business_type")},
    )


def _post(plan: Plan, rows: pl.DataFrame) -> None:
    posted = plan.draft.post(
        rows.select(
            "customer_id", "kind", "side", "currency", "amount", "document_number", "document_date", "posting_date",
            "text", "origin_generation", "origin_digest",
            origin_key="key", batch_row="row", origin_system=pl.lit(plan.task.system),
        )
    )  # fmt: skip
    named = rows.with_columns(item_id=posted["id"]).filter(pl.col("applies_to") != "")
    if named.is_empty():
        return
    under = merged()
    receipts = [
        Receipt(
            row["item_id"],
            row["row"],
            (shown_under(under, row["customer_id"]), row["applies_to"], row["currency"]),
            row["amount"],
            row["received_on"],
        )
        for row in named.iter_rows(named=True)
    ]
    made = apply(receipts, _debts(plan, named, under))
    plan.draft.settle(
        pairs_frame(
            [
                {
                    "credit_id": one.receipt_id,
                    "debit_id": one.debt_id,
                    "amount": one.amount,
                    "effective_on": one.effective_on,
                    "reason": "import",
                    "batch_row": one.row,
                }
                for one in made
            ]
        )
    )
    if missed := len(receipts) - len({one.receipt_id for one in made}):
        plan.notes.append(Note(UNAPPLIED, {"count": str(missed)}))


def _debts(plan: Plan, named: pl.DataFrame, under: Mapping[int, int]) -> dict[tuple[int, str, str], list[Debt]]:
    """The debits the receipts name, as the draft leaves them (a replaced receipt frees what it had paid), the
    earliest due first; they join the draft. `under`: who is merged into whom; those are one customer."""
    drafted = plan.draft.state.filter(pl.col("before").is_not_null()).select("item_id")
    wanted = _of_all_that_are_one(named.select("customer_id", "applies_to", "currency"), under)
    with stage(tables={"wanted": wanted, "drafted": drafted}) as staged:
        sql = _DEBTS.format(wanted=staged.table("wanted"), drafted=staged.table("drafted"))
        found = read_frame(sql, [plan.task.company.pk], _DEBT_COLUMNS)
    take_up(plan, found["item_id"])
    returned = plan.draft.returned.group_by("item_id").agg(again_on=pl.col("returned_on").max())
    state = plan.draft.state.select("item_id", "open_amount", "due_date")
    rows = (
        found.join(state, on="item_id")
        .join(returned, on="item_id", how="left")
        .filter(pl.col("open_amount") > 0)
        .with_columns(settle_from=pl.max_horizontal("posting_date", "returned_on", "again_on"))
        .sort("due_date", "item_id", nulls_last=True)
    )
    debts: dict[tuple[int, str, str], list[Debt]] = {}
    for row in rows.iter_rows(named=True):
        pays = (shown_under(under, row["customer_id"]), row["document_number"], row["currency"])
        debts.setdefault(pays, []).append(Debt(row["item_id"], row["open_amount"], row["settle_from"]))
    return debts


def _of_all_that_are_one(wanted: pl.DataFrame, under: Mapping[int, int]) -> pl.DataFrame:
    """What is wanted of a customer, wanted of each that is one with it."""
    everyone = sorted({*wanted["customer_id"], *under, *under.values()})
    ones = pl.DataFrame({"customer_id": everyone, "shown": [shown_under(under, one) for one in everyone]})
    return wanted.join(ones, on="customer_id").drop("customer_id").join(ones, on="shown").drop("shown")
