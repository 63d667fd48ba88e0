"""Whether two requests under one key are the same: what is asked now, beside what was done then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huikuan.record.cash.domain.applying import Paid, Portion


@dataclass(frozen=True, slots=True)
class Done:
    """A portion as it was applied, with every amount said; `differences`: (kind, item) → amount."""

    line_id: int | None
    credit_id: int
    customer_id: int
    amount: int
    parts: tuple[Paid, ...]
    differences: Mapping[tuple[str, int], int]


def asks_for(portion: Portion, done: Done) -> bool:
    """Whether the portion asks for what was done; an amount it leaves open is what came of it then."""
    if portion.customer_id != done.customer_id or portion.amount not in (None, done.amount):
        return False
    if {(one.kind, one.item_id): one.amount for one in portion.differences} != done.differences:
        return False
    return portion.parts is None or _same_parts(portion.parts, done.parts)


def _same_parts(asked: tuple[Paid, ...], done: tuple[Paid, ...]) -> bool:
    paid = {part.item_id: part for part in done}
    wanted = {part.item_id: part for part in asked if part.amount != 0}
    # What was asked for without an amount, and got nothing, is no part of what was done.
    return paid.keys() <= wanted.keys() and all(
        _same(part, paid[item_id]) if item_id in paid else part.amount is None for item_id, part in wanted.items()
    )


def _same(asked: Paid, done: Paid) -> bool:
    amounts = asked.amount in (None, done.amount) and asked.debit_amount in (None, done.amount, done.debit_amount)
    return amounts and asked.short == done.short
