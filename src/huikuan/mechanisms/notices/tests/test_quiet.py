"""When a notice may go out: zones, midnight, summer time, holidays and days worked in their stead (catalogue 73)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.mechanisms.notices.domain.calendar import Calendar, calendar_of
from huikuan.mechanisms.notices.domain.caps import WEEK, Cap, first_free
from huikuan.mechanisms.notices.domain.quiet import MORNING, NIGHT, Allowed, Hours, hours_of, next_allowed
from huikuan.mechanisms.notices.domain.wanted import PURPOSES
from huikuan.mechanisms.notices.policies import CALENDAR, QUIET_TIME

PRC = calendar_of(CALENDAR.default)
SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"
NINE_TO_SIX = Hours(time(9), time(18), "workdays")


def at(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def allowed(text: str, *, zone: str = SHANGHAI, hours: Hours = NINE_TO_SIX, purpose: str = "reminder") -> str:
    """The wall clock at which what is due at `text` may go out."""
    found = next_allowed(at(text, zone), purpose=purpose, hours=hours, calendar=PRC, zone=zone)
    return found.at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("due", "goes_out"),
    [
        ("2026-11-20 10:14", "2026-11-20 10:14"),
        ("2026-11-20 08:59", "2026-11-20 09:00"),
        ("2026-11-20 09:00", "2026-11-20 09:00"),
        ("2026-11-20 17:59", "2026-11-20 17:59"),
        ("2026-11-20 18:00", "2026-11-23 09:00"),  # Friday evening: Monday
        ("2026-11-18 23:59", "2026-11-19 09:00"),
        ("2026-11-19 00:01", "2026-11-19 09:00"),
        ("2026-02-13 19:00", "2026-02-14 09:00"),  # a Saturday that is worked before the Spring Festival
        ("2026-02-14 18:00", "2026-02-24 09:00"),  # nine days off
        ("2026-02-28 10:00", "2026-02-28 10:00"),  # a Saturday worked after it
        ("2026-01-02 10:00", "2026-01-04 09:00"),  # a Friday off, the Sunday worked in its stead
        ("2026-10-01 10:00", "2026-10-08 09:00"),
        ("2025-10-03 10:00", "2025-10-09 09:00"),
        ("2025-01-26 12:00", "2025-01-26 12:00"),
        ("2026-12-31 18:30", "2027-01-01 09:00"),  # nobody has announced 2027: a Friday like others
        ("2028-02-28 18:30", "2028-02-29 09:00"),
    ],
)
def test_in_shanghai(due: str, goes_out: str) -> None:
    assert allowed(due) == goes_out


def test_the_companys_clock_counts_not_the_servers() -> None:
    """One minute apart in Shanghai, the day before in UTC."""
    late, early = at("2026-11-18 23:59"), at("2026-11-19 00:01")
    assert (late.date(), early.date()) == (date(2026, 11, 18), date(2026, 11, 18))
    assert allowed("2026-11-18 23:59") == allowed("2026-11-19 00:01") == "2026-11-19 09:00"
    # The same instant is afternoon in Shanghai and night in New York.
    instant = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)
    here, there = (
        next_allowed(instant, purpose="reminder", hours=NINE_TO_SIX, calendar=PRC, zone=zone).at
        for zone in (SHANGHAI, NEW_YORK)
    )
    assert (here, there) == (instant, datetime(2026, 11, 18, 14, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("due", "instant"),
    [
        # Clocks go forward on 8 March and back on 1 November 2026.
        ("2026-03-07 20:00", datetime(2026, 3, 8, 13, 0, tzinfo=UTC)),
        ("2026-03-06 20:00", datetime(2026, 3, 7, 14, 0, tzinfo=UTC)),
        ("2026-10-30 20:00", datetime(2026, 10, 31, 13, 0, tzinfo=UTC)),
        ("2026-10-31 20:00", datetime(2026, 11, 1, 14, 0, tzinfo=UTC)),
    ],
)
def test_nine_is_nine_over_a_change_of_clocks(due: str, instant: datetime) -> None:
    hours = Hours(time(9), time(18), "every")
    found = next_allowed(at(due, NEW_YORK), purpose="reminder", hours=hours, calendar=PRC, zone=NEW_YORK)
    assert found.at == instant


def test_a_year_nobody_announced_is_a_warning_and_no_crash() -> None:
    found = next_allowed(at("2027-02-08 08:00"), purpose="reminder", hours=NINE_TO_SIX, calendar=PRC, zone=SHANGHAI)
    assert found == Allowed(at("2027-02-08 09:00"), unannounced=2027)
    known = next_allowed(at("2026-02-08 08:00"), purpose="reminder", hours=NINE_TO_SIX, calendar=PRC, zone=SHANGHAI)
    assert known.unannounced is None
    assert [PRC.missing_year(day) for day in (date(2026, 11, 30), date(2026, 12, 1), date(2027, 5, 1))] == [
        None, 2027, 2027,
    ]  # fmt: skip


def policy(**more: Any) -> dict[str, Any]:
    return {**QUIET_TIME.default, **more}


def test_night_is_night_whatever_a_policy_says() -> None:
    always = policy(**{"from": "00:00", "until": "24:00", "days": "every"})
    nights = policy(**{"from": "22:30", "until": "23:30", "days": "every"})
    for document in (always, nights):
        hours = hours_of(document, purpose="reminder", channel="sms")
        assert allowed("2026-11-20 22:45", hours=hours) == "2026-11-21 08:00"
        assert allowed("2026-11-21 07:59", hours=hours) == "2026-11-21 08:00"
    legal = hours_of(always, purpose="legal", channel="email")
    assert allowed("2026-11-20 23:00", hours=legal, purpose="legal") == "2026-11-20 23:00"
    assert allowed("2026-11-20 23:59", hours=legal, purpose="legal") == "2026-11-20 23:59"


def test_a_purpose_has_hours_of_its_own_and_else_its_channel() -> None:
    row = {"from": "10:00", "until": "12:00", "days": "every"}
    document = policy(by_purpose={"statement": row}, by_channel={"email": {**row, "from": "11:00"}})
    asked = [("statement", "email"), ("reminder", "email"), ("reminder", "sms")]
    assert [hours_of(document, purpose=one, channel=other).begin for one, other in asked] == [
        time(10), time(11), time(9),
    ]  # fmt: skip


@pytest.mark.parametrize("purpose", ["code", "internal"])
def test_what_somebody_asked_for_waits_for_no_hour(purpose: str) -> None:
    assert allowed("2026-11-21 03:00", purpose=purpose) == "2026-11-21 03:00"


instants = st.integers(0, 4 * 366 * 24 * 60).map(lambda one: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=one))
zones = st.sampled_from([SHANGHAI, NEW_YORK, "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "UTC"])
clocks = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@given(instants, zones, clocks, clocks, st.sampled_from(["workdays", "every"]), st.sampled_from(PURPOSES))
def test_it_is_never_before_never_at_night_and_stays_where_it_is(
    instant: datetime, zone: str, begin: time, end: time, days: str, purpose: str
) -> None:
    begin, end = min(begin, end), max(begin, end)
    if begin == end:
        return
    document = policy(**{"from": f"{begin:%H:%M}", "until": f"{end:%H:%M}", "days": days})
    hours = hours_of(document, purpose=purpose, channel="sms")
    found = next_allowed(instant, purpose=purpose, hours=hours, calendar=PRC, zone=zone).at
    assert found >= instant
    again = next_allowed(found, purpose=purpose, hours=hours, calendar=PRC, zone=zone).at
    assert again == found
    local = found.astimezone(ZoneInfo(zone))
    if purpose not in ("code", "internal", "legal"):
        assert MORNING <= local.time() < NIGHT
    if purpose not in ("code", "internal") and days == "workdays":
        assert PRC.is_workday(local.date())


def test_every_workday_of_the_announced_years() -> None:
    """As many as the announcements leave: 248 of each year."""
    for year, worked in ((2025, 248), (2026, 248)):
        days = [date(year, 1, 1) + timedelta(days=one) for one in range(365)]
        assert sum(PRC.is_workday(day) for day in days) == worked


def test_another_countrys_weekend() -> None:
    friday_saturday = Calendar(frozenset({5, 6}), frozenset(), frozenset(), frozenset({2026}))
    assert [friday_saturday.is_workday(date(2026, 11, day)) for day in (19, 20, 21, 22)] == [True, False, False, True]


# How often -------------------------------------------------------------------------------------------

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("before", "cap", "days"),
    [
        ([], Cap(1, 3), 0),
        ([0], Cap(1, 3), 1),
        ([0, 0, 0], Cap(3, None), 1),
        ([0, 0], Cap(3, None), 0),
        ([-6, -3, -1], Cap(1, 3), 1),  # the one of six days ago has a week behind it tomorrow
        ([-7, -3, -1], Cap(1, 3), 0),
        ([0, -1, -2], Cap(None, 3), 5),
        ([0] * 9, Cap(), 0),
    ],
)
def test_the_first_day_with_room(before: list[int], cap: Cap, days: int) -> None:
    sent = [TODAY + timedelta(days=one) for one in before]
    assert first_free(TODAY, sent, cap) == TODAY + timedelta(days=days)


@given(st.lists(st.integers(-10, 0), max_size=30), st.integers(1, 4), st.integers(1, 8))
def test_there_is_room_then_and_none_before(before: list[int], day: int, week: int) -> None:
    sent = [TODAY + timedelta(days=one) for one in before]

    def room(on: date) -> bool:
        last = [one for one in sent if on - timedelta(days=WEEK) < one <= on]
        return sent.count(on) < day and len(last) < week

    free = first_free(TODAY, sent, Cap(day, week))
    assert room(free)
    assert not any(room(TODAY + timedelta(days=one)) for one in range((free - TODAY).days))
