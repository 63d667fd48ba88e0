"""The cast: books with claims, people of the departments, and disputes in few words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.record.disputes.operations.crediting import Credit
from huikuan.record.disputes.operations.facts import Paper
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.disputes.operations.resolving import Waits, resolve_dispute
from huikuan.record.disputes.operations.steps import Doing
from huikuan.record.disputes.queries.disputes import DisputeRow, dispute
from huikuan.record.receivables.tests.conftest import Books

#: A Monday.
AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)
PHOTO = Paper(b"\xff\xd8\xff photo", "裂纹.jpg")


def person(name: str, role: str, **more: Any) -> str:
    add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT)
    grant_role(username=name, role=role, actor="cli:root", at=AT, **more)
    return name


class Desk(Books):
    """Books whose claims are disputed; unless said one operator raises and another ends."""

    def invoice(self, amount: int = 100_00, **more: Any) -> int:
        return self.post("invoice", amount, "2026-09-01", **more)

    def dispute(self, item: int, amount: int | None = None, *, at: datetime = AT, **said: Any) -> int:
        given: dict[str, Any] = {
            "reason": "quality", "source": "call", "note": "轴承有裂纹", "actor": "cli:desk", **said,
        }  # fmt: skip
        return raise_dispute(company_id=self.company.id, item_id=item, amount=amount, at=at, **given)

    def resolve(self, number: int, outcome: str, accepted: int | None = None, **more: Any) -> Credit | Waits | None:
        return resolve_dispute(doing(number, **more), outcome=outcome, accepted=accepted)

    def row(self, number: int, day: date | None = None) -> DisputeRow:
        return dispute(number, scope=EVERYTHING, day=day)


def doing(number: int, note: str = "已核实", **more: Any) -> Doing:
    return Doing(number, more.pop("actor", "cli:root"), more.pop("at", AT), note, **more)


def refused(work: Callable[[], Any]) -> str:
    """The code it is refused with; nothing is written."""
    before = Leaf.objects.count()
    with pytest.raises(Refusal) as caught:
        work()
    assert Leaf.objects.count() == before
    return caught.value.code


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()
