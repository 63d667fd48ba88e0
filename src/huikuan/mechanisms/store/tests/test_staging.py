"""Frames loaded through staging arrive as they were; indexes lifted for many rows are back."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction

from huikuan.mechanisms.store import staging
from huikuan.mechanisms.store.bulk import iso_days, read_frame
from huikuan.mechanisms.store.indexes import indexing_at_once
from huikuan.mechanisms.store.staging import stage
from huikuan.record.receivables.models import OpenItem

DAYS = [date(2026, 1, 31), None, date(2025, 12, 31)]
COLUMNS = "item_id, customer_id, open_amount, open_book_amount, document_date, posting_date, due_date, kind"
KINDS = {
    **dict.fromkeys(("item_id", "customer_id", "open_amount", "open_book_amount"), pl.Int64),
    **dict.fromkeys(("document_date", "posting_date", "due_date"), pl.Date),
    "kind": pl.String,
}


def open_items(first: int, count: int) -> pl.DataFrame:
    """Rows in which one column repeats another, one is the same throughout and one has nulls."""
    numbers = pl.int_range(first, first + count, eager=True)
    days = pl.Series([date(2026, 1, 1 + number % 28) for number in range(count)], dtype=pl.Date)
    return pl.DataFrame(
        {
            "item_id": numbers,
            "company_id": 1,
            "customer_id": numbers * 7919 % 97,
            "kind": "invoice",
            "side": "debit",
            "currency": "CNY",
            "open_amount": numbers,
            "open_book_amount": pl.Series([None if number % 3 else number for number in range(count)], dtype=pl.Int64),
            "document_date": days,
            "posting_date": days,
            "due_date": pl.Series([DAYS[number % 3] for number in range(count)], dtype=pl.Date),
        }
    )


def stored() -> pl.DataFrame:
    return read_frame(f"SELECT {COLUMNS} FROM receivables_openitem ORDER BY item_id", [], KINDS)


def load(frame: pl.DataFrame) -> None:
    with stage({OpenItem: frame}) as staged, transaction.atomic():
        staged.load()


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, OpenItem._meta.db_table)
    return {name for name, about in found.items() if about["index"] and not about["primary_key"]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [40, 6_000, 21_000])
def test_every_value_arrives_whichever_way_it_goes(count: int) -> None:
    """Temporary table, scratch file, indexes built afterwards."""
    frame, before = open_items(1, count), indexes()
    load(frame)
    load(open_items(1_000_000, 40))
    expected = pl.concat([frame, open_items(1_000_000, 40)]).select(COLUMNS.split(", "))
    assert stored().equals(expected)
    assert indexes() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL keeps its indexes")
def test_indexes_wait_only_where_the_table_doubles_and_come_back_after_a_failure() -> None:
    before, seen = indexes(), []
    load(open_items(1, 100))
    for arriving in (99, 100, 101):
        with transaction.atomic(), indexing_at_once({OpenItem: arriving}):
            seen.append(indexes() == before)
    assert seen == [True, False, False]
    assert indexes() == before
    taken = pl.concat([open_items(1_000, staging._MANY + 1), open_items(1, 1)])
    with pytest.raises(DatabaseError):
        load(taken)
    assert indexes() == before
    assert stored().height == 100


@pytest.mark.parametrize(
    "days",
    [
        [],
        [None],
        DAYS,
        [date(1, 1, 1), date(9999, 12, 31)],
        [date(2026, 2, 28)] * 40 + [None, date(2026, 3, 1)],
    ],
)
def test_days_are_put_into_words(days: list[date | None]) -> None:
    expected = [day and day.isoformat() for day in days]
    assert iso_days(pl.Series("day", days, dtype=pl.Date)).to_list() == expected
