"""An order at a time: enter it, change it, deliver and invoice its lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain
from huikuan.mechanisms.audit.operations import append, record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.pipeline import ask, briefly
from huikuan.mechanisms.store.transactions import retrying
from huikuan.mechanisms.store.wire import int4, int8
from huikuan.record.contracts.domain.orders import (
    DELIVERED,
    INVOICED,
    Done,
    Order,
    check_change,
    check_order,
    content_of,
    fulfil,
    state_of,
)
from huikuan.record.contracts.models import Contract, Fulfilment, SalesOrder, SalesOrderVersion
from huikuan.record.contracts.operations.contracts import number_of
from huikuan.record.contracts.queries.progress import done_of, order_of
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries.merging import one_with


def create_order(*, company: Company, customer_id: int, number: str, order: Order, actor: str, at: datetime) -> int:
    """Enter a sales order and answer its id. Refuses a number the company has used, an unknown customer, a
    contract that is another customer's, and what `check_order` refuses."""
    number, order = number_of(number), _tidied(order)
    check_order(order)

    def work() -> int:
        check_contract(company.pk, customer_id, order.contract_number)
        row = _entered(company.pk, customer_id, number, order)
        record_version(row, 1, order, actor=actor, at=at)
        _tell("contracts.ordered", row, at, version=1)
        return int(row.pk)

    return briefly(work)


_ENTER = """
INSERT INTO contracts_salesorder (company_id, customer_id, number, contract_number, ordered_on, currency, amount,
    delivered_amount, invoiced_amount, state, version)
SELECT %s, c.id, %s, %s, %s, %s, %s, 0, 0, %s, %s FROM customers_customer c WHERE c.id = %s
ON CONFLICT (company_id, number) DO NOTHING RETURNING id
"""


def _entered(company_id: int, customer_id: int, number: str, order: Order) -> SalesOrder:
    """The order's row, inserted if there is such a customer and the number is free: one short statement."""
    row = SalesOrder(company_id=company_id, customer_id=customer_id, number=number, **row_of(order, []))
    ordered = (
        number,
        row.contract_number,
        row.ordered_on,
        row.currency,
        int8(row.amount),
        row.state,
        int4(row.version),
    )
    made = ask(_ENTER, [int8(company_id), *ordered, int8(customer_id)])()
    if not made:
        if not Customer.objects.filter(id=customer_id).exists():
            raise Refusal("contract_customer_unknown", customer=customer_id)
        raise Refusal("order_number_taken", number=number)
    row.pk = made[0][0]
    return row


def change_order(*, order_id: int, version: int, order: Order, actor: str, at: datetime) -> int:
    """The order read at `version` now says `order`; answers the new version, or the old one when nothing differs.

    Refuses when somebody changed it since, another currency, and less than was delivered or invoiced.
    """
    order = _tidied(order)
    check_order(order)

    def work() -> int:
        row = locked(order_id)
        if row.version != version:
            raise Refusal("order_changed_since", number=row.number, seen=version, now=row.version)
        known = order_of(order_id)
        if order == known:
            return version
        if order.currency != known.currency:
            raise Refusal("order_currency_fixed", currency=known.currency)
        done = done_of(order_id)
        check_change(order, done)
        check_contract(row.company_id, row.customer_id, order.contract_number)
        record_version(row, version + 1, order, actor=actor, at=at)
        SalesOrder.objects.filter(pk=order_id).update(version=version + 1, **row_of(order, done))
        _tell("contracts.ordered", row, at, version=version + 1)
        return version + 1

    return retrying(work)


def record_delivery(*, order_id: int, line: int, quantity_e4: int, delivered_on: date, **more: Any) -> int:
    """So much of a line was delivered on a day; answers the fact's id. `more`: as of `_fulfil`."""
    return _fulfil(order_id, line, DELIVERED, quantity_e4, delivered_on, **more)


def record_invoicing(*, order_id: int, line: int, quantity_e4: int, invoiced_on: date, **more: Any) -> int:
    """So much of a line was invoiced on a day; answers the fact's id. `more`: as of `_fulfil`."""
    return _fulfil(order_id, line, INVOICED, quantity_e4, invoiced_on, **more)


def hold_to_invoice(order_id: int, line: int, quantity_e4: int) -> tuple[SalesOrder, int]:
    """The order, held until the transaction ends, and what so much of the line comes to at its price; refuses what
    `record_invoicing` would."""
    row = locked(order_id)
    return row, fulfil(order_of(order_id), done_of(order_id), line, INVOICED, quantity_e4)


