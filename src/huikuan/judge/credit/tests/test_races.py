"""Orders at once: no limit is exceeded, of a customer or of its group, while orders are closed, reopened and invoiced
and limits are cut (cases 15–17, 25). Without the nodes held, the same fails."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.models import OrderDecision, OrderStanding
from huikuan.judge.credit.operations import locks, orders
from huikuan.judge.credit.queries.exposure import exposure_now, nodes_of
from huikuan.judge.credit.tests.conftest import TODAY, WHO, Trade, person
from huikuan.judge.credit.tests.test_limits import ask, grant
from huikuan.judge.credit.tests.test_orders import change, limited, rules
from huikuan.kernel.errors import Refusal
from huikuan.record.customers.operations import affiliate
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.tests.test_races import at_once, codes

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.sealed,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]

PROVE = os.environ.get("HUIKUAN_PROVE") == "1"
THREADS, RUNS = (20, 50) if PROVE else (8, 3)
LIMIT, GROUP_LIMIT = 1_000_00, 1_500_00
#: Nobody is paused: what counts here is the limit.
STRICT = {"warn_over": 100, "rearm_under": 75}


@pytest.fixture
def trade(transactional_db: None) -> Trade:
    trade = Trade()
    for name, role in (("chen", "credit_analyst"), ("li", "credit_manager"), ("zhou", "management")):
        person(name, role)
    trade.grouped()
    rules(ENFORCE, **STRICT)
    for whose in (trade.north, trade.south):
        limited(trade, LIMIT, customer_id=whose)
    limited(trade, GROUP_LIMIT, group="LUHE")
    return trade


def out(trade: Trade, customer: int) -> list[int]:
    """Exposure of the customer, of LU and of LUHE."""
    return [
        exposure_now(trade.company, node, currency="CNY", day=TODAY).exposure.total
        for node in nodes_of(customer, TODAY)
    ]


def at_most(trade: Trade) -> bool:
    north, south = out(trade, trade.north), out(trade, trade.south)
    return north[0] <= LIMIT and south[0] <= LIMIT and north[2] <= GROUP_LIMIT


def entering(trade: Trade, run: int) -> Callable[[int], Any]:
    """Each thread enters an order of 200.00 to 400.00, every other one for the other customer: of eight not all fit
    in with either of them, nor with the group."""

    def work(number: int) -> int:
        whose = (trade.north, trade.south)[number % 2]
        return trade.order(f"SO-{run}-{number}", (number % 3 + 2) * 100_00, customer=whose)

    return work


def close_all(trade: Trade) -> None:
    for order in (
        OrderStanding.objects.exclude(state="cancelled").order_by("order_id").values_list("order_id", flat=True)
    ):
        change(order, 100_00, void=True)


def told(what: str, over: int) -> None:
    """The figures of a proof."""
    made = Counter(OrderDecision.objects.values_list("state", flat=True))
    print(f"\n{what}: {RUNS} runs of {THREADS} threads, decisions {dict(sorted(made.items()))}, over a limit: {over}")


def test_orders_at_once_never_exceed_a_limit(trade: Trade) -> None:
    for run in range(RUNS):
        assert set(codes(at_once(THREADS, entering(trade, run)))) == {"done"}
        assert at_most(trade)
        assert OrderStanding.objects.filter(state="released").exists()
        close_all(trade)
    assert check_ledger() == []
    told("orders at once", over=0)


def test_without_the_nodes_held_they_do(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    judging = orders.judging_order
    met = Barrier(THREADS)

    def all_look_first(*given: Any, **more: Any) -> Any:
        judged = judging(*given, **more)()
        met.wait(timeout=30)
        return lambda: judged

    over = 0
    for run in range(RUNS):
        with monkeypatch.context() as guard_off:
            guard_off.setattr(locks, "hold", lambda names: None)
            guard_off.setattr(orders, "judging_order", all_look_first)
            assert set(codes(at_once(THREADS, entering(trade, run)))) == {"done"}
        over += not at_most(trade)
        close_all(trade)
    assert over == RUNS
    told("without the nodes held", over)


def test_closing_reopening_invoicing_and_cuts_at_once_let_nothing_through(trade: Trade) -> None:
    chance = random.Random(7)
    for run in range(RUNS):
        known = [trade.order(f"OLD-{run}-{n}", 200_00, customer=(trade.north, trade.south)[n % 2]) for n in range(6)]
        deeds = [chance.choice(("enter", "close", "reopen", "invoice", "cut")) for _ in range(THREADS)]

        def work(number: int, run: int = run, known: list[int] = known, deeds: list[str] = deeds) -> Any:
            return _deed(trade, deeds[number], number, run, known[number % len(known)])

        for code in codes(at_once(THREADS, work)):
            assert code in ("done", "order_changed_since", "order_void", "more_than_ordered", "order_done_already",
                            "request_waits_already", "request_busy", "request_shown_has_changed"), code  # fmt: skip
        # No limit was ever higher, and what moves into the ledger adds nothing.
        assert at_most(trade)
        _clear(trade)
        limited(trade, LIMIT, customer_id=trade.north)
    assert check_ledger() == []
    told("closed, reopened, invoiced and cut at once", over=0)


def test_joining_a_group_while_orders_are_decided_stops_nobody(trade: Trade) -> None:
    """The tree is held by both, and neither waits in a circle: no deadlock, no refusal."""
    limited(trade, LIMIT, customer_id=trade.apart)
    for run in range(RUNS):

        def work(number: int, run: int = run) -> Any:
            if number == 0:
                group = "LU" if run % 2 == 0 else ""
                return affiliate(customer_id=trade.apart, dimension="group", value=group, effective_on=TODAY, **WHO)
            whose = (trade.north, trade.apart)[number % 2]
            return trade.order(f"JOIN-{run}-{number}", 400_00, customer=whose)

        assert set(codes(at_once(6, work))) == {"done"}
        close_all(trade)
    assert check_ledger() == []


def _deed(trade: Trade, deed: str, number: int, run: int, order: int) -> Any:
    if deed == "enter":
        return entering(trade, 1_000 + run)(number)
    if deed in ("close", "reopen"):
        return change(order, 250_00 if deed == "reopen" else 200_00, void=deed == "close")
    if deed == "invoice":
        # Out of the order and into the ledger in one transaction: in no snapshot is it in neither.
        return trade.invoice(order, 5)
    return grant(ask(trade, 600_00), "li")


def _clear(trade: Trade) -> None:
    """Close what can be closed; what was invoiced stays out, and is paid."""
    for order in OrderStanding.objects.exclude(state="cancelled").order_by("order_id").values_list("pk", flat=True):
        with suppress(Refusal):
            change(order, 200_00, void=True)
    for whose in (trade.north, trade.south):
        left = out(trade, whose)[0]
        if left > 0:
            trade.post("receipt", left, TODAY.isoformat(), customer=whose)
