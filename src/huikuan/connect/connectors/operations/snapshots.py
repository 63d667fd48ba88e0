"""A snapshot of the open items of a company on a day: the ledger as of that day comes to equal the file.

New → item. Smaller or gone → settled by a clearing receipt of that day. Back again → the clearing
reversed on that day. Due date moved in the source → a new schedule from that day. Larger than ever
cleared, another customer (not one merged with it), currency or document date → conflict.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import QuerySet
from django.utils.translation import gettext, gettext_noop

from huikuan.connect.connectors.domain.origins import CLEARED_KEY
from huikuan.connect.connectors.domain.rows import Checked, Note
from huikuan.connect.connectors.domain.snapshot import choose_reversals, compare, diff
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.items import (
    affiliations,
    forget_unused_customers,
    post_rows,
    take_up,
    withdraw_for,
)
from huikuan.connect.connectors.operations.lookups import meet
from huikuan.connect.connectors.operations.plans import Plan, Task, new_plan, resolve_customers
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.store.bulk import read_frame
from huikuan.mechanisms.store.staging import Staged, stage
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.operations.withdrawals import first_open, mirror, reverse_standing
from huikuan.record.receivables.queries.bulk import STANDING, items_where, open_on, settlements_where

SOURCE = "source_system"
CLEARED_TEXT = "源系统已核销 settled in source system"
STAY_OPEN = gettext_noop(
    "%(count)s open items are missing from the file; they stay open, because %(rejected)s rows of it were rejected."
)
_SHRUNK = 0.8


def plan_snapshot(task: Task, checked: Checked) -> Plan:
    """What the snapshot comes to; refuses one that is older than the last or much shorter (unless forced)."""
    plan = new_plan(task)
    if task.as_of is None:
        raise Refusal("snapshot_needs_day")
    _guard(plan, checked, task.as_of)
    met = resolve_customers(plan, meet(task, checked.frame))
    with stage(tables={"keys": met.select("key")}) as staged:
        known = open_on(task.company.pk, task.system, task.as_of, staged.table("keys"))
    rows = compare(met, known, merged())
    rows, back, extra = _backs(task, rows)
    conflicting = rows.filter(pl.col("change") == "conflict")
    plan.conflicts = [_conflict(task, row) for row in conflicting.iter_rows(named=True)]
    gone = _gone(plan, checked, known)
    smaller = rows.filter(pl.col("change") == "smaller").select(
        "item_id", "currency", "row", amount=pl.col("open_then") - pl.col("amount")
    )
    moved = rows.filter(
        ~pl.col("change").is_in(["new", "conflict"]) & pl.col("due_date").ne_missing(pl.col("source_due"))
    )
    replaced = conflicting if task.on_conflict == "replace" else conflicting.clear()
    fresh = pl.concat([rows.filter(pl.col("change") == "new"), replaced]).sort("row")
    # Every row that changes the ledger counts as created; the diff says how.
    moves = pl.col("change").is_in(["new", "smaller", "back"]) | pl.col("row").is_in(moved["row"].implode())
    plan.created = rows.filter(moves).height
    plan.duplicates = checked.repeated + rows.height - plan.created - conflicting.height
    if replaced.height:
        _refuse_before_others(task)
        withdraw_for(plan, replaced, task.as_of)
    take_up(plan, pl.concat([gone["item_id"], smaller["item_id"], back["item_id"], moved["item_id"]]))
    _reverse_clearings(plan, back)
    forget_unused_customers(plan, fresh)
    _post_new(plan, fresh)
    _clear(plan, pl.concat([smaller, gone, extra]))
    _reschedule(plan, moved)
    plan.affiliate(*affiliations(fresh))
    plan.diff = diff(
        {
            "new": fresh,
            "smaller": smaller,
            "gone": gone,
            "back": back,
            "due_moved": moved,
            "conflict": conflicting,
            "same": rows.filter(pl.col("change") == "same"),
        }
    )
    return plan


def _guard(plan: Plan, checked: Checked, day: date) -> None:
    task = plan.task
    if plan.draft.locked_through is not None and day <= plan.draft.locked_through:
        raise Refusal("snapshot_day_locked", day=task.as_of, locked_through=plan.draft.locked_through)
    last = last_snapshot(task)
    if last is None or last.as_of is None or task.force:
        return
    if day < last.as_of:
        raise Refusal("snapshot_older", day=task.as_of, last=last.as_of)
    # File against file: rejected rows are rows of both.
    before = int(last.counts.get("read", 0))
    if checked.read < before * _SHRUNK:
        raise Refusal("snapshot_shrunk", count=checked.read, last=before)


def _refuse_before_others(task: Task) -> None:
    """What a later snapshot found in the ledger cannot be replaced under it: its figures would change."""
    later = _snapshots(task).filter(as_of__gt=task.as_of).order_by("as_of", "id")
    where = [
        Place(
            column="batch",
            value=str(batch.pk),
            reason=gettext("This snapshot is of a later day."),
            fix=gettext("Undo that batch first."),
        )
        for batch in later
    ]
    if where:
        raise Refusal("replace_too_early", where=where, count=len(where), day=task.as_of)


def last_snapshot(task: Task) -> Batch | None:
    """The latest snapshot of the company and system that was not undone."""
    return _snapshots(task).order_by("-as_of", "-id").first()


def _snapshots(task: Task) -> QuerySet[Batch]:
    return Batch.objects.filter(
        kind="open-items", company_id=task.company.pk, state=Batch.State.COMMITTED, mapping__system=task.system
    )


def _day_before(task: Task) -> date | None:
    """The day of the latest snapshot before this one's day."""
    earlier = _snapshots(task).filter(as_of__lt=task.as_of).order_by("-as_of").first()
    return earlier.as_of if earlier else None


