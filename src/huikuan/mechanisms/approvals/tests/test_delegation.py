"""Deciding for somebody else: for a while, on record, and with their conflicts (catalogue 58)."""

from __future__ import annotations

from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals import operations, queries
from huikuan.mechanisms.approvals.models import Delegation
from huikuan.mechanisms.approvals.tests.conftest import AT, DAY, HOUR, approve, ask, person, state
from huikuan.mechanisms.approvals.tests.test_requests import TWO_STOPS, in_force, refused
from huikuan.mechanisms.identity import operations as identity

pytestmark = pytest.mark.django_db


def lend(giver: str, to: str, *, days: int = 7, **more: Any) -> int:
    given = {"begins_at": AT, "ends_at": AT + days * DAY, "actor": giver, "at": AT, **more}
    return operations.delegate(giver=giver, to=to, **given)


def test_a_delegate_decides_for_the_time_and_is_named(customer: int) -> None:
    person("feng", "treasurer")
    request = ask(customer)
    refused("request_not_yours", lambda: approve(request, "feng"))
    lend("qian", "feng", reason="on a journey")
    assert [row.id for row in queries.waiting_for("feng", at=AT)] == [request]
    assert queries.waiting_for("feng", at=AT + 7 * DAY) == []
    refused("request_not_yours", lambda: approve(request, "feng", at=AT + 7 * DAY))
    assert approve(request, "feng", at=AT + 7 * DAY - HOUR)
    step = queries.history(request)[0]
    assert (step.actor, step.for_whom, step.role) == ("feng", "qian", "credit_manager")


def test_before_it_begins_and_once_it_ended_it_lends_nothing(customer: int) -> None:
    person("feng", "treasurer")
    request = ask(customer)
    number = lend("qian", "feng", begins_at=AT + DAY)
    refused("request_not_yours", lambda: approve(request, "feng"))
    with pytest.raises(Refusal, match="delegation_unknown"):
        operations.end_delegation(delegation_id=number, actor="sun", at=AT)
    operations.end_delegation(delegation_id=number, actor="feng", at=AT + DAY)
    for actor in ("qian", "feng"):
        with pytest.raises(Refusal, match="delegation_over"):
            operations.end_delegation(delegation_id=number, actor=actor, at=AT + 2 * DAY)
    refused("request_not_yours", lambda: approve(request, "feng", at=AT + 2 * DAY))


def test_a_right_its_giver_lost_is_lent_no_longer(customer: int) -> None:
    person("feng", "treasurer")
    lend("qian", "feng")
    request = ask(customer)
    identity.revoke_role(username="qian", role="credit_manager", actor="cli:root", at=AT)
    refused("request_not_yours", lambda: approve(request, "feng", at=AT + HOUR))


def test_a_borrowed_right_is_not_lent_on(customer: int) -> None:
    person("feng", "treasurer")
    person("chu", "treasurer")
    lend("qian", "feng")
    with pytest.raises(Refusal, match="not_permitted"):
        lend("feng", "chu")


@pytest.mark.parametrize(("maker", "decider"), [("qian", "wu"), ("wu", "qian")])
def test_neither_decides_what_the_other_made(customer: int, maker: str, decider: str) -> None:
    """Giver and delegate both have a right of their own, and lose it for one another's requests."""
    number = lend("qian", "wu")
    request = ask(customer, maker=maker)
    refused("request_delegate_conflict", lambda: approve(request, decider))
    assert request not in [row.id for row in queries.waiting_for(decider, at=AT)]
    operations.end_delegation(delegation_id=number, actor="qian", at=AT + HOUR)
    refused("request_delegate_conflict", lambda: approve(request, decider, at=AT + 2 * HOUR))
    assert approve(request, "zhou")


def test_a_delegation_over_before_the_request_entangles_nobody(customer: int) -> None:
    lend("qian", "wu", days=1)
    request = ask(customer, maker="qian", at=AT + DAY)
    assert approve(request, "wu", at=AT + DAY)


def test_a_delegate_and_their_giver_count_once_along_a_route(customer: int) -> None:
    in_force(rows=TWO_STOPS)
    person("feng", "treasurer")
    lend("zhou", "feng")
    lend("qian", "feng")
    request = ask(customer)
    assert approve(request, "feng") is False
    for name in ("feng", "zhou"):
        code = "request_decided_by_you" if name == "feng" else "request_delegate_conflict"
        refused(code, lambda name=name: approve(request, name))
    assert approve(request, "wu")
    assert state(request) == "approved"


def test_what_concerns_the_giver_the_delegate_does_not_decide(customer: int) -> None:
    person("feng", "treasurer")
    lend("qian", "feng")
    request = ask(customer, barred=["qian"])
    refused("request_delegate_conflict", lambda: approve(request, "feng"))


@pytest.mark.parametrize(
    ("giver", "to", "more", "code"),
    [
        ("qian", "qian", {}, "delegation_to_oneself"),
        ("qian", "feng", {"days": 91}, "delegation_span_bad"),
        ("qian", "feng", {"days": 0}, "delegation_span_bad"),
        ("qian", "feng", {"ends_at": AT - DAY}, "delegation_span_bad"),
        ("qian", "feng", {"reason": "x" * 201}, "name_too_long"),
        ("qian", "feng", {"actor": "wu"}, "delegation_not_yours"),
        ("qian", "feng", {"actor": "cli:qian"}, "delegation_not_yours"),
        ("feng", "qian", {}, "not_permitted"),
        ("qian", "admin", {}, "delegate_unsuitable"),
        ("qian", "guest", {}, "delegate_unsuitable"),
        ("qian", "none", {}, "delegate_unsuitable"),
        ("qian", "gone", {}, "delegate_unsuitable"),
        ("qian", "seller", {}, "delegate_duties_conflict"),
        ("qian", "stranger", {}, "user_unknown"),
    ],
)
def test_what_is_no_delegation_is_refused(people: None, giver: str, to: str, more: dict[str, Any], code: str) -> None:
    for name, role in (("feng", "treasurer"), ("admin", "administrator"), ("guest", "law_firm"), ("seller", "sales")):
        person(name, role)
    person("none")
    person("gone", "treasurer")
    identity.deactivate_user(username="gone", actor="cli:root", at=AT - HOUR)
    with pytest.raises(Refusal, match=code):
        lend(giver, to, **more)
    assert not Delegation.objects.exists()


def test_a_role_given_later_that_does_not_go_with_the_borrowed_one_takes_it_away(customer: int) -> None:
    person("feng", "treasurer")
    lend("qian", "feng")
    request = ask(customer)
    identity.grant_role(username="feng", role="sales", actor="cli:root", at=AT)
    refused("request_not_yours", lambda: approve(request, "feng", at=AT + HOUR))


def test_delegations_are_told(people: None) -> None:
    person("feng", "treasurer")
    first, second = lend("qian", "feng"), lend("zhou", "wu")
    operations.end_delegation(delegation_id=first, actor="qian", at=AT + HOUR)
    assert [row.id for row in queries.delegations()] == [second, first]
    told = queries.delegations("feng")
    assert [(row.id, row.giver, row.ended_at) for row in told] == [(first, "qian", AT + HOUR)]
