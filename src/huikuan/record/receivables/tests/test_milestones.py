"""A milestone contract from its signing to the end of warranty: due dates and aging at each step, and the way back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.delivery import deliver_all
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import MilestoneEvent
from huikuan.record.contracts.operations.contracts import amend_contract, create_contract
from huikuan.record.contracts.operations.milestones import record_milestone, withdraw_milestone
from huikuan.record.contracts.queries.terms import standing, terms_of
from huikuan.record.customers.operations import merge_customers, undo_merge
from huikuan.record.receivables.domain.posting import Part, Posting
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.models import OpenItem, Schedule
from huikuan.record.receivables.operations.bulk import write
from huikuan.record.receivables.operations.drafts import Draft
from huikuan.record.receivables.operations.items import post_instalments, post_items
from huikuan.record.receivables.operations.milestones import KINDS, catch_up
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.operations.withdrawals import reverse_standing
from huikuan.record.receivables.queries.aging import aging
from huikuan.record.receivables.queries.bulk import settlements_where, states_where
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.items import ItemFilter, items_page
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


def sign(contract: int, on: str, version: int) -> None:
    """Enter the day it was signed, as the contract's form does."""
    amend_contract(
        contract_id=contract,
        version=version,
        changes={"signed_on": day(on)},
        effective_on=day("2029-01-01"),
        reason="签订日期",
        **LATER,
    )


def aged(as_of: str) -> tuple[int, int, tuple[int, ...]]:
    """(awaiting, not due, 1–30, 31–60, 61–90, over 90 days) as of a day; both engines of one mind."""
    (row,) = aging(as_of=day(as_of), engine="database", scope=EVERYTHING).totals
    return row.awaiting, row.not_due, row.aged


def dues() -> list[date | None]:
    return list(OpenItem.objects.order_by("item_id").values_list("due_date", flat=True))


def test_a_corrected_day_of_signature_moves_what_it_made_due(contract: int, items: list[int]) -> None:
    sign(contract, "2026-01-10", version=1)
    sign(contract, "2026-01-08", version=2)
    assert dues() == [day("2026-01-18"), None, None]
    assert aged("2026-01-18") == (PARTS[1] + PARTS[2], PARTS[0], (0, 0, 0, 0))
    assert check_ledger() == []


def test_a_day_of_signature_on_which_money_rests_is_not_corrected(
    books: Books, contract: int, items: list[int]
) -> None:
    sign(contract, "2026-01-10", version=1)
    receipt = books.post("receipt", PARTS[0], "2026-02-05")
    books.settle(receipt, items[0], PARTS[0], "2026-02-05")
    before = (Event.objects.count(), Schedule.objects.count(), MilestoneEvent.objects.count())
    with pytest.raises(Refusal) as refused:
        sign(contract, "2026-01-08", version=2)
    assert refused.value.code == "milestone_has_dependants"
    assert (Event.objects.count(), Schedule.objects.count(), MilestoneEvent.objects.count()) == before
    assert terms_of(contract).signed_on == day("2026-01-10")


def test_only_what_a_schedule_divides_is_an_instalment(books: Books, contract: int, items: list[int]) -> None:
    """An item that its event made due is whole still, though its date stands in a schedule."""
    sign(contract, "2026-01-10", version=1)
    divided = books.post("invoice", 100, "2026-02-01", document_number="INV-2")
    halves = [Line(day("2026-03-01"), "", 40), Line(day("2026-04-01"), "", 60)]
    record_schedule(item_id=divided, lines=halves, effective_on=day("2026-02-01"), reason="plan", **LATER)
    rows = items_page(ItemFilter(), as_of=day("2026-05-01"), scope=EVERYTHING).rows
    told = sorted((row.item_id, row.line, row.instalment) for row in rows)
    assert told == [(items[0], 1, 0), (items[1], 0, 0), (items[2], 0, 0), (divided, 1, 1), (divided, 2, 2)]


def test_30_50_20_from_signing_to_the_end_of_warranty(books: Books, contract: int, items: list[int]) -> None:
    first, second, third = PARTS
    assert dues() == [None, None, None]
    assert aged("2026-01-10") == (WHOLE, 0, (0, 0, 0, 0))

    sign(contract, "2026-01-10", version=1)
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
    for on, due in (("2026-06-14", None), ("2026-06-15", day("2026-07-15")), ("2026-09-01", day("2026-07-15"))):
        assert schedule_of(items[1], day(on)).lines[0].due_date == due, on
    assert check_ledger() == []


