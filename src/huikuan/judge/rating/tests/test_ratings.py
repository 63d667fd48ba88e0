"""Ratings as facts: what is recorded, what holds on a day, who may depart from it, and runs that may be killed."""

from __future__ import annotations

import copy
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from huikuan.judge.rating import jobs
from huikuan.judge.rating.domain.factors import Reliability
from huikuan.judge.rating.domain.grades import OverrideState, governing, raises_much, review_day
from huikuan.judge.rating.domain.shipped import DOCUMENT
from huikuan.judge.rating.models import Assessment, Information, Override, OverrideStep
from huikuan.judge.rating.operations.assessing import RUN, assess_customer, record_assessments, start_run
from huikuan.judge.rating.operations.information import record_information
from huikuan.judge.rating.operations.overrides import draw_up_override, end_override
from huikuan.judge.rating.queries.assessing import assessed, scorecard_on, scorecard_version
from huikuan.judge.rating.queries.calendar import (
    RatingFilter,
    count_ratings,
    due_customers,
    ratings_page,
    review_months,
)
from huikuan.judge.rating.queries.facts import information_of
from huikuan.judge.rating.queries.ratings import (
    grade_of,
    history_of,
    override_with_id,
    overrides_of,
    rating_of,
    ratings_of,
    waiting_overrides,
)
from huikuan.judge.rating.tests.conftest import AT, DAY, EARLY, person, put_in_force
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals import operations as approvals
from huikuan.mechanisms.approvals import queries as approval_queries
from huikuan.mechanisms.approvals.models import ApprovalStep
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.audit.operations import record as record_facts
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING, Part, Scope
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.tests.test_crash import environment
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.mechanisms.policies import operations as policies
from huikuan.record.customers.domain.care import Care
from huikuan.record.customers.operations.merging import merge_customers, undo_merge
from huikuan.record.customers.operations.people import change_care
from huikuan.record.receivables.tests.ledgers import Book, affiliate, new_book

WHO = {"actor": "analyst", "at": AT}
pytestmark = pytest.mark.usefixtures("team")


def assess(book: Book, customer: int = 0, as_of: date = DAY, **more: Any) -> int:
    return assess_customer(customer_id=book.customers[customer].id, as_of=as_of, **{**WHO, **more})


def grade(book: Book, customer: int = 0, day: date = DAY, **more: Any) -> str:
    return grade_of(book.customers[customer].id, day=day, **{"scope": EVERYTHING, **more})


def facts() -> tuple[int, ...]:
    return tuple(
        model.objects.count() for model in (Information, Assessment, Override, OverrideStep, ApprovalStep, Event, Leaf)
    )


# Assessments ----------------------------------------------------------------------------------------


def test_an_assessment_keeps_score_grade_reasons_version_and_review(book: Book) -> None:
    number = assess(book, note=" first look ")
    found = rating_of(book.customers[0].id, day=DAY, scope=EVERYTHING)
    assert found is not None
    row = found.assessment
    assert (row.id, row.score, row.grade, row.card, row.known) == (number, 91, "A", "small_firms", 95)
    assert (row.scorecard_id, row.scorecard_number, row.cause, row.note) == (None, 0, "first", "first look")
    assert (row.as_of, row.review_on, row.actor) == (DAY, date(2027, 11, 20), "analyst")
    told = {one.factor: (one.value, one.points, one.most, one.source, one.on) for one in row.reasons}
    assert told["average_days_late"] == ("-2.0", 28, 30, "own_ledger", DAY)
    assert told["years_established"] == (None, 2, 5, "", None)
    assert sum(one.points for one in row.reasons) == row.score
    (event,) = Event.objects.filter(kind="rating.grade_changed")
    assert (event.customer_id, event.payload) == (
        book.customers[0].id,
        {"assessment": number, "grade": "A", "before": ""},
    )


