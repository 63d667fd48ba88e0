"""A random walk through every operation, beside a model that knows nothing of the code (cases 1–6, 8,
10, 11, 75, 84): after each step the ledger equals the model; a refused step changed nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.events.models import Event
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.models import Item, OpenItem, PeriodLock, Schedule, Settlement
from huikuan.record.receivables.operations import reversals, settlements
from huikuan.record.receivables.operations.periods import lock_period, unlock_period
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.tests.conftest import WHO, Books

PROVE = os.environ.get("HUIKUAN_PROVE") == "1"
EXAMPLES, STEPS = (300, 30) if PROVE else (12, 25)
START = date(2026, 1, 1)
PROBES = [START + timedelta(days=number) for number in range(0, 120, 10)]
DAYS = st.integers(0, 100).map(lambda number: START + timedelta(days=number))
AMOUNTS = st.one_of(st.integers(1, 9), st.integers(1, 100_000))
LOOSE = {
    "max_examples": EXAMPLES,
    "stateful_step_count": STEPS,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}


@dataclass
class Modelled:
    """An item as the model knows it: what it was, and every dated movement of it."""

    side: str
    currency: str
    customer: int
    amount: int
    posting: date
    due: date | None
    moves: list[tuple[date, int]] = field(default_factory=list)
    versions: list[tuple[date, int, date]] = field(default_factory=list)
    gone: bool = False

    def open(self, day: date = date.max) -> int:
        if self.posting > day:
            return 0
        return self.amount - sum(amount for on, amount in self.moves if on <= day)

    def free_from(self) -> date:
        """The first day from which all that is open in the end stays open."""
        end = self.open()
        short = [day for day, _ in self.moves if any(self.open(then) < end for then in (day, day - timedelta(days=1)))]
        late = [
            day for day in {on for on, amount in self.moves if amount < 0} if self.open(day - timedelta(days=1)) < end
        ]
        return max([self.posting, *late]) if short else self.posting

    def due_now(self) -> date | None:
        return max(self.versions)[2] if self.versions else self.due


class Walk(RuleBasedStateMachine):
    """The operations on the real database, each in step with the model."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.items: dict[int, Modelled] = {}
        self.settled: dict[int, tuple[int, int, int, int, date]] = {}
        self.undone: set[int] = set()
        self.locked: date | None = None

    @initialize()
    def begin(self) -> None:
        self.books = Books("WALK")
        for number, rate in enumerate((712_345_678, 700_000_001, 733_333_333)):
            self.books.rate("USD", (START + timedelta(days=40 * number)).isoformat(), rate)

    def teardown(self) -> None:
        try:
            assert check_ledger() == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(
        kind=st.sampled_from(["invoice", "receipt", "credit_note", "advance", "opening"]),
        amount=AMOUNTS,
        day=DAYS,
        currency=st.sampled_from(["CNY", "CNY", "USD"]),
        other=st.booleans(),
    )
    def post(self, kind: str, amount: int, day: date, currency: str, other: bool) -> None:
        customer = self.books.other.id if other else self.books.customer.id
        due = day + timedelta(days=30)
        allowed = self.locked is None or day > self.locked
        item_id = self.attempt(
            allowed,
            day,
            lambda: self.books.post(
                kind, amount, day.isoformat(), currency=currency, customer_id=customer, due_date=due
            ),
        )
        if item_id:
            side = "debit" if kind in ("invoice", "opening") else "credit"
            self.items[item_id] = Modelled(side, currency, customer, amount, day, due)

    @precondition(lambda self: self.of_side("credit") and self.of_side("debit"))
    @rule(
        data=st.data(),
        later=st.integers(-2, 20),
        share=st.sampled_from([1, 2, 3, 4, 4, 5]),
        third=st.booleans(),
        wrong_way=st.integers(0, 9).map(lambda number: number == 9),
    )
    def settle(self, data: st.DataObject, later: int, share: int, third: bool, wrong_way: bool) -> None:
        sides = ("debit", "credit") if wrong_way else ("credit", "debit")
        credit_id, debit_id = (data.draw(st.sampled_from(self.of_side(side))) for side in sides)
        credit, debit = self.items[credit_id], self.items[debit_id]
        day = max(credit.free_from(), debit.free_from(), self.locked or START) + timedelta(days=later)
        least = max(1, min(credit.open(), debit.open()))
        amount = least + 1 if share == 5 else max(1, least * share // 4)
        cross = credit.currency != debit.currency
        debit_amount = max(1, debit.open() * share // 4) if cross else None
        if cross:
            amount = max(1, credit.open() * share // 4)
        cleared = debit_amount if debit_amount is not None else amount
        allowed = (
            (credit.side, debit.side) == ("credit", "debit")
            and amount <= credit.open()
            and cleared <= debit.open()
            and day >= max(credit.free_from(), debit.free_from())
            and (credit.customer == debit.customer or third)
            and (self.locked is None or day > self.locked)
        )
        reason = "third_party" if third else "allocation"
        settlement = self.attempt(
            allowed,
            day,
            lambda: self.books.settle(
                credit_id, debit_id, amount, day.isoformat(), reason=reason, debit_amount=debit_amount
            ),
        )
        if settlement:
            credit.moves.append((day, amount))
            debit.moves.append((day, cleared))
            self.settled[settlement] = (credit_id, debit_id, amount, cleared, day)

    @precondition(lambda self: self.settled)
    @rule(data=st.data())
    def undo_settlement(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.settled)))
        credit_id, debit_id, amount, cleared, day = self.settled[chosen]
        on = max(day, self.locked + timedelta(days=1)) if self.locked else day
        undone = self.attempt(
            chosen not in self.undone, on, lambda: reverse_settlement(settlement_id=chosen, reason="x", **WHO)
        )
        if undone:
            self.undone.add(chosen)
            self.items[credit_id].moves.append((on, -amount))
            self.items[debit_id].moves.append((on, -cleared))

    @precondition(lambda self: self.items)
    @rule(data=st.data())
    def undo_item(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.items)))
        item = self.items[chosen]
        on = item.free_from()
        on = max(on, self.locked + timedelta(days=1)) if self.locked else on
        allowed = not item.gone and item.open() == item.amount
        done = self.attempt(allowed, on, lambda: reverse_item(item_id=chosen, reason="x", **WHO))
        if done:
            assert done.effective_on == on
            item.gone = True
            item.moves.append((on, item.amount))

    @precondition(lambda self: self.items)
    @rule(data=st.data(), day=DAYS, due=DAYS, short=st.booleans())
    def reschedule(self, data: st.DataObject, day: date, due: date, short: bool) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.items)))
        item = self.items[chosen]
        lines = [Line(due, "", item.amount - short)] if item.amount > 1 else [Line(due, "", item.amount)]
        allowed = (
            item.open() > 0
            and day >= item.posting
            and (self.locked is None or day > self.locked)
            and not (short and item.amount > 1)
        )
        version = self.attempt(
            allowed,
            day,
            lambda: record_schedule(item_id=chosen, lines=lines, effective_on=day, reason="extension", **WHO),
        )
        if version:
            item.versions.append((day, version, due))

    @rule(day=DAYS, over_settled_days=st.booleans())
    def lock(self, day: date, over_settled_days: bool) -> None:
        day = START + (day - START) // 4
        if over_settled_days and self.settled:
            day = max(day, *(effective_on for *_, effective_on in self.settled.values()))
        allowed = self.locked is None or day > self.locked
        if self.attempt(allowed, date.max, lambda: lock_period(company=self.books.company, through=day, **WHO)):
            self.locked = day

    @precondition(lambda self: self.locked)
    @rule()
    def unlock(self) -> None:
        unlock_period(company=self.books.company, through=None, reason="adjustment", **WHO)
        self.locked = None

    @invariant()
    def what_is_open_equals_the_model(self) -> None:
        expected = {item_id: (item.open(), item.due_now()) for item_id, item in self.items.items() if item.open()}
        cached = {row.item_id: (row.open_amount, row.due_date) for row in OpenItem.objects.all()}
        assert cached == expected
        for item in self.items.values():
            assert all(0 <= item.open(day) <= item.amount for day in PROBES)

    def of_side(self, side: str) -> list[int]:
        return [item_id for item_id, item in self.items.items() if item.side == side]

    def attempt(self, allowed: bool, on: date, work: Callable[[], Any]) -> Any:
        """Do `work`: it must succeed exactly when allowed; refused it changes nothing, and in any
        case nothing as of a day before `on`."""
        before, as_of = checksums(), as_of_table(on)
        try:
            answer = work()
        except Refusal:
            assert not allowed
            assert checksums() == before
            return None
        assert allowed
        assert as_of_table(on) == as_of
        return answer


