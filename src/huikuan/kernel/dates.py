"""Dates and instants. Business dates are plain dates in the company's zone; instants are UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from huikuan.kernel.errors import Refusal

DEFAULT_ZONE = "Asia/Shanghai"

#: Years that are taken: beyond them a date is a slip of the pen, and sums with days leave the calendar.
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)


def business_date(at: datetime, zone: str = DEFAULT_ZONE) -> date:
    """The date on the company's wall calendar at the instant `at`."""
    return aware(at).astimezone(ZoneInfo(zone)).date()


def day_end(day: date, zone: str = DEFAULT_ZONE) -> datetime:
    """The instant the day is over in the zone: what happens from it on belongs to the next day."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))


def aware(at: datetime) -> datetime:
    """`at` in UTC; refuses an instant without a zone."""
    if at.tzinfo is None:
        raise Refusal("instant_without_zone", value=at.isoformat())
    return at.astimezone(UTC)


def wall_clock(at: datetime, zone: str = DEFAULT_ZONE) -> str:
    """The instant as people in the zone read it, to the second: 2026-11-21 08:00:00+08:00."""
    return aware(at).astimezone(ZoneInfo(zone)).isoformat(sep=" ", timespec="seconds")


def parse_date(text: str) -> date:
    """An ISO date (2026-11-21) from 1900 to 2200; refuses anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal("date_unreadable", value=text) from None
    _require_taken(day, text)
    return day


def parse_instant(text: str) -> datetime:
    """An ISO instant with a zone (2026-11-21T08:00:00+08:00 or …Z), 1900 to 2200; refuses a naive one."""
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("instant_unreadable", value=text) from None
    # Before the zone is taken off: at the ends of the calendar that leads out of it.
    _require_taken(written.date(), text)
    return aware(written)


def _require_taken(day: date, text: str) -> None:
    if not EARLIEST <= day <= LATEST:
        raise Refusal("date_out_of_range", value=text, earliest=EARLIEST.year, latest=LATEST.year)


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    following = day.replace(day=28) + timedelta(days=4)
    return following - timedelta(days=following.day)


def month_ends(until: date, count: int) -> list[date]:
    """`count` month ends before `until`'s month, oldest first, then `until` itself."""
    ends = [until]
    for _ in range(count):
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return ends[::-1]
