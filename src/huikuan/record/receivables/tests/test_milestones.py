"""A milestone contract from its signing to the end of warranty: due dates and aging at each step, and the way back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.delivery import deliver_all
from huikuan.mechanisms.events.models import Event
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import MilestoneEvent
from huikuan.record.contracts.operations.contracts import create_contract
from huikuan.record.contracts.operations.milestones import record_milestone, withdraw_milestone
from huikuan.record.contracts.queries.terms import standing
from huikuan.record.receivables.domain.posting import Part, Posting
from huikuan.record.receivables.models import OpenItem, Schedule
from huikuan.record.receivables.operations.items import post_instalments
from huikuan.record.receivables.operations.milestones import KINDS
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.queries.aging import aging
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.schedules import schedule_of
from huikuan.record.receivables.tests.conftest import Books
from huikuan.shell.wiring import counters, subscribers

NUMBER = "JL-2026-001"
#: 1,000,000.01 by 30 / 50 / 20: not a cent is lost.
WHOLE, PARTS = 1_000_000_01, (300_000_00, 500_000_01, 200_000_00)
LATER = {"actor": "tester", "at": datetime(2029, 1, 1, tzinfo=UTC)}


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def contract(books: Books) -> int:
    terms = Terms(
        name="主轴总成",
        currency="CNY",
        amount=WHOLE,
        signed_on=day("2026-01-10"),
        milestones=read_milestones("签订 30% 10天；验收 50% 30天；质保期满 20% 15天"),
    )
    return create_contract(company=books.company, customer_id=books.customer.id, number=NUMBER, terms=terms, **LATER)


@pytest.fixture
def items(books: Books, contract: int) -> list[int]:
    """The whole debt, posted at the signing; each part awaits its event."""
    signed = day("2026-01-10")
    whole = Posting(
        books.customer.id, "invoice", "CNY", WHOLE, signed, signed, document_number="INV-1", contract_number=NUMBER
    )
    parts = [
        Part(30, awaits="signing"),
        Part(50, awaits="验收"),
        Part(20, awaits="end_of_warranty", kind="retention"),
    ]
    return post_instalments(company=books.company, whole=whole, parts=parts, **LATER)


def happened(contract: int, milestone: str, on: str, **more: Any) -> int:
    return record_milestone(contract_id=contract, milestone=milestone, happened_on=day(on), **{**LATER, **more})


def aged(as_of: str) -> tuple[int, int, tuple[int, ...]]:
    """(awaiting, not due, 1–30, 31–60, 61–90, over 90 days) as of a day; both engines of one mind."""
    (row,) = aging(as_of=day(as_of), engine="database").totals
    return row.awaiting, row.not_due, row.aged


def dues() -> list[date | None]:
    return list(OpenItem.objects.order_by("item_id").values_list("due_date", flat=True))


def test_30_50_20_from_signing_to_the_end_of_warranty(books: Books, contract: int, items: list[int]) -> None:
    first, second, third = PARTS
    assert dues() == [None, None, None]
    assert aged("2026-01-10") == (WHOLE, 0, (0, 0, 0, 0))

    happened(contract, "signing", "2026-01-10")
    assert dues() == [day("2026-01-20"), None, None]
    assert aged("2026-01-20") == (second + third, first, (0, 0, 0, 0))
    assert aged("2026-01-21") == (second + third, 0, (first, 0, 0, 0))

    receipt = books.post("receipt", first, "2026-02-05")
    books.settle(receipt, items[0], first, "2026-02-05")
    assert aged("2026-02-05") == (second + third, 0, (0, 0, 0, 0))

    happened(contract, "acceptance", "2026-06-15")
    assert dues() == [day("2026-07-15"), None]
    assert aged("2026-06-14") == (second + third, 0, (0, 0, 0, 0)), "not known to have been accepted the day before"
    assert aged("2026-07-15") == (third, second, (0, 0, 0, 0))
    assert aged("2026-08-14") == (third, 0, (second, 0, 0, 0))
    assert aged("2026-10-14") == (third, 0, (0, 0, 0, second))

    happened(contract, "end_of_warranty", "2028-06-15")
    assert dues() == [day("2026-07-15"), day("2028-06-30")]
    assert aged("2028-06-30") == (0, third, (0, 0, 0, second))
    assert aged("2028-07-31") == (0, 0, (0, third, 0, second))
    assert check_ledger() == []


def test_an_event_is_recorded_once_and_nothing_changes_the_second_time(contract: int, items: list[int]) -> None:
    happened(contract, "acceptance", "2026-06-15")
    before = (Schedule.objects.count(), MilestoneEvent.objects.count(), Event.objects.count())
    with pytest.raises(Refusal) as refused:
        happened(contract, "acceptance", "2026-06-20")
    assert refused.value.code == "milestone_reached_already"
    assert (Schedule.objects.count(), MilestoneEvent.objects.count(), Event.objects.count()) == before


def test_taken_back_the_item_awaits_its_event_again_and_may_reach_it_anew(contract: int, items: list[int]) -> None:
    event = happened(contract, "acceptance", "2026-06-15")
    withdraw_milestone(event_id=event, reason="验收单作废", **LATER)
    assert dues() == [None, None, None]
    for on in ("2026-06-14", "2026-06-15", "2026-12-31"):
        assert schedule_of(items[1], day(on)).lines[0].awaits == "验收"
    assert [version.number for version in [schedule_of(items[1])]] == [2]
    assert standing(contract) == {}
    with pytest.raises(Refusal) as refused:
        withdraw_milestone(event_id=event, reason="again", **LATER)
    assert refused.value.code == "milestone_event_withdrawn"
    happened(contract, "acceptance", "2026-07-01")
    assert dues() == [None, day("2026-07-31"), None]
    assert check_ledger() == []


def test_an_event_is_not_taken_back_while_money_or_a_schedule_rests_on_it(
    books: Books, contract: int, items: list[int]
) -> None:
    event = happened(contract, "acceptance", "2026-06-15")
    receipt = books.post("receipt", PARTS[1], "2026-07-20")
    settlement = books.settle(receipt, items[1], 100, "2026-07-20")
    lines = schedule_of(items[1]).lines
    record_schedule(item_id=items[1], lines=lines, effective_on=day("2026-08-01"), reason="extension", **LATER)
    before = (Schedule.objects.count(), MilestoneEvent.objects.count(), Event.objects.count())
    with pytest.raises(Refusal) as refused:
        withdraw_milestone(event_id=event, reason="错", **LATER)
    assert refused.value.code == "milestone_has_dependants"
    assert [(place.column, place.value) for place in refused.value.where] == [
        ("schedule", str(items[1])),
        ("settlement", str(settlement)),
    ]
    assert (Schedule.objects.count(), MilestoneEvent.objects.count(), Event.objects.count()) == before
    assert [one.milestone for one in standing(contract).values()] == ["acceptance"]


def test_a_settlement_that_was_reversed_is_no_obstacle(books: Books, contract: int, items: list[int]) -> None:
    event = happened(contract, "acceptance", "2026-06-15")
    receipt = books.post("receipt", PARTS[1], "2026-07-20")
    settlement = books.settle(receipt, items[1], PARTS[1], "2026-07-20")
    reverse_settlement(settlement_id=settlement, reason="错", **LATER)
    withdraw_milestone(event_id=event, reason="错", **LATER)
    assert OpenItem.objects.get(item_id=items[1]).due_date is None
    assert check_ledger() == []


def test_a_reversed_item_is_left_alone(contract: int, items: list[int]) -> None:
    event = happened(contract, "acceptance", "2026-06-15")
    reverse_item(item_id=items[1], reason="开错", **LATER)
    withdraw_milestone(event_id=event, reason="错", **LATER)
    assert dues() == [None, None]
    assert check_ledger() == []


def test_in_a_locked_period_the_due_date_governs_from_the_first_open_day(
    books: Books, contract: int, items: list[int]
) -> None:
    lock_period(company=books.company, through=day("2026-06-30"), reason="月结", **LATER)
    event = happened(contract, "acceptance", "2026-06-15")
    assert schedule_of(items[1], day("2026-06-30")).lines[0].awaits == "验收"
    assert schedule_of(items[1], day("2026-07-01")).lines[0].due_date == day("2026-07-15")
    lock_period(company=books.company, through=day("2026-07-31"), reason="月结", **LATER)
    withdraw_milestone(event_id=event, reason="错", **LATER)
    assert schedule_of(items[1], day("2026-07-31")).lines[0].due_date == day("2026-07-15")
    assert schedule_of(items[1], day("2026-08-01")).lines[0].awaits == "验收"


def test_a_schedule_in_force_later_does_not_swallow_the_event(contract: int, items: list[int]) -> None:
    lines = schedule_of(items[1]).lines
    record_schedule(item_id=items[1], lines=lines, effective_on=day("2026-09-01"), reason="plan", **LATER)
    happened(contract, "acceptance", "2026-06-15")
    assert OpenItem.objects.get(item_id=items[1]).due_date == day("2026-07-15")
    assert schedule_of(items[1], day("2026-08-31")).lines[0].awaits == "验收"


def test_items_of_others_and_of_other_contracts_stay(books: Books, contract: int, items: list[int]) -> None:
    foreign = [
        books.post("invoice", 100, "2026-02-01", awaits="acceptance", contract_number="JL-2026-002"),
        books.post("invoice", 100, "2026-02-01", awaits="acceptance"),
        books.post(
            "invoice", 100, "2026-02-01", awaits="acceptance", contract_number=NUMBER, customer_id=books.other.id
        ),
    ]
    happened(contract, "acceptance", "2026-06-15")
    assert set(OpenItem.objects.filter(item_id__in=foreign).values_list("due_date", flat=True)) == {None}


def test_what_refuses_below_undoes_the_event_above(
    contract: int, items: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from huikuan.record.receivables.operations import milestones

    def broken(*_: Any, **__: Any) -> int:
        raise Refusal("item_not_open", item=1)

    monkeypatch.setattr(milestones, "record_schedule", broken)
    with pytest.raises(Refusal):
        happened(contract, "acceptance", "2026-06-15")
    assert MilestoneEvent.objects.count() == 0
    assert dues() == [None, None, None]


@pytest.mark.django_db(transaction=True)
def test_items_that_come_after_their_event_catch_up_once(books: Books, contract: int) -> None:
    happened(contract, "acceptance", "2026-06-15")
    deliver_all(subscribers(), clock=lambda: LATER["at"])
    late = books.post("invoice", 100, "2026-07-01", awaits="验收合格", contract_number=NUMBER)
    other = books.post("invoice", 100, "2026-07-01", awaits="signing", contract_number=NUMBER)
    foreign = books.post("invoice", 100, "2026-07-01", awaits="验收", contract_number="JL-2026-009")
    assert dues() == [None, None, None]
    for _ in range(2):
        deliver_all(subscribers(), clock=lambda: LATER["at"])
    assert {pk: OpenItem.objects.get(item_id=pk).due_date for pk in (late, other, foreign)} == {
        late: day("2026-07-15"),
        other: None,
        foreign: None,
    }
    assert Schedule.objects.count() == 1
    assert schedule_of(late, day("2026-07-01")).lines[0].due_date == day("2026-07-15")
    (event,) = [one.event_id for one in standing(contract).values()]
    withdraw_milestone(event_id=event, reason="错", **LATER)
    assert dues() == [None, None, None]


def test_the_wiring_listens_to_what_the_ledger_follows() -> None:
    wired = next(one for one in counters() if one.name == "receivables.milestones")
    assert wired.kinds == KINDS
