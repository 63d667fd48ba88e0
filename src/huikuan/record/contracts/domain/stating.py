"""How what a file says adds to what is known: an empty cell says nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from huikuan.record.contracts.domain.orders import Order, OrderLine
from huikuan.record.contracts.domain.terms import ACTIVE, VOID, Terms


@dataclass(frozen=True, slots=True)
class StatedContract:
    """One row of a contracts file. Of `terms`, empty fields are unsaid; so is `status` ''."""

    row: int
    number: str
    customer_id: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class SoFar:
    """Altogether so much of a line was delivered or invoiced; `day` of the latest part, None if unsaid."""

    line: int
    what: str
    quantity_e4: int
    day: date | None


@dataclass(frozen=True, slots=True)
class StatedOrder:
    """The `rows` of one order, the first being `row`: its lines, and how much of them was delivered or invoiced."""

    row: int
    number: str
    customer_id: int
    order: Order
    done: tuple[SoFar, ...] = ()
    rows: int = 1


def restated(known: Terms | None, stated: Terms) -> Terms:
    """`known` with everything `stated` says. What nothing is known of is in force; so is a void contract that
    is named again."""
    if known is None:
        return replace(stated, status=stated.status or ACTIVE)
    said = {field.name: getattr(stated, field.name) for field in fields(Terms) if getattr(stated, field.name)}
    status = stated.status or (ACTIVE if known.status == VOID else known.status)
    return replace(known, **{**said, "currency": stated.currency, "status": status})


def reordered(known: Order | None, stated: Order) -> Order:
    """`known` with the lines `stated` names; others stay. An order named again is not void."""
    if known is None:
        return stated
    lines = {line.line: line for line in known.lines} | {
        line.line: _relined(known.lines, line) for line in stated.lines
    }
    return replace(
        stated,
        lines=tuple(lines[number] for number in sorted(lines)),
        contract_number=stated.contract_number or known.contract_number,
    )


def _relined(known: Sequence[OrderLine], stated: OrderLine) -> OrderLine:
    """A line as stated; code, unit and planned day stay where the file leaves them empty."""
    before = next((line for line in known if line.line == stated.line), None)
    if before is None:
        return stated
    return replace(
        stated,
        unit=stated.unit or before.unit,
        product_code=stated.product_code or before.product_code,
        planned_on=stated.planned_on or before.planned_on,
    )
