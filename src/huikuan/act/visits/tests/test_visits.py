"""Visits: planned, checked in, photographed, ended; each said once, and who is asked to go and to follow up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from huikuan.act.visits.domain.visits import Ended, picture_type
from huikuan.act.visits.models import CheckIn, Outcome, Photo, Visit
from huikuan.act.visits.operations import add_photo, add_photos, check_in, finish_visit, plan_visit
from huikuan.act.visits.queries.visits import VisitFilter, planned_by, visit, visits_of, visits_page
from huikuan.act.visits.tests.conftest import AT, JPEG, PNG, TODAY, WHO, Debtor
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import erase_personal
from huikuan.mechanisms.files.operations import store_file
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.work.queries.items import open_keys

FRIDAY = date(2026, 11, 20)


def plan(debtor: Debtor, **more: Any) -> int:
    asked = {"planned_on": FRIDAY, "visitor": "he", "purpose": "collect", **WHO, **more}
    return plan_visit(customer_id=debtor.customer, company_id=debtor.company.pk, **asked)


def next_visits(debtor: Debtor, day: date, purpose: str = "collect") -> dict[int, date]:
    return planned_by(debtor.company.pk, day, until=date(2026, 12, 31), purpose=purpose)


def refused(code: str, work: Any) -> None:
    tables = (Visit, CheckIn, Photo, Outcome)
    before = [table.objects.count() for table in tables]
    with pytest.raises(Refusal) as refusal:
        work()
    assert refusal.value.code == code
    assert [table.objects.count() for table in tables] == before


def test_a_visit_from_its_plan_to_the_return_visit(debtor: Debtor, data_folder: Any) -> None:
    number = plan(debtor, note="带 10-31 对账单")
    assert set(open_keys("visits.visit")) == {f"visit:{number}"}
    assert next_visits(debtor, TODAY) == {debtor.customer: FRIDAY}
    there = AT + timedelta(days=4)
    check_in(visit_id=number, place="大丰厂区", latitude_e6=33_200_000, longitude_e6=120_460_000, actor="he", at=there)
    # Another customer sent the same bytes before, under a name that is theirs.
    store_file(JPEG, "宏朔钢构.jpg", actor="guest:7", at=AT)
    photo = add_photo(visit_id=number, content=JPEG, name="../厂门.jpg", actor="he", at=there)
    ended = Ended(
        "met", "第 4 期先付一半", ("partly_stopped", "stock_piled"), (debtor.person,), "罗会计", 3, FRIDAY,
    )  # fmt: skip
    finish_visit(visit_id=number, ended=ended, actor="he", at=there)
    row = visit(number, scope=EVERYTHING)
    assert row.state == "ended"
    assert row.arrival is not None
    assert (row.arrival.at, row.arrival.place, row.arrival.latitude_e6) == (there, "大丰厂区", 33_200_000)
    assert row.end is not None
    assert (row.end.people, row.end.others, row.end.sights, row.end.satisfaction) == (
        ("韩立",), "罗会计", ("partly_stopped", "stock_piled"), 3,
    )  # fmt: skip
    assert [(one.id, one.file_name) for one in row.photos] == [(photo, "厂门.jpg")]
    assert open_original(row.photos[0].sha256).read_bytes() == JPEG
    assert not open_keys("visits.visit")
    assert set(open_keys("visits.follow_up")) == {f"visit:{number}"}
    again = plan(debtor, purpose="return", follows=number, planned_on=date(2026, 12, 1))
    assert [one.follows for one in visits_of(debtor.customer, scope=EVERYTHING)] == [number, None]
    first, second = date(2026, 12, 1), date(2026, 12, 2)
    assert next_visits(debtor, TODAY, "return") == {debtor.customer: first}
    plan(debtor, purpose="return", planned_on=second)
    assert [next_visits(debtor, day, "return") for day in (first, second)] == [
        {debtor.customer: first}, {debtor.customer: second}
    ]  # fmt: skip
    assert visits_page(VisitFilter(state="planned"), scope=EVERYTHING).rows[0].id == again
    assert visits_page(VisitFilter(), scope=NOTHING).count == 0


def test_each_step_is_said_once(debtor: Debtor, data_folder: Any) -> None:
    number = plan(debtor, request_key="form")
    assert plan(debtor, request_key="form") == number
    refused("visit_key_taken", lambda: plan(debtor, request_key="form", planned_on=TODAY))
    first = check_in(visit_id=number, place="大丰", **WHO)
    assert check_in(visit_id=number, place="盐城", **WHO) == first
    photo = add_photo(visit_id=number, content=PNG, name="a.png", **WHO)
    assert add_photo(visit_id=number, content=PNG, name="b.png", **WHO) == photo
    two = [("b.png", PNG), ("c.jpg", JPEG), ("d.jpg", JPEG)]
    kept = add_photos(visit_id=number, pictures=two, **WHO)
    assert (kept[0], kept[1], len({*kept}), Photo.objects.get(pk=kept[1]).file_name) == (photo, kept[2], 2, "c.jpg")
    many = [(f"{n}.jpg", JPEG + bytes([n])) for n in range(8)]
    refused("visit_photos_enough", lambda: add_photos(visit_id=number, pictures=many, **WHO))
    refused("visit_photo_bad", lambda: add_photos(visit_id=number, pictures=[many[0], ("no.jpg", b"none")], **WHO))
    assert Photo.objects.count() == 2, "all or none"
    absent = Ended("absent", note="门锁着 \n没人", others=" 保安 ")
    ended = finish_visit(visit_id=number, ended=absent, **WHO)
    assert finish_visit(visit_id=number, ended=absent, **WHO) == ended
    for other in (
        replace(absent, outcome="met"),
        replace(absent, note="留了函"),
        replace(absent, sights=("stopped",)),
    ):
        refused("visit_over", lambda other=other: finish_visit(visit_id=number, ended=other, **WHO))
    refused("visit_over", lambda: add_photo(visit_id=number, content=many[0][1], name="c.jpg", **WHO))
    assert check_in(visit_id=number, place="盐城", **WHO) == first


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("visit_day_bad", {"planned_on": date(2026, 11, 15)}),
        ("visit_purpose_unknown", {"purpose": "holiday"}),
        ("visit_visitor_unknown", {"visitor": "nobody"}),
        ("visit_unknown", {"follows": 999}),
        ("visit_note_too_long", {"note": "长" * 2_001}),
    ],
)
def test_a_plan_that_says_nothing_is_refused(debtor: Debtor, code: str, more: dict[str, Any]) -> None:
    refused(code, lambda: plan(debtor, **more))


@pytest.mark.parametrize(
    ("code", "ended"),
    [
        ("visit_outcome_unknown", Ended("well")),
        ("visit_checked_in", Ended("called_off")),
        ("visit_sight_unknown", Ended("met", sights=("ghosts",))),
        ("visit_person_unknown", Ended("met", people=(999,))),
        ("visit_satisfaction_bad", Ended("met", satisfaction=6)),
        ("visit_day_bad", Ended("met", follow_up_on=date(2026, 11, 1))),
    ],
)
def test_an_end_that_says_nothing_is_refused(debtor: Debtor, code: str, ended: Ended) -> None:
    number = plan(debtor)
    check_in(visit_id=number, place="大丰", **WHO)
    refused(code, lambda: finish_visit(visit_id=number, ended=ended, **WHO))


def test_nothing_comes_of_where_nobody_was_but_it_can_be_called_off(debtor: Debtor) -> None:
    number = plan(debtor)
    refused("visit_not_checked_in", lambda: finish_visit(visit_id=number, ended=Ended("met"), **WHO))
    refused("visit_place_missing", lambda: check_in(visit_id=number, **WHO))
    refused("visit_coordinates_bad", lambda: check_in(visit_id=number, latitude_e6=1, **WHO))
    finish_visit(visit_id=number, ended=Ended("called_off"), **WHO)
    assert visit(number, scope=EVERYTHING).state == "called_off"
    assert not open_keys("visits.visit")


def test_nine_photographs_and_nothing_that_only_says_it_is_one(debtor: Debtor, data_folder: Any) -> None:
    number = plan(debtor)
    for place in range(9):
        add_photo(visit_id=number, content=JPEG + bytes([place]), name=f"{place}.jpg", **WHO)
    refused("visit_photos_enough", lambda: add_photo(visit_id=number, content=JPEG, name="10.jpg", **WHO))
    refused("visit_photo_bad", lambda: add_photo(visit_id=number, content=b"<svg onload=x>", name="a.jpg", **WHO))
    assert picture_type(b"RIFF0000WEBPVP8 ") == "image/webp"
    assert picture_type(b"0000ftypheic0000") == "image/heic"


def test_where_somebody_stood_can_be_erased_and_that_they_did_stays(debtor: Debtor) -> None:
    number = plan(debtor)
    fact = check_in(visit_id=number, place="大丰", latitude_e6=1, longitude_e6=2, **WHO)
    erase_personal(CheckIn, fact, reason="asked for", actor="he", at=AT)
    row = visit(number, scope=EVERYTHING)
    assert row.arrival is not None
    assert (row.arrival.at, row.arrival.place, row.arrival.latitude_e6) == (AT, "", None)


def test_who_does_not_see_the_customer_is_not_sent_there(debtor: Debtor) -> None:
    User.objects.create_user("lu")
    refused("mention_unseen", lambda: plan(debtor, visitor="lu"))
    grant_role(username="lu", role="sales", actor="cli:root", at=AT)  # reaches the customers they own: none
    refused("mention_unseen", lambda: plan(debtor, visitor="lu"))
    assert not open_keys("visits.visit")
