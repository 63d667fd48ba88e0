"""Business dates are the company's wall calendar; instants carry a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.dates import aware, business_date, month_end, month_ends, parse_date, parse_instant
from huikuan.kernel.errors import Refusal


def test_shanghai_is_already_tomorrow() -> None:
    late = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    assert business_date(late - timedelta(microseconds=1)) == date(2026, 11, 20)
    assert business_date(late) == date(2026, 11, 21)
    assert business_date(late, "America/New_York") == date(2026, 11, 20)


def test_instants_need_a_zone() -> None:
    eight = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
    assert parse_instant("2026-11-21T08:00:00+08:00") == parse_instant("2026-11-21T00:00:00Z") == eight
    for refused in (lambda: aware(eight.replace(tzinfo=None)), lambda: parse_instant("2026-11-21T08:00:00")):
        with pytest.raises(Refusal) as caught:
            refused()
        assert caught.value.code == "instant_without_zone"


@pytest.mark.parametrize("text", ["2026-02-30", "21.11.2026", "", "2026/11/21"])
def test_only_iso_dates(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_date(text)
    assert caught.value.code == "date_unreadable"
    assert parse_date("2024-02-29") == date(2024, 2, 29)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_month_end_is_the_last_day_of_the_month(day: date) -> None:
    end = month_end(day)
    assert (end.year, end.month) == (day.year, day.month)
    assert (end + timedelta(days=1)).day == 1


def test_month_ends_before_a_day() -> None:
    assert month_ends(date(2026, 3, 15), 2) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 15)]
    assert month_ends(date(2026, 3, 31), 1) == [date(2026, 2, 28), date(2026, 3, 31)]
    assert month_ends(date(2026, 3, 15), 0) == [date(2026, 3, 15)]


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_a_date_beyond_the_years_taken_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_date(text)
    assert refused.value.code == "date_out_of_range"
    assert refused.value.params == {"value": text, "earliest": 1900, "latest": 2200}


def test_the_first_and_the_last_day_taken() -> None:
    assert (parse_date("1900-01-01"), parse_date("2200-12-31")) == (date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-12:00", "1899-12-31T00:00:00Z"])
def test_an_instant_at_the_end_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="date_out_of_range"):
        parse_instant(text)
