"""A random walk over bills: what is received, cut, moved, paid and dishonoured conserves every sum, no two pieces that
are held share a unit, and the ledger stays proved."""

from __future__ import annotations

import os
from datetime import date, timedelta
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

from huikuan.kernel.errors import Refusal
from huikuan.record.bills.domain.life import HELD, SPLIT
from huikuan.record.bills.domain.numbers import overlap
from huikuan.record.bills.models import Bill
from huikuan.record.bills.operations import moving
from huikuan.record.bills.operations.moving import Move
from huikuan.record.bills.operations.receiving import split_bill
from huikuan.record.bills.queries.bills import range_of, with_state
from huikuan.record.bills.tests.conftest import AT, WHO, Till, day
from huikuan.record.receivables.models import OpenItem
from huikuan.record.receivables.queries.check import check_ledger

PROVE = os.environ.get("HUIKUAN_PROVE") == "1"
EXAMPLES, STEPS = (200, 30) if PROVE else (5, 20)
PLACES = st.integers(0, 10_000)
AMOUNTS = st.integers(1, 1_000)
DAYS = st.integers(0, 30)


class Walk(RuleBasedStateMachine):
    """One till; days go on, bills of one package come in and whatever may become of them does."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.claims: list[int] = []
        self.bills: list[int] = []
        self.today = day("2026-01-20")
        self.units = 1

    @initialize()
    def begin(self) -> None:
        self.till = Till("WALK")
        self.owed = 0

    def teardown(self) -> None:
        if self.bills:
            assert check_ledger() == []
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(amount=AMOUNTS)
    def sell(self, amount: int) -> None:
        self.claims.append(self.till.post("invoice", amount, self.today.isoformat()))
        self.owed += amount

    @rule(amount=AMOUNTS, again=st.booleans())
    def receive(self, amount: int, again: bool) -> None:
        start = max(1, self.units - amount) if again else self.units
        done = self.attempt(lambda: self.till.divisible(amount, start, received_on=self.today.isoformat()))
        if done is not None:
            self.bills.append(done)
            self.units = max(self.units, start + amount)

    @precondition(lambda self: self.bills)
    @rule(place=PLACES, first=AMOUNTS)
    def cut(self, place: int, first: int) -> None:
        chosen = self.chosen(place)
        faces = [first, Bill.objects.get(pk=chosen).amount - first]
        pieces = self.attempt(lambda: split_bill(bill_id=chosen, faces=faces, on=self.today, **WHO))
        self.bills += pieces or []

    @precondition(lambda self: self.bills)
    @rule(
        place=PLACES, name=st.sampled_from(["endorse", "discount", "pledge", "release", "present", "pay", "dishonour"])
    )
    def move(self, place: int, name: str) -> None:
        more: dict[str, Any] = {
            "endorse": {"to": "泓源铸造"},
            "discount": {"bank": "江临银行", "rate_e8": 1_800_000},
            "pledge": {"to": "江临银行"},
            "dishonour": {"reason": "余额不足"},
        }.get(name, {})
        step = Move(self.chosen(place), self.today, "tester", AT)
        self.attempt(lambda: getattr(moving, f"{name}_bill")(step, **more))

    @rule(days=DAYS)
    def wait(self, days: int) -> None:
        self.today = min(self.today + timedelta(days=days), date(2026, 11, 1))

    @rule()
    def come_due(self) -> None:
        self.today = max(self.today, day("2026-07-05"))

    def chosen(self, place: int) -> int:
        return self.bills[place % len(self.bills)]

    def attempt(self, work: Any) -> Any:
        """A refusal is one answer among others."""
        try:
            with transaction.atomic():
                return work()
        except Refusal:
            return None

    @invariant()
    def every_sum_is_kept(self) -> None:
        if not hasattr(self, "till"):
            return
        stated = list(with_state(Bill.objects.all()))
        held = [one for one in stated if one.state in HELD]
        # What acceptors owe is what the pieces in hand are worth.
        open_bills = OpenItem.objects.filter(kind="bill", side="debit").values_list("open_amount", flat=True)
        assert sum(open_bills) == sum(one.amount for one in held)
        # Of no package are two pieces held that share a unit.
        for place, one in enumerate(held):
            assert not any(overlap(range_of(one), range_of(other)) for other in held[:place])
        # Pieces are worth what was cut.
        for whole in (one for one in stated if one.state == SPLIT):
            assert whole.amount == sum(one.amount for one in stated if one.parent_id == whole.pk)
        # Claims less what is held for the customer: sales less the bills that were not dishonoured.
        paid = sum(one.amount for one in stated if one.state not in (SPLIT, "dishonoured"))
        sides = dict.fromkeys(("debit", "credit"), 0)
        for side, amount in OpenItem.objects.exclude(kind="bill", side="debit").values_list("side", "open_amount"):
            sides[side] += amount
        assert sides["debit"] - sides["credit"] == self.owed - paid


@pytest.mark.sealed
@pytest.mark.django_db
def test_whatever_becomes_of_bills_no_sum_is_lost() -> None:
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
