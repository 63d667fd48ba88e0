"""The cast: one company, a group of two customers and one apart; who proposes, and who approves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.approvals.queries.requests import request_record
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.record.contracts.domain.terms import Terms as ContractTerms
from huikuan.record.contracts.operations.contracts import create_contract
from huikuan.record.cover.domain.pieces import Terms, Whose
from huikuan.record.cover.operations.pieces import Paper, propose_cover
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import affiliate, create_customer, create_group

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
WHO: dict[str, Any] = {"actor": "tester", "at": AT}
PAPER = Paper(b"%PDF-1.4 letter", "保函.pdf")


def person(name: str, role: str) -> str:
    add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT)
    grant_role(username=name, role=role, actor="cli:root", at=AT)
    return name


class Cast:
    """An analyst proposes, two managers approve."""

    def __init__(self) -> None:
        self.company = Company.objects.get_or_create(code="MAIN", defaults={"name": "江临精工", "currency": "CNY"})[0]
        self.north = create_customer(master=Master("N", "北麓矿业装备"), **WHO)
        self.south = create_customer(master=Master("S", "南麓矿山机械"), **WHO)
        self.apart = create_customer(master=Master("A", "宏朔钢构"), **WHO)
        create_group(code="LUHE", name="麓合控股", **WHO)
        create_group(code="LU", name="麓矿集团", parent_code="LUHE", **WHO)
        for customer in (self.north, self.south):
            affiliate(customer_id=customer, dimension="group", value="LU", effective_on=date(2020, 1, 1), **WHO)
        self.analyst = person("analyst", "credit_analyst")
        self.manager = person("manager", "finance_manager")

    def contract(self, number: str, customer: int) -> None:
        terms = ContractTerms(name="主轴采购", currency="CNY", signed_on=TODAY)
        create_contract(company=self.company, customer_id=customer, number=number, terms=terms, **WHO)

    def propose(self, whose: Whose | None = None, paper: Paper | None = PAPER, **said: Any) -> int:
        given: dict[str, Any] = {
            "kind": "guarantee", "provider": "麓合控股", "reference": "保字001", "currency": "CNY",
            "amount": 500_000_00, "valid_from": TODAY, **said,
        }  # fmt: skip
        return propose_cover(
            company=self.company, whose=whose or Whose(self.north), terms=Terms(**given), paper=paper,
            actor=self.analyst, at=AT,
        )  # fmt: skip

    def approve(self, request: int, *, actor: str = "", at: datetime = AT) -> int:
        digest = request_record(request).digest
        approve_request(request_id=request, digest=digest, actor=actor or self.manager, at=at)
        return request

    def stands(self, whose: Whose | None = None, **said: Any) -> int:
        """A piece that somebody else has approved; answers its number."""
        return self.approve(self.propose(whose, **said))


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()