def withdraw_fulfilment(*, fulfilment_id: int, actor: str, at: datetime) -> int:
    """A delivery or invoicing that was recorded in error is taken back, once; answers the reversal's id."""

    def work() -> int:
        fact = Fulfilment.objects.filter(id=fulfilment_id).values().first()
        if fact is None or fact["reversal_of"] is not None:
            raise Refusal("fulfilment_unknown", fulfilment=fulfilment_id)
        row = locked(fact["order_id"])
        if Fulfilment.objects.filter(reversal_of=fulfilment_id).exists():
            raise Refusal("fulfilment_withdrawn", fulfilment=fulfilment_id)
        repeated: dict[str, Any] = {
            name: value for name, value in fact.items() if name not in ("id", "tx", "recorded_at")
        }
        negative = {name: -repeated[name] for name in ("quantity_e4", "amount")}
        back = {**repeated, **negative, "reversal_of": fulfilment_id, "batch_id": None, "actor": actor}
        number = record(Fulfilment, [back], at=at)[0]
        _settle_row(row)
        _tell("contracts.fulfilled", row, at, fulfilment=number)
        return number

    return retrying(work)


def _fulfil(
    order_id: int,
    line: int,
    what: str,
    quantity_e4: int,
    happened_on: date,
    *,
    actor: str,
    at: datetime,
    document_number: str = "",
    recorded: int | None = None,
) -> int:
    """`recorded`: how many facts of the order's deliveries and invoices were read (None: nobody looked)."""

    def work() -> int:
        row = locked(order_id)
        if recorded is not None and Fulfilment.objects.filter(order_id=order_id).count() != recorded:
            raise Refusal("order_fulfilled_since", number=row.number)
        zone = Company.objects.values_list("time_zone", flat=True).get(pk=row.company_id)
        if happened_on > business_date(at, zone):
            raise Refusal("event_in_future", day=happened_on)
        amount = fulfil(order_of(order_id), done_of(order_id), line, what, quantity_e4)
        fact = {
            "order_id": order_id,
            "company_id": row.company_id,
            "customer_id": row.customer_id,
            "line": line,
            "what": what,
            "happened_on": happened_on,
            "quantity_e4": quantity_e4,
            "amount": amount,
            "document_number": plain(document_number)[:60],
            "actor": actor,
        }
        number = record(Fulfilment, [fact], at=at)[0]
        _settle_row(row)
        _tell("contracts.fulfilled", row, at, fulfilment=number)
        return number

    return retrying(work)


def locked(order_id: int) -> SalesOrder:
    """The order, held until the transaction ends."""
    row = SalesOrder.objects.select_for_update().filter(pk=order_id).first()
    if row is None:
        raise Refusal("order_unknown", order=order_id)
    return row


def record_version(row: SalesOrder, version: int, order: Order, *, actor: str, at: datetime) -> None:
    """Write the fact of one version."""
    fact = {
        "order_id": row.pk,
        "company_id": row.company_id,
        "customer_id": row.customer_id,
        "version": version,
        "content": content_of(order),
        "actor": actor,
    }
    append(SalesOrderVersion, [fact], at=at)


def row_of(order: Order, done: list[Done]) -> dict[str, Any]:
    """The columns of the order's row: what it says, and what became of it."""
    return {
        "contract_number": order.contract_number,
        "ordered_on": order.ordered_on,
        "currency": order.currency,
        "amount": order.amount,
        "delivered_amount": sum(one.amount for one in done if one.what == DELIVERED),
        "invoiced_amount": sum(one.amount for one in done if one.what == INVOICED),
        "state": state_of(order, done),
    }


def _tidied(order: Order) -> Order:
    """The contract's number as people type it → as contracts keep theirs."""
    return replace(order, contract_number=plain(order.contract_number))


def _settle_row(row: SalesOrder) -> None:
    SalesOrder.objects.filter(pk=row.pk).update(**row_of(order_of(row.pk), done_of(row.pk)))


def check_contract(company_id: int, customer_id: int, number: str) -> None:
    """A contract that is registered is this customer's; one that is not yet may still come."""
    if not number:
        return
    owner = Contract.objects.filter(company_id=company_id, number=number).values_list("customer_id", flat=True).first()
    if owner is not None and owner not in one_with(customer_id):
        raise Refusal("order_contract_foreign", number=number)


def _tell(kind: str, row: SalesOrder, at: datetime, **said: Any) -> None:
    announce(kind, at=at, company_id=row.company_id, customer_id=row.customer_id, payload={"order_id": row.pk, **said})
