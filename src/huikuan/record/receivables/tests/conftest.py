"""The cast of these tests: two companies, two customers, and short hands that post and settle."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import create_customer
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.rates import record_rate
from huikuan.record.receivables.operations.settlements import settle

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
WHO = {"actor": "tester", "at": AT}


def customer(code: str, name: str) -> Customer:
    return Customer.objects.get(id=create_customer(master=Master(code, name), **WHO))


class Books:
    """One company's books, written with few words. Days are ISO strings, amounts minor units."""

    def __init__(self, code: str = "MAIN", currency: str = "CNY") -> None:
        self.company = Company.objects.create(code=code, name="江临精工", currency=currency)
        self.customer = customer(f"{code}-1", "北麓矿业装备")
        self.other = customer(f"{code}-2", "宏朔钢构")

    def post(self, kind: str, amount: int, day: str = "2026-01-05", **more: Any) -> int:
        posting_date = date.fromisoformat(day)
        if kind in ("invoice", "retention", "opening", "fee") and "awaits" not in more:
            more.setdefault("due_date", posting_date)
        details = {"customer_id": self.customer.id, "currency": "CNY", "document_date": posting_date, **more}
        return post_item(company=self.company, kind=kind, amount=amount, posting_date=posting_date, **details, **WHO)

    def settle(self, credit: int, debit: int, amount: int, day: str = "2026-02-01", **more: Any) -> int:
        details = {"reason": "allocation", **more}
        return settle(
            credit_id=credit,
            debit_id=debit,
            credit_amount=amount,
            effective_on=date.fromisoformat(day),
            **details,
            **WHO,
        )

    def rate(self, currency: str, day: str, rate_e8: int) -> int:
        return record_rate(
            currency=currency,
            quote_currency=self.company.currency,
            on_date=date.fromisoformat(day),
            rate_e8=rate_e8,
            source="示例",
            **WHO,
        )


@pytest.fixture
def books(db: None) -> Books:
    return Books()
