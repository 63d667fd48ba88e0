"""Dates as people and programs write them. One text at a time."""

from __future__ import annotations

import re
from datetime import date, timedelta

from huikuan.kernel.text import plain

ORDERS = ("ymd", "mdy", "dmy")
FIRST_YEAR, LAST_YEAR = 1990, 2100

#: A time of day after the date, of whatever precision and zone; the date counts.
_TIME = re.compile(r"[T ]+(?:上午|下午|AM|PM)?\s*\d{1,2}[:：时点]\d{1,2}.*$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\.0+)?$")
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
_NAMED_MONTH = re.compile(
    r"^(\d{1,2})[- ]([A-Za-z]{3})[a-z]*\.?[- ,]+(\d{4})$|^([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})$"
)
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), start=1)}
#: Day 0 of spreadsheet serials (1900 system; serials in use here lie after its leap-year error).
_SERIAL_ZERO = date(1899, 12, 30)


def read_date(text: str, order: str = "ymd") -> date | str:
    """The date `text` says, or the code of what is wrong with it.

    Year-first shapes need no order; for 3/4/2026 `order` decides (mdy, dmy; ymd refuses them as
    ambiguous unless only one reading exists). Serials are days of a spreadsheet's 1900 calendar.
    """
    bare = _TIME.sub("", plain(text)).strip()
    if serial := _SERIAL.match(bare):
        return _in_range(_SERIAL_ZERO + timedelta(days=int(serial[1])))
    if parts := _YEAR_FIRST.match(bare) or _COMPACT.match(bare):
        return _day(int(parts[1]), int(parts[2]), int(parts[3]))
    if parts := _YEAR_LAST.match(bare):
        return _year_last(int(parts[1]), int(parts[2]), parts[3], order)
    if parts := _NAMED_MONTH.match(bare):
        day, month, year = (parts[1], parts[2], parts[3]) if parts[1] else (parts[5], parts[4], parts[6])
        number = _MONTHS.get(month.lower())
        return "date_unreadable" if number is None else _day(int(year), number, int(day))
    return "date_unreadable"


def _year_last(first: int, second: int, year: str, order: str) -> date | str:
    whole = int(year) if len(year) == 4 else 2000 + int(year)
    if order == "mdy":
        return _day(whole, first, second)
    if order == "dmy":
        return _day(whole, second, first)
    return "date_unreadable"


def _day(year: int, month: int, day: int) -> date | str:
    try:
        return _in_range(date(year, month, day))
    except ValueError:
        return "date_impossible"


def _in_range(day: date) -> date | str:
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else "date_out_of_range"
