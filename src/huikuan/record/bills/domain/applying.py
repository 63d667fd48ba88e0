"""Which claims a bill pays, and which come back when it is not paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Claim:
    """An open claim of the customer, minor units."""

    item_id: int
    open_amount: int
    due_date: date | None
    document_date: date


@dataclass(frozen=True, slots=True)
class Cleared:
    """A settlement that stands: so much of the bill's credit cleared that claim."""

    settlement_id: int
    debit_id: int
    amount: int


@dataclass(frozen=True, slots=True)
class Undoing:
    """Settlements to reverse, and what of the last one's claim stays cleared (None: nothing)."""

    settlements: tuple[int, ...]
    keep: tuple[int, int] | None


def suggest(claims: Iterable[Claim], amount: int) -> list[tuple[int, int]]:
    """(claim, so much of it): due before not due, the earliest first (Civil Code 560), what awaits an event last."""
    found = []
    for claim in sorted(claims, key=lambda one: (one.due_date or date.max, one.document_date, one.item_id)):
        part = min(claim.open_amount, amount)
        if part <= 0:
            break
        found.append((claim.item_id, part))
        amount -= part
    return found


def undo(standing: Sequence[Cleared], unused: int, face: int) -> Undoing:
    """What to reverse so that `face` of the credit is free again, `unused` of it being free already: the settlement
    made last first, and of the last one reversed no more than needed."""
    reversed_, freed = [], unused
    for one in sorted(standing, key=lambda one: one.settlement_id, reverse=True):
        if freed >= face:
            break
        reversed_.append(one)
        freed += one.amount
    if freed > face and reversed_:
        return Undoing(tuple(one.settlement_id for one in reversed_), (reversed_[-1].debit_id, freed - face))
    return Undoing(tuple(one.settlement_id for one in reversed_), None)
