"""The decision made last is the last, whichever transaction began first (cases 12, 16)."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.operations.orders import release_order
from huikuan.judge.credit.queries.exposure import exposure_as_of, exposure_now, nodes_of
from huikuan.judge.credit.tests.conftest import AT, TODAY, Trade, person
from huikuan.judge.credit.tests.test_orders import change, last, limited, rules, state
from huikuan.mechanisms.store.transactions import transaction_number
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]


def test_a_change_that_began_before_a_release_and_waited_for_it_has_the_last_word() -> None:
    trade = Trade()
    for name, role in (("chen", "credit_analyst"), ("li", "credit_manager"), ("zhou", "management")):
        person(name, role)
    rules(ENFORCE)
    limited(trade, 100_00)
    order = trade.order("SO-1", 200_00)
    begun, released = threading.Event(), threading.Event()

    def grow() -> None:
        try:
            with transaction.atomic():
                transaction_number()
                begun.set()
                assert released.wait(30)
                change(order, 300_00)
        finally:
            connection.close()

    growing = threading.Thread(target=grow)
    growing.start()
    assert begun.wait(30)
    release_order(order_id=order, reason="x", actor="li", at=AT)
    released.set()
    growing.join(30)
    assert (state(order), last(order).state, last(order).amount) == ("held", "held", 300_00)
    assert check_ledger() == []
    node = nodes_of(trade.north, TODAY)[0]
    live = exposure_now(trade.company, node, currency="CNY", day=TODAY).exposure.total
    assert live == exposure_as_of(trade.company, node, currency="CNY", day=TODAY).exposure.total == 0
