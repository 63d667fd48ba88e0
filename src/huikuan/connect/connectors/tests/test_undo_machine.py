"""Random walks over imports, replacements, snapshots, undos and locks: after every step the ledger obeys its
laws, locked days stay as they were, and a snapshot's day equals its file."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.importing import import_checked
from huikuan.connect.connectors.operations.undo import undo_batch
from huikuan.connect.connectors.tests.ledgers import AT, checked, company, item, open_by_key, receipt, sizes, task
from huikuan.kernel.errors import Refusal
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = pytest.mark.django_db

WALKS = int(os.environ.get("HUIKUAN_PROVE", "0")) * 40 or 3
STEPS = 12
START = date(2026, 1, 20)

#: What a step may be refused for; anything else is a fault.
EXPECTED = {
    "batch_has_dependants", "more_than_open", "replace_blocked", "replace_too_early", "import_conflicts",
    "import_rejected", "snapshot_day_locked",
}  # fmt: skip


@dataclass
class Walk:
    """A seeded series of steps; days only go forward."""

    seed: int
    chance: random.Random = field(init=False)
    day: date = START
    locked: date | None = None
    as_locked: dict[str, int] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def step(self) -> None:
        act = self.chance.choice([self.bring, self.replace, self.pay, self.snapshot, self.undo, self.undo, self.lock])
        before = sizes()
        self.day += timedelta(days=self.chance.randint(1, 5))
        try:
            act()
        except Refusal as refusal:
            if refusal.code not in EXPECTED:
                raise
            self.done.append(f"{act.__name__}: {refusal.code}")
        else:
            self.done.append(act.__name__)
            return
        assert sizes() == before

    def rows(self, most: int = 3) -> list[dict[str, Any]]:
        keys = self.chance.sample("ABCD", self.chance.randint(1, most))
        currency = "CNY" if self.seed % 2 else "USD"
        return [self.row(number, key, currency) for number, key in enumerate(keys, start=2)]

    def row(self, number: int, key: str, currency: str) -> dict[str, Any]:
        due = START + timedelta(days=30 * self.chance.randint(1, 3))
        return item(number, key, 100 * self.chance.randint(1, 4), due_date=due, currency=currency, posting_date=START)

    def bring(self) -> None:
        import_checked(task("items", on_conflict="keep"), checked("items", self.rows()))

    def replace(self) -> None:
        rows = [{**row, "posting_date": self.day} for row in self.rows(2)]
        import_checked(task("items", on_conflict="replace"), checked("items", rows))

    def pay(self) -> None:
        row = self.rows(1)[0]
        paid = receipt(
            2,
            f"R{self.chance.randint(1, 3)}",
            row["amount"],
            row["key"],
            currency=row["currency"],
            received_on=self.day,
        )
        import_checked(task("receipts", on_conflict="replace"), checked("receipts", [paid]))

    def snapshot(self) -> None:
        rows = self.rows(4)
        asked = task(
            "open-items", as_of=self.day, force=True, on_conflict="replace", file_sha256=f"{self.seed}-{self.day}"
        )
        import_checked(asked, checked("open-items", rows))
        found = {key: amount for key, amount in open_by_key(self.day).items() if key in "ABCD"}
        assert found == {row["key"]: row["amount"] for row in rows}, (self.seed, self.done)

    def undo(self) -> None:
        standing = list(Batch.objects.filter(state="committed").order_by("-id").values_list("id", flat=True)[:3])
        if standing:
            undo_batch(batch_id=self.chance.choice(standing), actor="tester", at=AT)

    def lock(self) -> None:
        if self.chance.random() < 0.5:
            self.locked = self.day - timedelta(days=2)
            lock_period(company=company(), through=self.locked, actor="tester", at=AT)
            self.as_locked = open_by_key(self.locked)


@pytest.mark.sealed
@pytest.mark.parametrize("seed", range(WALKS))
def test_whatever_the_order_the_laws_hold_and_locked_days_stay(seed: int) -> None:
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
        assert check_ledger() == [], (seed, walk.done)
        if walk.locked:
            assert open_by_key(walk.locked) == walk.as_locked, (seed, walk.done)


@pytest.mark.sealed
@pytest.mark.parametrize("seed", range(WALKS))
def test_undoing_everything_last_first_leaves_nothing_open(seed: int) -> None:
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
    for batch in Batch.objects.filter(state="committed").order_by("-id").values_list("id", flat=True):
        undo_batch(batch_id=batch, actor="tester", at=AT)
        assert check_ledger() == [], (seed, walk.done)
    assert open_by_key(date(2027, 12, 31)) == {}, (seed, walk.done)
