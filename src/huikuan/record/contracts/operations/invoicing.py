"""What was invoiced of an order, posted with it where somebody says when it falls due.

The ledger lies above the orders: its context says here how it posts, and refuses an invoicing whose document it does
not know. So the amount leaves the order's part of exposure only for the ledger's.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from huikuan.record.contracts.operations.orders import record_invoicing


class Posting(Protocol):
    """Records an invoicing and posts its invoice in one transaction; answers the ids of the two facts."""

    def __call__(self, *, due_date: date, **invoicing: Any) -> tuple[int, int]: ...


_POSTING: list[Posting] = []


def post_by(posting: Posting) -> None:
    """Have the ledger's context post what is invoiced with a due date."""
    _POSTING[:] = [posting]


def invoice(*, due_date: date | None, **invoicing: Any) -> int:
    """Record an invoicing, and post its invoice where its due date is known; answers the invoicing's id.

    `invoicing` as of `record_invoicing`. Refuses one without a due date whose document is not in the ledger.
    """
    if due_date is None:
        return record_invoicing(**invoicing)
    return _POSTING[0](due_date=due_date, **invoicing)[0]