def test_an_event_that_nothing_awaits_is_recorded_and_taken_back_all_the_same(contract: int) -> None:
    event = happened(contract, "acceptance", "2026-06-15")
    assert Schedule.objects.count() == 0
    withdraw_milestone(event_id=event, reason="错", **LATER)
    assert standing(contract) == {}


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

    monkeypatch.setattr(milestones, "record_schedules", broken)
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


def delivered() -> None:
    deliver_all(subscribers(), clock=lambda: LATER["at"])


@pytest.mark.django_db(transaction=True)
def test_what_reopens_after_its_event_falls_due_and_no_third_time(
    books: Books, contract: int, items: list[int]
) -> None:
    receipt = books.post("receipt", PARTS[1], "2026-05-20")
    settlement = books.settle(receipt, items[1], PARTS[1], "2026-05-20")
    event = happened(contract, "acceptance", "2026-06-15")
    assert Schedule.objects.count() == 0, "paid before: nothing of it waits"
    delivered()
    reverse_settlement(settlement_id=settlement, reason="错", **LATER)
    for _ in range(2):
        delivered()
        assert OpenItem.objects.get(item_id=items[1]).due_date == day("2026-07-15")
    assert Schedule.objects.count() == 1
    withdraw_milestone(event_id=event, reason="错", **LATER)
    assert OpenItem.objects.get(item_id=items[1]).due_date is None
    assert check_ledger() == []


@pytest.mark.django_db(transaction=True)
def test_what_a_batch_opens_again_falls_due(books: Books, contract: int, items: list[int]) -> None:
    settlement = books.settle(books.post("receipt", PARTS[1], "2026-05-20"), items[1], PARTS[1], "2026-05-20")
    happened(contract, "acceptance", "2026-06-15")
    delivered()
    draft = Draft(books.company, 7, LATER["actor"], LATER["at"])
    standing_one = settlements_where("s.id = %s", [settlement])
    draft.touch(states_where("i.id IN (%s, %s)", [standing_one["credit_id"][0], standing_one["debit_id"][0]]))
    reverse_standing(draft, standing_one.with_columns(first_reason="reason"), "undo")
    told = {"at": LATER["at"], "company_id": books.company.pk, "payload": {"batch_id": 7}}
    write(draft, first=lambda: None, last=lambda: announce("connectors.undone", **told))
    assert OpenItem.objects.get(item_id=items[1]).due_date is None
    delivered()
    assert OpenItem.objects.get(item_id=items[1]).due_date == day("2026-07-15")
    assert check_ledger() == []


@pytest.mark.django_db(transaction=True)
def test_rescheduled_to_await_what_has_happened_it_falls_due(contract: int, items: list[int]) -> None:
    event = happened(contract, "acceptance", "2026-06-15")
    delivered()
    lines = [Line(None, "验收", PARTS[1])]
    record_schedule(item_id=items[1], lines=lines, effective_on=day("2026-08-01"), reason="plan", **LATER)
    assert OpenItem.objects.get(item_id=items[1]).due_date is None
    for _ in range(2):
        delivered()
    assert OpenItem.objects.get(item_id=items[1]).due_date == day("2026-07-15")
    assert Schedule.objects.filter(item_id=items[1]).count() == 3
    withdraw_milestone(event_id=event, reason="错", **LATER)
    for on in ("2026-06-15", "2026-07-31", "2026-08-01", "2027-12-31"):
        assert schedule_of(items[1], day(on)).lines == (lines[0],), on
    assert check_ledger() == []


def test_paid_when_its_event_is_taken_back_it_awaits_it_when_opened_again(
    books: Books, contract: int, items: list[int]
) -> None:
    event = happened(contract, "acceptance", "2026-06-15")
    settlement = books.settle(books.post("receipt", PARTS[1], "2026-05-20"), items[1], PARTS[1], "2026-05-20")
    withdraw_milestone(event_id=event, reason="错", **LATER)
    assert dues() == [None, None], "the receipt and the item are closed"
    reverse_settlement(settlement_id=settlement, reason="错", **LATER)
    assert OpenItem.objects.get(item_id=items[1]).due_date is None
    assert schedule_of(items[1]).lines[0].awaits == "验收"
    assert check_ledger() == []


