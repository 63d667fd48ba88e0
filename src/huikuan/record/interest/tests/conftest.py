"""The cast: one company that sells, customers that pay late, and short hands."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.approvals.queries.requests import request_record
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.record.contracts.domain.interest import read_late_interest
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import Contract
from huikuan.record.contracts.operations.contracts import amend_contract, create_contract
from huikuan.record.interest.operations.waiving import ask_waiver
from huikuan.record.interest.queries.accruals import Accrual, accrual, accrued
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.tests.conftest import Books

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"actor": "tester", "at": AT}


def day(text: str) -> date:
    return date.fromisoformat(text)


class Late(Books):
    """Books in which invoices fall due and are paid late."""

    def invoice(self, amount: int = 1_000_000_00, due: str = "2024-06-30", **more: Any) -> int:
        return self.post("invoice", amount, more.pop("posted", "2024-06-01"), due_date=day(due), **more)

    def pay(self, claim: int, amount: int, on: str, applied: str = "") -> int:
        receipt = self.post("receipt", amount, on)
        return self.settle(receipt, claim, amount, applied or on)

    def contract(self, number: str, clause: str, signed: str = "2024-01-02") -> None:
        terms = Terms("供货合同", "CNY", 5_000_000_00, day(signed), late_interest=read_late_interest(clause))
        create_contract(company=self.company, customer_id=self.customer.id, number=number, terms=terms, **WHO)

    def amend(self, number: str, clause: str, on: str) -> None:
        """From that day on the contract's clause is another; '' none."""
        contract = Contract.objects.get(number=number)
        amend_contract(
            contract_id=contract.pk, version=contract.version, changes={"late_interest": read_late_interest(clause)},
            effective_on=day(on), reason="补充协议", **WHO,
        )  # fmt: skip

    def put_off(self, item: int, until: str) -> None:
        amount = Item.objects.get(pk=item).amount
        lines = [Line(day(until), "", amount)]
        record_schedule(item_id=item, lines=lines, effective_on=day("2025-12-31"), reason="extension", **WHO)

    def settlement_of(self, credit: int) -> int:
        return Settlement.objects.get(credit_id=credit).pk

    def accrued(self, item: int, until: str) -> int:
        return accrued([item], day(until), at=AT).get(item, 0)

    def accrual(self, item: int, until: str) -> Accrual:
        return accrual(item, day(until), at=AT)


def dear(late: Late) -> int:
    """100,000.00 that bears 50.00 a day from 2026-01-01 on."""
    late.contract("HT-1", "日万分之五")
    return late.invoice(100_000_00, "2025-12-31", contract_number="HT-1", document_number="FP-1", posted="2025-12-01")


def approver() -> None:
    """Somebody who may give up any amount."""
    if not User.objects.filter(username="manager").exists():
        add_user(username="manager", password="a long pass phrase", actor="cli:root", at=AT)
        grant_role(username="manager", role="management", actor="cli:root", at=AT)


def approve(request: int) -> None:
    approver()
    approve_request(request_id=request, digest=request_record(request).digest, actor="manager", at=AT)


def waived(number: int, amount: int) -> None:
    """So much of a claim is given up: asked for and approved."""
    approve(ask_waiver(claim_id=number, amount=amount, reason="长期合作", **WHO))


@pytest.fixture
def late(db: None) -> Late:
    return Late()
