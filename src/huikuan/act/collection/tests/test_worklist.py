"""The worklist over a real ledger: who comes first, what is left alone and why, and that it goes by the rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huikuan.act.collection.domain.deciding import Stop
from huikuan.act.collection.domain.priority import Expected, Habits, Rates, expected
from huikuan.act.collection.domain.strategy import UNAPPLIED
from huikuan.act.collection.operations.holding import hold, release
from huikuan.act.collection.policies import WORKLIST_KIND
from huikuan.act.collection.queries.worklist import Worklist, work_row, worklist
from huikuan.act.visits.domain.visits import Ended
from huikuan.act.visits.operations import finish_visit, plan_visit, record_call
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import version
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
from huikuan.record.customers.operations.merging import merge_customers
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.promises.operations import promise_payment
from huikuan.record.receivables.tests.conftest import Books

DAY = date(2026, 11, 16)
AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"actor": "liyuan", "at": AT}


def expected_by_rule(owed: tuple[int, ...], habits: Habits) -> Expected:
    return expected(owed, habits, Rates())


def invoice(books: Books, customer: int, amount: int, late: int, number: str = "") -> int:
    due = date.fromordinal(DAY.toordinal() - late)
    posted = date(2026, 1, 5).isoformat()
    return books.post("invoice", amount, posted, customer_id=customer, due_date=due, document_number=number)


def listed(books: Books, **more: Any) -> Worklist:
    return worklist(books.company, scope=EVERYTHING, as_of=DAY, **more)


@pytest.fixture
def books(transactional_db: None, data_folder: Any) -> Books:
    return Books()


def test_a_company_says_its_own_figures_and_a_past_day_keeps_those_it_had(books: Books) -> None:
    north, south = books.customer.id, books.other.id
    invoice(books, north, 100_000_00, 120)
    invoice(books, south, 80_000_00, 40)
    own = {"ends": [30, 60, 100], "comes": [35, 25, 15, 0], "lifts": [12, 18, 15, 60]}
    put_in_force(books.company, WORKLIST_KIND, own)
    found = listed(books)
    assert [row.customer_id for row in found.rows] == [north, south]
    # Nothing comes alone of what is over 100 days late, and a call brings 60 % of it.
    assert (found.rows[0].expected, found.rates.ends) == (Expected(0, 60_000_00), (30, 60, 100))
    before = worklist(books.company, scope=EVERYTHING, as_of=DAY - timedelta(days=1))
    assert ([row.customer_id for row in before.rows], before.rates) == ([south, north], Rates())


def put_in_force(company: Company, kind: str, document: dict[str, Any]) -> None:
    """As two people do, today."""
    for name, role in (("shen", "credit_manager"), ("zhou", "finance_manager")):
        add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT)
        grant_role(username=name, role=role, actor="cli:root", at=AT)
    number = policies.draft(kind=kind, company_id=company.pk, document=document, actor="shen", at=AT)
    policies.approve(version_id=number, digest=version(number).digest, actor="zhou", at=AT)
    policies.put_in_force(version_id=number, effective_at=AT, actor="zhou", at=AT)


def test_who_comes_first_is_whom_a_contact_brings_more_of(books: Books) -> None:
    north, south = books.customer.id, books.other.id
    invoice(books, north, 100_000_00, 120)
    invoice(books, south, 80_000_00, 40)
    invoice(books, south, 20_000_00, 0)  # due today is not late
    found = listed(books)
    rows = {row.customer_id: row for row in found.rows}
    assert [row.customer_id for row in found.rows] == [south, north], "older money comes less by a call"
    assert rows[south].overdue == rows[south].pursued == 80_000_00
    assert (rows[south].longest, rows[north].longest) == (40, 120)
    for late, row in (((0, 80_000_00, 0, 0), rows[south]), ((0, 0, 0, 100_000_00), rows[north])):
        due = sum(late) if row is rows[north] else 80_000_00
        assert row.habits == Habits(due=due, in_time=0)
        assert row.expected == expected_by_rule(late, row.habits)
    assert found.total == sum(row.expected.more for row in found.rows)
    assert listed(books, limit=1).rest == rows[north].expected.more
    assert worklist(books.company, scope=NOTHING, as_of=DAY).rows == ()


def test_a_punctual_payer_is_told_from_the_ledger(books: Books) -> None:
    for late in (200, 100):
        item = invoice(books, books.customer.id, 50_000_00, late)
        paid = books.post("receipt", 50_000_00, "2026-02-01", customer_id=books.customer.id)
        books.settle(paid, item, 50_000_00, "2026-02-01")
    invoice(books, books.customer.id, 100_000_00, 10)
    [row] = listed(books).rows
    assert row.habits == Habits(due=200_000_00, in_time=100_000_00)
    # 35 % × 1.0 comes alone, a call brings 12 % of the rest
    assert row.expected == Expected(35_000_00, 7_800_00)


def test_promised_and_disputed_parts_are_left_alone_with_their_reason(books: Books) -> None:
    north = books.customer.id
    item = invoice(books, north, 268_000_00, 54)
    other = invoice(books, north, 186_200_00, 27)
    said = {"customer_id": north, "company_id": books.company.pk, "said_by": "顾经理", "source": "phone", **WHO}
    promise = promise_payment(parts=[(item, 100_000_00)], by=date(2026, 11, 25), **said)
    dispute = raise_dispute(
        company_id=books.company.pk, item_id=other, amount=12_000_00, reason="quality", source="call", **WHO
    )
    [row] = listed(books).rows
    assert (row.overdue, row.pursued) == (454_200_00, 342_200_00)
    assert [(one.kind, one.amount, one.until, one.record_id, one.item_id) for one in row.left] == [
        ("promised", 100_000_00, date(2026, 11, 25), promise, item),
        ("disputed", 12_000_00, None, dispute, other),
    ]
    assert row.expected == expected_by_rule((174_200_00, 168_000_00, 0, 0), row.habits)
    promise_payment(parts=[(item, 268_000_00)], by=date(2026, 11, 25), **said)
    raise_dispute(company_id=books.company.pk, item_id=other, reason="price", source="call", **WHO)
    found = listed(books)
    assert found.rows == ()
    assert [(one.pursued, one.waits) for one in found.resting] == [(0, False)]


def test_what_is_held_back_is_left_alone_until_it_is_released(books: Books) -> None:
    north, south = books.customer.id, books.other.id
    item = invoice(books, north, 268_000_00, 54)
    invoice(books, north, 186_200_00, 27)
    invoice(books, south, 50_000_00, 40)
    whose = {"company": books.company, "reason": "董事长出面", **WHO}
    one = hold(customer_id=north, item_id=item, until=date(2026, 11, 18), **whose)
    whole = hold(customer_id=south, **whose)
    found = listed(books)
    [row] = found.rows
    assert (row.customer_id, row.pursued) == (north, 186_200_00)
    assert [(left.kind, left.amount, left.until, left.record_id) for left in row.left] == [
        ("held", 268_000_00, date(2026, 11, 18), one)
    ]
    [resting] = found.resting
    assert (resting.customer_id, resting.pursued, resting.left[0].record_id) == (south, 0, whole)
    hold(customer_id=north, **whose)
    assert listed(books).rows == ()
    assert sum(left.amount for left in listed(books).resting[0].left) == 454_200_00, "nothing of it twice"
    later = worklist(books.company, scope=EVERYTHING, as_of=date(2026, 11, 19))
    assert [left.record_id for left in later.resting[0].left if left.item_id == item] != [one]
    release(hold_id=whole, **WHO)
    assert [row.customer_id for row in listed(books).rows] == [south]


def test_a_call_puts_a_customer_off_and_a_later_day_brings_it_back(books: Books) -> None:
    invoice(books, books.customer.id, 268_000_00, 54)
    asked = {"customer_id": books.customer.id, "company_id": books.company.pk, "person_id": None}
    record_call(**asked, result="again", again_on=date(2026, 11, 18), **WHO)
    found = listed(books)
    assert (found.rows, found.called) == ((), 1)
    [resting] = found.resting
    assert (resting.again_on, resting.called, resting.pursued) == (date(2026, 11, 18), True, 268_000_00)
    assert worklist(books.company, scope=NOTHING, as_of=DAY).called == 0, "who sees nobody is told of no call"
    then = worklist(books.company, scope=EVERYTHING, as_of=date(2026, 11, 18))
    assert [row.customer_id for row in then.rows] == [books.customer.id]
    one = work_row(books.company, books.customer.id, scope=EVERYTHING, as_of=date(2026, 11, 18))
    assert one == then.rows[0]


def test_who_was_never_reached_is_worth_half(books: Books) -> None:
    invoice(books, books.customer.id, 100_000_00, 10)
    asked = {"customer_id": books.customer.id, "company_id": books.company.pk, "person_id": None, "actor": "li"}
    for day in (12, 13, 14):
        record_call(**asked, result="not_reached", at=datetime(2026, 11, day, 2, tzinfo=UTC))
    [row] = listed(books).rows
    assert row.habits.unreached == 3
    assert row.expected == expected_by_rule((100_000_00, 0, 0, 0), row.habits)
    assert (
        row.expected.more * 2
        == expected_by_rule((100_000_00, 0, 0, 0), Habits(row.habits.due, row.habits.in_time)).more
    )


def test_other_currencies_are_valued_and_those_without_a_rate_are_told(books: Books) -> None:
    books.rate("USD", "2026-01-01", 7 * 10**8)
    for currency, amount in (("USD", 10_000_00), ("JPY", 5_000)):
        books.post("invoice", amount, "2026-01-05", currency=currency, due_date=date(2026, 11, 1))
    [row] = listed(books).rows
    assert (row.overdue, listed(books).unvalued) == (70_000_00, 1)


def test_the_number_of_questions_does_not_grow_with_the_customers(books: Books) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as questions:
            listed(books)
        return len(questions)

    invoice(books, books.customer.id, 100_00, 10)
    listed(books)
    invoice(books, books.other.id, 100_00, 10)  # from here on there is a tail to read beside the mirror
    few = asked()
    for number in range(20):
        invoice(books, create_customer(master=Master(f"X{number}", f"第{number}机械有限公司"), **WHO), 100_00, 10)
    assert len(listed(books).rows) == 22
    assert asked() == few


def test_who_has_paid_all_that_is_overdue_rests_though_the_money_has_no_place_yet(books: Books) -> None:
    north, south = books.customer.id, books.other.id
    invoice(books, north, 100_000_00, 40)
    invoice(books, south, 80_000_00, 14)
    books.post("receipt", 99_999_99, "2026-11-01", customer_id=north)
    assert [row.customer_id for row in listed(books).rows] == [north, south], "0.01 is still to be asked for"
    books.post("receipt", 1, "2026-11-01", customer_id=north)
    found = listed(books)
    assert [row.customer_id for row in found.rows] == [south]
    [resting] = found.resting
    assert (resting.customer_id, resting.pursued) == (north, 100_000_00)
    assert resting.stop == Stop(UNAPPLIED, {"amount": 100_000_00, "currency": "CNY"})
    assert work_row(books.company, north, scope=EVERYTHING, as_of=DAY) == resting
    books.rate("USD", "2026-01-01", 7 * 10**8)
    books.post("invoice", 10_000_00, "2026-01-05", currency="USD", customer_id=north, due_date=date(2026, 11, 1))
    assert [row.customer_id for row in listed(books).rows] == [north, south], "no dollars came"


def test_small_money_without_a_place_is_no_reason_to_rest(books: Books) -> None:
    invoice(books, books.customer.id, 100_00, 40)
    books.post("receipt", 100_00, "2026-11-01", customer_id=books.customer.id)
    assert [row.customer_id for row in listed(books).rows] == [books.customer.id]


@pytest.fixture
def going(books: Books) -> dict[str, Any]:
    """A customer that owes 100,000.00 for 40 days, and who goes there."""
    invoice(books, books.customer.id, 100_000_00, 40)
    add_user(username="chen", password="a long pass phrase", actor="cli:root", at=AT)
    grant_role(username="chen", role="collector", actor="cli:root", at=AT)
    return {"customer_id": books.customer.id, "company_id": books.company.pk, "visitor": "chen"}


def rests(books: Books, day: date) -> date | None:
    """The day of the visit the customer rests for; it stands on the list or among those that rest."""
    found = worklist(books.company, scope=EVERYTHING, as_of=day)
    [row] = [*found.rows, *found.resting]
    assert (row in found.rows) == (row.visit_on is None)
    return row.visit_on


def test_whom_somebody_goes_to_rests_until_then(books: Books, going: dict[str, Any]) -> None:
    plan_visit(**going, planned_on=date(2026, 11, 18), purpose="collect", **WHO)
    [resting] = listed(books).resting
    assert (resting.visit_on, resting.waits) == (date(2026, 11, 18), False)
    then = worklist(books.company, scope=EVERYTHING, as_of=date(2026, 11, 19))
    assert [row.customer_id for row in then.rows] == [books.customer.id]


@pytest.mark.parametrize(("planned_on", "rests_for_it"), [(date(2026, 11, 30), True), (date(2026, 12, 1), False)])
def test_a_visit_more_than_two_weeks_off_is_no_reason_to_rest(
    books: Books, going: dict[str, Any], planned_on: date, rests_for_it: bool
) -> None:
    plan_visit(**going, planned_on=planned_on, purpose="collect", **WHO)
    assert rests(books, DAY) == (planned_on if rests_for_it else None)
    assert rests(books, date(2026, 11, 17)) == planned_on


def test_of_customers_that_are_one_the_first_visit_is_the_next(books: Books, going: dict[str, Any]) -> None:
    plan_visit(**going, planned_on=date(2026, 11, 17), purpose="collect", **WHO)
    merge_customers(from_id=books.other.id, into_id=books.customer.id, reason="同一家", **WHO)
    for day in (20, 16):
        other = {**going, "customer_id": books.other.id}
        plan_visit(**other, planned_on=date(2026, 11, day), purpose="collect", **WHO)
        assert rests(books, DAY) == date(2026, 11, min(day, 17))


@pytest.mark.parametrize("purpose", ["reconcile", "dispute", "care", "return"])
def test_a_visit_that_asks_for_no_money_is_no_reason_to_rest(
    books: Books, going: dict[str, Any], purpose: str
) -> None:
    plan_visit(**going, planned_on=date(2026, 11, 18), purpose=purpose, **WHO)
    assert rests(books, DAY) is None


def test_a_visit_is_a_reason_to_rest_from_the_day_it_was_planned_to_the_day_it_came_to_its_end(
    books: Books, going: dict[str, Any]
) -> None:
    # In Shanghai it is the 16th until 16:00 UTC.
    late = {"actor": "li", "at": datetime(2026, 11, 16, 15, 59, tzinfo=UTC)}
    visit = plan_visit(**going, planned_on=date(2026, 11, 27), purpose="collect", **late)
    assert [rests(books, date(2026, 11, day)) for day in (15, 16)] == [None, date(2026, 11, 27)]
    off = {"actor": "chen", "at": datetime(2026, 11, 18, 2, tzinfo=UTC)}
    finish_visit(visit_id=visit, ended=Ended("called_off"), **off)
    assert [rests(books, date(2026, 11, day)) for day in (17, 18)] == [date(2026, 11, 27), None]
