"""Where a fact came from: the digest of what a file row said, and what meeting an older row means.

A row is known by (company, system, key, generation). The same key with the same content is a
duplicate, with other content a conflict; a key whose item was reversed opens its next generation.
"""

from __future__ import annotations

import hashlib

import polars as pl

#: Endings of the keys the product itself makes for what settled a row, so no file may use them.
RECEIPT_KEY = "#receipt"
CLEARED_KEY = "#cleared"
MADE_KEYS = (RECEIPT_KEY, CLEARED_KEY)

#: What a row says about the claim itself; names of customers and affiliations may change freely.
CONTENT = (
    "customer_code",
    "kind",
    "side",
    "currency",
    "amount",
    "net_amount",
    "tax_amount",
    "document_number",
    "document_date",
    "posting_date",
    "due_date",
    "awaits",
    "obligation",
    "contract_number",
    "business_type",
    "text",
    "settled_on",
    "received_on",
    "applies_to",
)


_BETWEEN = "\x1f"


def with_digest(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with `origin_digest`: SHA-256 over what the row says, value after value, dates in ISO form.

    Values are kept apart by a control character, which no checked text holds; an empty text and a missing
    value say the same.
    """
    said = [_text(frame[name]).fill_null("") for name in CONTENT if name in frame.columns]
    sha256, joined = hashlib.sha256, pl.concat_str(said, separator=_BETWEEN).cast(pl.Binary)
    # In slices, so that the texts of a large file are never all in memory at once.
    digests = [sha256(text).digest() for part in frame.iter_slices(65_536) for text in part.select(joined).to_series()]
    return frame.with_columns(origin_digest=pl.Series(digests, dtype=pl.Binary))


def _text(column: pl.Series) -> pl.Expr:
    if column.dtype != pl.Date:
        return pl.col(column.name).cast(pl.String)
    # Days are few: each is put into words once.
    days = column.unique().drop_nulls()
    return pl.col(column.name).replace_strict(days, days.dt.to_string("iso"), default=None, return_dtype=pl.String)


def classify(frame: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """`frame` with `meets` (new, duplicate or conflict), `origin_generation` and the `item_id` met.

    `known` holds for keys in the ledger: key, item_id, generation, same (content), reversed.
    """
    latest = known.sort("generation").group_by("key", maintain_order=True).last()
    met = frame.join(latest, on="key", how="left", maintain_order="left")
    live = pl.col("item_id").is_not_null() & ~pl.col("reversed")
    return met.with_columns(
        meets=pl.when(~live | pl.col("item_id").is_null())
        .then(pl.lit("new"))
        .when(pl.col("same"))
        .then(pl.lit("duplicate"))
        .otherwise(pl.lit("conflict")),
        origin_generation=pl.col("generation").fill_null(0) + 1,
    ).drop("generation", "same", "reversed")