class Begun(Walk):
    """A walk that sets out from books with old items, so that planted bugs are met soon."""

    @initialize()
    def begin(self) -> None:
        Walk.begin(self)
        for kind in ("invoice", "receipt", "invoice", "receipt"):
            self.post(kind, 100, START, "CNY", False)


def checksums() -> list[Any]:
    """The state of every table an operation may touch; facts only grow, so their ids will do."""
    facts = [list(model.objects.values_list("id", flat=True)) for model in (Item, Settlement, Schedule, PeriodLock)]
    return [*facts, Leaf.objects.count(), Event.objects.count(), list(OpenItem.objects.order_by("item_id").values())]


def as_of_table(before: date) -> list[tuple[date, str, int]]:
    """Open debits and credits as of each probe day before `before`, out of the facts alone."""
    posted = list(Item.objects.values_list("id", "side", "amount", "posting_date"))
    sides = {item_id: side for item_id, side, _, _ in posted}
    moved = [
        (day, item_id, amount)
        for credit, debit, part, cleared, day in Settlement.objects.values_list(
            "credit_id", "debit_id", "credit_amount", "debit_amount", "effective_on"
        )
        for item_id, amount in ((credit, part), (debit, cleared))
    ]
    return [
        (
            day,
            side,
            sum(amount for _, of, amount, on in posted if of == side and on <= day)
            - sum(amount for on, item_id, amount in moved if sides[item_id] == side and on <= day),
        )
        for day in PROBES
        if day < before
        for side in ("debit", "credit")
    ]


