"""Two at once: one decides, the other is told (catalogue 23, 80). Each with its twin: the guard off, the fault there.

What is done at the same moment is claimed for PostgreSQL; SQLite has one writer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals import kinds, operations
from huikuan.mechanisms.approvals.operations import asking, steps
from huikuan.mechanisms.approvals.tests.conftest import AT, KIND, approve, ask, done, raise_limit, role, state
from huikuan.record.customers.models import Customer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]


def at_once(*works: Callable[[], Any]) -> list[str]:
    """What became of each, begun together: 'done', or the refusal's code."""
    barrier, told = threading.Barrier(len(works)), [""] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        barrier.wait(timeout=10)
        try:
            work()
            told[place] = "done"
        except Refusal as refusal:
            told[place] = refusal.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return told


def meeting(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, parties: int = 2, *, times: int | None = None
) -> None:
    """Have everybody who calls the function wait for one another just after it: all have looked, none has written.
    `times`: each of them the first so many times alone, where nobody knows how often each calls; None: every time."""
    barrier, real, calls = threading.Barrier(parties), getattr(module, name), threading.local()

    def met(*given: Any, **named: Any) -> Any:
        answer = real(*given, **named)
        calls.made = getattr(calls, "made", 0) + 1
        if times is None or calls.made <= times:
            barrier.wait(timeout=10)
        return answer

    monkeypatch.setattr(module, name, met)


def guard_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step gets a number of its own, so the database refuses none."""
    numbers = count(1)
    monkeypatch.setattr(steps, "next_number", lambda after: next(numbers))


def two_approve(customer: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    request = ask(customer)
    meeting(monkeypatch, operations.deciding, "pending")
    return at_once(lambda: approve(request, "sun"), lambda: approve(request, "qian"))


def test_of_two_approvers_one_is_told(customer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sorted(two_approve(customer, monkeypatch)) == ["done", "request_decided_meanwhile"]
    assert done() == 1


def test_without_the_guard_it_would_be_done_twice(customer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    guard_off(monkeypatch)
    assert two_approve(customer, monkeypatch) == ["done", "done"]
    assert done() == 2


def approve_and_withdraw(customer: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    request = ask(customer)
    meet = threading.Barrier(2)

    def met(*given: Any) -> Any:
        answer = steps.pending(*given)
        meet.wait(timeout=10)
        return answer

    for module in (operations.deciding, asking):
        monkeypatch.setattr(module, "pending", met)
    return request, at_once(
        lambda: approve(request, "sun"),
        lambda: operations.withdraw_request(request_id=request, actor="li", at=AT),
    )


def test_approved_or_withdrawn_never_both(customer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    request, told = approve_and_withdraw(customer, monkeypatch)
    assert sorted(told) == ["done", "request_decided_meanwhile"]
    assert (state(request), done()) == (("approved", 1) if told[0] == "done" else ("withdrawn", 0))


def test_without_the_guard_the_withdrawn_would_be_done(customer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    guard_off(monkeypatch)
    _, told = approve_and_withdraw(customer, monkeypatch)
    assert (told, done()) == (["done", "done"], 1)


@contextmanager
def changing(customer: int) -> Iterator[None]:
    """The customer is changed in a transaction that commits when the block ends."""
    with transaction.atomic():
        Customer.objects.filter(pk=customer).update(version=2)
        yield


def approve_while_changed(customer: int, seconds: float) -> str:
    request, told = ask(customer), [""]

    def run() -> None:
        try:
            approve(request, "sun")
            told[0] = "done"
        except Refusal as refusal:
            told[0] = refusal.code
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with changing(customer):
        thread.start()
        thread.join(timeout=seconds)
    thread.join(timeout=30)
    return told[0]


def test_what_changes_at_that_moment_is_not_approved(customer: int) -> None:
    """The approval waits for the change, and then sees it."""
    assert approve_while_changed(customer, 0.5) == "request_shown_has_changed"
    assert done() == 0


def test_without_the_lock_the_changed_would_be_approved(customer: int) -> None:
    """The kind that does not lock what it shows reads what was there before the change."""

    def unlocked(asked: kinds.Asked, *, at: datetime) -> dict[str, Any]:
        version = Customer.objects.get(pk=asked.customer_id).version
        return {"limit": asked.shown["limit"], "customer_version": version}

    kinds.register(kinds.ApprovalKind(KIND, "limit", unlocked, raise_limit, lambda shown: []))
    assert approve_while_changed(customer, 10) == "done"
    assert done() == 1


def two_ask(customer: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    meeting(monkeypatch, asking, "_measured")
    found: dict[str, int] = {}

    def submit(subject: str, maker: str) -> None:
        found[subject] = ask(customer, subject=subject, maker=maker)

    told = at_once(lambda: submit("a", "li"), lambda: submit("b", "wu"))
    return [role(found[name]) if outcome == "done" else outcome for name, outcome in zip("ab", told, strict=True)]


def test_requests_split_at_the_same_moment_are_summed(customer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = sorted(two_ask(customer, monkeypatch))
    assert outcome in (["request_busy", "sales_manager"], ["credit_manager", "sales_manager"])


def test_without_the_lock_each_half_would_pass(customer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_alone", lambda name, kind: None)
    meeting(monkeypatch, asking, "_asked_before")
    assert two_ask(customer, monkeypatch) == ["sales_manager", "sales_manager"]