def _gone(plan: Plan, checked: Checked, known: pl.DataFrame) -> pl.DataFrame:
    """Open as of the day, but not in the file. Nothing is cleared while rows of the file were rejected:
    one of those may be the item."""
    gone = known.filter(~pl.col("listed") & (pl.col("open_then") > 0)).select(
        "item_id", pl.col("known_currency").alias("currency"), pl.lit(None, dtype=pl.Int64).alias("row"),
        amount=pl.min_horizontal("open_then", "open_now"),
    ).filter(pl.col("amount") > 0)  # fmt: skip
    if checked.rejected and gone.height:
        plan.notes.append(Note(STAY_OPEN, {"count": str(gone.height), "rejected": str(checked.rejected)}))
        return gone.clear()
    return gone


def _backs(task: Task, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Larger rows whose clearings can be reversed become back; the others conflicts.

    Answers the rows, the clearings to reverse (item_id, settlement_id, receipt_id, currency, amount)
    and what is then to be cleared anew (item_id, currency, row, amount).
    """
    back_schema = {"item_id": pl.Int64, "settlement_id": pl.Int64, "currency": pl.String, "amount": pl.Int64}
    extra_schema = {"item_id": pl.Int64, "currency": pl.String, "row": pl.Int64, "amount": pl.Int64}
    larger = rows.filter(pl.col("change") == "larger")
    clearings = _clearings(task, larger) if larger.height else {}
    back: list[tuple[Any, ...]] = []
    extra: list[tuple[Any, ...]] = []
    verdicts: dict[int, str] = {}
    for row in larger.iter_rows(named=True):
        found = clearings.get(row["item_id"], [])
        chosen = choose_reversals(row["amount"] - row["open_then"], found)
        verdicts[row["row"]] = "back" if chosen else "conflict"
        if chosen:
            amounts = dict(found)
            back += [(row["item_id"], number, row["currency"], amounts[number]) for number in chosen[0]]
            extra += [(row["item_id"], row["currency"], row["row"], chosen[1])] if chosen[1] else []
    decided = rows.with_columns(
        change=pl.col("row").replace_strict(verdicts, default=pl.col("change"), return_dtype=pl.String)
    )
    return (
        decided,
        pl.DataFrame(back, schema=back_schema, orient="row"),
        pl.DataFrame(extra, schema=extra_schema, orient="row"),
    )


def _clearings(task: Task, larger: pl.DataFrame) -> dict[int, list[tuple[int, int]]]:
    """Item → its standing clearings up to the day, newest first, as (settlement id, amount)."""
    with stage(tables={"items": larger.select("item_id")}) as staged:
        found = read_frame(
            "SELECT x.item_id, s.id, s.debit_amount FROM "
            + staged.table("items")
            + " x JOIN receivables_settlement s ON s.debit_id = x.item_id OR s.credit_id = x.item_id"
            f" WHERE s.reason = %s AND s.effective_on <= %s AND {STANDING} ORDER BY s.id DESC",
            [SOURCE, task.as_of],
            {"item_id": pl.Int64, "settlement_id": pl.Int64, "amount": pl.Int64},
        )
    clearings: dict[int, list[tuple[int, int]]] = {}
    for item_id, settlement_id, amount in found.iter_rows():
        clearings.setdefault(item_id, []).append((settlement_id, amount))
    return clearings


def _reverse_clearings(plan: Plan, back: pl.DataFrame) -> None:
    """The clearing no longer holds from the snapshot's day on: earlier snapshots stay as they were."""
    if back.is_empty():
        return
    day = plan.task.as_of
    with stage(tables={"back": back.select("settlement_id")}) as staged:
        settlements = settlements_where(f"s.id IN (SELECT settlement_id FROM {staged.table('back')})", [])
    both = pl.concat([settlements["credit_id"], settlements["debit_id"]])
    receipts = both.filter(~both.is_in(back["item_id"].implode()))
    take_up(plan, receipts)
    with stage(tables={"receipts": pl.DataFrame({"id": receipts})}) as staged:
        items = items_where(f"i.id IN (SELECT id FROM {staged.table('receipts')})", [])
    reverse_standing(plan.draft, settlements, SOURCE, day)
    mirror(plan.draft, items, CLEARED_TEXT, day)


def _post_new(plan: Plan, rows: pl.DataFrame) -> None:
    """New items, on the posting date the row names, but within the days since the snapshot before: by this
    day the books list them, by that one they did not. What replaces an item is posted on the day itself."""
    day, before = pl.lit(plan.task.as_of), _day_before(plan.task)
    earliest = pl.lit(before + timedelta(days=1) if before else None, dtype=pl.Date)
    within = pl.max_horizontal(pl.min_horizontal("posting_date", day), earliest)
    posting = first_open(plan.draft, pl.when(pl.col("change") == "conflict").then(day).otherwise(within))
    post_rows(plan, rows.with_columns(posting_date=posting, settled_on=pl.lit(None, dtype=pl.Date)))


def _clear(plan: Plan, what: pl.DataFrame) -> None:
    """Settle so much of each item by a clearing receipt of the snapshot's day (an offset, for a credit)."""
    if what.is_empty():
        return
    task, day = plan.task, pl.lit(plan.task.as_of)
    with stage(tables={"cleared": what.select("item_id")}) as staged:
        known = _origins(task, staged)
    rows = what.join(known, on="item_id", maintain_order="left")
    debit = pl.col("side") == "debit"
    receipts = plan.draft.post(
        rows.select(
            "customer_id", "currency", "amount", "document_number", "contract_number", "business_type",
            kind=pl.when(debit).then(pl.lit("receipt")).otherwise(pl.lit("offset")),
            side=pl.when(debit).then(pl.lit("credit")).otherwise(pl.lit("debit")),
            document_date=day, posting_date=day,
            due_date=pl.when(debit).then(pl.lit(None, dtype=pl.Date)).otherwise(day),
            text=pl.lit(CLEARED_TEXT),
            origin_system=pl.lit(task.system),
            origin_key=pl.col("key") + CLEARED_KEY,
            origin_generation=pl.col("clearings") + 1,
            batch_row="row",
        )
    )  # fmt: skip
    pairs = rows.with_columns(receipt_id=receipts["id"]).select(
        credit_id=pl.when(debit).then("receipt_id").otherwise("item_id"),
        debit_id=pl.when(debit).then("item_id").otherwise("receipt_id"),
        amount="amount", effective_on=day, reason=pl.lit(SOURCE), batch_row="row",
    )  # fmt: skip
    plan.draft.settle(pairs)


def _origins(task: Task, staged: Staged) -> pl.DataFrame:
    """The items to be cleared, with how many clearings their key has had."""
    items = items_where(f"i.id IN (SELECT item_id FROM {staged.table('cleared')})", [])
    counts = read_frame(
        "SELECT i.id, (SELECT coalesce(max(c.origin_generation), 0) FROM receivables_item c WHERE c.company_id = %s"
        f" AND c.origin_system = %s AND c.origin_key = i.origin_key || '{CLEARED_KEY}')"
        f" FROM receivables_item i WHERE i.id IN (SELECT item_id FROM {staged.table('cleared')})",
        [task.company.pk, task.system],
        {"id": pl.Int64, "clearings": pl.Int64},
    )
    chosen = items.select(
        "id", "customer_id", "document_number", "contract_number", "business_type", "side", key="origin_key"
    )
    return chosen.join(counts, on="id").rename({"id": "item_id"})


def _reschedule(plan: Plan, moved: pl.DataFrame) -> None:
    """The source moved the due date: a new schedule of one line from the snapshot's day."""
    if moved.is_empty():
        return
    with stage(tables={"moved": moved.select("item_id")}) as staged:
        versions = read_frame(
            "SELECT i.id, i.amount, (SELECT coalesce(max(c.version), 0) FROM receivables_schedule c"
            f" WHERE c.item_id = i.id) FROM receivables_item i"
            f" WHERE i.id IN (SELECT item_id FROM {staged.table('moved')})",
            [],
            {"item_id": pl.Int64, "whole": pl.Int64, "version": pl.Int64},
        )
    plan.draft.reschedule(
        moved.join(versions, on="item_id").select(
            "item_id", "due_date", "awaits",
            version=pl.col("version") + 1, amount="whole", effective_on=pl.lit(plan.task.as_of), reason=pl.lit(SOURCE),
        )
    )  # fmt: skip


def _conflict(task: Task, row: dict[str, Any]) -> Place:
    name = row["differs"] or "amount"
    old = row.get("open_then") if name == "amount" else row.get(f"known_{name}")
    new = row[name]
    if name == "amount":
        old, new = to_text(old or 0, row["currency"]), to_text(new, row["currency"])
    elif name == "customer_id":
        name, new = "customer_code", row["customer_code"]
    return Place(
        file=task.file_name,
        row=row["row"],
        column=task.headers.get(name, name),
        value=str(new),
        reason=gettext("The ledger has this open item with other content: %(known)s.") % {"known": old},
        fix=gettext("Keep the ledger's row (--keep-conflicts) or reverse and replace it (--replace-conflicts)."),
    )
