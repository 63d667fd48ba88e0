"""Which documents a receipt pays, as its file says."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in on a day; `pays` is (customer, document number, currency)."""

    id: int
    row: int
    pays: tuple[int, str, str]
    amount: int
    received_on: date


@dataclass(frozen=True, slots=True)
class Debt:
    """An open debit; it can be settled from `settle_from` on."""

    id: int
    open_amount: int
    settle_from: date


@dataclass(frozen=True, slots=True)
class Application:
    """So much of a receipt clears so much of a debt, from a day."""

    receipt_id: int
    debt_id: int
    amount: int
    effective_on: date
    row: int


def apply(receipts: Iterable[Receipt], debts: Mapping[tuple[int, str, str], list[Debt]]) -> list[Application]:
    """Receipts in file order pay the open items of their document in the order given (earliest due first).

    What a document does not take stays on account.
    """
    left = {pays: deque((debt, debt.open_amount) for debt in found) for pays, found in debts.items()}
    made: list[Application] = []
    for receipt in receipts:
        queue, rest = left.get(receipt.pays), receipt.amount
        while queue and rest:
            debt, still = queue.popleft()
            part = min(rest, still)
            made.append(
                Application(receipt.id, debt.id, part, max(receipt.received_on, debt.settle_from), receipt.row)
            )
            rest -= part
            if still > part:
                queue.appendleft((debt, still - part))
    return made
