"""Reviews that come, and those that have passed, are work; assessed again they are none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import translation

from huikuan.judge.rating.jobs import remind
from huikuan.judge.rating.models import Assessment, ReviewCall
from huikuan.judge.rating.operations.assessing import assess_customer
from huikuan.judge.rating.operations.overrides import draw_up_override
from huikuan.judge.rating.queries.calendar import reviews_until
from huikuan.judge.rating.tests.conftest import AT, DAY
from huikuan.judge.rating.tests.test_ratings import decide
from huikuan.judge.rating.work import CALLED, EXPIRED, REVIEW
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.work.kinds import kind_named
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.operations import finish_item
from huikuan.mechanisms.work.queries import ItemRow, rows_of
from huikuan.record.receivables.tests.ledgers import Book

pytestmark = pytest.mark.usefixtures("team")

DAYS = timedelta(days=1)
REVIEW_ON = date(2027, 11, 20)


def assess(book: Book, as_of: date = DAY) -> int:
    at = datetime.combine(as_of, AT.timetz())
    return assess_customer(customer_id=book.customers[0].id, as_of=as_of, actor="analyst", at=at)


def reminded(day: date) -> dict[str, int]:
    return remind(SimpleNamespace(at=datetime(day.year, day.month, day.day, 4, tzinfo=UTC)))  # type: ignore[arg-type]


def items() -> list[ItemRow]:
    return rows_of(WorkItem.objects.order_by("pk"))


def test_a_review_is_work_a_fortnight_before_and_passes_into_an_expired_one(book: Book) -> None:
    number = assess(book)
    assert reminded(REVIEW_ON - timedelta(days=15)) == {"opened": 0, "cancelled": 0}
    assert reminded(REVIEW_ON - timedelta(days=14)) == {"opened": 1, "cancelled": 0}
    assert reminded(REVIEW_ON - timedelta(days=1)) == {"opened": 0, "cancelled": 0}
    (item,) = items()
    assert (item.kind, item.key, item.due_on) == (REVIEW.name, f"assessment:{number}:2027-11-20", REVIEW_ON)
    assert (item.customer_id, item.company_id, item.role) == (book.customers[0].id, None, "credit_analyst")
    assert "2027-11-20" in kind_named(item.kind).describe(item.about)
    assert reminded(REVIEW_ON) == {"opened": 1, "cancelled": 1}
    assert [(one.kind, one.state) for one in items()] == [(REVIEW.name, "cancelled"), (EXPIRED.name, "open")]
    assess(book, REVIEW_ON)
    assert reminded(REVIEW_ON + timedelta(days=1)) == {"opened": 0, "cancelled": 1}


def test_what_somebody_finished_is_not_asked_again_before_it_has_expired(book: Book) -> None:
    assess(book)
    reminded(REVIEW_ON - timedelta(days=10))
    finish_item(item_id=items()[0].id, result="asked", actor="analyst", at=AT)
    assert reminded(REVIEW_ON - timedelta(days=9)) == {"opened": 0, "cancelled": 0}
    assert reminded(REVIEW_ON) == {"opened": 1, "cancelled": 0}


def test_what_calls_for_a_look_is_one_item_until_it_is_answered(book: Book) -> None:
    assess(book)
    for cause, detail in (("overdue", "91"), ("held", "7")):
        row = {"customer_id": book.customers[0].id, "cause": cause, "detail": detail, "on_date": DAY + DAYS}
        record(ReviewCall, [row], at=AT + DAYS)
    assert reminded(DAY + DAYS) == {"opened": 1, "cancelled": 0}
    assert reminded(DAY + 2 * DAYS) == {"opened": 0, "cancelled": 0}
    (item,) = items()
    assert (item.kind, item.customer_id, item.role) == (CALLED.name, book.customers[0].id, "credit_analyst")
    with translation.override("en"):
        assert CALLED.describe(item.about) == "over 91 days overdue; an order was held"
    assess(book, DAY + 2 * DAYS)
    assert reminded(DAY + 2 * DAYS) == {"opened": 0, "cancelled": 1}


def test_an_override_that_ends_sooner_is_reviewed_sooner(book: Book) -> None:
    number, until = assess(book), DAY + timedelta(days=30)
    override = draw_up_override(
        customer_id=book.customers[0].id, grade="B", reason="strike at the plant", until=until, actor="analyst", at=AT
    )
    assert reviews_until(until, day=DAY) == []
    decide(override)
    (found,) = reviews_until(until, day=DAY)
    assert (found.assessment_id, found.grade, found.review_on) == (number, "B", until)
    assert reminded(until - timedelta(days=1)) == {"opened": 1, "cancelled": 0}
    assert reminded(until + timedelta(days=1)) == {"opened": 0, "cancelled": 1}, "the card's grade holds again"
    assert Assessment.objects.count() == 1
