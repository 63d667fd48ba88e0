"""Locked periods: nothing posts on or before the day a company is locked through."""

from __future__ import annotations

from datetime import date, timedelta

from huikuan.kernel.errors import Refusal


def is_locked(day: date, locked_through: date | None) -> bool:
    return locked_through is not None and day <= locked_through


def refuse_locked(day: date, locked_through: date | None) -> None:
    """Refuse an entry of `day` into a locked period."""
    if is_locked(day, locked_through):
        raise Refusal("period_locked", day=day, locked_through=locked_through)


def first_open_day(day: date, locked_through: date | None) -> date:
    """`day` itself where its period is open, else the first day after the lock."""
    if locked_through is not None and day <= locked_through:
        return locked_through + timedelta(days=1)
    return day
