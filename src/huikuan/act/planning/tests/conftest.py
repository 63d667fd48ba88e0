"""The cast: books whose claims are planned, with people of two roles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.act.planning.operations.plans import Drafted, draft_plan
from huikuan.act.planning.queries.plans import Asking, PlanRow, month_plan
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.approvals.queries.requests import request_record
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.disputes.tests.conftest import Desk, person
from huikuan.record.promises.domain.instalments import Instalment
from huikuan.record.promises.operations.asking import Paper
from huikuan.record.promises.operations.plans import Terms, propose_plan

#: A Monday.
AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
BY: dict[str, Any] = {"actor": "cli:root", "at": AT}


class Plans(Desk):
    """Books with plans."""

    def due(self, amount: int, on: str, **more: Any) -> int:
        return self.post("invoice", amount, "2026-09-01", due_date=date.fromisoformat(on), **more)

    def draft(self, month: date = NOVEMBER, *, at: datetime = AT) -> Drafted:
        return draft_plan(company_id=self.company.id, month=month, actor="cli:root", at=at)

    def instalments(self, items: Sequence[int], lines: Sequence[tuple[date, int]]) -> None:
        """The customer pays the claims by an instalment plan, agreed today."""
        asks, approves = person("qian", "collector"), person("sun", "finance_manager")
        request = propose_plan(
            company=self.company,
            customer_id=self.customer.id,
            items=items,
            lines=[Instalment(on, amount) for on, amount in lines],
            terms=Terms("accelerate", "original"),
            paper=Paper(b"%PDF-1.4 plan", "分期协议.pdf"),
            actor=asks,
            at=AT,
        )
        approve_request(request_id=request, digest=request_record(request).digest, actor=approves, at=AT)

    def rows(self, month: date = NOVEMBER, day: date = TODAY) -> list[PlanRow]:
        return month_plan(month, Asking(EVERYTHING, self.company.id, day))


@pytest.fixture
def plans(db: None) -> Plans:
    return Plans()