def test_the_late_customer_is_a_c_and_the_one_nobody_knows_has_no_grade(book: Book) -> None:
    for customer in (1, 2):
        assess(book, customer)
    late, unknown = (rating_of(book.customers[number].id, day=DAY, scope=EVERYTHING) for number in (1, 2))
    assert late is not None
    assert unknown is not None
    assert (late.assessment.score, late.grade) == (28, "C")
    assert (unknown.assessment.card, unknown.assessment.score, unknown.grade) == ("small_firms", 40, "")
    # Without a grade it is looked at as soon as the worst.
    assert unknown.review_on == date(2027, 5, 20)


def test_the_latest_day_governs_whenever_it_was_recorded(book: Book) -> None:
    assess(book, 1)
    earlier = assess(book, 1, date(2026, 5, 1))
    rows = history_of(book.customers[1].id, scope=EVERYTHING)
    assert [(row.as_of, row.id == earlier) for row in rows] == [(DAY, False), (date(2026, 5, 1), True)]
    assert grade(book, 1, date(2026, 4, 30)) == ""
    assert grade(book, 1, date(2026, 11, 19)) == rows[1].grade
    assert grade(book, 1) == "C"


def test_what_was_recorded_later_is_not_known_before(book: Book) -> None:
    head = seal(AT)
    assess(book)
    assert (grade(book, known=head), grade(book)) == ("", "A")
    assert grade(book, known=seal(AT + timedelta(days=1))) == "A"


def test_the_same_facts_day_and_version_give_the_same_score_ever_after(book: Book) -> None:
    def told() -> list[Any]:
        return [one.result for one in assessed(as_of=DAY, policy=scorecard_version(0))]

    first = told()
    assert [one.grade for one in first] == ["A", "C", ""]
    stricter = copy.deepcopy(DOCUMENT)
    stricter["grades"][0]["from"], stricter["grades"][1]["to"] = 96, 95
    version = put_in_force(stricter, AT)
    assert told() == first
    assert [one.result.grade for one in assessed(as_of=DAY, policy=scorecard_version(version))] == ["B", "C", ""]
    assert (scorecard_on(DAY).version_id, scorecard_on(DAY - timedelta(days=1)).version_id) == (version, None)


def test_a_version_that_comes_into_force_later_today_does_not_govern_yet(book: Book) -> None:
    stricter = copy.deepcopy(DOCUMENT)
    stricter["grades"][0]["from"], stricter["grades"][1]["to"] = 96, 95
    hour = timedelta(hours=1)
    version = put_in_force(stricter, AT + hour)
    told = [scorecard_on(DAY, at=at).version_id for at in (AT, AT + hour, None)]
    assert told == [None, version, version]
    assert scorecard_on(DAY, known=seal(AT)).version_id is None
    for at in (AT, AT + hour):
        assess_customer(customer_id=book.customers[0].id, as_of=DAY, **{**WHO, "at": at})
    assert list(Assessment.objects.order_by("id").values_list("scorecard_id", "grade")) == [
        (None, "A"), (version, "B")
    ]  # fmt: skip


def test_the_card_of_a_past_day_is_by_the_value_class_of_that_day(book: Book) -> None:
    """Whoever is a key account today was none then; of whom nothing was said yet, what was said first counts."""
    customer = book.customers[0].id

    def cards() -> list[str]:
        days = (DAY - timedelta(days=31), DAY - timedelta(days=1), DAY)
        policy = scorecard_version(0)
        return [next(assessed(as_of=day, policy=policy, customer_ids=[customer])).result.card for day in days]

    assert cards() == ["small_firms"] * 3
    ordinary, key = Care(value_class="ordinary"), Care(value_class="key")
    change_care(customer_id=customer, version=0, care=ordinary, **{**WHO, "at": AT - timedelta(days=30)})
    head = seal(AT)
    change_care(customer_id=customer, version=1, care=key, **WHO)
    assert cards() == ["small_firms", "small_firms", "key_accounts"]
    (known,) = assessed(as_of=DAY, policy=scorecard_version(0), customer_ids=[customer], known=head)
    assert known.result.card == "small_firms"


