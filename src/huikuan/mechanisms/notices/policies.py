"""The rules a company may set: when notices go out, how often, and which days are worked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.notices.domain.calendar import days_of
from huikuan.mechanisms.notices.domain.quiet import EVERY_DAY, WORKDAYS
from huikuan.mechanisms.notices.domain.wanted import CHANNELS, PURPOSES, VOICE
from huikuan.mechanisms.policies.kinds import Kind, register

#: As a policy may not say otherwise: so many calls a day to one debtor.
MOST_CALLS = 3
_MOST = 100
_HOURS = ("from", "until", "days")


def _refuse_faults(kind: str, places: Iterator[Place]) -> None:
    if found := list(places):
        raise Refusal("policy_document_bad", where=found, kind=kind)


def _check_quiet(document: Mapping[str, Any]) -> None:
    _refuse_faults("quiet_time", _quiet_faults(document))


def _quiet_faults(document: Mapping[str, Any]) -> Iterator[Place]:
    yield from _hours_faults("", {name: document.get(name) for name in _HOURS})
    for name, known in (("by_purpose", PURPOSES), ("by_channel", CHANNELS)):
        rows = document.get(name)
        if not isinstance(rows, dict) or not set(rows) <= set(known):
            yield Place(column=name, value=str(rows), fix=", ".join(known))
            continue
        for key, row in rows.items():
            yield from _hours_faults(f"{name}.{key}.", row)
    for name in sorted(set(document) - {*_HOURS, "by_purpose", "by_channel"}):
        yield Place(column=name, fix=", ".join((*_HOURS, "by_purpose", "by_channel")))


def _hours_faults(place: str, row: object) -> Iterator[Place]:
    if not isinstance(row, dict) or set(row) != set(_HOURS):
        yield Place(column=place or "from", value=str(row), fix=", ".join(_HOURS))
        return
    if row["days"] not in (WORKDAYS, EVERY_DAY):
        yield Place(column=f"{place}days", value=str(row["days"]), fix=f"{WORKDAYS} | {EVERY_DAY}")
    begin, end = _clock(row["from"]), _clock(row["until"])
    if begin is None or end is None or begin >= end:
        yield Place(column=f"{place}from", value=f"{row['from']}–{row['until']}", fix="09:00 … 18:00 (… 24:00)")


def _clock(text: object) -> tuple[int, int] | None:
    """Hour and minute of HH:MM; 24:00 is the end of the day."""
    if text == "24:00":
        return 24, 0
    try:
        found = time.fromisoformat(str(text))
    except ValueError:
        return None
    return (found.hour, found.minute) if len(str(text)) == len("09:00") else None


def _check_caps(document: Mapping[str, Any]) -> None:
    _refuse_faults("caps", _caps_faults(document))


def _caps_faults(document: Mapping[str, Any]) -> Iterator[Place]:
    for channel, row in document.items():
        if channel not in CHANNELS or not isinstance(row, dict) or not set(row) <= {"day", "week"}:
            yield Place(column=str(channel), value=str(row), fix='{"email": {"day": 2, "week": 5}}')
            continue
        for name, value in row.items():
            most = MOST_CALLS if (channel, name) == (VOICE, "day") else _MOST
            if type(value) is not int or not 1 <= value <= most:
                yield Place(column=f"{channel}.{name}", value=str(value), fix=f"1 … {most}")
    if "day" not in document.get(VOICE, {}):
        yield Place(column=f"{VOICE}.day", fix=f"1 … {MOST_CALLS}")


def _check_calendar(document: Mapping[str, Any]) -> None:
    _refuse_faults("calendar", _calendar_faults(document))


def _calendar_faults(document: Mapping[str, Any]) -> Iterator[Place]:
    weekend, years = document.get("weekend"), document.get("years")
    if not isinstance(weekend, list) or not set(map(str, weekend)) <= set("1234567") or len(weekend) > 6:
        yield Place(column="weekend", value=str(weekend), fix="[6, 7]")
    if not isinstance(years, dict) or set(document) != {"weekend", "years"}:
        yield Place(
            column="years", value=str(years)[:80], fix='{"2027": {"source": …, "holidays": […], "worked": […]}}'
        )
        return
    for year, row in years.items():
        if not isinstance(row, dict) or set(row) != {"source", "holidays", "worked"}:
            yield Place(column=f"years.{year}", value=str(row)[:80], fix="source, holidays, worked")
            continue
        for name in ("holidays", "worked"):
            yield from _days_faults(f"years.{year}.{name}", str(year), row[name])


def _days_faults(place: str, year: str, written: object) -> Iterator[Place]:
    try:
        found = list(days_of(written)) if isinstance(written, list) else None
    except (ValueError, AttributeError, TypeError):
        found = None
    # A stretch may run over New Year into the next year's days, not elsewhere.
    near = {year, str(int(year) + 1), str(int(year) - 1)} if year.isdigit() else set()
    if found is None or not all(str(day.year) in near for day in found):
        yield Place(column=place, value=str(written)[:80], fix=f"{year}-01-01, {year}-10-01/{year}-10-07")


_QUIET: dict[str, Any] = {"from": "09:00", "until": "18:00", "days": WORKDAYS, "by_purpose": {}, "by_channel": {}}

_CAPS: dict[str, Any] = {
    "email": {"day": 1, "week": 5},
    "sms": {"day": 1, "week": 3},
    "im": {"day": 1, "week": 3},
    "letter": {"day": 1, "week": 2},
    "voice": {"day": MOST_CALLS, "week": 7},
}

#: Statutory holidays and the days worked in their stead, as the General Office of the State Council announced them.
_CALENDAR: dict[str, Any] = {
    "weekend": [6, 7],
    "years": {
        "2025": {
            "source": "国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号）",
            "holidays": [
                *("2025-01-01", "2025-01-28/2025-02-04", "2025-04-04/2025-04-06", "2025-05-01/2025-05-05"),
                *("2025-05-31/2025-06-02", "2025-10-01/2025-10-08"),
            ],
            "worked": ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"],
        },
        "2026": {
            "source": "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）",
            "holidays": [
                *("2026-01-01/2026-01-03", "2026-02-15/2026-02-23", "2026-04-04/2026-04-06"),
                *("2026-05-01/2026-05-05", "2026-06-19/2026-06-21", "2026-09-25/2026-09-27"),
                "2026-10-01/2026-10-07",
            ],
            "worked": ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
        },
    },
}

#: 示例: workdays 9–18. Night is night whatever stands here (domain.quiet).
QUIET_TIME = register(Kind("quiet_time", gettext_noop("when notices go out"), _QUIET, _check_quiet))
#: 示例: so often a customer is written to at most, whatever it is about.
CAPS = register(Kind("caps", gettext_noop("how often customers are written to"), _CAPS, _check_caps))
#: What the State Council announced; the next year is entered as a new version, without a new release.
CALENDAR = register(Kind("calendar", gettext_noop("holidays and workdays"), _CALENDAR, _check_calendar))
