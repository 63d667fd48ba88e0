"""Items out of a file, with what settled them where the file says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl
from django.utils.translation import gettext

from huikuan.connect.connectors.domain.origins import MADE_KEYS, RECEIPT_KEY
from huikuan.connect.connectors.domain.rows import BadCell, Checked
from huikuan.connect.connectors.operations.lookups import meet
from huikuan.connect.connectors.operations.plans import Plan, Task, new_plan, resolve_customers
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import LARGEST_MINOR, to_text
from huikuan.mechanisms.store.staging import stage
from huikuan.record.customers.operations.affiliations import Statement
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.receivables.operations.withdrawals import mirror, reverse_standing
from huikuan.record.receivables.queries.bulk import LIVE, STANDING, items_where, settlements_where, states_where

_SIDES = ("credit_id", "debit_id")
_STANDS_IN = {"posting_date": "document_date"}

#: Item columns a file row fills.
FILLED = (
    "customer_id", "kind", "side", "currency", "amount", "net_amount", "tax_amount", "document_number",
    "document_date", "posting_date", "due_date", "awaits", "obligation", "contract_number", "business_type",
    "text", "origin_key", "origin_generation", "origin_digest", "batch_row", "origin_system",
)  # fmt: skip

_COMPARED = (
    "customer_id", "kind", "side", "currency", "amount", "net_amount", "tax_amount", "document_number",
    "document_date", "posting_date", "due_date", "awaits", "obligation", "contract_number", "business_type", "text",
)  # fmt: skip


def plan_items(task: Task, checked: Checked) -> Plan:
    """What importing the rows of an items file comes to."""
    plan = new_plan(task)
    met = meet(task, refuse_locked_rows(plan, checked.frame, ("posting_date", "settled_on")))
    plan.duplicates = checked.repeated + met.filter(pl.col("meets") == "duplicate").height
    rows = resolve_customers(plan, met.filter(pl.col("meets") != "duplicate"))
    conflicting = rows.filter(pl.col("meets") == "conflict")
    plan.conflicts = describe_conflicts(task, conflicting)
    fresh = rows.filter(pl.col("meets") == "new")
    if task.on_conflict == "replace" and conflicting.height:
        withdraw_for(plan, conflicting)
        fresh = pl.concat([fresh, conflicting]).sort("row")
    # An item reversed by hand may have left the receipt its row brought; the row brings it again.
    again = (pl.col("meets") == "new") & (pl.col("origin_generation") > 1) & pl.col("settled_on").is_not_null()
    if (orphans := fresh.filter(again)).height:
        withdraw_for(plan, orphans)
    plan.created = fresh.filter(pl.col("meets") == "new").height
    forget_unused_customers(plan, fresh)
    post_rows(plan, fresh)
    plan.affiliate(*affiliations(fresh))
    return plan


def refuse_locked_rows(plan: Plan, frame: pl.DataFrame, days: Iterable[str]) -> pl.DataFrame:
    """Name the rows that would post into a locked period and leave them out."""
    lock = plan.draft.locked_through
    if lock is None:
        return frame
    headers, locked = plan.task.headers, pl.lit(False)
    for name in days:
        # Where a file has no posting date, the document date stands in for it.
        header = headers.get(name) or headers.get(_STANDS_IN.get(name, ""), name)
        hit = pl.col(name).is_not_null() & (pl.col(name) <= lock)
        plan.bad += [
            BadCell(row, header, str(day), "period_locked", {"day": str(lock)})
            for row, day in frame.filter(hit).select("row", name).iter_rows()
        ]
        locked = locked | hit
    return frame.filter(~locked)


def post_rows(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    """Post file rows as items; those with `settled_on` with the receipt that settles them."""
    if rows.is_empty():
        return rows
    items = rows.with_columns(origin_key="key", batch_row="row", origin_system=pl.lit(plan.task.system))
    posted = plan.draft.post(items.select(FILLED))
    _refuse_too_large(posted)
    settled = posted.with_columns(settled_on=rows["settled_on"]).filter(pl.col("settled_on").is_not_null())
    if settled.height:
        _post_receipts(plan, settled)
    return posted


def _post_receipts(plan: Plan, settled: pl.DataFrame) -> None:
    """The receipt that settled each item on its `settled_on`; one from before the document is an advance
    and settles on the document date. What clears a credit is an offset on the debit side."""
    debit = pl.col("side") == "debit"
    early = pl.col("settled_on") < pl.col("document_date")
    receipts = plan.draft.post(
        settled.select(
            "customer_id", "currency", "amount", "document_number", "contract_number", "business_type", "batch_row",
            "origin_generation", "origin_system",
            kind=pl.when(~debit).then(pl.lit("offset")).when(early).then(pl.lit("advance")).otherwise(pl.lit("receipt")),
            side=pl.when(debit).then(pl.lit("credit")).otherwise(pl.lit("debit")),
            document_date="settled_on",
            posting_date="settled_on",
            due_date=pl.when(debit).then(pl.lit(None, dtype=pl.Date)).otherwise("settled_on"),
            origin_key=pl.col("origin_key") + RECEIPT_KEY,
        )
    )  # fmt: skip
    pairs = settled.select(
        item_id="id",
        debit=debit,
        amount="amount",
        effective_on=pl.max_horizontal("settled_on", "posting_date", "document_date"),
        reason=pl.lit("import"),
        batch_row="batch_row",
    ).with_columns(receipt_id=receipts["id"])
    plan.draft.settle(pairs.select(
        pl.when("debit").then("receipt_id").otherwise("item_id").alias("credit_id"),
        pl.when("debit").then("item_id").otherwise("receipt_id").alias("debit_id"),
        "amount", "effective_on", "reason", "batch_row",
    ))  # fmt: skip


def withdraw_for(plan: Plan, conflicting: pl.DataFrame, day: date | None = None) -> None:
    """Withdraw the items that conflicting rows replace, with the receipts imports made for them and what the
    batch of such an item settled with it: on `day`, or as if they had never been.

    Refuses, listing them, while settlements from elsewhere stand on the items; and on a `day`, while any of
    it took effect later: the snapshots after that day compared themselves with it.
    """
    items = _withdrawn(plan, conflicting)
    with stage(tables={"items": items.select("id")}) as staged:
        ids = f"(SELECT id FROM {staged.table('items')})"
        standing = settlements_where(f"(s.credit_id IN {ids} OR s.debit_id IN {ids}) AND {STANDING}", [])
    known = items["id"].implode()
    both = pl.col("credit_id").is_in(known) & pl.col("debit_id").is_in(known)
    foreign = standing.filter(~(both | _own(items)))
    if foreign.height:
        raise Refusal("replace_blocked", where=dependants(foreign), count=foreign.height)
    if day is not None:
        _refuse_later(plan, items, standing, day)
    take_up(plan, pl.concat([standing["credit_id"], standing["debit_id"]]))
    reverse_standing(plan.draft, standing, "import", day)
    mirror(plan.draft, items, "", day)


def _withdrawn(plan: Plan, conflicting: pl.DataFrame) -> pl.DataFrame:
    """The live items to withdraw, with the receipts made for them; they join the draft."""
    task = plan.task
    gone = pl.concat([conflicting.select("item_id", made=pl.col("key") + suffix) for suffix in MADE_KEYS])
    with stage(tables={"gone": gone}) as staged:
        table = staged.table("gone")
        own = (
            f"(i.id IN (SELECT item_id FROM {table}) OR (i.company_id = %s AND i.origin_system = %s"
            f" AND i.origin_key IN (SELECT made FROM {table}))) AND {LIVE}"
        )
        plan.draft.touch(states_where(own, [task.company.pk, task.system]))
        return items_where(own, [task.company.pk, task.system])


def _own(items: pl.DataFrame) -> pl.Expr:
    """The settlement was made by the very batch that posted the withdrawn item it stands on."""
    batches = dict(items.select("id", "batch_id").iter_rows())
    posted = [pl.col(side).replace_strict(batches, default=None, return_dtype=pl.Int64) for side in _SIDES]
    return pl.any_horizontal(*((pl.col("batch_id") == batch).fill_null(value=False) for batch in posted))


def _refuse_later(plan: Plan, items: pl.DataFrame, standing: pl.DataFrame, day: date) -> None:
    """Refuse to take back on `day` what came to be only after it."""
    where = dependants(standing.filter(pl.col("effective_on") > day))
    where += [
        Place(
            file=plan.task.file_name,
            column="item",
            value=str(item_id),
            reason=gettext("This item was posted after the day of the snapshot."),
            fix=gettext("Replace it in a snapshot of a later day."),
        )
        for item_id in items.filter(pl.col("posting_date") > day)["id"]
    ]
    if where:
        raise Refusal("replace_too_early", where=where, count=len(where), day=day)


def take_up(plan: Plan, items: pl.Series) -> None:
    """Take items that are to be changed into the draft, those it has not got yet."""
    known = plan.draft.state["item_id"]
    wanted = items.unique().filter(~items.unique().is_in(known.implode()))
    if wanted.len():
        with stage(tables={"items": pl.DataFrame({"item_id": wanted})}) as staged:
            plan.draft.touch(states_where(f"i.id IN (SELECT item_id FROM {staged.table('items')})", []))


def dependants(settlements: pl.DataFrame) -> list[Place]:
    """Settlements that stand in the way, as places."""
    return [
        Place(
            column="settlement",
            value=str(row["id"]),
            reason=gettext("This settlement stands on an item of the import."),
            fix=gettext("Reverse the settlement first."),
        )
        for row in settlements.iter_rows(named=True)
    ]


def describe_conflicts(task: Task, conflicting: pl.DataFrame) -> list[Place]:
    """Each conflicting row with what the ledger says instead."""
    if conflicting.is_empty():
        return []
    with stage(tables={"met": conflicting.select("item_id")}) as staged:
        known = items_where(f"i.id IN (SELECT item_id FROM {staged.table('met')})", [])
    older = {row["id"]: row for row in known.select("id", *_COMPARED).iter_rows(named=True)}
    names = {pk: row.code for pk, row in customers_by_id(row["customer_id"] for row in older.values()).items()}
    return [_conflict(task, row, older[row["item_id"]], names) for row in conflicting.iter_rows(named=True)]


def _conflict(task: Task, row: dict[str, Any], known: dict[str, Any], codes: dict[int, str]) -> Place:
    name = next((name for name in _COMPARED if row[name] != known[name]), "settled_on")
    new, old = row.get(name), known.get(name)
    if name == "customer_id":
        name, new, old = "customer_code", row["customer_code"], codes.get(known["customer_id"], "")
    elif name.endswith("amount"):
        new, old = (None if value is None else to_text(value, row["currency"]) for value in (new, old))
    return Place(
        file=task.file_name,
        row=row["row"],
        column=task.headers.get(name, name),
        value="" if new is None else str(new),
        reason=gettext("The ledger has this key with other content: %(known)s.")
        % {"known": "—" if old in (None, "") else old},
        fix=gettext("Keep the ledger's row (--keep-conflicts) or reverse and replace it (--replace-conflicts)."),
    )


def forget_unused_customers(plan: Plan, used: pl.DataFrame) -> None:
    """Only customers of rows that are posted become prospects."""
    codes = set(used["customer_code"])
    plan.prospects = {code: name for code, name in plan.prospects.items() if code in codes}
    plan.reserved = {code: plan.reserved[code] for code in plan.prospects}


def affiliations(rows: pl.DataFrame) -> tuple[list[Statement], dict[str, str]]:
    """Whose the customers are, as far as the file says the same of a customer throughout; and its groups."""
    found: list[Statement] = []
    groups: dict[str, str] = {}
    for column, dimension in (("owner", "owner"), ("region", "region"), ("group", "group")):
        said = rows.filter(pl.col(column) != "").group_by("customer_id", maintain_order=True)
        single = said.agg(pl.col(column).first().alias("value"), pl.col(column).n_unique().alias("values"))
        for customer_id, value, count in single.iter_rows():
            if count == 1:
                found.append(Statement(customer_id, dimension, value))
            if dimension == "group":
                groups[value] = value
    return found, groups


def _refuse_too_large(posted: pl.DataFrame) -> None:
    large = posted.filter(pl.col("book_amount") > LARGEST_MINOR)
    if large.height:
        raise Refusal("amount_too_large", value=str(large["book_amount"][0]))