def test_a_run_of_one_and_a_run_of_many_record_the_same(book: Book) -> None:
    policy = scorecard_on(DAY)
    found = list(assessed(as_of=DAY, policy=policy))
    many = [found[number % len(found)] for number in range(201)]

    def recorded(rows: list[Any]) -> list[tuple[Any, ...]]:
        ids = record_assessments(rows, policy=policy, as_of=DAY, cause="request", **WHO)
        names = ("customer_id", "as_of", "score", "grade", "known", "reasons", "review_on", "card", "scorecard_id")
        return list(Assessment.objects.filter(pk__in=ids).order_by("id").values_list(*names))

    from django.db import transaction

    with transaction.atomic():
        single, bulk = recorded(found), recorded(many)
    assert bulk[: len(single)] == single
    assert Leaf.objects.filter(kind="rating_assessment").count() == len(single) + 201


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"as_of": DAY + timedelta(days=1)}, "assessment_from_future"),
        ({"customer_id": 10**6}, "customer_unknown"),
        ({"actor": "seller"}, "not_permitted"),
    ],
)
def test_a_refused_assessment_leaves_nothing(book: Book, change: dict[str, Any], code: str) -> None:
    before = facts()
    with pytest.raises(Refusal, match=code):
        assess_customer(**{"customer_id": book.customers[0].id, "as_of": DAY, **WHO, **change})
    assert facts() == before


# Information ----------------------------------------------------------------------------------------


def inform(book: Book, customer: int, factor: str, value: str, **more: Any) -> int:
    given = {"source": "registry", "on": DAY, "reliability": Reliability.PROVEN, **WHO, **more}
    return record_information(customer_id=book.customers[customer].id, factor=factor, value=value, **given)


def test_what_others_say_counts_from_its_day_and_can_be_taken_back(book: Book) -> None:
    inform(book, 0, "dishonest_debtor", "yes", on=date(2026, 10, 1))
    inform(book, 0, "dishonest_debtor", "", on=date(2026, 11, 1))

    def grade_on(day: date) -> str:
        (found,) = assessed(as_of=day, policy=scorecard_on(day), customer_ids=[book.customers[0].id])
        return found.result.grade

    assert [grade_on(date(2026, 9, 30)), grade_on(date(2026, 10, 1)), grade_on(DAY)] == ["A", "C", "A"]
    assert [(row.value, row.source) for row in information_of(book.customers[0].id, scope=EVERYTHING)] == [
        ("", "registry"),
        ("yes", "registry"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"factor": "charm"}, "factor_unknown"),
        ({"factor": "charm", "value": ""}, "factor_unknown"),
        ({"factor": "overdue_share", "value": "0.1"}, "factor_computed"),
        ({"value": "perhaps"}, "factor_choice_unknown"),
        ({"factor": "debt_ratio", "value": "NaN"}, "factor_value_unreadable"),
        ({"source": "own_ledger"}, "factor_source_unknown"),
        ({"on": DAY + timedelta(days=1)}, "information_from_future"),
        ({"actor": "seller"}, "not_permitted"),
    ],
)
def test_refused_information_leaves_nothing(book: Book, change: dict[str, Any], code: str) -> None:
    before = facts()
    with pytest.raises(Refusal, match=code):
        inform(book, 0, **{"factor": "dishonest_debtor", "value": "yes", **change})
    assert facts() == before


# Overrides ------------------------------------------------------------------------------------------


def draw_up(book: Book, to: str = "B", customer: int = 1, **more: Any) -> int:
    given = {"reason": "母公司担保", **WHO, **more}
    return draw_up_override(customer_id=book.customers[customer].id, grade=to, **given)


def decide(number: int, actor: str = "zhou", *, at: datetime = AT, comment: str = "") -> None:
    digest = approval_queries.request_record(number).digest
    approvals.approve_request(request_id=number, digest=digest, comment=comment, actor=actor, at=at)


