"""Exposure (信用敞口): what would be lost if a customer stopped paying today, by component.

Exposure = open claims + delivered, not invoiced + released orders + bills − cash held − unapplied credits − advances
− cover. An advance nets only what stands under its own contract; a bill received is a promise, not cash, and nets
nothing: what its acceptor owes counts by how far the acceptor is trusted, and so does what was passed on and may come
back. Cover is allocated by `record/cover` and acts here alone: no limit contains it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from huikuan.record.bills.domain.classes import Weights, weighed

CLAIMS = "open_claims"
DELIVERED = "delivered_not_invoiced"
ORDERS = "released_orders"
BILLS = "bills"
RECOURSE = "recourse"
CASH_HELD = "cash_held"
UNAPPLIED = "unapplied"
ADVANCES = "advances"
COVER = "cover"

#: In the order they are shown; those of the second row lessen exposure.
ADDING = (CLAIMS, DELIVERED, ORDERS, BILLS, RECOURSE)
LESSENING = (CASH_HELD, UNAPPLIED, ADVANCES, COVER)
COMPONENTS = (*ADDING, *LESSENING)

#: What counts by the class of the acceptor.
PAPER = frozenset({BILLS, RECOURSE})

#: What is open in the ledger alone: cover lessens the loss, not the debt.
DEBT = (CLAIMS, BILLS, CASH_HELD, UNAPPLIED, ADVANCES)

_DEBITS = {"unbilled": DELIVERED, "bill": BILLS, RECOURSE: RECOURSE}
_CREDITS = {"deposit": CASH_HELD, "advance": ADVANCES}

DEBIT = "debit"


@dataclass(frozen=True, slots=True)
class Line:
    """So much (> 0, minor units) of a component, of one customer, in one currency, under a contract ('' none).
    `acceptor`: the class of who owes a bill ('' unknown, or no bill)."""

    customer_id: int
    currency: str
    contract_number: str
    component: str
    amount: int
    acceptor: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One component in the currency asked for, lessening ones negative; `native`: of what it was converted."""

    component: str
    amount: int
    native: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """All components in one currency. `idle_advances`: advances that find nothing under their contract to net."""

    currency: str
    parts: tuple[Part, ...]
    idle_advances: int = 0

    @property
    def total(self) -> int:
        return sum(part.amount for part in self.parts)

    def of(self, component: str) -> int:
        return next(part.amount for part in self.parts if part.component == component)


def component_of(kind: str, side: str) -> str | None:
    """Where an item of the ledger counts. None: a bill in hand, which is not cash."""
    if side == DEBIT:
        return _DEBITS.get(kind, CLAIMS)
    return None if kind == "bill" else _CREDITS.get(kind, UNAPPLIED)


def order_lines(
    customer_id: int,
    currency: str,
    contract_number: str,
    *,
    amount: int,
    delivered: int,
    invoiced: int,
    released: bool,
) -> list[Line]:
    """What an order adds: what is delivered and not invoiced, and where it is released what is still to be delivered.

    Amounts at the lines' prices. What is invoiced stands in the ledger, so released parts sum to amount − invoiced
    and nothing counts twice; of an order that is held only what went out counts.
    """
    parts = {DELIVERED: max(0, delivered - invoiced), ORDERS: amount - max(delivered, invoiced) if released else 0}
    return [
        Line(customer_id, currency, contract_number, component, part) for component, part in parts.items() if part > 0
    ]


def weighed_lines(lines: Iterable[Line], weights: Weights) -> list[Line]:
    """The same with bills at the part of them that counts, by the class of who owes them, rounded half up."""
    return [
        replace(line, amount=weighed(line.amount, line.acceptor, weights)) if line.component in PAPER else line
        for line in lines
    ]


def sums_of(lines: Iterable[Line]) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """((component, currency) → signed sum, currency → advances that net nothing), advances netted by contract."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    under: dict[tuple[int, str, str], int] = defaultdict(int)
    ahead: dict[tuple[int, str, str], int] = defaultdict(int)
    for line in lines:
        key = (line.customer_id, line.currency, line.contract_number)
        if line.component == ADVANCES:
            ahead[key] += line.amount
        elif line.component in LESSENING:
            sums[line.component, line.currency] -= line.amount
        else:
            sums[line.component, line.currency] += line.amount
            under[key] += line.amount
    idle: dict[str, int] = defaultdict(int)
    for key, paid in ahead.items():
        netted = min(paid, under[key])
        sums[ADVANCES, key[1]] -= netted
        idle[key[1]] += paid - netted
    return dict(sums), dict(idle)


def exposure_of(lines: Iterable[Line], currency: str, value: Callable[[int, str], int]) -> Exposure:
    """The lines in one currency; `value(minor, currency)` converts, and refuses where no rate is known.

    Each component is converted once per currency, rounded half up.
    """
    sums, idle = sums_of(lines)
    parts = []
    for component in COMPONENTS:
        native = tuple(sorted((of, amount) for (name, of), amount in sums.items() if name == component and amount))
        parts.append(Part(component, sum(value(amount, of) for of, amount in native), native))
    return Exposure(currency, tuple(parts), sum(value(amount, of) for of, amount in idle.items() if amount))


def lessened(exposure: Exposure, cover: int) -> Exposure:
    """The same less what covers it (≥ 0, in its currency)."""
    parts = tuple(replace(part, amount=-cover) if part.component == COVER else part for part in exposure.parts)
    return replace(exposure, parts=parts)
