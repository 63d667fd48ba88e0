"""The cast: one company, two customers, and promises made with few words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.approvals.queries.requests import request_record
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.record.promises.operations.judging import judge_promises
from huikuan.record.promises.operations.promising import promise_payment
from huikuan.record.promises.queries.promises import PromiseRow, promise
from huikuan.record.receivables.tests.conftest import Books


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str) -> datetime:
    """Ten in the morning of a day, in the company's zone."""
    return datetime.combine(day(text), datetime.min.time(), UTC).replace(hour=2)


class Word(Books):
    """Books of a company whose customers give their word. Days are ISO strings, amounts minor units."""

    def promise(
        self, *parts: tuple[int, int], by: str, on: str = "2026-03-02", customer: int | None = None, **said: Any
    ) -> int:
        given = {"said_by": "王经理", "source": "phone", "actor": "collector", **said}
        return promise_payment(
            customer_id=customer or self.customer.id,
            company_id=self.company.id,
            parts=parts,
            by=day(by),
            at=at(on),
            **given,
        )

    def pay(self, item: int, amount: int, on: str, kind: str = "receipt", applied: str = "") -> int:
        """Money, or another credit, that came `on` and was applied then or later; its settlement."""
        credit = self.post(kind, amount, on)
        return self.settle(credit, item, amount, applied or on)

    def row(self, promise_id: int, on: str) -> PromiseRow:
        return promise(promise_id, scope=EVERYTHING, as_of=day(on), people=EVERYTHING)

    def state(self, promise_id: int, on: str) -> str:
        return self.row(promise_id, on).state

    def judge(self, on: str) -> dict[str, int]:
        return judge_promises(company=self.company, at=at(on))

    def told(self, kind: str = "promises.") -> list[str]:
        """The events of promises, in the order they were announced."""
        return list(Event.objects.filter(kind__startswith=kind).order_by("tx", "id").values_list("kind", flat=True))


@pytest.fixture
def word(db: None) -> Word:
    return Word()


class Desk(Word):
    """Books of a company with a collector who asks and managers who approve."""

    def __init__(self) -> None:
        super().__init__()
        self.collector = person("collector", "collector")
        self.manager = person("manager", "finance_manager")
        self.credit = person("credit", "credit_manager")

    def approve(self, request: int, on: str = "2026-03-02", actor: str = "") -> None:
        digest = request_record(request).digest
        approve_request(request_id=request, digest=digest, actor=actor or self.manager, at=at(on))


def person(name: str, role: str) -> str:
    add_user(username=name, password="a long pass phrase", actor="cli:root", at=at("2026-01-01"))
    grant_role(username=name, role=role, actor="cli:root", at=at("2026-01-01"))
    return name


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()
