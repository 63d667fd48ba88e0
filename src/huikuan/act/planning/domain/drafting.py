"""What is expected in a month: claims by the day they fall due or are promised, without what dunning leaves alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.dates import month_end

METHODS = ("transfer", "bill", "cash", "offset", "goods")
SLIPS = ("dispute", "cash_strain", "papers_missing", "our_delay", "bank_delay", "bad_faith", "renegotiated", "other")
DRAFTED, EDITED, AGREED = STATES = ("drafted", "edited", "agreed")

#: Customer, contract and currency: what a line of a month is about.
Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Owed:
    """So much of a claim is open and falls due on `due_on` (None: awaits an event). `promised`, by `promised_by`, is
    part of it; `paused` is left alone as disputed."""

    key: Key
    amount: int
    due_on: date | None
    promised: int = 0
    promised_by: date | None = None
    paused: int = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """So much by the last of the days its parts are expected on."""

    amount: int
    by: date


def expected(owed: Iterable[Owed], month: date, today: date) -> dict[Key, Expected]:
    """What the month is to bring. What is promised comes on its day; what else is late comes in the month of `today`;
    the rest on its due date. What awaits an event and what is disputed is not counted on."""
    last, found = month_end(month), dict[Key, Expected]()
    for one in owed:
        for amount, day in _parts(one, today):
            if amount > 0 and month <= day <= last:
                before = found.get(one.key, Expected(0, day))
                found[one.key] = Expected(before.amount + amount, max(before.by, day))
    return found


def with_cash(still: Expected, cash: int) -> Expected:
    """What a month that goes on brings in all: `still` to come, and what came of it by now. More taken back than came
    makes it no less."""
    return Expected(still.amount + max(cash, 0), still.by)


def _parts(one: Owed, today: date) -> list[tuple[int, date]]:
    counted = max(one.amount - one.paused, 0)
    promised = min(one.promised, counted) if one.promised_by else 0
    parts = [(promised, max(one.promised_by, today))] if one.promised_by else []
    if one.due_on is not None:
        parts.append((counted - promised, max(one.due_on, today)))
    return parts
