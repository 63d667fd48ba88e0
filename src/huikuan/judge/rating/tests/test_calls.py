"""What calls for a look before the review: held orders, severe news, a flag, claims long overdue; each once."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest

from huikuan.judge.rating import jobs
from huikuan.judge.rating.domain.calling import DOCUMENT, Occasions, faults, occasions_of
from huikuan.judge.rating.domain.factors import Reliability
from huikuan.judge.rating.models import Assessment, ReviewCall
from huikuan.judge.rating.operations.assessing import RUN, assess_customer, start_run
from huikuan.judge.rating.operations.calls import CALLING, call_for_review, call_overdue
from huikuan.judge.rating.operations.information import record_information
from huikuan.judge.rating.policies import check_occasions
from huikuan.judge.rating.queries.calendar import RatingFilter, count_ratings, due_customers, ratings_page
from huikuan.judge.rating.queries.calls import calls_on
from huikuan.judge.rating.tests.conftest import AT, DAY, EARLY
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.events.delivery import announced_of, deliver
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.events.subscribers import Subscriber
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies import queries as policy_queries
from huikuan.record.customers.operations.merging import merge_customers
from huikuan.record.receivables.tests.ledgers import Book, post

WHO: dict[str, Any] = {"actor": "analyst", "at": AT}
LISTENER = Subscriber("rating.calls", call_for_review, CALLING)
pytestmark = pytest.mark.usefixtures("team")


def listen() -> None:
    deliver(LISTENER, at=AT)


def hold(book: Book, order: int = 7, decision: str = "hold") -> None:
    payload = {"order_id": order, "decision": decision, "state": "held"}
    announce(
        "credit.order_decided", at=AT, company_id=book.company.pk, customer_id=book.customers[0].id, payload=payload
    )


def said(book: Book, factor: str, value: str, customer: int = 0) -> None:
    record_information(
        customer_id=book.customers[customer].id, factor=factor, value=value, source="registry", on=DAY,
        reliability=Reliability.PROVEN, **WHO,
    )  # fmt: skip


def assess(book: Book, customer: int = 0, as_of: date = DAY) -> None:
    assess_customer(customer_id=book.customers[customer].id, as_of=as_of, **WHO)


def calls(book: Book, customer: int = 0, day: date = DAY, **more: Any) -> list[tuple[str, str, date]]:
    found = calls_on(day, **more).get(book.customers[customer].id, [])
    return [(one.cause, one.detail, one.on) for one in found]


def due(book: Book, day: date = DAY) -> set[int]:
    """Which customers of the book are due, by their place in it."""
    ids = due_customers(day)
    return {number for number, one in enumerate(book.customers) if one.id in ids}


def in_force(**changes: Any) -> None:
    document = {**copy.deepcopy(DOCUMENT), **changes}
    version = policies.draft(kind="reassessment", company_id=None, document=document, actor="zhou", at=EARLY)
    policies.approve(version_id=version, digest=policy_queries.version(version).digest, actor="li", at=EARLY)
    policies.put_in_force(version_id=version, effective_at=EARLY, actor="zhou", at=EARLY)


def test_a_held_order_makes_its_customer_due_once_however_often_it_is_told(book: Book) -> None:
    assess(book, 0, DAY - timedelta(days=1))
    assess(book, 1, DAY)
    assert due(book) == set()
    hold(book, decision="warn")
    listen()
    assert due(book) == set()
    hold(book)
    listen()
    assert (due(book), calls(book)) == ({0}, [("held", "7", DAY)])
    for event in Event.objects.filter(kind="credit.order_decided"):
        call_for_review(announced_of(event))
    hold(book)
    listen()
    assert ReviewCall.objects.count() == 1
    assert Event.objects.filter(kind="rating.review_called", customer_id=book.customers[0].id).count() == 1
    assess(book)
    assert (due(book), calls(book)) == (set(), [])
    last = Assessment.objects.latest("tx")
    assert last.cause == "event"
    hold(book)  # the same order, decided about once more when it is released
    listen()
    assert due(book) == set()
    hold(book, order=8)
    listen()
    assert due(book) == {0}


def test_severe_news_call_and_other_news_do_not(book: Book) -> None:
    for customer in (0, 1):
        assess(book, customer)
    said(book, "years_established", "3")
    said(book, "registry_status", "active")
    listen()
    assert due(book) == set()
    said(book, "registry_status", "revoked", 1)
    listen()
    assert (due(book), calls(book, 1)) == ({1}, [("informed", "registry_status=revoked", DAY)])
    announce("customers.conduct_flagged", at=AT, customer_id=book.customers[0].id, payload={})
    listen()
    assert calls(book) == [("flagged", "", DAY)]


def test_the_policy_says_what_calls(book: Book) -> None:
    in_force(order_held=False, severe={"peer_reference": ["bad"]}, conduct_flagged=False)
    assess(book)
    hold(book)
    said(book, "registry_status", "revoked")
    announce("customers.conduct_flagged", at=AT, customer_id=book.customers[0].id, payload={})
    listen()
    assert calls(book) == []
    said(book, "peer_reference", "bad")
    listen()
    assert calls(book) == [("informed", "peer_reference=bad", DAY)]


@pytest.mark.parametrize(
    ("spoilt", "place"),
    [
        ({"overdue_days": -1}, "overdue_days"),
        ({"overdue_days": True}, "overdue_days"),
        ({"order_held": "yes"}, "order_held"),
        ({"severe": []}, "severe"),
        ({"severe": {"registry_status": ["asleep"]}}, "severe.registry_status"),
        ({"severe": {"debt_ratio": ["0.9"]}}, "severe.debt_ratio"),
        ({"severe": {"registry_status": "revoked"}}, "severe.registry_status"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused_with_its_place(spoilt: dict[str, Any], place: str) -> None:
    assert list(faults(DOCUMENT)) == []
    with pytest.raises(Refusal) as refused:
        check_occasions({**DOCUMENT, **spoilt})
    assert (refused.value.code, [one.column for one in refused.value.where]) == ("policy_document_bad", [place])


def test_overdue_for_longer_than_the_days_calls_from_the_day_it_came_to_be_so() -> None:
    rule = occasions_of(DOCUMENT)
    assert [rule.crossed_on(days, DAY) for days in (None, 0, 60)] == [None, None, None]
    assert [rule.crossed_on(days, DAY) for days in (61, 62, 100)] == [
        DAY, DAY - timedelta(days=1), DAY - timedelta(days=39)
    ]  # fmt: skip
    assert Occasions(None, True, True, {}).crossed_on(999, DAY) is None


def test_who_came_to_be_overdue_for_long_is_due_once_till_assessed(book: Book) -> None:
    one = book.customers[2].id
    post(book, amount=5_000_00, customer_id=one, posting_date=DAY - timedelta(days=130),
         due_date=DAY - timedelta(days=100))  # fmt: skip
    assess(book, 0)
    assess(book, 1)
    assess(book, 2, DAY - timedelta(days=40))
    assert due(book) == set()
    assert (call_overdue(as_of=DAY - timedelta(days=40), at=AT), call_overdue(as_of=DAY, at=AT)) == (0, 1)
    assert calls(book, 2) == [("overdue", "60", DAY - timedelta(days=39))]
    assert call_overdue(as_of=DAY, at=AT) == 0, "marked already"
    assert due(book) == {2}
    assert 2 not in due(book, DAY - timedelta(days=40)), "it was not so long overdue then"
    assess(book, 2)
    assert call_overdue(as_of=DAY + timedelta(days=1), at=AT) == 0, "assessed since it came to be so"


def test_who_is_called_is_in_the_list_and_the_run_assesses_them(book: Book) -> None:
    for customer in (0, 1, 2):
        assess(book, customer, DAY - timedelta(days=2))
    hold(book)
    before = seal(AT)
    listen()
    after = seal(AT + timedelta(hours=1))
    asked: dict[str, Any] = {"day": DAY, "scope": EVERYTHING}
    wanted = RatingFilter(state="due")
    (row,) = ratings_page(wanted, **asked)
    assert (row.customer_id, row.state(DAY), [one.cause for one in row.calls]) == (
        book.customers[0].id,
        "due",
        ["held"],
    )
    assert count_ratings(wanted, **asked) == 1
    assert count_ratings(RatingFilter(state="soon"), **asked) == 0
    assert [count_ratings(wanted, **asked, known=head) for head in (before, after)] == [0, 1]
    start_run(as_of=DAY, due=True, **WHO)
    Worker({RUN: Handler(jobs.assess_all)}, clock=lambda: AT + timedelta(minutes=1)).turn()
    assert list(Assessment.objects.filter(as_of=DAY).values_list("customer_id", "cause")) == [
        (book.customers[0].id, "event")
    ]
    assert count_ratings(wanted, **asked) == 0
    assert count_ratings(wanted, **asked, known=after) == 1, "as it was known before the run"


def test_what_calls_for_a_merged_customer_calls_for_the_one_it_is_shown_as(book: Book) -> None:
    for customer in (0, 1):
        assess(book, customer)
    hold(book)
    listen()
    ids = [one.id for one in book.customers]
    merge_customers(from_id=ids[0], into_id=ids[1], reason="one firm", actor="cli:test", at=AT)
    assert due(book) == {1}
    assess(book, 1)
    assert due(book) == set()