def put_to(number: int) -> tuple[str, ...]:
    """The roles that may decide the request."""
    (route,) = approval_queries.request_record(number).route
    return tuple(route)


def test_an_override_holds_from_its_approval_until_its_end(book: Book) -> None:
    assess(book, 1)
    number = draw_up(book, until=date(2026, 12, 31))
    assert grade(book, 1) == "C"
    assert [row.number for row in waiting_overrides(DAY, scope=EVERYTHING)] == [number]
    decide(number, at=AT + timedelta(days=1))
    days = [DAY, date(2026, 11, 21), date(2026, 12, 31), date(2027, 1, 1)]
    assert [grade(book, 1, day) for day in days] == ["C", "B", "B", "C"]
    found = rating_of(book.customers[1].id, day=days[1], scope=EVERYTHING)
    assert found is not None
    assert (found.assessment.grade, found.review_on) == ("C", date(2026, 12, 31))
    assess(book, 1, date(2026, 11, 20), note="again")
    assert grade(book, 1, days[1]) == "B"
    ending = {"override_id": Override.objects.get().pk, "comment": "担保撤销", "at": AT + timedelta(days=10)}
    before = facts()
    for actor in ("analyst", "cli:li", "cli:root"):
        with pytest.raises(Refusal, match="not_permitted"):
            end_override(actor=actor, **ending)
    assert facts() == before
    end_override(actor="li", **ending)
    assert [grade(book, 1, day) for day in (date(2026, 11, 29), date(2026, 11, 30))] == ["B", "C"]
    assert waiting_overrides(DAY, scope=EVERYTHING) == []
    (row,) = overrides_of(book.customers[1].id, scope=EVERYTHING)
    assert (row.number, row.state.state, row.decided_by, row.comment) == (number, "ended", "li", "担保撤销")


def test_whoever_drew_it_up_does_not_approve_it_by_whatever_door(book: Book) -> None:
    assess(book, 1)
    for maker in ("zhou", "cli:zhou"):
        number = draw_up(book, actor=maker)
        before = facts()
        with pytest.raises(Refusal, match="request_own"):
            decide(number)
        for actor in ("analyst", "cli:li", "cli:root"):
            with pytest.raises(Refusal, match=r"request_own|request_not_yours"):
                decide(number, actor)
        assert (facts(), grade(book, 1)) == (before, "C")
        approvals.withdraw_request(request_id=number, actor=maker, at=AT)


def test_who_lends_a_right_to_the_maker_does_not_approve(book: Book) -> None:
    assess(book, 1)
    number = draw_up(book, actor="zhou")
    approvals.delegate(giver="li", to="zhou", begins_at=AT, ends_at=AT + timedelta(days=1), actor="li", at=AT)
    for actor, code in (("zhou", "request_own"), ("li", "request_delegate_conflict")):
        with pytest.raises(Refusal, match=code):
            decide(number, actor, at=AT)
    assert grade(book, 1) == "C"


def test_a_grade_raised_by_more_than_one_is_decided_one_level_higher(book: Book) -> None:
    assess(book, 1)
    first = draw_up(book)
    assert put_to(first) == ("credit_manager", "finance_manager")
    approvals.withdraw_request(request_id=first, actor="analyst", at=AT)
    number = draw_up(book, to="A")
    assert put_to(number) == ("finance_manager",)
    with pytest.raises(Refusal, match="request_not_yours"):
        decide(number)
    person("sun", "finance_manager")
    decide(number, "sun")
    assert grade(book, 1) == "A"


@pytest.mark.parametrize(
    ("grade", "found", "much"),
    [("A", "C", True), ("B", "C", False), ("C", "A", False), ("C", "C", False), ("C", "", True)],
)
def test_how_much_a_grade_is_raised(grade: str, found: str, much: bool) -> None:
    assert raises_much(grade, found, ["A", "B", "C"]) is much


