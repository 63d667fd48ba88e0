"""Columns handed over whole have the values they had one by one."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from huikuan.mechanisms.columns.values import lists


def test_integers_texts_dates_and_nulls_keep_their_values() -> None:
    table = pa.table(
        {
            "amount": pa.array([2**63 - 1, -(2**63), 0], pa.int64()),
            "currency": pa.array(["CNY", "USD", "CNY"]),
            "due": pa.array([date(2026, 2, 28), None, date(1, 1, 1)]),
            "gap": pa.array([1, None, 3], pa.int64()),
            "small": pa.array([1, -2, 3], pa.int32()),
        }
    )
    assert lists(table) == [
        [9_223_372_036_854_775_807, -9_223_372_036_854_775_808, 0],
        ["CNY", "USD", "CNY"],
        [date(2026, 2, 28), None, date(1, 1, 1)],
        [1, None, 3],
        [1, -2, 3],
    ]


def test_parts_of_a_table_and_several_chunks_are_read_from_their_place() -> None:
    whole = pa.table({"amount": pa.array(range(10), pa.int64()), "key": pa.array([str(n) for n in range(10)])})
    assert lists(whole.slice(3, 2)) == [[3, 4], ["3", "4"]]
    assert lists(pa.concat_tables([whole.slice(8), whole.slice(0, 1)])) == [[8, 9, 0], ["8", "9", "0"]]


def test_nothing_is_an_empty_list_for_each_column() -> None:
    assert lists(pa.table({"amount": pa.array([], pa.int64()), "key": pa.array([], pa.string())})) == [[], []]
