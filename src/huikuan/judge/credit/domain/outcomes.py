"""What became of an order in the end: paid in time, paid late, written off, withdrawn, or not known yet.

The five add up to the order's amount. They are told of what really happened, whatever a policy would have said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

PAID, LOST, WITHDRAWN = "paid", "lost", "withdrawn"


@dataclass(frozen=True, slots=True)
class Clearing:
    """On a day so much of a claim was cleared, and how; minor units, below zero where that was taken back."""

    on: date
    amount: int
    how: str


@dataclass(frozen=True, slots=True)
class Claim:
    """An invoice of the order: minor units, its first due date (None: it awaits an event), and what cleared it."""

    amount: int
    due_date: date | None
    clearings: tuple[Clearing, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Minor units. `late`: paid more than so many days past due, or open for longer; `late_days`: these amounts times
    their days past due. `in_time`: paid before that. `unknown`: not invoiced, or open and not late yet."""

    lost: int = 0
    late: int = 0
    late_days: int = 0
    in_time: int = 0
    withdrawn: int = 0
    unknown: int = 0


def outcome_of(amount: int, claims: Iterable[Claim], *, on: date, late_over: int) -> Outcome:
    """Of an order of `amount`, as looked at on a day; late is who pays more than `late_over` days past due."""
    found = dict.fromkeys(("lost", "late", "late_days", "in_time", "withdrawn"), 0)
    for claim in claims:
        open_amount = claim.amount
        for one in _standing(claim.clearings):
            open_amount -= one.amount
            _add(found, claim, one.amount, one.on, one.how, late_over)
        # What is still open is late as soon as it is open for longer; before, nobody knows.
        if open_amount > 0 and claim.due_date and on > claim.due_date + timedelta(days=late_over):
            _add(found, claim, open_amount, on, PAID, late_over)
    told = found["lost"] + found["late"] + found["in_time"] + found["withdrawn"]
    return Outcome(**found, unknown=amount - told)


def _add(found: dict[str, int], claim: Claim, amount: int, day: date, how: str, late_over: int) -> None:
    days = (day - claim.due_date).days if claim.due_date else 0
    if how != PAID:
        found[how] += amount
    elif days > late_over:
        found["late"] += amount
        found["late_days"] += amount * days
    else:
        found["in_time"] += amount


def _standing(clearings: Iterable[Clearing]) -> list[Clearing]:
    """What still stands: one that was taken back takes from those before it of its kind, the last first."""
    stands: list[Clearing] = []
    for one in sorted(clearings, key=lambda each: (each.on, -each.amount)):
        left = -one.amount
        while left > 0 and (place := _last(stands, one.how)) is not None:
            before = stands.pop(place)
            if before.amount > left:
                stands.insert(place, Clearing(before.on, before.amount - left, before.how))
            left -= min(left, before.amount)
        if one.amount > 0:
            stands.append(one)
    return stands


def _last(stands: list[Clearing], how: str) -> int | None:
    return next((place for place in reversed(range(len(stands))) if stands[place].how == how), None)