def test_what_was_shown_is_void_once_the_customer_was_assessed_anew(book: Book) -> None:
    assess(book, 1)
    number = draw_up(book)
    assess(book, 1, note="again")
    before = facts()
    with pytest.raises(Refusal, match="request_shown_has_changed"):
        decide(number)
    assert (facts(), grade(book, 1)) == (before, "C")


def test_what_would_have_ended_is_approved_no_more(book: Book) -> None:
    assess(book, 1)
    number = draw_up(book, until=DAY)
    with pytest.raises(Refusal, match="override_over"):
        decide(number, at=AT + timedelta(days=1))


def test_a_small_firm_s_maker_approves_with_a_reason_and_it_is_marked(book: Book) -> None:
    policies.choose_small_firm(actor="cli:root", at=EARLY)
    assess(book, 1)
    number = draw_up(book, actor="zhou")
    with pytest.raises(Refusal, match="request_reason_missing"):
        decide(number)
    decide(number, comment="老板同意")
    assert (OverrideStep.objects.get().own, grade(book, 1)) == (True, "B")


def test_an_override_is_decided_once(book: Book) -> None:
    assess(book, 1)
    number = draw_up(book)
    approvals.return_request(request_id=number, comment="证据不足", actor="zhou", at=AT)
    before = facts()
    with pytest.raises(Refusal, match="request_decided"):
        decide(number, "li")
    with pytest.raises(Refusal, match="override_not_standing"):
        end_override(override_id=Override.objects.get().pk, comment="x", actor="li", at=AT)
    assert (facts(), grade(book, 1)) == (before, "C")
    (row,) = overrides_of(book.customers[1].id, scope=EVERYTHING)
    assert (row.state.state, row.decided_by, row.comment) == ("declined", "zhou", "证据不足")
    again = draw_up(book, replaces=number)
    decide(again)
    assert grade(book, 1) == "B"


def test_what_waited_before_there_were_approvals_is_decided_no_more(book: Book) -> None:
    assess(book, 1)
    draw_up(book)
    fact = Override.objects.get()
    names = [field.name for field in Override._meta.fields if field.name not in ("id", "tx", "recorded_at")]
    record_facts(Override, [{name: getattr(fact, name) for name in names} | {"approval_id": None}], at=AT)
    assert [row.state.state for row in overrides_of(book.customers[1].id, scope=EVERYTHING)] == [
        "declined",
        "drawn_up",
    ]
    assert len(waiting_overrides(DAY, scope=EVERYTHING)) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": "AAA"}, "grade_unknown"),
        ({"reason": "  "}, "override_reason_missing"),
        ({"until": DAY - timedelta(days=1)}, "override_until_bad"),
        ({"until": date(2027, 5, 21)}, "override_until_bad"),
        ({"customer": 2}, "customer_not_assessed"),
        ({"actor": "seller"}, "not_permitted"),
    ],
)
def test_a_refused_override_leaves_nothing(book: Book, change: dict[str, Any], code: str) -> None:
    assess(book, 1)
    before = facts()
    with pytest.raises(Refusal, match=code):
        draw_up(book, **change)
    assert facts() == before


def test_of_several_overrides_the_one_approved_last_governs() -> None:
    until = date(2027, 1, 1)
    first = OverrideState(1, "B", until, approved_on=date(2026, 11, 3))
    second = OverrideState(2, "A", until, approved_on=date(2026, 11, 1))
    third = OverrideState(3, "A", until, declined=True)
    assert governing([first, second, third], date(2026, 11, 2)) == second
    assert governing([first, second, third], date(2026, 11, 3)) == first
    assert governing([third], date(2026, 11, 3)) is None