@pytest.mark.sealed
def test_the_ledger_keeps_its_laws_on_any_walk(db: None) -> None:
    run_state_machine_as_test(Walk, settings=settings(**LOOSE))


def no_limit(allocate: Callable[..., Any]) -> Callable[..., Any]:
    """Planted: more than is open may be settled."""

    def planted(credit: Any, debit: Any, **asked: Any) -> Any:
        rich = [replace(side, open_amount=max(side.open_amount, 10**9)) for side in (credit, debit)]
        return allocate(*rich, **asked)

    return planted


PLANTED = {
    "over-settlement": lambda patch: patch.setattr(settlements, "allocate", no_limit(settlements.allocate)),
    "reversal into a locked period": lambda patch: patch.setattr(reversals, "first_open_day", lambda day, _: day),
    "schedule forgotten by the cache": lambda patch: patch.setattr(
        "huikuan.record.receivables.operations.open_items.set_dues", lambda *_: None
    ),
    "books lose a cent": lambda patch: patch.setattr(
        settlements,
        "after",
        lambda side, amount, book: replace(
            side, open_amount=side.open_amount - amount, open_book_amount=max(0, side.open_book_amount - book - 1)
        ),
    ),
}


@pytest.mark.sealed
@pytest.mark.parametrize("name", PLANTED)
def test_twin_a_planted_bug_is_found(db: None, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    PLANTED[name](monkeypatch)
    # The first walk that shows it is enough: none shorter is looked for, nor other bugs.
    one = {"max_examples": 500, "phases": [Phase.generate], "database": None, "report_multiple_bugs": False}
    with pytest.raises((AssertionError, IntegrityError, Refusal, ExceptionGroup)):
        run_state_machine_as_test(Begun, settings=settings(**{**LOOSE, **one}))


def test_the_order_of_independent_operations_does_not_matter(db: None) -> None:
    """Five pairs settled and partly undone in several orders end alike."""
    ends = []
    for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]):
        books = Books(f"O{order[0]}")
        pairs = [(books.post("receipt", 100 + number), books.post("invoice", 150)) for number in range(5)]
        for number in order:
            settlement = books.settle(*pairs[number], 100)
            if number % 2:
                reverse_settlement(settlement_id=settlement, reason="x", **WHO)
        ends.append(
            list(
                OpenItem.objects.filter(company_id=books.company.id)
                .order_by("item_id")
                .values_list("side", "open_amount", "open_book_amount", "due_date")
            )
        )
    assert ends[0] == ends[1] == ends[2]
