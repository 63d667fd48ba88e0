"""The cast: one company, two customers; bills received and moved with few words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.record.bills.domain.numbers import Range
from huikuan.record.bills.operations.moving import Move
from huikuan.record.bills.operations.receiving import Paper, receive_bill
from huikuan.record.receivables.queries.ledger import open_of
from huikuan.record.receivables.tests.conftest import Books

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"actor": "tester", "at": AT}
NUMBER = "5" + "313100000017" + "20260105" + "00000001" + "4"
TRADE = "6" + NUMBER[1:]


def day(text: str) -> date:
    return date.fromisoformat(text)


def move(bill: int, on: str, **more: Any) -> Move:
    return Move(bill, day(on), "tester", AT, **more)


def paper(**said: Any) -> Paper:
    given: dict[str, Any] = {
        "kind": "bank",
        "number": NUMBER,
        "amount": 100_000_00,
        "drawer": "北麓矿业装备",
        "acceptor": "江临农村商业银行",
        "issued_on": day("2026-01-05"),
        "matures_on": day("2026-07-05"),
        **said,
    }
    return Paper(**given)


class Till(Books):
    """Books that take bills."""

    def receive(
        self, received_on: str = "2026-01-20", claims: Any = None, customer: int | None = None, **said: Any
    ) -> int:
        return receive_bill(
            company=self.company,
            customer_id=customer or self.customer.id,
            paper=paper(**said),
            received_on=day(received_on),
            claims=claims,
            **WHO,
        )

    def divisible(self, amount: int = 100_000_00, start: int = 1, **said: Any) -> int:
        return self.receive(amount=amount, range=Range(start, start + amount - 1), **said)

    def open(self, item: int, on: str | None = None) -> int:
        return open_of(item, as_of=day(on) if on else None).amount


@pytest.fixture
def till(db: None) -> Till:
    return Till()
