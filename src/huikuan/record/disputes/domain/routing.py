"""Whose matter a dispute is and until when: the policy's row for its reason, its deadline in workdays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Route:
    """`department` in the company's words; `role` of whoever answers there, or `owner` by name; `days`: workdays they
    have; `above`: the role told when those are over; `pauses`: dunning leaves the disputed part alone."""

    department: str
    role: str
    owner: str
    days: int
    above: str
    pauses: bool


def route_for(document: Mapping[str, Any], reason: str) -> Route:
    """The row of a checked `dispute_routing` document for the reason."""
    row = document["routes"][reason]
    return Route(row["department"], row["role"], row.get("owner", ""), row["days"], row["above"], row["pauses"])


def deadline(document: Mapping[str, Any], start: date, days: int) -> date:
    """The last of `days` workdays after `start`. Monday to Friday are, but for the policy's `holidays`; so are the
    weekend days it names as `workdays` (调休). From Friday 2026-11-20, 3 workdays: Wednesday 2026-11-25."""
    holidays, worked = _days(document, "holidays"), _days(document, "workdays")
    day, left = start, days
    while left:
        day += timedelta(days=1)
        if is_workday(day, holidays, worked):
            left -= 1
    return day


def is_workday(day: date, holidays: Collection[date], worked: Collection[date]) -> bool:
    """Whether people work on the day."""
    return day in worked or (day.weekday() < _SATURDAY and day not in holidays)


def _days(document: Mapping[str, Any], name: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(text) for text in document.get(name, ()))
