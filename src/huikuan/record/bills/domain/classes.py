"""How far acceptors are trusted: what share of a bill stands as exposure until it is paid."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from huikuan.kernel.text import plain
from huikuan.record.bills.domain.numbers import BANK

LARGE_BANK, OTHER_BANK, COMMERCIAL = CLASSES = ("large_bank", "other_bank", "commercial")

#: Class → percent of the face that counts; what is not said counts whole.
Weights = Mapping[str, int]
WHOLE = 100


def class_of(kind: str, acceptor: str, large_banks: Collection[str]) -> str:
    """A bank's bill by its acceptor: a large bank where its name contains one of these; everything else is as good as
    the company that owes it."""
    if kind != BANK:
        return COMMERCIAL
    name = plain(acceptor)
    return LARGE_BANK if any(one in name for one in large_banks) else OTHER_BANK


def weighed(amount: int, acceptor_class: str, weights: Weights) -> int:
    """What of an amount counts, half up; a class nobody named counts whole."""
    return (amount * weights.get(acceptor_class, WHOLE) * 2 + WHOLE) // (2 * WHOLE)
