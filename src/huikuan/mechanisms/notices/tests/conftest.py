"""A company that writes to two customers, and a channel that remembers what it was given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices import channels, queries
from huikuan.mechanisms.notices.channels import Message, Receipt
from huikuan.mechanisms.notices.operations import Wanted, queue_notice
from huikuan.mechanisms.notices.queries import NoticeRow
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer

#: A Friday, 10:14 in Shanghai.
AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
DAY = timedelta(days=1)
TO = "zhou@yunling.example"


class Office:
    """The company and its customers C1 and C2."""

    def __init__(self) -> None:
        self.company = Company.objects.create(code="MAIN", name="江临精工装备股份").pk
        self.first, self.second = (
            create_customer(master=Master(code, name), actor="cli:test", at=AT - DAY)
            for code, name in (("C1", "云岭铸造"), ("C2", "宏朔钢构"))
        )

    def wanted(self, case: str = "item:17", **more: Any) -> Wanted:
        said: dict[str, Any] = {
            "company_id": self.company, "customer_id": self.first, "case": case, "step": "dun:1", "channel": "email",
            "purpose": "reminder", "to": TO, "language": "zh-hans", "subject": "付款提醒 INV-17",
            "text": "贵司 INV-17 已到期。\n请安排付款。", "items": (17,),
        }  # fmt: skip
        return Wanted(**{**said, **more})

    def queue(self, case: str = "item:17", *, at: datetime = AT, **more: Any) -> int:
        return queue_notice(wanted=self.wanted(case, **more), actor="system", at=at)


@pytest.fixture
def office(db: None) -> Office:
    return Office()


def known(notice: int) -> NoticeRow:
    return queries.notice(notice, scope=EVERYTHING)


def steps(notice: int) -> list[str]:
    return [one.step for one in queries.history(notice)]


class Box:
    """A channel that keeps what it is given; `does` may refuse or be unsure instead."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.does: Callable[[Message], Receipt] | None = None
        self.opened = self.closed = 0

    def open(self) -> Box:
        self.opened += 1
        return self

    def send(self, message: Message) -> Receipt:
        self.taken.append(message)
        return self.does(message) if self.does else Receipt("250 taken", reference=f"<{message.key}@test>")

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def box() -> Iterator[Box]:
    """The box in the place of e-mail."""
    before = dict(channels._openers)
    found = Box()
    channels.register("email", found.open)
    yield found
    channels._openers.clear()
    channels._openers.update(before)
