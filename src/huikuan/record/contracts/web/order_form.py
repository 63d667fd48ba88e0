"""The fields of an order: what it says as texts, and texts read as an order."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import count

from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.text import plain, tidy
from huikuan.mechanisms.pages.forms import Form
from huikuan.record.contracts.domain.orders import Order, OrderLine, quantity_text, read_quantity

#: The cells of a line's row; its number is kept by the form, not typed.
CELLS = ("product", "code", "quantity", "unit", "amount", "planned")
_NEEDED = ("product", "quantity", "amount")
#: Which field a refusal of the order belongs to.
_FIELDS = {
    "contract_customer_unknown": "customer",
    "currency_bad": "currency",
    "order_contract_foreign": "contract",
    "order_currency_fixed": "currency",
    "order_number_taken": "number",
}
_OF_LINES = ("order_without_lines", "order_line", "order_quantity", "order_amount", "order_done", "order_field")


def typed_of(order: Order) -> dict[str, str]:
    """Every field as it would have to be typed for this order."""
    typed = {
        "ordered": order.ordered_on.isoformat(),
        "contract": order.contract_number,
        "currency": order.currency,
    }
    for row, line in enumerate(order.lines):
        cells = {
            "number": str(line.line),
            "product": line.product,
            "code": line.product_code,
            "quantity": quantity_text(line.quantity_e4),
            "unit": line.unit,
            "amount": to_text(line.amount, order.currency),
            "planned": line.planned_on.isoformat() if line.planned_on else "",
        }
        typed |= {f"line-{row}-{name}": value for name, value in cells.items()}
    return typed


def told_of(order: Order) -> dict[str, str]:
    """The same by group, to be read: one line of text for each line."""
    said = {name: value for name, value in typed_of(order).items() if "-" not in name}
    lines = (
        " ".join(
            [
                str(line.line),
                line.product,
                quantity_text(line.quantity_e4),
                line.unit,
                to_text(line.amount, order.currency),
            ]
        )
        for line in order.lines
    )
    return said | {"line": "\n".join(lines)}


def order_in(form: Form) -> Order | None:
    """The order the form says; None, and what is wrong beside its field, where it says none."""
    currency = plain(form.text("currency")).upper()
    ordered = form.read("ordered", parse_date)
    if not form.text("ordered"):
        blame(form, Refusal("contract_field_missing", field="ordered"))
    lines = [_line(form, row, currency) for row in form.rows("line", CELLS)]
    if form.problems or ordered is None:
        return None
    return Order(ordered, currency, _numbered([line for line in lines if line]), plain(form.text("contract")))


def blame(form: Form, refusal: Refusal) -> None:
    """Keep a refusal of the order beside the field it speaks of."""
    if refusal.code in ("contract_field_missing", "contract_field_too_long"):
        form.blame(str(refusal.params["field"]), refusal)
    elif refusal.code.startswith(_OF_LINES):
        form.blame("line", refusal)
    else:
        form.blame(_FIELDS.get(refusal.code, ""), refusal)


def _line(form: Form, row: int, currency: str) -> OrderLine | None:
    def cell(name: str) -> str:
        return f"line-{row}-{name}"

    quantity = form.read(cell("quantity"), read_quantity)
    amount = form.read(cell("amount"), partial(_amount, currency=currency))
    planned = form.read(cell("planned"), parse_date)
    missing = [name for name in _NEEDED if not form.text(cell(name))]
    if missing:
        form.blame(cell(missing[0]), Refusal("order_line_incomplete"))
    if quantity is None or amount is None:
        return None
    number = form.text(cell("number"))
    return OrderLine(
        line=int(number) if number.isascii() and number.isdigit() and len(number) <= 9 else 0,
        product=tidy(form.text(cell("product"))),
        quantity_e4=quantity,
        amount=amount,
        unit=tidy(form.text(cell("unit"))),
        product_code=plain(form.text(cell("code"))),
        planned_on=planned,
    )


def _amount(text: str, *, currency: str) -> int:
    return typed_minor(text, currency)


def _numbered(lines: list[OrderLine]) -> tuple[OrderLine, ...]:
    """New lines get the numbers after the highest there is."""
    following = count(max((line.line for line in lines), default=0) + 1)
    return tuple(line if line.line else replace(line, line=next(following)) for line in lines)
