"""An order's invoice moves from the order into the ledger in one step: exposure neither dips nor counts it twice."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection

from huikuan.judge.credit.queries.exposure import lines_now
from huikuan.judge.credit.tests.conftest import TODAY, WHO, Trade
from huikuan.judge.credit.tests.test_exposure import parts
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.record.contracts.domain.orders import QUANTITY
from huikuan.record.contracts.models import Fulfilment
from huikuan.record.contracts.operations.orders import record_invoicing, withdraw_fulfilment
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations.invoicing import invoice_order
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.operations.reversals import reverse_item
from huikuan.record.receivables.queries.check import check_ledger


def invoice(order: int, count: int, **more: Any) -> tuple[int, int]:
    said: dict[str, Any] = {"invoiced_on": TODAY, "due_date": date(2026, 4, 30), "document_number": "FP-1", **more}
    return invoice_order(order_id=order, line=1, quantity_e4=count * QUANTITY, **said, **WHO)


def test_what_is_invoiced_stands_in_the_ledger_from_the_same_moment(trade: Trade) -> None:
    order = trade.order("SO-1", 1_000_00, contract_number="HT-1")
    trade.deliver(order, 4)
    number, item = invoice(order, 3)
    posted = Item.objects.get(pk=item)
    assert (posted.amount, posted.currency, posted.contract_number) == (300_00, "CNY", "HT-1")
    assert (posted.document_number, posted.due_date, posted.customer_id) == ("FP-1", date(2026, 4, 30), trade.north)
    assert Fulfilment.objects.get(pk=number).amount == 300_00
    told = {"open_claims": 300_00, "delivered_not_invoiced": 100_00, "released_orders": 600_00, "": 1_000_00}
    assert parts(trade) == told
    assert check_ledger() == []


def alone(order: int, count: int, **more: Any) -> int:
    return record_invoicing(order_id=order, line=1, quantity_e4=count * QUANTITY, invoiced_on=TODAY, **more, **WHO)


def test_what_nobody_posted_is_not_invoiced_and_the_limit_stays_taken(trade: Trade) -> None:
    """Whoever manages orders, sales among them, would free a limit with nothing owed."""
    order = trade.order("SO-1", 800_00)
    trade.deliver(order, 10)
    before = (parts(trade), Fulfilment.objects.count(), Event.objects.count())
    for said, code in (({}, "without_document"), ({"document_number": "FP-9"}, "not_posted")):
        with pytest.raises(Refusal, match=f"invoicing_{code}"):
            alone(order, 10, **said)
    trade.post("invoice", 800_00, customer=trade.apart, document_number="FP-9")
    with pytest.raises(Refusal, match="invoicing_not_posted"):
        alone(order, 10, document_number="FP-9")
    assert before == (parts(trade), Fulfilment.objects.count(), Event.objects.count() - 1)


def test_orders_name_an_invoice_for_as_much_as_it_comes_to_and_no_more(trade: Trade) -> None:
    order, other = trade.order("SO-1", 800_00), trade.order("SO-2", 800_00)
    posted = trade.post("invoice", 160_00, document_number="FP-9")
    alone(order, 1, document_number="FP-9")
    first = alone(other, 1, document_number="FP-9")
    with pytest.raises(Refusal, match="invoicing_not_posted"):
        alone(order, 1, document_number="FP-9")
    withdraw_fulfilment(fulfilment_id=first, **WHO)
    alone(order, 1, document_number="FP-9")
    reverse_item(item_id=posted, reason="issued in error", **WHO)
    with pytest.raises(Refusal, match="invoicing_not_posted"):
        alone(order, 1, document_number="FP-9")
    assert check_ledger() == []


def test_refused_by_the_ledger_the_order_is_not_invoiced(trade: Trade) -> None:
    order = trade.order("SO-1", 1_000_00)
    lock_period(company=trade.company, through=TODAY, **WHO)
    before = (Fulfilment.objects.count(), Item.objects.count(), Event.objects.count())
    with pytest.raises(Refusal, match="period_locked"):
        invoice(order, 3)
    assert before == (Fulfilment.objects.count(), Item.objects.count(), Event.objects.count())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: nobody looks in between")
@pytest.mark.parametrize("together", [True, False])
def test_whoever_looks_meanwhile_always_sees_the_same_sum(transactional_db: None, together: bool) -> None:
    """Its twin takes the two steps one after the other, and is caught."""
    trade = Trade()
    order = trade.order("SO-1", 1_000_00)
    seen: set[int] = set()
    over, looked = threading.Event(), threading.Event()

    def look() -> None:
        try:
            while not over.is_set():
                seen.add(sum(line.amount for line in lines_now(trade.company.pk, {trade.north})))
                looked.set()
        finally:
            connection.close()

    watching = threading.Thread(target=look)
    watching.start()
    try:
        for number in range(10):
            if together:
                invoice(order, 1, document_number=f"FP-{number}")
            else:
                trade.post("invoice", 100_00, TODAY.isoformat(), document_number=f"FP-{number}")
                looked.clear()
                looked.wait(20)
                looked.clear()
                looked.wait(20)
                alone(order, 1, document_number=f"FP-{number}")
    finally:
        over.set()
        watching.join(20)
    assert (seen == {1_000_00}) == together