def test_a_review_falls_on_the_same_day_or_the_month_s_last() -> None:
    assert review_day(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert review_day(date(2026, 11, 20), 12) == date(2027, 11, 20)
    assert review_day(date(2026, 12, 1), 1) == date(2027, 1, 1)


# The list and the calendar --------------------------------------------------------------------------


def test_the_list_is_narrowed_by_grade_card_state_and_text(book: Book) -> None:
    assess(book, 0)
    assess(book, 1, DAY - timedelta(days=200))

    def codes(**chosen: str) -> list[int]:
        rows = ratings_page(RatingFilter(**chosen), day=DAY, scope=EVERYTHING)
        assert count_ratings(RatingFilter(**chosen), day=DAY, scope=EVERYTHING) == len(rows)
        return [[one.id for one in book.customers].index(row.customer_id) for row in rows]

    assert codes() == [0, 1, 2]
    assert (codes(grade="A"), codes(grade="C"), codes(grade="none")) == ([0], [1], [])
    assert (codes(state="due"), codes(state="never"), codes(state="soon")) == ([1], [2], [])
    assert (codes(card="small_firms"), codes(card="prospects")) == ([0, 1], [])
    assert codes(text=book.customers[1].code) == [1]
    states = [row.state(DAY) for row in ratings_page(RatingFilter(), day=DAY, scope=EVERYTHING)]
    assert states == ["", "due", "never"]
    assert [row.code for row in ratings_page(RatingFilter(), day=DAY, scope=EVERYTHING, limit=1)] == [
        book.customers[0].code
    ]


def test_due_are_reviews_that_have_come_and_buyers_nobody_assessed(book: Book) -> None:
    ids = [one.id for one in book.customers]
    assert due_customers(DAY) == ids[:2]
    assess(book, 0)
    assess(book, 1, DAY - timedelta(days=200))
    assert due_customers(DAY) == [ids[1]]
    months = review_months(day=DAY, scope=EVERYTHING)
    assert [(month.first, month.reviews) for month in months if month.reviews] == [
        (date(2026, 11, 1), 1),
        (date(2027, 11, 1), 1),
    ]


def test_another_s_customer_has_no_rating_here(book: Book) -> None:
    for customer in (0, 1):
        assess(book, customer)
        affiliate(book, book.customers[customer].id, "owner", ("甲", "乙")[customer], date(2026, 1, 1))
    number = draw_up(book)
    mine = Scope((Part(None, frozenset({"甲"})),), on=DAY)
    ids = [one.id for one in book.customers]
    assert list(ratings_of(ids, day=DAY, scope=mine)) == [ids[0]]
    assert rating_of(ids[1], day=DAY, scope=mine) is None
    inform(book, 1, "debt_ratio", "0.5")
    assert (history_of(ids[1], scope=mine), overrides_of(ids[1], scope=mine)) == ([], [])
    assert (information_of(ids[1], scope=mine), override_with_id(Override.objects.get().pk, scope=mine)) == ([], None)
    assert waiting_overrides(DAY, scope=mine) == []
    assert [row.number for row in waiting_overrides(DAY, scope=EVERYTHING)] == [number]
    assert [row.customer_id for row in ratings_page(RatingFilter(), day=DAY, scope=mine)] == [ids[0]]
    assert sum(month.reviews for month in review_months(day=DAY, scope=mine)) == 1
    assert ratings_page(RatingFilter(), day=DAY, scope=NOTHING) == []


# Customers that are one ------------------------------------------------------------------------------


def test_a_merged_customer_counts_for_the_one_it_is_shown_under(book: Book) -> None:
    late, punctual = (book.customers[number].id for number in (1, 0))
    inform(book, 1, "open_lawsuits", "3")
    before = [one.customer_id for one in assessed(as_of=DAY, policy=scorecard_on(DAY))]
    head = seal(AT)
    merge = merge_customers(from_id=late, into_id=punctual, reason="同一法人", actor="cli:test", at=AT)
    found = {one.customer_id: one.result for one in assessed(as_of=DAY, policy=scorecard_on(DAY))}
    assert sorted(found) == sorted(set(before) - {late})
    (alone,) = assessed(as_of=DAY, policy=scorecard_on(DAY), customer_ids=[punctual])
    assert alone.result == found[punctual]
    # Eight claims two days early and eight 45 days late.
    assert next(one.value for one in alone.result.reasons if one.factor == "average_days_late") == "21.5"
    assert [row.factor for row in information_of(punctual, scope=EVERYTHING)] == ["open_lawsuits"]
    then = [one.customer_id for one in assessed(as_of=DAY, policy=scorecard_on(DAY), known=head)]
    assert then == before, "as it was known then they are two"
    assert due_customers(DAY) == [punctual]
    assert late not in [row.customer_id for row in ratings_page(RatingFilter(), day=DAY, scope=EVERYTHING)]
    counted = facts()
    for doing in (lambda: assess(book, 1), lambda: inform(book, 1, "open_lawsuits", "1")):
        with pytest.raises(Refusal, match="customer_merged"):
            doing()
    assert facts() == counted
    start_run(as_of=DAY, due=False, **WHO)
    work_off()
    assert Job.objects.get().result["assessed"] == 2
    undo_merge(merge_id=merge, reason="x", actor="cli:test", at=AT)
    assert [one.customer_id for one in assessed(as_of=DAY, policy=scorecard_on(DAY))] == before


# Runs -----------------------------------------------------------------------------------------------

#: Kills itself in the step after the first one, before it commits; or right after that commit.
DRIVER = """
import os, signal, sys
import django
django.setup()
from huikuan.judge.rating import jobs
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.worker import Worker
jobs.STEP, calls = 2, []
real = jobs.record_assessments if sys.argv[1] == "inside" else jobs.require_for_all
def deadly(*given, **named):
    answer = real(*given, **named)
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(jobs, real.__name__, deadly)
Worker({"rating.assess": Handler(jobs.assess_all, attempts=100)}).turn()
"""


def work_off(*, later: bool = False) -> None:
    clock = datetime.now(UTC) + timedelta(minutes=2 if later else 0)
    Worker({RUN: Handler(jobs.assess_all, attempts=100)}, clock=lambda: clock).turn()


@pytest.mark.parametrize("moment", ["inside", "between"])
def test_a_run_killed_anywhere_goes_on_and_assesses_each_once(book: Book, moment: str) -> None:
    new_book(customers=2)
    start_run(as_of=DAY, due=False, **WHO)
    killed = subprocess.run(
        [sys.executable, "-c", DRIVER, moment], env=environment(), capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (Job.objects.get().state, Assessment.objects.count()) == ("running", 2)
    work_off(later=True)
    job = Job.objects.get()
    assert (job.state, job.result) == ("done", {"assessed": 5, "as_of": "2026-11-20"})
    assert Assessment.objects.count() == 5
    assert Assessment.objects.values("customer_id").distinct().count() == 5
    assert Leaf.objects.filter(kind=Assessment._meta.db_table).count() == 5


def test_a_run_of_what_is_due_leaves_the_others_and_stops_for_who_lost_the_right(book: Book) -> None:
    assess(book, 0)
    start_run(as_of=DAY, due=True, **WHO)
    work_off()
    assert Job.objects.get().result == {"assessed": 1, "as_of": "2026-11-20"}
    assert list(Assessment.objects.values_list("customer_id", "cause")) == [
        (book.customers[0].id, "first"),
        (book.customers[1].id, "first"),
    ]


def test_a_run_keeps_the_scorecards_it_was_asked_for_with(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    start_run(as_of=DAY, due=False, **WHO)
    stricter = copy.deepcopy(DOCUMENT)
    stricter["cards"]["small_firms"]["needs"] = 100
    put_in_force(stricter, AT)
    monkeypatch.setattr(jobs, "STEP", 1)
    work_off()
    assert set(Assessment.objects.values_list("scorecard_number", flat=True)) == {0}
    assert grade(book) == "A"


def test_nobody_starts_a_run_without_the_right(book: Book) -> None:
    with pytest.raises(Refusal, match="not_permitted"):
        start_run(as_of=DAY, due=False, actor="seller", at=AT)
    with pytest.raises(Refusal, match="assessment_from_future"):
        start_run(as_of=DAY + timedelta(days=1), due=False, **WHO)
    assert not Job.objects.exists()
