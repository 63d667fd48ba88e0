"""Schedules govern from their day, periods keep what is closed, rates are dated."""

from __future__ import annotations

from datetime import date

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.receivables.domain.schedules import Line, paid_first, waterfall
from huikuan.record.receivables.models import Item, OpenItem, Schedule
from huikuan.record.receivables.operations.periods import lock_period, unlock_period
from huikuan.record.receivables.operations.rates import record_rate
from huikuan.record.receivables.operations.schedules import reach_milestone, record_schedule
from huikuan.record.receivables.queries.periods import lock_history, locked_through
from huikuan.record.receivables.queries.rates import rate_on, rates
from huikuan.record.receivables.queries.schedules import schedule_of
from huikuan.record.receivables.tests.conftest import WHO, Books


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_in_between_two_changes_the_one_then_effective_governs(books: Books) -> None:
    item = books.post("invoice", 100, "2026-01-05", due_date=day("2026-02-01"))
    extended = [Line(day("2026-04-01"), "", 100)]
    plan = [Line(day("2026-05-01"), "", 40), Line(day("2026-06-01"), "", 60)]
    for lines, since in ((extended, "2026-03-01"), (plan, "2026-04-15")):
        record_schedule(item_id=item, lines=lines, effective_on=day(since), reason="extension", **WHO)
    seen = {since: schedule_of(item, day(since)) for since in ("2026-02-28", "2026-03-01", "2026-04-14", "2026-04-15")}
    assert [version.number for version in seen.values()] == [0, 1, 1, 2]
    assert seen["2026-02-28"].lines == (Line(day("2026-02-01"), "", 100),)
    assert seen["2026-04-15"].lines == tuple(plan)
    assert OpenItem.objects.get().due_date == day("2026-05-01")


def test_a_backdated_change_does_not_outrank_a_later_one(books: Books) -> None:
    item = books.post("invoice", 100, "2026-01-05", due_date=day("2026-02-01"))
    for due, since in (("2026-05-01", "2026-04-01"), ("2026-03-01", "2026-02-01")):
        lines = [Line(day(due), "", 100)]
        record_schedule(item_id=item, lines=lines, effective_on=day(since), reason="extension", **WHO)
    assert OpenItem.objects.get().due_date == day("2026-05-01")
    assert schedule_of(item, day("2026-03-15")).number == 2


def test_of_two_changes_of_one_day_the_newer_governs(books: Books) -> None:
    item = books.post("invoice", 100, "2026-01-05")
    for due in ("2026-05-01", "2026-03-01"):
        lines = [Line(day(due), "", 100)]
        record_schedule(item_id=item, lines=lines, effective_on=day("2026-02-01"), reason="extension", **WHO)
    assert OpenItem.objects.get().due_date == day("2026-03-01")


def test_a_milestone_gives_a_retention_its_due_date(books: Books) -> None:
    item = books.post("retention", 500, "2026-01-05", awaits="end_of_warranty")
    assert OpenItem.objects.get().due_date is None
    reached = {"due_date": day("2027-01-05"), "effective_on": day("2026-12-20")}
    assert reach_milestone(item_id=item, awaits="end_of_warranty", **reached, **WHO) == 1
    assert OpenItem.objects.get().due_date == day("2027-01-05")
    assert schedule_of(item, day("2026-12-19")).lines == (Line(None, "end_of_warranty", 500),)
    with pytest.raises(Refusal) as refused:
        reach_milestone(item_id=item, awaits="end_of_warranty", **reached, **WHO)
    assert refused.value.code == "nothing_awaits"


@pytest.mark.parametrize(
    ("lines", "since", "code"),
    [
        ([Line(date(2026, 5, 1), "", 99)], "2026-02-01", "schedule_sum_differs"),
        ([Line(date(2026, 5, 1), "", 101), Line(date(2026, 6, 1), "", -1)], "2026-02-01", "amount_not_positive"),
        ([Line(None, "", 100)], "2026-02-01", "due_or_awaits"),
        ([Line(date(2026, 5, 1), "", 100)], "2026-01-04", "effective_too_early"),
    ],
)
def test_a_refused_schedule_writes_nothing(books: Books, lines: list[Line], since: str, code: str) -> None:
    item = books.post("invoice", 100, "2026-01-05")
    with pytest.raises(Refusal) as refused:
        record_schedule(item_id=item, lines=lines, effective_on=day(since), reason="plan", **WHO)
    assert refused.value.code == code
    assert not Schedule.objects.exists()
    assert OpenItem.objects.get().due_date == day("2026-01-05")


