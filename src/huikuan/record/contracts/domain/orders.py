"""Sales orders: lines, how much of them was delivered and invoiced, and what state that makes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR, divide_half_up

DELIVERED, INVOICED = "delivered", "invoiced"
OPEN, PARTLY, COMPLETED, VOID = "open", "partly", "completed", "void"

#: Quantities are whole ten-thousandths of the line's unit.
QUANTITY = 10_000
LARGEST_QUANTITY = 10**15


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`quantity_e4` in `unit` × 10^4, `amount` in minor units of the order's currency, tax included."""

    line: int
    product: str
    quantity_e4: int
    amount: int
    unit: str = ""
    product_code: str = ""
    planned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Everything an order says. A void one (`void`) stays on record and counts nowhere."""

    ordered_on: date
    currency: str
    lines: tuple[OrderLine, ...]
    contract_number: str = ""
    void: bool = False

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class Done:
    """So much of a line was delivered or invoiced; a reversal is negative."""

    line: int
    what: str
    quantity_e4: int
    amount: int


@dataclass(frozen=True, slots=True)
class Progress:
    """One line with what became of it. `open_…`: not delivered yet."""

    line: OrderLine
    delivered_e4: int
    delivered_amount: int
    invoiced_e4: int
    invoiced_amount: int

    @property
    def open_e4(self) -> int:
        return self.line.quantity_e4 - self.delivered_e4

    @property
    def uninvoiced_e4(self) -> int:
        return self.line.quantity_e4 - self.invoiced_e4

    @property
    def open_amount(self) -> int:
        return self.line.amount - self.delivered_amount


#: Of a contract's number.
LONGEST_CONTRACT = 60


def check_order(order: Order) -> None:
    """Refuse an order without lines, or lines that cannot be told apart or weigh nothing."""
    if not order.lines:
        raise Refusal("order_without_lines")
    if len(order.currency) != 3 or not (order.currency.isascii() and order.currency.isupper()):
        raise Refusal("currency_bad", currency=order.currency)
    repeated = [number for number, count in Counter(line.line for line in order.lines).items() if count > 1]
    if repeated:
        raise Refusal("order_line_twice", line=repeated[0])
    for line in order.lines:
        if not 0 < line.quantity_e4 <= LARGEST_QUANTITY:
            raise Refusal("order_quantity_bad", line=line.line, quantity=quantity_text(line.quantity_e4))
        if not 0 < line.amount <= LARGEST_MINOR:
            raise Refusal("order_amount_bad", line=line.line, value=line.amount)
    _check_texts(order)
    if order.amount > LARGEST_MINOR:
        raise Refusal("order_amount_bad", line=0, value=order.amount)


def _check_texts(order: Order) -> None:
    if len(order.contract_number) > LONGEST_CONTRACT:
        raise Refusal("contract_field_too_long", field="contract", longest=LONGEST_CONTRACT)
    for line in order.lines:
        for field, text, longest in (
            ("product", line.product, 200),
            ("product_code", line.product_code, 60),
            ("unit", line.unit, 20),
        ):
            if len(text) > longest:
                raise Refusal("order_field_too_long", field=field, longest=longest)


def check_change(wanted: Order, done: Sequence[Done]) -> None:
    """Refuse a change that leaves less of a line, in quantity or amount, than was delivered or invoiced, or voids
    what was."""
    spent = _amounts(done)
    for (number, what), quantity in _quantities(done).items():
        line = next((line for line in wanted.lines if line.line == number), None)
        less = line is None or line.quantity_e4 < quantity or line.amount < spent[number, what]
        if quantity and (wanted.void or less):
            raise Refusal("order_done_already", line=number, what=what, quantity=quantity_text(quantity))


def fulfil(order: Order, done: Sequence[Done], line_number: int, what: str, quantity_e4: int) -> int:
    """The amount, in minor units, of delivering or invoicing so much more of a line.

    Taken from the running total, so that the parts of a line sum to it exactly. Refuses an unknown line,
    a void order, nothing, and more than was ordered.
    """
    if order.void:
        raise Refusal("order_void")
    line = next((line for line in order.lines if line.line == line_number), None)
    if line is None:
        raise Refusal("order_line_unknown", line=line_number)
    before = _quantities(done)[line_number, what]
    left = line.quantity_e4 - before
    if not 0 < quantity_e4 <= left:
        raise Refusal(
            "more_than_ordered", line=line_number, quantity=quantity_text(quantity_e4), left=quantity_text(left)
        )
    spent = sum(one.amount for one in done if (one.line, one.what) == (line_number, what))
    return max(0, divide_half_up(line.amount * (before + quantity_e4), line.quantity_e4) - spent)


def progress(order: Order, done: Sequence[Done]) -> list[Progress]:
    """Each line with what was delivered and invoiced of it."""
    quantities, amounts = _quantities(done), _amounts(done)
    return [
        Progress(
            line,
            quantities[line.line, DELIVERED],
            amounts[line.line, DELIVERED],
            quantities[line.line, INVOICED],
            amounts[line.line, INVOICED],
        )
        for line in order.lines
    ]


def state_of(order: Order, done: Sequence[Done]) -> str:
    """open: nothing delivered · partly · delivered: all of it · completed: and all invoiced · void."""
    if order.void:
        return VOID
    lines = progress(order, done)
    if all(one.open_e4 == 0 for one in lines):
        return COMPLETED if all(one.invoiced_e4 == one.line.quantity_e4 for one in lines) else DELIVERED
    return PARTLY if any(one.delivered_e4 for one in lines) else OPEN


def read_quantity(text: str) -> int:
    """'12.5' → 125000; refuses what is no positive number or finer than four decimals."""
    try:
        value = Decimal(text.strip()) * QUANTITY
    except InvalidOperation:
        raise Refusal("quantity_unreadable", value=text) from None
    if not value.is_finite() or value <= 0 or value != int(value) or value > LARGEST_QUANTITY:
        raise Refusal("quantity_unreadable", value=text)
    return int(value)


def quantity_text(quantity_e4: int) -> str:
    """125000 → '12.5'."""
    return f"{(Decimal(quantity_e4) / QUANTITY).normalize():f}"


def content_of(order: Order) -> str:
    """The canonical JSON text that a SalesOrderVersion fact keeps."""
    return json.dumps(asdict(order), ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_plain)


def order_from(content: str) -> Order:
    said = json.loads(content)
    lines = tuple(OrderLine(**{**line, "planned_on": _date(line["planned_on"])}) for line in said["lines"])
    return Order(**{**said, "ordered_on": date.fromisoformat(said["ordered_on"]), "lines": lines})


def _quantities(done: Iterable[Done]) -> Counter[tuple[int, str]]:
    sums: Counter[tuple[int, str]] = Counter()
    for one in done:
        sums[one.line, one.what] += one.quantity_e4
    return sums


def _amounts(done: Iterable[Done]) -> Counter[tuple[int, str]]:
    sums: Counter[tuple[int, str]] = Counter()
    for one in done:
        sums[one.line, one.what] += one.amount
    return sums


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in an order's content")


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
