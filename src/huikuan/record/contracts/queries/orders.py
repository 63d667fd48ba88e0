"""Sales orders: the list with its filter, and one with its lines and what became of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.contracts.domain.orders import Order, Progress, progress, state_of
from huikuan.record.contracts.models import Contract, SalesOrder, SalesOrderVersion
from huikuan.record.contracts.queries.listing import (
    a_few_thousand_at_a_time,
    company_codes,
    customers_named,
    first_of,
    found_by,
    numbered,
)
from huikuan.record.contracts.queries.progress import FulfilmentRow, done_of, fulfilments, order_of
from huikuan.record.contracts.queries.reachable import reachable
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.merging import one_with


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders. None does not narrow. `ids`: these alone.
    `text` finds in number, contract, and the customer's name and code."""

    company_id: int | None = None
    customer_id: int | None = None
    contract_number: str | None = None
    state: str | None = None
    text: str = ""
    ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as it reads now; amounts in minor units."""

    id: int
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    number: str
    contract_number: str
    ordered_on: date
    currency: str
    amount: int
    delivered_amount: int
    invoiced_amount: int
    state: str
    version: int

    @property
    def open_amount(self) -> int:
        """Not delivered yet; a void order has nothing open."""
        return 0 if self.state == "void" else self.amount - self.delivered_amount


@dataclass(frozen=True, slots=True)
class OrderSums:
    """Of all that match, per currency; void orders count, but not their amounts."""

    currency: str
    count: int
    amount: int
    delivered: int
    invoiced: int


@dataclass(frozen=True, slots=True)
class OrderPage:
    """`next` is the place to pass as `after` for the rows that follow, None at the end."""

    rows: tuple[OrderRow, ...]
    next: str | None
    count: int
    sums: tuple[OrderSums, ...]


@dataclass(frozen=True, slots=True)
class WholeOrder:
    """One order with its lines as of a day. `contract_id`: of its contract, None if none is registered."""

    row: OrderRow
    order: Order
    state: str
    lines: tuple[Progress, ...]
    fulfilments: tuple[FulfilmentRow, ...]
    contract_id: int | None


def orders_page(
    chosen: OrderFilter,
    *,
    scope: Scope,
    as_of: date | None = None,
    known: int | None = None,
    after: str = "",
    limit: int = 50,
) -> OrderPage:
    """Orders of `as_of` or before and known below a horizon, the latest entered first; ≤ `limit` after `after`.

    Each as it reads now: what had been delivered by an earlier day its own page shows.
    """
    rows = _matching(chosen, scope, as_of, known)
    counting = Q(state__in=["open", "partly", "delivered", "completed"])
    grouped = rows.values("currency").annotate(
        count=Count("id"),
        whole=Sum("amount", filter=counting),
        delivered=Sum("delivered_amount", filter=counting),
        invoiced=Sum("invoiced_amount", filter=counting),
    )
    sums = tuple(
        OrderSums(one["currency"], one["count"], one["whole"] or 0, one["delivered"] or 0, one["invoiced"] or 0)
        for one in grouped.order_by("currency")
    )
    found, more = first_of(rows, after, limit)
    return OrderPage(tuple(_rows(found)), more, sum(one.count for one in sums), sums)


def every_order(
    chosen: OrderFilter,
    *,
    scope: Scope,
    as_of: date | None = None,
    known: int | None = None,
) -> Iterator[OrderRow]:
    """All that match, in the order of `orders_page`, a few thousand at a time."""
    for found in a_few_thousand_at_a_time(_matching(chosen, scope, as_of, known)):
        yield from _rows(found)


def order(order_id: int, *, scope: Scope) -> OrderRow:
    """The order; refuses one that is unknown or out of the reader's reach, which is the same to them."""
    found = list(reachable(SalesOrder.objects.filter(pk=order_id), scope))
    if not found:
        raise Refusal("order_unknown", order=order_id)
    return _rows(found)[0]


def order_numbered(company_code: str, number: str, *, scope: Scope) -> OrderRow:
    """The company's order with this number; refuses an unknown one, and one out of scope likewise."""
    found = list(reachable(numbered(SalesOrder.objects.all(), company_code, number), scope))
    if not found:
        raise Refusal("order_number_unknown", company=company_code, number=number)
    return _rows(found)[0]


def whole_order(row: OrderRow, *, scope: Scope, as_of: date | None = None, known: int | None = None) -> WholeOrder:
    """Everything about an order: its latest version, and what was done of it up to a day. Refuses one out of
    scope."""
    if not seen(scope).has(row.company_id, row.customer_id):
        raise Refusal("order_unknown", order=row.id)
    said, done = order_of(row.id, known=known), done_of(row.id, as_of=as_of, known=known)
    one = one_with(row.customer_id, known)
    agreed = Contract.objects.filter(company_id=row.company_id, number=said.contract_number, customer_id__in=one)
    return WholeOrder(
        row=row,
        order=said,
        state=state_of(said, done),
        lines=tuple(progress(said, done)),
        fulfilments=tuple(fulfilments(row.id, known=known)),
        contract_id=agreed.values_list("pk", flat=True).first() if said.contract_number else None,
    )


def _matching(chosen: OrderFilter, scope: Scope, as_of: date | None, known: int | None) -> QuerySet[SalesOrder]:
    rows = reachable(SalesOrder.objects.all(), scope)
    names = ("company_id", "contract_number", "state")
    wanted: dict[str, Any] = {name: getattr(chosen, name) for name in names}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if chosen.customer_id is not None:
        rows = rows.filter(customer_id__in=one_with(chosen.customer_id, known))
    if chosen.ids is not None:
        rows = rows.filter(pk__in=chosen.ids)
    if as_of is not None:
        rows = rows.filter(ordered_on__lte=as_of)
    if known is not None:
        first = SalesOrderVersion.objects.filter(order_id=OuterRef("pk"), version=1, tx__lt=known)
        rows = rows.filter(Exists(first))
    return rows.filter(found_by(chosen.text, "number", "contract_number")) if chosen.text.strip() else rows


def _rows(found: list[SalesOrder]) -> list[OrderRow]:
    names, codes = customers_named(one.customer_id for one in found), company_codes()
    return [
        OrderRow(
            one.pk, one.company_id, codes[one.company_id], one.customer_id, *names[one.customer_id], one.number,
            one.contract_number, one.ordered_on, one.currency, one.amount, one.delivered_amount, one.invoiced_amount,
            one.state, one.version,
        )
        for one in found
    ]  # fmt: skip
