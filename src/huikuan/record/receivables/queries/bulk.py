"""Reading the ledger in frames, for set-based operations."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from django.db import models

from huikuan.mechanisms.store.bulk import read_frame
from huikuan.mechanisms.store.ids import columns_of
from huikuan.record.receivables.models import Item, Settlement

_KINDS: dict[str, Any] = {
    "CharField": pl.String,
    "DateField": pl.Date,
    "DateTimeField": pl.String,
    "BinaryField": pl.Binary,
}

#: Nothing stands against the settlement `s`: it is neither a reversal nor reversed.
STANDING = (
    "s.reversal_of IS NULL AND NOT EXISTS (SELECT 1 FROM receivables_settlement back WHERE back.reversal_of = s.id)"
)
#: The item `i` is neither a mirror nor reversed.
LIVE = "i.reversal_of IS NULL AND NOT EXISTS (SELECT 1 FROM receivables_item mirror WHERE mirror.reversal_of = i.id)"

#: The due date the source system last named: the item's own, or that of its latest schedule from there.
_SOURCE_DUE = (
    "CASE WHEN EXISTS (SELECT 1 FROM receivables_schedule c WHERE c.item_id = i.id AND c.reason = 'source_system')"
    " THEN (SELECT c.due_date FROM receivables_schedule c WHERE c.item_id = i.id AND c.reason = 'source_system'"
    " ORDER BY c.version DESC LIMIT 1) ELSE i.due_date END"
)


#: When the item `i` (open: `o`) falls due now; a closed one by the schedule that would govern it.
GOVERNING_DUE = (
    "CASE WHEN o.item_id IS NOT NULL THEN o.due_date"
    " WHEN EXISTS (SELECT 1 FROM receivables_schedule c WHERE c.item_id = i.id)"
    " THEN (SELECT min(c.due_date) FROM receivables_schedule c WHERE c.item_id = i.id AND c.version ="
    " (SELECT c2.version FROM receivables_schedule c2 WHERE c2.item_id = i.id"
    " ORDER BY c2.effective_on DESC, c2.version DESC LIMIT 1)) ELSE i.due_date END"
)


def items_where(condition: str, params: list[Any]) -> pl.DataFrame:
    """Items `i` for which the SQL condition holds: every column but tx and recorded_at, in order of id."""
    return _rows(Item, "receivables_item i", "i", condition, params)


def settlements_where(condition: str, params: list[Any]) -> pl.DataFrame:
    """Settlements `s` for which the SQL condition holds, in order of id."""
    return _rows(Settlement, "receivables_settlement s", "s", condition, params)


def states_where(condition: str, params: list[Any]) -> pl.DataFrame:
    """What is open now of items `i` (0 where closed), as drafts.STATE wants it.

    A closed item gets its governing due date from its latest schedule.
    """
    copies = "i.company_id, i.customer_id, i.kind, i.side, i.currency, i.document_date, i.posting_date"
    book = "CASE WHEN i.book_amount IS NULL THEN NULL ELSE coalesce(o.open_book_amount, 0) END"
    return read_frame(
        f"SELECT i.id, coalesce(o.open_amount, 0), {GOVERNING_DUE}, coalesce(o.open_amount, 0), {book}, {copies},"
        f" {GOVERNING_DUE}"
        f" FROM receivables_item i LEFT JOIN receivables_openitem o ON o.item_id = i.id WHERE {condition}"
        " ORDER BY i.id",
        params,
        {
            "item_id": pl.Int64,
            "before": pl.Int64,
            "due_before": pl.Date,
            "open_amount": pl.Int64,
            "open_book_amount": pl.Int64,
            "company_id": pl.Int64,
            "customer_id": pl.Int64,
            "kind": pl.String,
            "side": pl.String,
            "currency": pl.String,
            "document_date": pl.Date,
            "posting_date": pl.Date,
            "due_date": pl.Date,
        },
    )


def open_on(company_id: int, system: str, day: date, keys_table: str) -> pl.DataFrame:
    """The live items of an origin system that are open as of `day` or whose key is in `keys_table`.

    `open_then` is open as of the day (0 for an item posted later), `open_now` regards every fact.
    """
    settled = (
        "coalesce((SELECT sum(s.debit_amount) FROM receivables_settlement s"
        " WHERE s.debit_id = i.id AND s.effective_on <= %s), 0)"
        " + coalesce((SELECT sum(s.credit_amount) FROM receivables_settlement s"
        " WHERE s.credit_id = i.id AND s.effective_on <= %s), 0)"
    )
    sql = (
        "SELECT * FROM (SELECT i.id, i.origin_key, i.customer_id, i.kind, i.side, i.currency, i.amount,"
        " i.document_date, i.posting_date, i.origin_generation,"
        f" CASE WHEN i.posting_date <= %s THEN i.amount - ({settled}) ELSE 0 END AS open_then,"
        " coalesce(o.open_amount, 0) AS open_now,"
        f" {_SOURCE_DUE} AS source_due,"
        " k.key IS NOT NULL AS listed FROM receivables_item i"
        " LEFT JOIN receivables_openitem o ON o.item_id = i.id"
        f" LEFT JOIN {keys_table} k ON k.key = i.origin_key"
        f" WHERE i.company_id = %s AND i.origin_system = %s AND {LIVE}) AS found"
        " WHERE listed OR open_then > 0 ORDER BY id"
    )
    return read_frame(
        sql,
        [day, day, day, company_id, system],
        {
            "item_id": pl.Int64,
            "key": pl.String,
            "known_customer_id": pl.Int64,
            "known_kind": pl.String,
            "known_side": pl.String,
            "known_currency": pl.String,
            "known_amount": pl.Int64,
            "known_document_date": pl.Date,
            "known_posting_date": pl.Date,
            "generation": pl.Int64,
            "open_then": pl.Int64,
            "open_now": pl.Int64,
            "source_due": pl.Date,
            "listed": pl.Boolean,
        },
    )


def returned_on(items_table: str) -> pl.DataFrame:
    """Items of `items_table` (column id) → the last day a settlement reversed late came back to them."""
    sides = [
        f"SELECT x.id, r.effective_on FROM {items_table} x JOIN receivables_settlement r ON r.{side}_id = x.id"
        " JOIN receivables_settlement s ON s.id = r.reversal_of AND r.effective_on > s.effective_on"
        for side in ("credit", "debit")
    ]
    return read_frame(
        f"SELECT id, max(effective_on) FROM ({' UNION ALL '.join(sides)}) AS late GROUP BY id",
        [],
        {"item_id": pl.Int64, "returned_on": pl.Date},
    )


def _rows(model: type[models.Model], source: str, alias: str, condition: str, params: list[Any]) -> pl.DataFrame:
    names = [name for name in columns_of(model) if name not in ("tx", "recorded_at")]
    kinds = {
        str(field.column): _KINDS.get(field.get_internal_type(), pl.Int64) for field in model._meta.concrete_fields
    }
    chosen = ", ".join(f"{alias}.{name}" for name in names)
    return read_frame(
        f"SELECT {chosen} FROM {source} WHERE {condition} ORDER BY {alias}.id",
        params,
        {name: kinds[name] for name in names},
    )
