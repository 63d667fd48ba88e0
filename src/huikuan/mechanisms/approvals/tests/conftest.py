"""People with authority, and a kind of request whose doing leaves an event: raising a customer's credit limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from huikuan.mechanisms.approvals import kinds, operations, queries
from huikuan.mechanisms.approvals.kinds import ApprovalKind, Asked
from huikuan.mechanisms.approvals.operations.asking import About, Sum
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import create_customer

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KIND, DONE = "tests.limit", "tests.limit_raised"
PEOPLE = {"sun": "sales_manager", "qian": "credit_manager", "zhou": "finance_manager", "wu": "finance_manager",
          "zheng": "management"}  # fmt: skip


def limit_shown(asked: Asked, *, at: datetime) -> Mapping[str, Any]:
    """The limit asked for and the version of the customer it was asked on; locks the customer."""
    customer = Customer.objects.select_for_update().get(pk=asked.customer_id)
    return {"limit": asked.shown["limit"], "customer_version": customer.version}


def raise_limit(asked: Asked, *, actor: str, at: datetime) -> None:
    announce(DONE, company_id=asked.company_id, customer_id=asked.customer_id, payload={"by": actor}, at=at)


def register_limits() -> None:
    kinds.register(
        ApprovalKind(KIND, "limit", limit_shown, raise_limit, lambda shown: [("limit", str(shown["limit"]))])
    )


@pytest.fixture(autouse=True)
def limits() -> Iterator[None]:
    register_limits()
    yield
    kinds._KINDS.pop(KIND)


def person(name: str, *roles: str, **more: Any) -> str:
    identity.add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT - DAY)
    for role in roles:
        identity.grant_role(username=name, role=role, actor="cli:root", at=AT - DAY, **more)
    return name


@pytest.fixture
def people(db: None) -> None:
    """One person of each deciding role, two of finance; the sales manager for everybody's customers."""
    for name, role in PEOPLE.items():
        person(name, role, reach="all")
    person("li", "credit_analyst")


@pytest.fixture
def customer(people: None) -> int:
    Company.objects.create(code="MAIN", name="江临精工装备股份")
    create_customer(master=Master("C1", "云岭铸造"), actor="cli:test", at=AT - DAY)
    return Customer.objects.get().pk


def ask(customer: int, yuan: int = 150_000, *, maker: str = "li", at: datetime = AT, **more: Any) -> int:
    """Ask for a limit; returns the request."""
    company = Company.objects.get(code="MAIN").pk
    version = Customer.objects.get(pk=customer).version
    return operations.submit_request(
        about=About(KIND, more.pop("subject", f"customer:{customer}"), company, customer),
        shown={"limit": f"{yuan}.00", "customer_version": version},
        sum_asked=Sum(yuan * 100, "CNY"),
        actor=maker,
        at=at,
        **more,
    )


def approve(request: int, actor: str, *, at: datetime = AT, comment: str = "") -> bool:
    digest = queries.request_record(request).digest
    return operations.approve_request(request_id=request, digest=digest, comment=comment, actor=actor, at=at)


def state(request: int) -> str:
    return queries.request(request, me="", scope=EVERYTHING).state


def role(request: int) -> str:
    return queries.request(request, me="", scope=EVERYTHING).role


def done() -> int:
    """How often a limit was raised."""
    return Event.objects.filter(kind=DONE).count()
