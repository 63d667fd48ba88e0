"""When a notice may go out: the company's hours on its workdays, and never at night.

22:00–08:00 is night whatever a policy says, but for legal notices (the national standard for collection, taken over
for companies: see docs/algorithms/notices.md). A code somebody has just asked for, and what goes to our own people,
waits for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from huikuan.mechanisms.notices.domain.calendar import Calendar
from huikuan.mechanisms.notices.domain.wanted import CODE, INTERNAL, LEGAL

#: Local hours at which people outside are left alone.
MORNING, NIGHT = time(8), time(22)
#: Purposes that wait for no hour.
AT_ONCE = (CODE, INTERNAL)
WORKDAYS, EVERY_DAY = "workdays", "every"
#: No calendar leaves no day free for so long.
_AHEAD = 400
_MIDNIGHT = "24:00"


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when (the end not included; None: until midnight), on which days."""

    begin: time
    end: time | None
    days: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """When it may go out; `unannounced`: a year nobody has entered the holidays of, so that only weekdays counted."""

    at: datetime
    unannounced: int | None = None


def hours_of(document: Mapping[str, Any], *, purpose: str, channel: str) -> Hours:
    """The hours a policy document gives: those of the purpose, else those of the channel, else the general ones."""
    row = document["by_purpose"].get(purpose) or document["by_channel"].get(channel) or document
    end = None if row["until"] == _MIDNIGHT else time.fromisoformat(row["until"])
    hours = Hours(time.fromisoformat(row["from"]), end, row["days"])
    return hours if purpose == LEGAL else _by_day(hours)


def _by_day(hours: Hours) -> Hours:
    end = NIGHT if hours.end is None else min(hours.end, NIGHT)
    begin = max(hours.begin, MORNING)
    return Hours(begin, end, hours.days) if begin < end else Hours(MORNING, NIGHT, hours.days)


def next_allowed(at: datetime, *, purpose: str, hours: Hours, calendar: Calendar, zone: str) -> Allowed:
    """The first instant not before `at` at which a notice may go out; hours are those of the company's wall clock."""
    if purpose in AT_ONCE:
        return Allowed(at)
    local = ZoneInfo(zone)
    today = at.astimezone(local).date()
    unannounced: int | None = None
    for ahead in range(_AHEAD):
        day = today + timedelta(days=ahead)
        if hours.days == WORKDAYS:
            unannounced = unannounced or (None if calendar.knows(day) else day.year)
            if not calendar.is_workday(day):
                continue
        begin, end = _instant(day, hours.begin, local), _end(day, hours.end, local)
        if at < end:
            return Allowed(max(at, begin), unannounced)
    return Allowed(at, unannounced)


def _instant(day: date, clock: time, local: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, local).astimezone(UTC)


def _end(day: date, clock: time | None, local: ZoneInfo) -> datetime:
    return _instant(day + timedelta(days=1), time(0), local) if clock is None else _instant(day, clock, local)