@pytest.mark.parametrize("order", [("acceptance", "end_of_warranty"), ("end_of_warranty", "acceptance")])
def test_of_two_milestones_on_one_item_each_is_taken_back_alone(
    books: Books, contract: int, order: tuple[str, str]
) -> None:
    item = books.post("invoice", 100, "2026-02-01", awaits="signing", contract_number=NUMBER)
    lines = [Line(None, "acceptance", 80), Line(None, "end_of_warranty", 20)]
    record_schedule(item_id=item, lines=lines, effective_on=day("2026-03-01"), reason="plan", **LATER)
    events = {
        "acceptance": happened(contract, "acceptance", "2026-06-15"),
        "end_of_warranty": happened(contract, "end_of_warranty", "2028-06-15"),
    }
    due = {"acceptance": day("2026-07-15"), "end_of_warranty": day("2028-06-30")}
    assert [line.due_date for line in schedule_of(item).lines] == [*due.values()]
    for milestone in order:
        withdraw_milestone(event_id=events[milestone], reason="错", **LATER)
        due[milestone] = None  # type: ignore[assignment]
        for on in ("2026-06-15", "2028-06-14", "2028-06-15", "2028-12-31"):
            told = due if on >= "2028-06-15" else {**due, "end_of_warranty": None}
            assert [line.due_date for line in schedule_of(item, day(on)).lines] == [*told.values()], (milestone, on)
    assert list(schedule_of(item).lines) == lines
    assert check_ledger() == []


@pytest.mark.django_db(transaction=True)
def test_however_many_items_are_late_as_many_statements_bring_them_up(books: Books, contract: int) -> None:
    happened(contract, "acceptance", "2026-06-15")
    delivered()
    spent = []
    for count in (2, 40):
        late = [
            Posting(
                books.customer.id, "invoice", "CNY", 100, day("2026-07-01"), day("2026-07-01"),
                awaits="acceptance", contract_number=NUMBER,
            )
            for _ in range(count)
        ]  # fmt: skip
        ids = post_items(company=books.company, postings=late, **LATER)
        event = Announced(0, 0, "receivables.posted", books.company.pk, books.customer.pk, {"items": ids}, LATER["at"])
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            catch_up(event)
        # Rows for which the driver repeats a statement are told as one.
        spent.append(len(queries))
        assert set(OpenItem.objects.filter(item_id__in=ids).values_list("due_date", flat=True)) == {day("2026-07-15")}
    assert spent[0] == spent[1] < 40


def test_however_many_items_an_event_made_due_as_many_statements_take_it_back(books: Books, contract: int) -> None:
    spent = []
    for count in (2, 40):
        for _ in range(count):
            books.post("invoice", 100, "2026-02-01", awaits="acceptance", contract_number=NUMBER)
        event = happened(contract, "acceptance", "2026-06-15")
        with CaptureQueriesContext(connection) as queries:
            withdraw_milestone(event_id=event, reason="错", **LATER)
        spent.append(len(queries))
        assert set(dues()) == {None}
    assert spent[0] == spent[1] < 60


def test_the_wiring_listens_to_what_the_ledger_follows() -> None:
    wired = next(one for one in counters() if one.name == "receivables.milestones")
    assert wired.kinds == KINDS


def of_the_other(books: Books, posted_on: str = "2026-02-01") -> int:
    """An item of the other customer that names this one's contract and awaits its acceptance."""
    more = {"awaits": "acceptance", "contract_number": NUMBER, "customer_id": books.other.pk}
    return books.post("invoice", 100, posted_on, **more)


def due_of(item: int) -> date | None:
    return OpenItem.objects.get(item_id=item).due_date


@pytest.mark.django_db(transaction=True)
def test_of_customers_that_are_one_an_event_makes_the_items_of_both_due(books: Books, contract: int) -> None:
    foreign, merging = of_the_other(books), {"reason": "同一户", **LATER}
    merge = merge_customers(from_id=books.customer.pk, into_id=books.other.pk, **merging)
    event = happened(contract, "acceptance", "2026-06-15")
    assert due_of(foreign) == day("2026-07-15")
    late = of_the_other(books, "2026-07-01")
    delivered()
    assert due_of(late) == day("2026-07-15")
    # What came of it while they were one is undone with the event, also when they are two again.
    undo_merge(merge_id=merge, **merging)
    later = of_the_other(books, "2026-07-02")
    delivered()
    withdraw_milestone(event_id=event, reason="错", **LATER)
    assert [due_of(one) for one in (foreign, late, later)] == [None, None, None]
    assert check_ledger() == []


@pytest.mark.django_db(transaction=True)
def test_customers_that_become_one_catch_up_with_what_has_happened(books: Books, contract: int) -> None:
    foreign = of_the_other(books)
    elsewhere = books.post("invoice", 100, "2026-02-01", awaits="acceptance", contract_number="JL-2026-009")
    happened(contract, "acceptance", "2026-06-15")
    delivered()
    assert due_of(foreign) is None
    merge_customers(from_id=books.other.pk, into_id=books.customer.pk, reason="同一户", **LATER)
    for _ in range(2):
        delivered()
        assert (due_of(foreign), due_of(elsewhere)) == (day("2026-07-15"), None)
    assert Schedule.objects.count() == 1
    assert check_ledger() == []
