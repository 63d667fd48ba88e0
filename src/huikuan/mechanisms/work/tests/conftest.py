"""People of several roles, two customers of different owners, and a kind of work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import rights, scope
from huikuan.mechanisms.work import kinds, operations, queries
from huikuan.mechanisms.work.kinds import WorkKind
from huikuan.mechanisms.work.operations import Wanted
from huikuan.mechanisms.work.queries import Chosen, ItemRow, Reader
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import affiliate, create_customer

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
KIND = "tests.call"


@pytest.fixture(autouse=True)
def calls() -> Iterator[None]:
    kinds.register(
        WorkKind(
            KIND,
            "call",
            role="credit_analyst",
            escalates_to="credit_manager",
            days=3,
            describe=lambda about: str(about.shown["why"]),
            results={"reached": "reached"},
        )
    )
    yield
    kinds._KINDS.pop(KIND)


def person(name: str, role: str, **more: Any) -> str:
    identity.add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT - DAY)
    identity.grant_role(username=name, role=role, actor="cli:root", at=AT - DAY, **more)
    return name


class Office:
    """A company with two customers: C1 is li's, C2 is wang's; chen and qian analyse, sun is their manager."""

    def __init__(self) -> None:
        self.company = Company.objects.create(code="MAIN", name="江临精工装备股份").pk
        self.first, self.second = (
            create_customer(master=Master(code, name), actor="cli:test", at=AT - DAY)
            for code, name in (("C1", "云岭铸造"), ("C2", "宏朔钢构"))
        )
        for name, role in (
            *(("li", "sales"), ("wang", "sales")),
            *(("chen", "credit_analyst"), ("qian", "credit_analyst"), ("sun", "credit_manager")),
        ):
            person(name, role)
        for customer, owner in ((self.first, "li"), (self.second, "wang")):
            affiliate(
                customer_id=customer, dimension="owner", value=owner, effective_on=date(2020, 1, 1),
                actor="cli:test", at=AT - DAY,
            )  # fmt: skip

    def wanted(self, key: str = "a", customer: int | None = None, **more: Any) -> Wanted:
        return Wanted(key, self.company, customer or self.first, {"why": "late"}, **more)

    def open(self, key: str = "a", *, at: datetime = AT, **more: Any) -> int:
        return operations.open_item(kind=KIND, wanted=self.wanted(key, **more), at=at)


@pytest.fixture
def office(db: None) -> Office:
    return Office()


def known(item: int) -> ItemRow:
    return queries.item(item, scope=EVERYTHING)


def reader(name: str, *, at: datetime = AT) -> Reader:
    return Reader(name, rights(name, at=at), scope(name, Permission.VIEW_WORK, at=at), TODAY)


def inbox(name: str, **chosen: Any) -> list[int]:
    return [row.id for row in queries.items_page(Chosen(**chosen), reader(name), limit=50).rows]


def steps(item: int) -> list[str]:
    return [one.step for one in queries.history(item)]
