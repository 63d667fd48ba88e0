"""The cast: a company whose claims grow old."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.record.limitation.domain.clock import Clock
from huikuan.record.limitation.operations.interrupting import Paper, record_interruption
from huikuan.record.limitation.queries.clocks import clock_of
from huikuan.record.receivables.tests.conftest import Books

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 1)
WHO: dict[str, Any] = {"actor": "tester", "at": AT}
PAPER = Paper(b"%PDF-1.4 receipt", "催款函回执.pdf")


def day(text: str) -> date:
    return date.fromisoformat(text)


class Old(Books):
    """Books with claims that fell due long ago."""

    def claim(self, due: str = "2023-06-30", amount: int = 100_000_00, **more: Any) -> int:
        return self.post("invoice", amount, more.pop("posted", "2023-05-01"), **{"due_date": day(due), **more})

    def pay(self, claim: int, amount: int, on: str, applied: str = "", kind: str = "receipt") -> int:
        return self.settle(self.post(kind, amount, on), claim, amount, applied or on)

    def clock(self, item: int, as_of: date = TODAY) -> Clock:
        return clock_of(item, as_of=as_of, at=AT)[1]

    def safe(self, item: int) -> str:
        return f"{self.clock(item).safe_on}"

    def days(self, item: int, as_of: str = "2026-03-01") -> tuple[str, str]:
        """The safe day and the hoped one."""
        found = self.clock(item, day(as_of))
        return f"{found.safe_on}", f"{found.hoped_on}"

    def interrupt(self, item: int, on: str, kind: str = "demand", strength: str = "strong", **more: Any) -> list[int]:
        file = PAPER if strength == "strong" else None
        return record_interruption(
            item_ids=[item], kind=kind, on=day(on), strength=strength, **{"file": file, **more}, **WHO
        )


@pytest.fixture
def old(db: None) -> Old:
    return Old()