def test_the_earliest_due_is_paid_first() -> None:
    lines = [Line(None, "acceptance", 20), Line(date(2026, 6, 1), "", 50), Line(date(2026, 5, 1), "", 30)]
    assert waterfall(lines, 55) == [Line(date(2026, 6, 1), "", 35), Line(None, "acceptance", 20)]
    assert waterfall(lines, 100) == [lines[2], lines[1], lines[0]]
    assert waterfall(lines, 0) == []
    assert paid_first(lines, 55) == [Line(date(2026, 5, 1), "", 30), Line(date(2026, 6, 1), "", 15)]
    assert paid_first(lines, 100) == []
    assert paid_first(lines, 0) == [lines[2], lines[1], lines[0]]


def test_nothing_posts_into_a_locked_period(books: Books) -> None:
    invoice, receipt = books.post("invoice", 100), books.post("receipt", 100)
    lock_period(company=books.company, through=day("2026-01-31"), **WHO)
    attempts = [
        lambda: books.post("invoice", 1, "2026-01-31"),
        lambda: books.settle(receipt, invoice, 1, "2026-01-31"),
        lambda: record_schedule(
            item_id=invoice,
            lines=[Line(day("2026-03-01"), "", 100)],
            effective_on=day("2026-01-31"),
            reason="x",
            **WHO,
        ),
    ]
    for attempt in attempts:
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.code == "period_locked"
    assert Item.objects.count() == 2
    # document and due dates may lie in it
    books.post("invoice", 1, "2026-02-01", document_date=day("2026-01-10"), due_date=day("2026-01-20"))
    books.settle(receipt, invoice, 1, "2026-02-01")
    Books("EAST").post("invoice", 1, "2026-01-31")


def test_locks_move_on_and_come_back_only_with_a_reason(books: Books) -> None:
    assert locked_through(books.company.id) is None
    lock_period(company=books.company, through=day("2026-02-28"), **WHO)
    for refuse, code in (
        (lambda: lock_period(company=books.company, through=day("2026-01-31"), **WHO), "period_already_locked"),
        (lambda: unlock_period(company=books.company, through=None, reason="", **WHO), "reason_needed"),
        (
            lambda: unlock_period(company=books.company, through=day("2026-03-31"), reason="x", **WHO),
            "period_not_locked",
        ),
    ):
        with pytest.raises(Refusal) as refused:
            refuse()
        assert refused.value.code == code
    unlock_period(company=books.company, through=day("2026-01-31"), reason="adjustment", **WHO)
    assert locked_through(books.company.id) == day("2026-01-31")
    assert [row.reason for row in lock_history(books.company.id)] == ["adjustment", ""]


def test_the_latest_rate_on_or_before_a_day_holds(books: Books) -> None:
    books.rate("USD", "2026-01-01", 700_000_000)
    books.rate("USD", "2026-02-01", 710_000_000)
    books.rate("USD", "2026-01-01", 701_000_000)
    found = [rate_on("USD", "CNY", day(text)) for text in ("2025-12-31", "2026-01-31", "2026-02-01")]
    assert [rate and rate.rate_e8 for rate in found] == [None, 701_000_000, 710_000_000]
    assert rate_on("CNY", "CNY", day("2020-01-01")).rate_e8 == 100_000_000
    assert [row.rate_e8 for row in rates("USD")] == [710_000_000, 701_000_000, 700_000_000]
    with pytest.raises(Refusal) as refused:
        record_rate(currency="CNY", quote_currency="CNY", on_date=day("2026-01-01"), rate_e8=1, source="", **WHO)
    assert refused.value.code == "rate_of_itself"
