"""What an order says and what was done of it, as of a day and as known below a horizon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huikuan.record.contracts.domain.orders import Done, Order, order_from
from huikuan.record.contracts.models import Fulfilment, SalesOrderVersion


@dataclass(frozen=True, slots=True)
class FulfilmentRow:
    """One delivery or invoicing; `undone_by` names what took it back."""

    id: int
    line: int
    what: str
    happened_on: date
    quantity_e4: int
    amount: int
    document_number: str
    reversal_of: int | None
    undone_by: int | None
    batch_id: int | None
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class OrderVersion:
    """One recorded state of an order, as its history shows it."""

    number: int
    order: Order
    actor: str
    recorded_at: datetime
    reason: str = ""


def order_versions(order_id: int) -> list[OrderVersion]:
    """Every recorded state of an order, oldest first."""
    rows = SalesOrderVersion.objects.filter(order_id=order_id).order_by("version")
    return [OrderVersion(row.version, order_from(row.content), row.actor, row.recorded_at) for row in rows]


def order_of(order_id: int, *, known: int | None = None) -> Order:
    """The order as its latest version says."""
    rows = SalesOrderVersion.objects.filter(order_id=order_id)
    if known is not None:
        rows = rows.filter(tx__lt=known)
    return order_from(rows.order_by("-version").values_list("content", flat=True)[0])


def done_of(order_id: int, *, as_of: date | None = None, known: int | None = None) -> list[Done]:
    """What was delivered and invoiced up to a day, reversals negative."""
    rows = Fulfilment.objects.filter(order_id=order_id)
    if as_of is not None:
        rows = rows.filter(happened_on__lte=as_of)
    if known is not None:
        rows = rows.filter(tx__lt=known)
    return [Done(*row) for row in rows.order_by("tx", "id").values_list("line", "what", "quantity_e4", "amount")]


def fulfilments(order_id: int, *, known: int | None = None) -> list[FulfilmentRow]:
    """Every delivery and invoicing of an order, by day."""
    rows = Fulfilment.objects.filter(order_id=order_id)
    if known is not None:
        rows = rows.filter(tx__lt=known)
    found = list(rows.order_by("happened_on", "tx", "id"))
    undone = {row.reversal_of: row.id for row in found if row.reversal_of is not None}
    return [
        FulfilmentRow(
            row.id, row.line, row.what, row.happened_on, row.quantity_e4, row.amount, row.document_number,
            row.reversal_of, undone.get(row.id), row.batch_id, row.actor, row.recorded_at,
        )
        for row in found
    ]  # fmt: skip
