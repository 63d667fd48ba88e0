"""The plan of a month: what is drafted, who changes and agrees it, what came of it, and the collection rate."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.act.planning.domain.actual import Actual, Moved, actual_of
from huikuan.act.planning.domain.drafting import Expected, Owed, expected
from huikuan.act.planning.models import PlanVersion
from huikuan.act.planning.operations.plans import Drafted, agree_lines, edit_line, explain_line
from huikuan.act.planning.queries.actual import claims_moved, days_of
from huikuan.act.planning.queries.plans import Asking, plan_line, sums_of, versions_of_line
from huikuan.act.planning.tests.conftest import AT, BY, DECEMBER, NOVEMBER, TODAY, Plans
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.operations.merging import merge_customers
from huikuan.record.disputes.tests.conftest import person, refused
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.operations.schedules import record_schedule

DAY = timedelta(days=1)
KEY = (1, "", "CNY")


def test_what_is_late_comes_this_month_what_is_promised_on_its_day_and_nothing_of_what_is_disputed() -> None:
    owed = [
        Owed(KEY, 100, date(2026, 9, 1)),
        Owed(KEY, 50, date(2026, 11, 20)),
        Owed(KEY, 70, date(2026, 12, 5)),
        Owed(KEY, 30, None),
        Owed((2, "HT", "CNY"), 80, date(2026, 9, 1), promised=60, promised_by=date(2026, 12, 10)),
        Owed((3, "", "CNY"), 40, date(2026, 9, 1), paused=40),
    ]
    assert expected(owed, NOVEMBER, TODAY) == {
        KEY: Expected(150, date(2026, 11, 20)), (2, "HT", "CNY"): Expected(20, TODAY)
    }  # fmt: skip
    assert expected(owed, DECEMBER, TODAY) == {
        KEY: Expected(70, date(2026, 12, 5)), (2, "HT", "CNY"): Expected(60, date(2026, 12, 10))
    }  # fmt: skip


def test_a_plan_is_drafted_from_what_is_due_by_contract(plans: Plans) -> None:
    plans.due(100_00, "2026-10-01", contract_number="HT-1")
    later = plans.due(80_00, "2026-11-10", contract_number="HT-1")
    plans.due(50_00, "2026-12-10")
    disputed = plans.due(40_00, "2026-10-01")
    plans.dispute(disputed, 30_00)
    lines = [Line(date(2026, 11, 15), "", 30_00), Line(date(2026, 12, 15), "", 50_00)]
    record_schedule(item_id=later, lines=lines, effective_on=TODAY, reason="extension", **BY)
    assert plans.draft() == Drafted(2, 0, 0)
    told = [(row.contract_number, row.amount, row.planned_on, row.state) for row in plans.rows()]
    assert told == [("HT-1", 130_00, date(2026, 11, 15), "drafted"), ("", 10_00, TODAY, "drafted")]
    assert plans.draft(DECEMBER).made == 2
    assert sorted(row.amount for row in plans.rows(DECEMBER)) == [50_00, 50_00]
    assert refused(lambda: plans.draft(date(2026, 10, 1))) == "plan_month_bad"
    assert refused(lambda: plans.draft(date(2026, 11, 2))) == "plan_month_bad"


def test_an_instalment_plan_over_two_claims_brings_each_instalment_once(plans: Plans) -> None:
    """60,000 and 40,000, to be paid in 30,000, 30,000 and 40,000: the first two on the first claim, the last on the
    second."""
    first, second = plans.due(60_000_00, "2026-10-01"), plans.due(40_000_00, "2026-10-08")
    agreed = [(date(2026, 12, 15), 30_000_00), (date(2027, 1, 15), 30_000_00), (date(2027, 2, 15), 40_000_00)]
    plans.instalments((first, second), agreed)
    months = (NOVEMBER, DECEMBER, date(2027, 1, 1), date(2027, 2, 1))
    for month in months:
        plans.draft(month)
    assert [[(row.amount, row.planned_on) for row in plans.rows(month)] for month in months] == [
        [], *([(amount, on)] for on, amount in agreed)
    ]  # fmt: skip
    # Part of the first is paid early: what is left of it is expected, and nothing else moves.
    plans.settle(plans.post("receipt", 10_000_00, "2026-11-02"), first, 10_000_00, "2026-11-02")
    for month in months:
        plans.draft(month, at=AT + DAY)
    assert [[row.amount for row in plans.rows(month, TODAY + DAY) if row.line_id] for month in months[1:]] == [
        [20_000_00], [30_000_00], [40_000_00]
    ]  # fmt: skip


def test_drafted_again_it_follows_what_people_left_alone(plans: Plans) -> None:
    plans.due(100_00, "2026-11-10")
    plans.due(60_00, "2026-11-10", contract_number="HT-1")
    plans.draft()
    first, second = plans.rows()
    said = {"amount": 70_00, "planned_on": date(2026, 11, 25), "method": "bill", "owner": " li ", "strategy": "上门"}
    edit_line(line_id=second.line_id, seen_version=1, changes=said, **BY)
    plans.due(20_00, "2026-11-12", contract_number="HT-1")
    plans.due(30_00, "2026-11-12")
    plans.settle(plans.post("receipt", 40_00), claims_moved(plans.company.id, NOVEMBER, TODAY)[0].item_id, 40_00,
                 "2026-11-02")  # fmt: skip
    assert plans.draft(at=AT + DAY) == Drafted(0, 1, 1)
    rows = {row.line_id: row for row in plans.rows(day=TODAY + DAY)}
    # 40 of it came, 60 is still to come, and 30 came to be due.
    assert (rows[first.line_id].amount, rows[first.line_id].version) == (130_00, 2)
    assert rows[first.line_id].planned_on == date(2026, 11, 12)
    edited = rows[second.line_id]
    assert (edited.amount, edited.method, edited.owner, edited.strategy, edited.state) == (
        70_00, "bill", "li", "上门", "edited"
    )  # fmt: skip
    assert plans.draft(at=AT + DAY) == Drafted(0, 0, 1)
    # As of the day before.
    assert {row.line_id: row.amount for row in plans.rows()}[first.line_id] == 100_00
    told = versions_of_line(second.line_id, Asking(EVERYTHING, plans.company.id, TODAY))
    assert [(one.version, one.amount) for one in told] == [(2, 70_00), (1, 60_00)]


def test_drafted_again_what_came_already_stays_planned(plans: Plans) -> None:
    """Planned on the 1st, 40 of 100 come on the 2nd: the plan is met to two fifths, however often it is drafted."""
    claim = plans.due(100_00, "2026-11-20")
    ahead = plans.due(50_00, "2026-12-10", contract_number="HT-2")
    plans.draft(at=AT - DAY)
    plans.draft(DECEMBER, at=AT - DAY)
    plans.settle(plans.post("receipt", 40_00, "2026-11-02"), claim, 40_00, "2026-11-02")
    assert plans.draft(at=AT + DAY) == Drafted(0, 0, 0)
    (row,) = plans.rows(day=TODAY + DAY)
    assert (row.amount, row.actual.cash, row.fulfilled_e4, row.missing) == (100_00, 40_00, 4_000, 60_00)
    plans.settle(plans.post("receipt", 60_00, "2026-11-03"), claim, 60_00, "2026-11-03")
    assert plans.draft(at=AT + 2 * DAY) == Drafted(0, 0, 0)
    (row,) = plans.rows(day=TODAY + 2 * DAY)
    assert (row.amount, row.planned_on, row.fulfilled_e4) == (100_00, date(2026, 11, 20), 10_000)
    # A month ahead brings what is still to come in it: what is paid before it is not its.
    plans.settle(plans.post("receipt", 20_00, "2026-11-03"), ahead, 20_00, "2026-11-03")
    assert plans.draft(DECEMBER, at=AT + 2 * DAY) == Drafted(0, 1, 0)
    assert [line.amount for line in plans.rows(DECEMBER, TODAY + 2 * DAY) if line.line_id] == [30_00]


def test_drafted_first_in_mid_month_it_plans_what_came_too(plans: Plans) -> None:
    claim = plans.due(100_00, "2026-11-20")
    unplanned = plans.due(5_00, "2026-11-05", customer_id=plans.other.id)
    plans.settle(plans.post("receipt", 40_00, "2026-11-02"), claim, 40_00, "2026-11-02")
    plans.settle(plans.post("receipt", 5_00, "2026-11-02", customer_id=plans.other.id), unplanned, 5_00, "2026-11-02")
    assert plans.draft(at=AT + DAY) == Drafted(1, 0, 0)
    told = [(row.amount, row.actual.cash, row.fulfilled_e4) for row in plans.rows(day=TODAY + DAY)]
    # What came of claims of which nothing is to come was not planned.
    assert told == [(100_00, 40_00, 4_000), (0, 5_00, None)]


def test_another_agrees_what_somebody_edited_and_a_change_needs_agreeing_anew(plans: Plans) -> None:
    plans.due(100_00, "2026-11-10")
    plans.draft()
    (row,) = plans.rows()
    manager, clerk = person("sun", "finance_manager"), person("qian", "collector")
    edit_line(line_id=row.line_id, seen_version=1, changes={"amount": 90_00}, actor=manager, at=AT)
    assert refused(lambda: agree_lines(versions={row.line_id: 2}, actor=manager, at=AT)) == "plan_agree_own"
    # A collector agrees nothing, so for agreeing the line is out of reach.
    assert refused(lambda: agree_lines(versions={row.line_id: 2}, actor=clerk, at=AT)) == "plan_line_unknown"
    edit_line(line_id=row.line_id, seen_version=2, changes={"note": "已电话确认"}, actor=clerk, at=AT)
    assert refused(lambda: agree_lines(versions={row.line_id: 2}, actor=manager, at=AT)) == "plan_changed_since"
    assert agree_lines(versions={row.line_id: 3}, actor=manager, at=AT) == 1
    assert agree_lines(versions={row.line_id: 4}, actor=manager, at=AT) == 0
    explain_line(line_id=row.line_id, slip="cash_strain", words="下月付", actor=clerk, at=AT)
    (row,) = plans.rows()
    assert (row.state, row.slip, row.slip_note, row.amount) == ("agreed", "cash_strain", "下月付", 90_00)
    edit_line(line_id=row.line_id, seen_version=5, changes={"amount": 80_00}, actor=clerk, at=AT)
    assert plans.rows()[0].state == "edited"


def test_who_edited_does_not_agree_though_another_explained_it_since(plans: Plans) -> None:
    plans.due(100_00, "2026-11-10")
    plans.draft()
    (row,) = plans.rows()
    manager, other, clerk = (
        person("sun", "finance_manager"), person("zhou", "finance_manager"), person("qian", "collector"),
    )  # fmt: skip
    edit_line(line_id=row.line_id, seen_version=1, changes={"amount": 90_00}, actor=manager, at=AT)
    explain_line(line_id=row.line_id, slip="cash_strain", words="下月付", actor=clerk, at=AT)
    assert refused(lambda: agree_lines(versions={row.line_id: 3}, actor=manager, at=AT)) == "plan_agree_own"
    assert agree_lines(versions={row.line_id: 3}, actor=other, at=AT) == 1
    edit_line(line_id=row.line_id, seen_version=4, changes={"amount": 80_00}, actor=clerk, at=AT)
    assert agree_lines(versions={row.line_id: 5}, actor=manager, at=AT) == 1


def test_a_line_follows_a_customer_that_was_merged(plans: Plans) -> None:
    """Planned under one customer, edited, then merged into the other: its money comes on the same line."""
    claim = plans.due(100_00, "2026-11-10")
    plans.draft()
    (row,) = plans.rows()
    edit_line(line_id=row.line_id, seen_version=1, changes={"amount": 90_00}, **BY)
    merge_customers(from_id=plans.customer.id, into_id=plans.other.id, reason="同一户", confirmed=True, **BY)
    plans.settle(plans.post("receipt", 40_00), claim, 40_00, "2026-11-02")
    (row,) = plans.rows()
    assert (row.customer_id, row.amount, row.actual.cash) == (plans.other.id, 90_00, 40_00)
    assert plan_line(row.line_id, Asking(EVERYTHING, plans.company.id, TODAY)) == row
    assert plans.draft(at=AT + DAY) == Drafted(0, 0, 1)


def test_what_cannot_be_said_is_refused(plans: Plans) -> None:
    plans.due(100_00, "2026-11-10")
    plans.draft()
    line = plans.rows()[0].line_id
    for changes, code in (
        ({"amount": -1}, "plan_amount_bad"), ({"method": "barter"}, "plan_method_unknown"),
        ({"planned_on": date(2026, 12, 1)}, "plan_day_outside"),
    ):  # fmt: skip
        assert refused(lambda changes=changes: edit_line(line_id=line, seen_version=1, changes=changes, **BY)) == code
    assert refused(lambda: edit_line(line_id=line, seen_version=2, changes={}, **BY)) == "plan_changed_since"
    assert refused(lambda: explain_line(line_id=line, slip="weather", words="x", **BY)) == "plan_slip_unknown"
    assert refused(lambda: explain_line(line_id=line, slip="other", words=" ", **BY)) == "plan_words_missing"
    assert refused(lambda: edit_line(line_id=10**9, seen_version=1, changes={}, **BY)) == "plan_line_unknown"
    assert PlanVersion.objects.count() == 1


# What came ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moved", "actual"),
    [
        # 100 due, 40 paid before the month, 30 in it.
        (Moved(100, 40, 30, 0, 70), Actual(30, 0, 30, 30)),
        # A credit note of 20 leaves less to collect, and is not collected.
        (Moved(100, 0, 50, 0, 70), Actual(50, 0, 50, 30)),
        # 60 of 100 are due: what is paid beyond is ahead of time.
        (Moved(60, 0, 80, 0, 80), Actual(80, 0, 60, 0)),
        # A bill settles the claim; it counts once it is paid.
        (Moved(100, 0, 0, 100, 100), Actual(0, 100, 0, 0)),
        (Moved(0, 0, 10, 0, 10), Actual(10, 0, 0, 0)),
    ],
)
def test_the_part_of_a_claim(moved: Moved, actual: Actual) -> None:
    assert actual_of(moved) == actual


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_the_rate_lies_between_nothing_and_all(matured: int, before: int, cash: int, other: int) -> None:
    amount = 100
    settled = min(before, amount)
    in_month = min(cash, amount - settled)
    rest = min(other, amount - settled - in_month)
    told = actual_of(Moved(matured, settled, in_month, 0, settled + in_month + rest))
    assert told.rate_e4 is None or 0 <= told.rate_e4 <= 10_000
    assert told.collected <= told.cash
    assert told.matured <= max(matured - settled, 0)


def test_the_month_against_the_ledger(plans: Plans) -> None:
    first = plans.due(100_00, "2026-10-01", contract_number="HT-1")
    second = plans.due(80_00, "2026-11-10")
    plans.draft()
    receipt = plans.post("receipt", 90_00, "2026-11-05")
    plans.settle(receipt, first, 60_00, "2026-11-05")
    plans.settle(receipt, first, 10_00, "2026-11-20")
    plans.settle(receipt, second, 20_00, "2026-12-02")
    unplanned = plans.due(5_00, "2026-11-30", customer_id=plans.other.id)
    plans.settle(plans.post("receipt", 5_00, "2026-11-06", customer_id=plans.other.id), unplanned, 5_00, "2026-11-06")
    rows = plans.rows(day=date(2026, 11, 15))
    told = [(row.contract_number, row.amount, row.actual.cash, row.actual.rate_e4, row.missing) for row in rows]
    # On the 15th: of HT-1 60 of 100, of the other nothing of 80.
    assert told == [("HT-1", 100_00, 60_00, 6_000, 40_00), ("", 80_00, 0, 0, 80_00), ("", 0, 5_00, None, -5_00)]
    (total,) = sums_of(plans.rows(day=date(2026, 12, 31)))
    # What came in December is December's: 75 of 185 that had matured.
    assert (total.amount, total.actual.cash, total.actual.matured) == (180_00, 75_00, 185_00)
    assert (total.actual.rate_e4, total.fulfilled_e4) == (4_054, 4_167)
    key = (plans.customer.id, "HT-1", "CNY")
    assert days_of(plans.company.id, key, NOVEMBER, date(2026, 12, 31)) == [
        (date(2026, 11, 5), 60_00, 60_00), (date(2026, 11, 20), 10_00, 70_00)
    ]  # fmt: skip
