"""Deciding about a limit at once: granted or withdrawn, by one of two, never to a customer merged at that moment
(cases 23, 80). Each with its twin: the guard off, the fault there."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from huikuan.judge.credit import approvals as limits
from huikuan.judge.credit.models import LimitStep
from huikuan.judge.credit.queries.limits import request
from huikuan.judge.credit.tests.conftest import AT, WHO, Trade, person
from huikuan.judge.credit.tests.test_limits import ask, grant
from huikuan.judge.credit.tests.test_limits import limit as limit_of
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals import operations
from huikuan.mechanisms.approvals.operations import asking, steps
from huikuan.mechanisms.approvals.tests.test_races import at_once, guard_off, meeting
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.operations import merge_customers

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]


@pytest.fixture
def trade(transactional_db: None) -> Trade:
    trade = Trade()
    for name, role in (("chen", "credit_analyst"), ("li", "credit_manager"), ("zhou", "management")):
        person(name, role)
    return trade


def both_grant(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    number = ask(trade, 800_000_00)
    digest = request(number, scope=EVERYTHING).digest
    meeting(monkeypatch, operations.deciding, "pending")
    return at_once(lambda: grant(number, "li", digest=digest), lambda: grant(number, "zhou", digest=digest))


def both_grant_unheard(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The same, where what the database says of itself is told, too."""
    number = ask(trade, 800_000_00)
    digest = request(number, scope=EVERYTHING).digest
    meeting(monkeypatch, operations.deciding, "pending")
    told = ["", ""]

    def work(place: int, actor: str) -> None:
        try:
            grant(number, actor, digest=digest)
            told[place] = "done"
        except IntegrityError as error:
            told[place] = type(error).__name__

    at_once(lambda: work(0, "li"), lambda: work(1, "zhou"))
    return told


def test_of_two_who_grant_one_is_told(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sorted(both_grant(trade, monkeypatch)) == ["done", "request_decided_meanwhile"]
    assert (LimitStep.objects.count(), limit_of(trade)) == (1, 800_000_00)


def test_without_the_number_of_the_step_the_limit_granted_first_stops_the_second(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held node by node, the second is asked again what it was shown; without that both would be recorded, but for the
    grant's own table."""
    guard_off(monkeypatch)
    assert sorted(both_grant(trade, monkeypatch)) == ["done", "request_shown_has_changed"]
    LimitStep.objects.get()


def test_without_either_only_the_table_of_grants_is_left(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    guard_off(monkeypatch)
    monkeypatch.setattr(operations.deciding, "_require_as_shown", lambda request, *, at: None)
    assert sorted(both_grant_unheard(trade, monkeypatch)) == ["IntegrityError", "done"]
    LimitStep.objects.get()


def grant_and_withdraw(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    number = ask(trade, 800_000_00)
    digest = request(number, scope=EVERYTHING).digest
    meet = threading.Barrier(2)

    def met(*given: Any) -> Any:
        answer = steps.pending(*given)
        meet.wait(timeout=10)
        return answer

    for module in (operations.deciding, asking):
        monkeypatch.setattr(module, "pending", met)
    told = at_once(
        lambda: grant(number, "li", digest=digest),
        lambda: operations.withdraw_request(request_id=number, actor="chen", at=AT),
    )
    return request(number, scope=EVERYTHING).step, told


def test_granted_or_withdrawn_never_both(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    step, told = grant_and_withdraw(trade, monkeypatch)
    assert sorted(told) == ["done", "request_decided_meanwhile"]
    assert (step, limit_of(trade)) == (("approved", 800_000_00) if told[0] == "done" else ("withdrawn", 0))


def test_without_the_guard_the_withdrawn_would_be_granted(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    guard_off(monkeypatch)
    _, told = grant_and_withdraw(trade, monkeypatch)
    assert (told, limit_of(trade)) == (["done", "done"], 800_000_00)


def grant_while_merged(trade: Trade, seconds: float) -> str:
    """What becomes of a grant that begins while the customer is being merged into another."""
    number, told = ask(trade, 800_000_00, customer_id=trade.south), [""]

    def work() -> None:
        try:
            grant(number, "li")
            told[0] = "done"
        except Refusal as refusal:
            told[0] = refusal.code
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        merge_customers(from_id=trade.south, into_id=trade.north, reason="同一法人", **WHO)
        thread.start()
        thread.join(timeout=seconds)
    thread.join(timeout=30)
    return told[0]


def test_a_customer_merged_at_that_moment_is_granted_nothing(trade: Trade) -> None:
    assert grant_while_merged(trade, 0.5) == "request_shown_has_changed"
    assert LimitStep.objects.count() == 0


def test_without_the_tree_held_it_would_be(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "hold_node", lambda customer_id, group: None)
    assert grant_while_merged(trade, 10) == "done"
    assert LimitStep.objects.count() == 1
