"""A draft: what a set-based posting would write, worked out before anything is locked.

The rules are those of the operations that take one item at a time (domain.posting,
domain.settling), applied to whole frames; a parity test holds both equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl
from django.utils.translation import gettext

from huikuan.kernel.dates import aware
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import minor_digits
from huikuan.kernel.rates import SCALE
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.bulk import read_frame, reserve_id_column
from huikuan.mechanisms.store.ids import columns_of
from huikuan.mechanisms.store.staging import stage
from huikuan.record.receivables.domain.posting import DEFAULT_RECOGNITION
from huikuan.record.receivables.domain.settling import book_part
from huikuan.record.receivables.models import Item, Schedule, Settlement
from huikuan.record.receivables.queries.periods import locked_through
from huikuan.record.receivables.queries.rates import rates_on

#: What the cache copies of an item, and the column types frames of it have.
COPIES: dict[str, Any] = {
    "company_id": pl.Int64,
    "customer_id": pl.Int64,
    "kind": pl.String,
    "side": pl.String,
    "currency": pl.String,
    "document_date": pl.Date,
    "posting_date": pl.Date,
    "due_date": pl.Date,
}

#: What is open of an item: as it was when read (`before`, `due_before`) and as the draft leaves it.
STATE: dict[str, Any] = {
    "item_id": pl.Int64,
    "before": pl.Int64,
    "due_before": pl.Date,
    "open_amount": pl.Int64,
    "open_book_amount": pl.Int64,
    **COPIES,
}

#: A settlement asked for, both items in one currency.
PAIRS: dict[str, Any] = {
    "credit_id": pl.Int64,
    "debit_id": pl.Int64,
    "amount": pl.Int64,
    "effective_on": pl.Date,
    "reason": pl.String,
    "batch_row": pl.Int64,
}

#: Days on which a settlement reversed later than it was effective gave its amount back to an item.
RETURNED: dict[str, Any] = {"item_id": pl.Int64, "returned_on": pl.Date}

_DEFAULTS: dict[str, pl.Expr] = {
    "net_amount": pl.lit(None, dtype=pl.Int64),
    "tax_amount": pl.lit(None, dtype=pl.Int64),
    "due_date": pl.lit(None, dtype=pl.Date),
    "origin_digest": pl.lit(None, dtype=pl.Binary),
    "batch_row": pl.lit(None, dtype=pl.Int64),
    "reversal_of": pl.lit(None, dtype=pl.Int64),
    "origin_generation": pl.lit(1, dtype=pl.Int64),
    **{
        name: pl.lit("")
        for name in ("document_number", "awaits", "obligation", "contract_number", "business_type", "text")
    },
}


@dataclass
class Draft:
    """Items, settlements and schedule lines to write for one company, and what they leave open."""

    company: Company
    batch_id: int | None
    actor: str
    at: datetime
    items: pl.DataFrame = field(default_factory=pl.DataFrame)
    settlements: pl.DataFrame = field(default_factory=pl.DataFrame)
    schedules: pl.DataFrame = field(default_factory=pl.DataFrame)
    state: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=STATE))
    returned: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RETURNED))
    locked_through: date | None = None

    def __post_init__(self) -> None:
        self.at = aware(self.at)
        self.locked_through = locked_through(self.company.pk)

    def number(self, batch_id: int) -> None:
        """Give everything drafted under the provisional number the batch's own: drawn only once it is written,
        so that rehearsals, refusals and files that bring nothing leave no hole in the numbers."""
        drafted, self.batch_id = self.batch_id, batch_id
        own = pl.when(pl.col("batch_id") == drafted).then(pl.lit(batch_id, dtype=pl.Int64)).otherwise("batch_id")
        if self.items.height:
            self.items = self.items.with_columns(batch_id=own)
        if self.settlements.height:
            self.settlements = self.settlements.with_columns(batch_id=own)
        if self.schedules.height:
            note = pl.col("note")
            named = pl.when(note == f"batch {drafted}").then(pl.lit(f"batch {batch_id}")).otherwise(note)
            self.schedules = self.schedules.with_columns(note=named)

    def touch(self, existing: pl.DataFrame) -> None:
        """Take items that are in the ledger already into the draft (columns of STATE)."""
        self.state = pl.concat([self.state, existing.select(*STATE)])

    def post(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Post items; columns as Item's, those left out take their default. Returns them with their ids."""
        missing = [expression.alias(name) for name, expression in _DEFAULTS.items() if name not in frame.columns]
        rows = frame.with_columns(missing).with_columns(
            id=reserve_id_column(Item, frame.height),
            recorded_at=pl.lit(self.at),
            company_id=pl.lit(self.company.pk, dtype=pl.Int64),
            recognition=pl.col("kind").replace_strict(DEFAULT_RECOGNITION, default="receivable"),
            actor=pl.lit(self.actor),
        )
        if "batch_id" not in rows.columns:
            rows = rows.with_columns(batch_id=pl.lit(self.batch_id, dtype=pl.Int64))
        if "book_amount" not in rows.columns:
            rows = with_book_values(rows, self.company.currency)
        rows = rows.select(name for name in columns_of(Item) if name != "tx")
        self.items = pl.concat([self.items, rows]) if self.items.height else rows
        self.state = pl.concat([self.state, _fresh(rows)])
        return rows

    def settle(self, pairs: pl.DataFrame) -> None:
        """Settle pairs (columns of PAIRS) in order. Refuses, with the items, more than is open on either side."""
        if pairs.is_empty():
            return
        self._refuse_more_than_open(pairs)
        known = self.state.select("item_id", "open_amount", "open_book_amount", "customer_id")
        sided = pairs.join(
            known.rename(lambda name: f"credit_{name}"),
            left_on="credit_id",
            right_on="credit_item_id",
            maintain_order="left",
        )
        sided = sided.join(
            known.rename(lambda name: f"debit_{name}"),
            left_on="debit_id",
            right_on="debit_item_id",
            maintain_order="left",
        )
        whole = (
            (pl.col("amount") == pl.col("credit_open_amount"))
            & (pl.col("amount") == pl.col("debit_open_amount"))
            & pl.col("credit_id").is_unique()
            & pl.col("debit_id").is_unique()
        )
        closed = sided.filter(whole).with_columns(
            credit_book_amount=pl.col("credit_open_book_amount"), debit_book_amount=pl.col("debit_open_book_amount")
        )
        self._settled(pl.concat([closed, _shared(sided.filter(~whole))]))

    def reverse(self, settlements: pl.DataFrame) -> None:
        """Reverse settlements: rows of Settlement with `effective_on` already the reversal's own day."""
        if settlements.is_empty():
            return
        amounts = ("credit_amount", "debit_amount", "credit_book_amount", "debit_book_amount", "fx_amount")
        self._append(
            settlements.with_columns(pl.col("id").alias("reversal_of"), *(-pl.col(name) for name in amounts)),
        )

    def reschedule(self, lines: pl.DataFrame) -> None:
        """Add schedule versions: item_id, version, effective_on, due_date, awaits, amount, reason; `line` (else
        the version has one) and `note` (else it names the batch) as wanted."""
        if lines.is_empty():
            return
        owners = self.state.select("item_id", "company_id", "customer_id")
        stated = {
            "line": pl.lit(1, dtype=pl.Int64),
            "note": pl.lit("" if self.batch_id is None else f"batch {self.batch_id}"),
        }
        rows = lines.join(owners, on="item_id", maintain_order="left").with_columns(
            *(expression.alias(name) for name, expression in stated.items() if name not in lines.columns),
            id=reserve_id_column(Schedule, lines.height),
            recorded_at=pl.lit(self.at),
            file_sha256=pl.lit(""),
            actor=pl.lit(self.actor),
        )
        rows = rows.select(name for name in columns_of(Schedule) if name != "tx")
        self.schedules = pl.concat([self.schedules, rows]) if self.schedules.height else rows
        self.state = (
            self.state.join(_governing_dues(lines), on="item_id", how="left", maintain_order="left")
            .with_columns(due_date=pl.when(pl.col("moved")).then("due_now").otherwise("due_date"))
            .select(*STATE)
        )

    def _refuse_more_than_open(self, pairs: pl.DataFrame) -> None:
        both = [pairs.select(pl.col(f"{side}_id").alias("item_id"), "amount") for side in ("credit", "debit")]
        wanted = pl.concat(both).group_by("item_id", maintain_order=True).agg(pl.col("amount").sum())
        known = self.state.select("item_id", pl.col("open_amount").alias("open"))
        beyond = wanted.join(known, on="item_id", how="left", maintain_order="left").with_columns(
            pl.col("open").fill_null(0)
        )
        beyond = beyond.filter(pl.col("amount") > pl.col("open"))
        if beyond.is_empty():
            return
        where = [
            Place(
                column="item",
                value=str(item_id),
                reason=gettext("Less of this item is open than is to be settled."),
                fix=gettext("Reverse what settled it since."),
            )
            for item_id in beyond["item_id"]
        ]
        item_id, amount, still = beyond.row(0)
        raise Refusal("more_than_open", where=where, item=item_id, amount=amount, open=still)

    def _settled(self, pairs: pl.DataFrame) -> None:
        self._append(
            pairs.with_columns(
                customer_id=pl.col("debit_customer_id"),
                credit_amount=pl.col("amount"),
                debit_amount=pl.col("amount"),
                fx_amount=(pl.col("credit_book_amount") - pl.col("debit_book_amount")).fill_null(0),
                reversal_of=pl.lit(None, dtype=pl.Int64),
            )
        )

    def _append(self, rows: pl.DataFrame) -> None:
        rows = rows.with_columns(
            id=reserve_id_column(Settlement, rows.height),
            recorded_at=pl.lit(self.at),
            company_id=pl.lit(self.company.pk, dtype=pl.Int64),
            actor=pl.lit(self.actor),
        )
        if "batch_id" not in rows.columns:
            rows = rows.with_columns(batch_id=pl.lit(self.batch_id, dtype=pl.Int64))
        rows = rows.select(name for name in columns_of(Settlement) if name != "tx")
        self.settlements = pl.concat([self.settlements, rows]) if self.settlements.height else rows
        self._move(rows)

    def _move(self, rows: pl.DataFrame) -> None:
        """Take what `rows` settle off what is open."""
        both = [
            rows.select(
                pl.col(f"{side}_id").alias("item_id"),
                pl.col(f"{side}_amount").alias("less"),
                pl.col(f"{side}_book_amount").alias("book_less"),
            )
            for side in ("credit", "debit")
        ]
        # A sum passes over nulls: an item without a rate has a null book amount anyway, and stays null.
        moved = pl.concat(both).group_by("item_id").agg(pl.col("less").sum(), pl.col("book_less").sum())
        self.state = (
            self.state.join(moved, on="item_id", how="left", maintain_order="left")
            .with_columns(
                open_amount=pl.col("open_amount") - pl.col("less").fill_null(0),
                open_book_amount=pl.col("open_book_amount") - pl.col("book_less").fill_null(0),
            )
            .select(*STATE)
        )


