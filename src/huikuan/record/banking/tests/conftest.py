"""The cast of these tests: a company with an account, and short hands that put lines there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company
from huikuan.record.banking.models import BankAccount, BankLine, OpenLine

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"actor": "cli:tester", "at": AT}
NUMBER = "6222010100000001"


class Bank:
    """One account of the company and its lines, in minor units; money in > 0."""

    def __init__(self, code: str = "MAIN", number: str = NUMBER) -> None:
        self.company = Company.objects.get_or_create(code=code, defaults={"name": "江临精工", "currency": "CNY"})[0]
        opened = {"company_id": self.company.pk, "number": number, "bank": "江临银行", "currency": "CNY"}
        self.account = record(BankAccount, [{**opened, "actor": "tester"}], at=AT)[0]

    def line(self, amount: int, day: str = "2026-03-01", **more: Any) -> int:
        """A line of this amount, whole and unused."""
        known = BankLine.objects.count()
        row = {
            "company_id": self.company.pk, "account_id": self.account, "statement_id": 1, "ordinal": known + 1,
            "key": f"test-{known + 1}", "booked_on": date.fromisoformat(day), "amount": amount, "currency": "CNY",
            "actor": "tester", **more,
        }  # fmt: skip
        line_id = record(BankLine, [row], at=AT)[0]
        copied = {name: row[name] for name in ("company_id", "account_id", "currency", "booked_on")}
        OpenLine.objects.create(line_id=line_id, left=amount, **copied)
        return line_id


@pytest.fixture
def bank(db: None) -> Bank:
    return Bank()
