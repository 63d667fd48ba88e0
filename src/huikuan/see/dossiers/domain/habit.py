"""How a customer pays: days late over twelve months, weighted by amount (docs/algorithms/payment-habit.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Payment:
    """So much of a claim due on `due_on` was paid on `paid_on`; `amount` in the reporting currency."""

    due_on: date
    paid_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Month:
    """What was paid in the month; `days_late` None when nothing was."""

    first: date
    amount: int
    days_late: Decimal | None


@dataclass(frozen=True, slots=True)
class Habit:
    """`days_late` below zero: early. `on_time`: the share of the money that came by its due date. None: nothing
    was paid."""

    days_late: Decimal | None
    on_time: Decimal | None
    amount: int
    months: tuple[Month, ...]


def window(as_of: date) -> list[date]:
    """The first days of the twelve months that end with the day's own."""
    months = as_of.year * 12 + as_of.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(months - MONTHS + 1, months + 1)]


def habit_of(payments: Iterable[Payment], as_of: date) -> Habit:
    """Over the payments of the window; others do not count."""
    firsts = window(as_of)
    by_month: dict[date, list[Payment]] = {first: [] for first in firsts}
    for one in payments:
        inside = by_month.get(one.paid_on.replace(day=1))
        if inside is not None and one.paid_on <= as_of:
            inside.append(one)
    counted = [one for first in firsts for one in by_month[first]]
    whole = sum(one.amount for one in counted)
    on_time = sum(one.amount for one in counted if one.paid_on <= one.due_on)
    return Habit(
        days_late=_days_late(counted),
        on_time=Decimal(on_time) / whole if whole else None,
        amount=whole,
        months=tuple(
            Month(first, sum(one.amount for one in by_month[first]), _days_late(by_month[first])) for first in firsts
        ),
    )


def _days_late(payments: list[Payment]) -> Decimal | None:
    whole = sum(one.amount for one in payments)
    if not whole:
        return None
    return Decimal(sum(one.amount * (one.paid_on - one.due_on).days for one in payments)) / whole