def with_book_values(rows: pl.DataFrame, into: str) -> pl.DataFrame:
    """`rows` with `book_rate_e8` and `book_amount` in the currency `into`, at the rate of each posting date;
    null where no rate was known. Exact: 128-bit integers, rounded half up once, as kernel.rates.convert."""
    days = rows.select("currency", "posting_date").unique().rows()
    foreign = rates_on(((currency, day) for currency, day in days if currency != into), into)
    table = pl.DataFrame(
        [
            (currency, day, SCALE if currency == into else foreign[currency, day], *_scale(currency, into))
            for currency, day in days
        ],
        schema={
            "currency": pl.String,
            "posting_date": pl.Date,
            "book_rate_e8": pl.Int64,
            "_times": pl.Int64,
            "_by": pl.Int64,
        },
        orient="row",
    )
    wide = pl.col("amount").cast(pl.Int128) * pl.col("book_rate_e8").cast(pl.Int128) * pl.col("_times").cast(pl.Int128)
    by = pl.col("_by").cast(pl.Int128)
    return (
        rows.join(table, on=["currency", "posting_date"], how="left", maintain_order="left")
        .with_columns(book_amount=((2 * wide + by) // (2 * by)).cast(pl.Int64))
        .drop("_times", "_by")
    )


def _scale(currency: str, into: str) -> tuple[int, int]:
    """(times, divided by) that bring minor units × rate into minor units of `into`."""
    shift: int = minor_digits(into) - minor_digits(currency)
    return (10**shift, SCALE) if shift >= 0 else (1, SCALE * 10**-shift)


def _fresh(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        pl.col("id").alias("item_id"),
        pl.lit(None, dtype=pl.Int64).alias("before"),
        pl.col("due_date").alias("due_before"),
        pl.col("amount").alias("open_amount"),
        pl.col("book_amount").alias("open_book_amount"),
        *COPIES,
    )


def _governing_dues(lines: pl.DataFrame) -> pl.DataFrame:
    """item_id, due_now (the earliest date) of those versions that govern last; one recorded earlier may
    take effect later still."""
    with stage(tables={"items": lines.select("item_id").unique()}) as staged:
        recorded = read_frame(
            "SELECT c.item_id, max(c.effective_on) FROM receivables_schedule c"
            f" WHERE c.item_id IN (SELECT item_id FROM {staged.table('items')}) GROUP BY c.item_id",
            [],
            {"item_id": pl.Int64, "last_on": pl.Date},
        )
    versions = lines.group_by("item_id", "effective_on", "version").agg(due_now=pl.col("due_date").min())
    governing = versions.sort("effective_on", "version").group_by("item_id").last()
    return (
        governing.join(recorded, on="item_id", how="left")
        .filter((pl.col("effective_on") >= pl.col("last_on")).fill_null(value=True))
        .select("item_id", "due_now", moved=pl.lit(True))
    )


def _shared(sided: pl.DataFrame) -> pl.DataFrame:
    """Book values of settlements that leave something open, or of several on one item: one after the other."""
    left: dict[int, tuple[int, int | None]] = {}
    books: dict[str, list[int | None]] = {"credit": [], "debit": []}
    for row in sided.iter_rows(named=True):
        for side, parts in books.items():
            item = row[f"{side}_id"]
            amount, book = left.get(item) or (row[f"{side}_open_amount"], row[f"{side}_open_book_amount"])
            part = book_part(amount, book, row["amount"])
            parts.append(part)
            left[item] = (amount - row["amount"], None if book is None or part is None else book - part)
    return sided.with_columns(pl.Series(f"{side}_book_amount", parts, dtype=pl.Int64) for side, parts in books.items())


def pairs_frame(rows: list[Mapping[str, Any]]) -> pl.DataFrame:
    """Settlements asked for, row by row, as a frame."""
    return pl.DataFrame(rows, schema=PAIRS, orient="row")
