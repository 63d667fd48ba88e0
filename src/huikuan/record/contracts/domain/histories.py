"""An order over time: when it was placed, and what was delivered and invoiced of it when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Step:
    """On a day so much of the order was delivered or invoiced (`what`), minor units at the lines' prices; below zero
    where that was taken back. `document_number` of the delivery note or invoice, '' where nobody said it."""

    on: date
    what: str
    amount: int
    document_number: str


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """An order by its latest version, with its steps in the order of their days."""

    order_id: int
    number: str
    customer_id: int
    currency: str
    contract_number: str
    ordered_on: date
    amount: int
    steps: tuple[Step, ...]
