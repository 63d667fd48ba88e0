"""The cast of these tests: one company, two customers, and a contract in few words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.mechanisms.events.subscribers import set_counters
from huikuan.mechanisms.identity.models import Company
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.orders import QUANTITY, Order, OrderLine
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.operations.contracts import create_contract
from huikuan.record.contracts.operations.orders import create_order
from huikuan.record.customers.models import Customer
from huikuan.shell.wiring import counters

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
WHO: dict[str, Any] = {"actor": "tester", "at": AT}


def day(text: str) -> date:
    return date.fromisoformat(text)


class Register:
    """One company's contracts and orders."""

    def __init__(self) -> None:
        self.company = Company.objects.get_or_create(code="MAIN", defaults={"name": "江临精工"})[0]
        self.customer = Customer.objects.create(code="K-1", name="北麓矿业装备")
        self.other = Customer.objects.create(code="K-2", name="宏朔钢构")

    def contract(self, number: str = "JL-001", **terms: Any) -> int:
        whole = {
            "name": "主轴总成",
            "currency": "CNY",
            "amount": 1_000_00,
            "signed_on": day("2026-01-10"),
            "milestones": read_milestones("签订 30% 10天；验收 50% 30天；质保期满 20%"),
            **terms,
        }
        return create_contract(
            company=self.company, customer_id=self.customer.id, number=number, terms=Terms(**whole), **WHO
        )

    def order(self, number: str = "SO-1", *lines: OrderLine, **more: Any) -> int:
        whole = {"ordered_on": day("2026-02-01"), "currency": "CNY", "lines": lines or (line(1), line(2)), **more}
        return create_order(
            company=self.company, customer_id=self.customer.id, number=number, order=Order(**whole), **WHO
        )


def line(number: int, quantity: int = 3, amount: int = 100_00) -> OrderLine:
    return OrderLine(number, f"产品 {number}", quantity * QUANTITY, amount, "件")


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """This context by itself: who listens to it is tested above it."""
    set_counters([])
    yield
    set_counters(counters())


@pytest.fixture
def register(db: None) -> Register:
    return Register()
