"""Whose a customer is as of a day: the latest effective row governs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

#: A first known affiliation holds since ever, so that past days are reported under it too.
SINCE_EVER = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Dated:
    """One recorded affiliation: `order` is its place in the order of knowledge, (tx, id)."""

    effective_on: date
    order: tuple[int, int]
    value: str


def governing(rows: Iterable[Dated], day: date) -> str:
    """The value as of `day`: latest effective date, then latest recorded; '' when there is none."""
    known = [row for row in rows if row.effective_on <= day]
    return max(known, key=lambda row: (row.effective_on, row.order)).value if known else ""
