"""The cast of these tests: a company with an account, two customers, and short hands that post, pay and apply."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.record.banking.tests.conftest import Bank
from huikuan.record.cash.domain.applying import Paid, Portion
from huikuan.record.cash.operations.applying import apply_payment
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.ledger import open_of

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"actor": "tester", "at": AT}


class Till(Bank):
    """A bank account and the books beside it. Days are ISO strings, amounts minor units."""

    def __init__(self, code: str = "MAIN", number: str = "6222010100000001") -> None:
        super().__init__(code, number)
        self.north = create_customer(master=Master(f"{code}-N", "北麓矿业装备有限公司"), **WHO)
        self.south = create_customer(master=Master(f"{code}-S", "宏朔钢构股份有限公司"), **WHO)

    def post(self, kind: str, amount: int, day: str = "2026-01-05", **more: Any) -> int:
        on = date.fromisoformat(day)
        if kind not in ("credit_note", "receipt", "advance"):
            more.setdefault("due_date", on)
        details = {"customer_id": self.north, "currency": "CNY", "document_date": on, **more}
        return post_item(company=self.company, kind=kind, amount=amount, posting_date=on, **details, **WHO)

    def invoice(self, amount: int, number: str = "", **more: Any) -> int:
        return self.post("invoice", amount, document_number=number, **more)

    def apply(self, line: int, *parts: tuple[int, int | None], **more: Any) -> int:
        """Apply a line to the northern customer's claims; the rest stays on account."""
        how = {name: more.pop(name) for name in ("basis", "seen", "request_key") if name in more}
        said = {"customer_id": self.north, "parts": tuple(Paid(*part) for part in parts), "rest_stays": True, **more}
        return apply_payment(company=self.company, line_id=line, portions=[Portion(**said)], **how, **WHO)[0]


@pytest.fixture
def till(db: None) -> Till:
    return Till()


def open_amount(item_id: int) -> int:
    return open_of(item_id).amount


def sound() -> bool:
    """The ledger agrees with its facts: nothing drifted."""
    return check_ledger() == []
