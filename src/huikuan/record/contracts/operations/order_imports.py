"""Orders out of a file, many at once: lines entered and changed, deliveries and invoices brought up to date.

All of it in the caller's transaction. What cannot be taken is listed, all of it at once, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.record.contracts.domain.orders import (
    Done,
    Order,
    check_change,
    check_order,
    content_of,
    fulfil,
    order_from,
    quantity_text,
)
from huikuan.record.contracts.domain.stating import StatedOrder, reordered
from huikuan.record.contracts.models import Fulfilment, SalesOrder, SalesOrderVersion
from huikuan.record.contracts.operations.contracts import number_of
from huikuan.record.contracts.operations.imports import CHUNK, Taken, record_many
from huikuan.record.contracts.operations.orders import check_contract, row_of
from huikuan.record.customers.queries.merging import one_with

_COLUMNS = ["version", *row_of(Order(date(2000, 1, 1), "CNY", ()), [])]


def import_orders(
    stated: Sequence[StatedOrder], *, company: Company, batch_id: int | None, actor: str, at: datetime
) -> Taken:
    """Enter and change orders; what the file says was delivered or invoiced beyond what is recorded is recorded
    now, on the day stated or today. Refuses nothing itself: the caller shows `refused`."""
    known = _known(company, [one.number for one in stated])
    ids = iter(reserve_ids(SalesOrder, sum(one.number not in known for one in stated)))
    today, taken = business_date(at, company.time_zone), Taken()
    fresh: list[SalesOrder] = []
    changed: list[SalesOrder] = []
    versions: list[dict[str, Any]] = []
    fulfilments: list[dict[str, Any]] = []
    for one in stated:
        row, before, done = known.get(one.number, (None, None, []))
        order = reordered(before, one.order)
        try:
            _check(company, row, before, order, done, one)
            more = _caught_up(order, done, one, today)
        except Refusal as refusal:
            taken.refused.append((one.row, refusal))
            continue
        if order == before and not more:
            taken.unchanged += one.rows
            continue
        if row is None:
            row = SalesOrder(
                pk=next(ids), company_id=company.pk, customer_id=one.customer_id, number=one.number, version=0
            )
            fresh.append(row)
        else:
            changed.append(row)
        if order != before:
            versions.append(restate(row, order, batch_id, actor))
        fulfilments += [_fact(row, part, day, batch_id, actor) for part, day in more]
        show_progress(row, order, [*done, *(part for part, _ in more)])
    taken.created, taken.changed = len(fresh), len(changed)
    if not taken.refused:
        SalesOrder.objects.bulk_create(fresh, batch_size=CHUNK)
        save_restated(changed, versions, fulfilments, at)
        if versions or fulfilments:
            payload = {"batch_id": batch_id, "orders": len(fresh) + len(changed)}
            announce("contracts.imported", at=at, company_id=company.pk, payload=payload)
    return taken


def restate(row: SalesOrder, order: Order, batch_id: int | None, actor: str) -> dict[str, Any]:
    """One more version of the order; answers its fact."""
    row.version += 1
    return {
        "order_id": row.pk,
        "company_id": row.company_id,
        "customer_id": row.customer_id,
        "version": row.version,
        "content": content_of(order),
        "actor": actor,
        "batch_id": batch_id,
    }


def show_progress(row: SalesOrder, order: Order, done: list[Done]) -> None:
    """Let the row say what the order and what was done of it say."""
    for name, value in row_of(order, done).items():
        setattr(row, name, value)


def save_restated(
    rows: Sequence[SalesOrder], versions: Sequence[dict[str, Any]], fulfilments: Sequence[dict[str, Any]], at: datetime
) -> None:
    """Write changed rows and their facts."""
    SalesOrder.objects.bulk_update(rows, _COLUMNS, batch_size=CHUNK)
    record_many(SalesOrderVersion, versions, at)
    record_many(Fulfilment, fulfilments, at)


def _check(
    company: Company, row: SalesOrder | None, before: Order | None, order: Order, done: list[Done], one: StatedOrder
) -> None:
    number_of(one.number)
    check_order(order)
    if order != before:
        check_contract(company.pk, one.customer_id, order.contract_number)
    if row is None or before is None:
        return
    if row.customer_id != one.customer_id and one.customer_id not in one_with(row.customer_id):
        raise Refusal("order_customer_differs", number=row.number)
    if order.currency != before.currency:
        raise Refusal("order_currency_fixed", currency=before.currency)
    check_change(order, done)


def _caught_up(order: Order, done: Iterable[Done], one: StatedOrder, today: date) -> list[tuple[Done, date]]:
    """What must be recorded for the order to have come as far as the file says."""
    soon, more = list(done), []
    for part in one.done:
        recorded = sum(each.quantity_e4 for each in soon if (each.line, each.what) == (part.line, part.what))
        if part.quantity_e4 < recorded:
            raise Refusal("order_done_already", line=part.line, what=part.what, quantity=quantity_text(recorded))
        if part.quantity_e4 == recorded:
            continue
        day = part.day or today
        if day > today:
            raise Refusal("event_in_future", day=day)
        quantity = part.quantity_e4 - recorded
        amount = fulfil(order, soon, part.line, part.what, quantity)
        soon.append(Done(part.line, part.what, quantity, amount))
        more.append((soon[-1], day))
    return more


def _fact(row: SalesOrder, part: Done, day: date, batch_id: int | None, actor: str) -> dict[str, Any]:
    return {
        "order_id": row.pk,
        "company_id": row.company_id,
        "customer_id": row.customer_id,
        "line": part.line,
        "what": part.what,
        "happened_on": day,
        "quantity_e4": part.quantity_e4,
        "amount": part.amount,
        "document_number": "",
        "reversal_of": None,
        "batch_id": batch_id,
        "actor": actor,
    }


def _known(company: Company, numbers: Sequence[str]) -> dict[str, tuple[SalesOrder, Order, list[Done]]]:
    """Number → the order, held until the transaction ends, what it says and what was done of it."""
    found: dict[str, tuple[SalesOrder, Order, list[Done]]] = {}
    for start in range(0, len(numbers), CHUNK):
        rows = SalesOrder.objects.filter(company_id=company.pk, number__in=numbers[start : start + CHUNK])
        held = {row.pk: row for row in rows.select_for_update().order_by("pk")}
        said = {
            fact.order_id: order_from(fact.content)
            for fact in SalesOrderVersion.objects.filter(order_id__in=held).order_by("order_id", "version")
        }
        done: dict[int, list[Done]] = {}
        for fact in Fulfilment.objects.filter(order_id__in=held).order_by("tx", "id"):
            done.setdefault(fact.order_id, []).append(Done(fact.line, fact.what, fact.quantity_e4, fact.amount))
        found.update({row.number: (row, said[pk], done.get(pk, [])) for pk, row in held.items()})
    return found
