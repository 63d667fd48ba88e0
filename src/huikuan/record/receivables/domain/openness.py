"""What is open of an item: the one definition, which caches, SQL and columns must equal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that moved an item: its posting (+) or a settlement of it (−; a reversal +).

    `tx` is its place in the order of knowledge, `on` the posting or effective date.
    """

    on: date
    tx: int
    amount: int
    book_amount: int | None


@dataclass(frozen=True, slots=True)
class Open:
    """Open amount in the item's currency and in company currency (None: no rate was known)."""

    amount: int
    book_amount: int | None


def open_amount(entries: Iterable[Entry], *, as_of: date | None = None, known: int | None = None) -> Open:
    """The sum of the entries dated up to `as_of` and known below the horizon `known` (None: all)."""
    amount = 0
    book: int | None = 0
    for entry in entries:
        if (as_of is not None and entry.on > as_of) or (known is not None and entry.tx >= known):
            continue
        amount += entry.amount
        book = None if book is None or entry.book_amount is None else book + entry.book_amount
    return Open(amount, book)
