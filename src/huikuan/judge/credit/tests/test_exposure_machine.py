"""A random walk over ledger, bills and orders: exposure read live equals what the facts say (case 12)."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from huikuan.judge.credit.check import unlike_their_decisions
from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.domain.exposure import sums_of
from huikuan.judge.credit.queries.exposure import lines_as_of, lines_now
from huikuan.judge.credit.tests.conftest import WHO, Trade, person, pieces
from huikuan.judge.credit.tests.test_bills import move as bill_move
from huikuan.judge.credit.tests.test_bills import take
from huikuan.judge.credit.tests.test_orders import limited, rules
from huikuan.kernel.errors import Refusal
from huikuan.record.bills.operations import moving
from huikuan.record.contracts.domain.orders import Order
from huikuan.record.contracts.operations.orders import change_order, withdraw_fulfilment
from huikuan.record.contracts.queries.progress import order_versions
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement

PROVE = os.environ.get("HUIKUAN_PROVE") == "1"
EXAMPLES, STEPS = (300, 40) if PROVE else (5, 25)
AMOUNTS = st.integers(1, 100_000)
CONTRACTS = st.sampled_from(["", "", "HT-1", "HT-2"])
PLACES = st.integers(0, 10_000)


class Walk(RuleBasedStateMachine):
    """Whatever is posted, settled, reversed, ordered, held, delivered, invoiced, changed or cancelled; and bills."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.items: dict[str, list[int]] = {"debit": [], "credit": []}
        self.settlements: list[int] = []
        self.orders: list[int] = []
        self.fulfilments: list[int] = []
        self.bills: list[int] = []

    @initialize()
    def begin(self) -> None:
        self.trade = Trade("WALK")
        self.trade.rate("USD", "2026-01-01", 700_000_000)
        person("chen", "credit_analyst")
        person("li", "credit_manager")
        person("zhou", "management")
        rules(ENFORCE)
        limited(self.trade, 150_000)

    def teardown(self) -> None:
        if self.orders:
            assert list(unlike_their_decisions()) == []
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(
        kind=st.sampled_from(["invoice", "unbilled", "bill", "receipt", "advance", "deposit", "credit_note"]),
        amount=AMOUNTS,
        contract=CONTRACTS,
        currency=st.sampled_from(["CNY", "CNY", "USD"]),
        other=st.booleans(),
    )
    def post(self, kind: str, amount: int, contract: str, currency: str, other: bool) -> None:
        side = "credit" if kind in ("receipt", "advance", "deposit", "credit_note") else "debit"
        whose = self.trade.south if other else self.trade.north
        more: dict[str, Any] = {"contract_number": contract, "currency": currency, "side": side}
        self.items[side].append(self.trade.post(kind, amount, customer=whose, **more))

    @precondition(lambda self: self.items["debit"] and self.items["credit"])
    @rule(credit=PLACES, debit=PLACES, amount=AMOUNTS)
    def settle(self, credit: int, debit: int, amount: int) -> None:
        sides = [self.items["credit"], self.items["debit"]]
        chosen = [of[place % len(of)] for of, place in zip(sides, (credit, debit), strict=True)]
        self.attempt(lambda: self.settlements.append(self.trade.settle(*chosen, amount)))

    @precondition(lambda self: self.settlements)
    @rule(place=PLACES)
    def undo_settlement(self, place: int) -> None:
        chosen = self.settlements[place % len(self.settlements)]
        self.attempt(lambda: reverse_settlement(settlement_id=chosen, reason="x", **WHO))

    @precondition(lambda self: self.items["debit"])
    @rule(place=PLACES)
    def undo_item(self, place: int) -> None:
        chosen = self.items["debit"][place % len(self.items["debit"])]
        self.attempt(lambda: reverse_item(item_id=chosen, reason="x", **WHO))

    @rule(amount=AMOUNTS, acceptor=st.sampled_from(["large_bank", "other_bank", "commercial"]))
    def take_bill(self, amount: int, acceptor: str) -> None:
        serial = f"{len(self.bills):08d}"
        self.bills.append(take(self.trade, amount, acceptor, serial=serial))

    @precondition(lambda self: self.bills)
    @rule(place=PLACES, what=st.sampled_from(["endorse", "present", "pay", "dishonour"]))
    def move_bill(self, place: int, what: str) -> None:
        more = {"endorse": {"to": "泓源铸造"}, "dishonour": {"reason": "x"}}.get(what, {})
        step = bill_move(self.bills[place % len(self.bills)])
        self.attempt(lambda: getattr(moving, f"{what}_bill")(step, **more))

    @rule(amount=AMOUNTS, contract=CONTRACTS)
    def order(self, amount: int, contract: str) -> None:
        self.orders.append(self.trade.order(f"SO-{len(self.orders)}", amount, contract_number=contract))

    @precondition(lambda self: self.orders)
    @rule(place=PLACES, count=st.integers(1, 10), deliver=st.booleans())
    def fulfil(self, place: int, count: int, deliver: bool) -> None:
        chosen = self.orders[place % len(self.orders)]
        step = self.trade.deliver if deliver else self.trade.invoice
        self.attempt(lambda: self.fulfilments.append(step(chosen, count)))

    @precondition(lambda self: self.fulfilments)
    @rule(place=PLACES)
    def take_back(self, place: int) -> None:
        chosen = self.fulfilments[place % len(self.fulfilments)]
        self.attempt(lambda: withdraw_fulfilment(fulfilment_id=chosen, **WHO))

    @precondition(lambda self: self.orders)
    @rule(place=PLACES, amount=AMOUNTS, void=st.booleans())
    def change(self, place: int, amount: int, void: bool) -> None:
        chosen = self.orders[place % len(self.orders)]
        known = order_versions(chosen)[-1]
        wanted = Order(known.order.ordered_on, "CNY", (pieces(amount),), known.order.contract_number, void)
        self.attempt(lambda: change_order(order_id=chosen, version=known.number, order=wanted, **WHO))

    def attempt(self, work: Any) -> None:
        """A refusal of the ledger or the register is one answer among others."""
        try:
            with transaction.atomic():
                work()
        except Refusal:
            pass

    @invariant()
    def live_is_what_the_facts_say(self) -> None:
        if not hasattr(self, "trade"):
            return
        whose = {self.trade.north, self.trade.south}
        live = sums_of(lines_now(self.trade.company.pk, whose))
        stated = sums_of(lines_as_of(self.trade.company.pk, whose, day=date.max))
        assert _without_zeros(live) == _without_zeros(stated)


def _without_zeros(found: tuple[dict[Any, int], dict[str, int]]) -> list[dict[Any, int]]:
    return [{key: amount for key, amount in of.items() if amount} for of in found]


@pytest.mark.sealed
@pytest.mark.django_db
def test_live_exposure_equals_the_recomputation_after_every_step() -> None:
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
