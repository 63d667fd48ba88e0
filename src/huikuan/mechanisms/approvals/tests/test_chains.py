"""A right that its holder could not use is not used by whoever they lent it to (catalogue 58)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huikuan.mechanisms.approvals import queries
from huikuan.mechanisms.approvals.tests.conftest import AT, HOUR, approve, ask, person
from huikuan.mechanisms.approvals.tests.test_delegation import lend
from huikuan.mechanisms.approvals.tests.test_requests import refused
from huikuan.mechanisms.identity import operations as identity
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import create_customer

pytestmark = pytest.mark.django_db


def test_a_conflict_is_not_passed_over_by_lending_once_more(customer: int) -> None:
    """Zhou acts for the maker, so zhou may not decide; nor may feng by zhou's right."""
    person("feng", "treasurer")
    lend("qian", "zhou")
    lend("zhou", "feng")
    request = ask(customer, maker="qian")
    refused("request_delegate_conflict", lambda: approve(request, "zhou"))
    refused("request_not_yours", lambda: approve(request, "feng"))
    assert queries.waiting_for("feng", at=AT) == []
    # By a right that nobody's hand is in he decides.
    lend("wu", "feng")
    assert [row.id for row in queries.waiting_for("feng", at=AT)] == [request]
    assert approve(request, "feng")


def test_whoever_came_to_administer_lends_no_decision(customer: int) -> None:
    person("feng", "treasurer")
    lend("sun", "feng")
    request = ask(customer)
    identity.grant_role(username="sun", role="administrator", actor="cli:root", at=AT)
    refused("request_not_yours", lambda: approve(request, "sun", at=AT + HOUR))
    refused("request_not_yours", lambda: approve(request, "feng", at=AT + HOUR))


def test_an_inbox_asks_as_much_for_many_requests_as_for_few(customer: int) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert len(queries.waiting_for("zhou", at=AT)) == Customer.objects.count()
        return len(seen)

    ask(customer)
    few = asked()
    for number in range(5):
        create_customer(master=Master(f"X{number}", f"宏朔钢构{number}"), actor="cli:test", at=AT)
        ask(Customer.objects.latest("pk").pk)
    assert asked() == few
