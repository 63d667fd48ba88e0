"""The timeline tells what happened with one customer, newest first, with its record, to those who may see it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huikuan.act.collection.queries.story import MONEY, PEOPLE
from huikuan.act.collection.queries.timeline import timeline
from huikuan.act.collection.web.desk_customer import story_of
from huikuan.act.collection.web.desk_words import folded
from huikuan.act.collection.web.desk_words import told as wordings
from huikuan.act.collection.work import LAWYER
from huikuan.act.visits.domain.visits import Ended
from huikuan.act.visits.operations import check_in, finish_visit, plan_visit, record_call
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.work.operations import open_item
from huikuan.mechanisms.work.operations.opening import Wanted
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.promises.operations import promise_payment
from huikuan.record.receivables.tests.conftest import Books

DAY = date(2026, 11, 16)


def on(day: int) -> dict[str, Any]:
    return {"actor": "liyuan", "at": datetime(2026, 11, day, 2, tzinfo=UTC)}


@pytest.fixture
def told(db: None) -> Books:
    """A month with a customer: a visit, a promise, a call, a dispute, money."""
    books = Books()
    User.objects.create_user("liyuan")
    grant_role(username="liyuan", role="collector", actor="cli:root", at=datetime(2026, 11, 1, tzinfo=UTC))
    whose = {"customer_id": books.customer.id, "company_id": books.company.pk}
    item = books.post("invoice", 268_000_00, "2026-09-23", document_number="01827731")
    visit = plan_visit(**whose, planned_on=date(2026, 11, 3), visitor="liyuan", purpose="collect", **on(2))
    check_in(visit_id=visit, place="大丰厂区", **on(3))
    finish_visit(visit_id=visit, ended=Ended("met", "产线满负荷", ("running",)), **on(3))
    record_call(**whose, person_id=None, result="promised", note="25 号一定付", **on(10))
    promise_payment(**whose, parts=[(item, 100_000_00)], by=date(2026, 11, 25), said_by="顾", source="phone", **on(10))
    raise_dispute(
        company_id=books.company.pk, item_id=item, amount=12_000_00, reason="quality", source="call", **on(12)
    )
    books.post("receipt", 150_000_00, "2026-11-13", document_number="RC-9")
    return books


def test_newest_first_each_with_its_record(told: Books) -> None:
    found = timeline(told.customer.id, EVERYTHING, day=DAY)
    assert [(one.kind, one.what, one.on.day, one.amount) for one in found] == [
        ("payment", "receipt", 13, 150_000_00),
        ("dispute", "waiting", 12, 12_000_00),
        ("call", "promised", 10, None),
        ("promise", "open", 10, 100_000_00),
        ("visit", "met", 3, None),
    ]
    assert [one.link[0] if one.link else "" for one in found] == [
        "receivables:item", "disputes:dispute", "", "promises:promise", "visits:visit"
    ]  # fmt: skip
    assert found[2].words == "25 号一定付"


def test_payments_in_a_row_are_told_as_one_that_opens_to_them(told: Books) -> None:
    for day in (14, 15):
        told.post("receipt", 1_000_00 * day, f"2026-11-{day}", document_number=f"RC-{day}")
    lines = wordings(timeline(told.customer.id, EVERYTHING, day=DAY), {})
    first, *others = folded(lines)
    assert [one.entry.kind for one in others] == ["dispute", "call", "promise", "visit"]
    assert (first.entry.amount, first.entry.link, first.note) == (179_000_00, None, "11-13 – 11-15")
    assert [one.entry.amount for one in first.folded] == [15_000_00, 14_000_00, 150_000_00]
    assert folded(lines[1:]) == lines[1:], "two of them are told one by one"


def test_the_sum_of_payments_does_not_shrink_because_something_else_was_written_down(told: Books) -> None:
    for number in range(45):
        told.post(
            "receipt", 1_000_00, f"{date(2026, 11, 10) - timedelta(days=number)}", document_number=f"RC-{number}"
        )

    def sums() -> list[tuple[int, int | None, str]]:
        lines = story_of(told.customer.id, EVERYTHING, day=DAY, about="")
        return [(len(one.folded), one.entry.amount, one.note) for one in lines if one.folded]

    before = sums()
    assert before == [(7, 7_000_00, "11-04 – 11-10"), (38, 38_000_00, "09-27 – 11-03")]
    for hour in range(3):
        whose = {"customer_id": told.customer.id, "company_id": told.company.pk, "person_id": None}
        at = datetime(2026, 11, 14, hour, tzinfo=UTC)
        record_call(**whose, result="not_reached", actor="liyuan", at=at)
    assert sums() == before


def test_the_oldest_day_of_payments_is_told_whole(told: Books, monkeypatch: Any) -> None:
    for number in range(6):
        told.post("receipt", 1_000_00, f"2026-10-0{number // 2 + 1}", document_number=f"RC-{number}")
    monkeypatch.setattr("huikuan.act.collection.queries.timeline.MOST", 4)
    kept = [one for one in timeline(told.customer.id, EVERYTHING, day=DAY) if one.kind == "payment"]
    assert [(one.on.isoformat(), one.amount, one.shown.get("count", 1)) for one in kept] == [
        ("2026-11-13", 150_000_00, 1), ("2026-10-03", 1_000_00, 1), ("2026-10-03", 1_000_00, 1),
        ("2026-10-02", 2_000_00, 2),
    ]  # fmt: skip


def test_a_day_of_more_payments_than_are_told_is_told_whole(told: Books, monkeypatch: Any) -> None:
    for number in range(5):
        told.post("receipt", 1_000_00, "2026-11-14", document_number=f"RC-{number}")
    monkeypatch.setattr("huikuan.act.collection.queries.timeline.MOST", 4)
    told.post("receipt", 70_00, "2026-11-14", document_number="RC-USD", currency="USD")
    for about in ("", MONEY):
        lines = story_of(told.customer.id, EVERYTHING, day=DAY, about=about)
        paid = [(one.title, one.entry.amount) for one in lines if one.entry.kind == "payment"]
        assert paid == [("到账 5 笔，共 5,000.00", 5_000_00), ("到账 USD 70.00", 70_00)]
    told.post("receipt", 30_00, "2026-11-15", document_number="RC-LATER")
    lines = story_of(told.customer.id, EVERYTHING, day=DAY, about=MONEY)
    later = [one.title for one in lines if one.entry.kind == "payment"]
    assert later == ["到账 30.00", "到账 5 笔，共 5,000.00", "到账 USD 70.00"], "one newer payment hides no day"


def test_money_alone_is_told_in_whole_days_too(told: Books) -> None:
    for number in range(50):
        told.post("receipt", 1_000_00, "2026-11-14", document_number=f"RC-{number}")
        told.post("receipt", 1_00, "2026-10-01", document_number=f"RO-{number}")
    lines = [
        one for one in story_of(told.customer.id, EVERYTHING, day=DAY, about=MONEY) if one.entry.kind == "payment"
    ]
    assert [(one.entry.on.day, one.entry.amount) for one in lines] == [(14, 1_000_00)] * 50


def test_who_had_the_day_run_let_nothing_go_to_the_lawyer(told: Books) -> None:
    shown = {"amounts": "CNY 268000.00", "lines": 1, "late": 54, "run": 1}
    wanted = Wanted("approach:1", told.company.pk, told.customer.id, shown)
    open_item(kind=LAWYER.name, wanted=wanted, **{**on(12), "actor": "cli:root"})
    [one] = [one for one in story_of(told.customer.id, EVERYTHING, day=DAY, about="") if one.entry.kind == "lawyer"]
    assert one.title == "已开出移交律师任务"


def test_what_went_to_the_lawyer_is_told_beside_any_number_of_warnings(told: Books, monkeypatch: Any) -> None:
    of = (told.company.pk, told.customer.id)
    shown = {"amounts": "CNY 268000.00", "lines": 1, "late": 54, "run": 1}
    open_item(kind=LAWYER.name, wanted=Wanted("approach:1", *of, shown), **on(12))
    for number in range(3):
        open_item(kind="credit.warning", wanted=Wanted(f"warning:{number}", *of, {"since": "2026-11-01"}), **on(13))
    monkeypatch.setattr("huikuan.act.collection.queries.timeline.MOST", 2)
    found = timeline(told.customer.id, EVERYTHING, day=DAY, limit=None)
    assert [one.kind for one in found if one.kind in ("warning", "lawyer")] == ["warning", "warning", "lawyer"]


def test_a_stretch_of_payments_over_the_years_end_says_the_years(told: Books) -> None:
    for day in ("2025-11-28", "2026-01-13", "2026-02-01"):
        told.post("receipt", 1_000_00, day, document_number=day)
    *_, last = folded(wordings(timeline(told.customer.id, EVERYTHING, day=DAY), {}))
    assert last.note == "2025-11-28 – 2026-02-01"


def test_people_or_money_alone_as_of_a_day_and_for_whom_it_is(told: Books) -> None:
    def kinds(**more: Any) -> list[str]:
        return [one.kind for one in timeline(told.customer.id, EVERYTHING, **{"day": DAY, **more})]

    assert kinds(about=PEOPLE) == ["call", "visit"]
    assert kinds(about=MONEY) == ["payment", "dispute", "promise"]
    assert kinds(day=date(2026, 11, 9)) == ["visit"]
    [then] = timeline(told.customer.id, EVERYTHING, day=date(2026, 11, 2))
    assert (then.what, then.shown["planned_on"]) == ("planned", date(2026, 11, 3)), "nobody had been there yet"
    assert timeline(told.customer.id, NOTHING, day=DAY) == ()
    assert timeline(told.other.id, EVERYTHING, day=DAY) == ()


def test_the_number_of_questions_does_not_grow_with_what_happened(told: Books) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            timeline(told.customer.id, EVERYTHING, day=DAY)
        return len(questions)

    few = asked()
    for day in range(1, 10):
        whose = {"customer_id": told.customer.id, "company_id": told.company.pk, "person_id": None}
        record_call(**whose, result="not_reached", **on(day))
    assert asked() == few
