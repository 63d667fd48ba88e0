"""Dates: every usual shape, no impossible day (catalogue 40)."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.connect.connectors.domain.dates import read_dates
from huikuan.kernel.written_dates import read_date

DAY = date(2020, 2, 7)


@pytest.mark.parametrize(
    "text",
    [
        "2020-02-07",
        "2020-2-7",
        "2020/2/7",
        "2020.2.7",
        "20200207",
        "20200207.0",
        "2020年2月7日",
        "２０２０－０２－０７",
        "43868",
        "43868.0",
        "43868.75",
        "2020-02-07 00:00:00",
        "2020-02-07T23:59:59Z",
        "2020/2/7 9:05",
        "7-Feb-2020",
        "Feb 7, 2020",
    ],
)
def test_shapes(text: str) -> None:
    assert read_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2/7/2020", "mdy", DAY),
        ("7/2/2020", "dmy", DAY),
        ("7.2.20", "dmy", DAY),
        ("2/7/2020", "ymd", "date_unreadable"),
        ("13/7/2020", "mdy", "date_impossible"),
        ("2020-02-30", "ymd", "date_impossible"),
        ("2019-02-29", "ymd", "date_impossible"),
        ("20201345", "ymd", "date_impossible"),
        ("1989-12-31", "ymd", "date_out_of_range"),
        ("2101-01-01", "ymd", "date_out_of_range"),
        ("tomorrow", "ymd", "date_unreadable"),
        ("12.5", "ymd", "date_unreadable"),
    ],
)
def test_order_and_refusals(text: str, order: str, expected: date | str) -> None:
    assert read_date(text, order) == expected


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31)))
def test_a_day_survives_every_shape(day: date) -> None:
    shapes = [day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}.0"]
    assert {read_date(shape) for shape in shapes} == {day}
    assert read_date(f"{day.month}/{day.day}/{day.year}", "mdy") == day


def test_columns_name_each_bad_cell() -> None:
    dates, wrong = read_dates(pl.Series(["2020-02-07", "", "2020-02-30", "x"]), "ymd")
    assert dates.to_list() == [DAY, None, None, None]
    assert wrong == {2: "date_impossible", 3: "date_unreadable"}
