"""Handing customers over: drawn up, signed by two, then they belong to the other from the day on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.identity.domain.scope import Part, scope_of
from huikuan.record.customers.check import unlike_their_papers
from huikuan.record.customers.domain.handover import READS_ALL, Reader, Signer, sums_of
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Affiliation, HandOver, HandOverPlace, HandOverStep
from huikuan.record.customers.operations import (
    affiliate,
    affiliations,
    call_off_hand_over,
    create_customer,
    draw_up_hand_over,
    handovers,
    sign_hand_over,
)
from huikuan.record.customers.queries import affiliation_as_of
from huikuan.record.customers.queries.handovers import hand_overs, paper

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
DAY = date(2026, 12, 1)
HERE, THERE = 1, 2
BY = {"actor": "guo", "at": AT}
LI = Signer("li", frozenset({"li", "李沅"}), frozenset())
YIN = Signer("yin", frozenset({"yin", "尹川"}), frozenset())
GUO = Signer("guo", frozenset({"guo"}), frozenset({"李沅"}))


@pytest.fixture
def ids(db: None) -> list[int]:
    made = [create_customer(master=Master(code, code), **BY) for code in ("A", "B")]
    for one in made:
        affiliate(customer_id=one, dimension="owner", value="李沅", effective_on=date(2020, 1, 1), **BY)
    return made


def line(customer_id: int, *companies: int) -> dict[str, object]:
    """A customer's line with an item of 1.00 in each company."""
    item = {"currency": "CNY", "side": "debit", "open": 100, "overdue_days": 3}
    items = [{**item, "company_id": company} for company in companies]
    return {"customer_id": customer_id, "items": items, "sums": sums_of(items)}


def drawn_up(ids: list[int], **changes: object) -> int:
    lines = [line(one, HERE) for one in changes.get("customer_ids", ids)]  # type: ignore[attr-defined]
    asked = {"from_owner": "李沅", "to_owner": "尹川", "customer_ids": ids, "effective_on": DAY, "lines": lines}
    return draw_up_hand_over(**{**asked, "reason": "离职", **BY, **changes})  # type: ignore[arg-type]


def signed(number: int, side: str, signer: Signer, content: str | None = None) -> str:
    digest = content or HandOver.objects.get(pk=number).content_sha256
    return sign_hand_over(hand_over_id=number, side=side, content_sha256=digest, signer=signer, at=AT)


def counted() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (HandOver, HandOverStep, Affiliation, Leaf))


def refused(work: Callable[[], object], code: str) -> None:
    before = counted()
    with pytest.raises(Refusal) as caught:
        work()
    assert caught.value.code == code
    assert counted() == before


def owners(ids: list[int], day: date = DAY) -> list[str]:
    found = affiliation_as_of(day, dimension="owner", customer_ids=ids)
    return [found[one] for one in ids]


def test_nothing_moves_until_both_signed_and_then_from_the_day_on(ids: list[int]) -> None:
    number = drawn_up(ids)
    assert owners(ids) == ["李沅", "李沅"]
    assert signed(number, "giver", LI) == "open"
    assert owners(ids) == ["李沅", "李沅"]
    assert signed(number, "receiver", YIN) == "done"
    assert owners(ids) == ["尹川", "尹川"]
    assert owners(ids, date(2026, 11, 30)) == ["李沅", "李沅"]
    found = paper(number, reader=READS_ALL)
    row = found.row
    assert (row.state, [(step.step, step.actor) for step in row.steps]) == (
        "done",
        [("giver", "li"), ("receiver", "yin")],
    )
    assert found.lines == tuple(line(one, HERE) for one in ids)


def test_whoever_may_hand_over_signs_for_the_one_who_left_but_not_both_sides(ids: list[int]) -> None:
    number = drawn_up(ids)
    assert signed(number, "giver", GUO) == "open"
    everybody = Signer("guo", frozenset(), None)
    refused(lambda: signed(number, "receiver", everybody), "hand_over_one_hand")
    again = Signer("cli:guo", frozenset(), None)
    refused(lambda: signed(number, "receiver", again), "hand_over_one_hand")
    refused(
        lambda: signed(number, "receiver", Signer("x", frozenset({"x"}), frozenset({"李沅"}))), "hand_over_not_yours"
    )
    refused(lambda: signed(number, "giver", LI), "hand_over_signed_already")
    refused(lambda: signed(number, "receiver", YIN, "0" * 64), "hand_over_other_content")
    assert signed(number, "receiver", YIN) == "done"


def test_what_is_not_drawn_up(ids: list[int]) -> None:
    for changes, code in (
        ({"to_owner": " "}, "hand_over_owner_missing"),
        ({"to_owner": "李沅"}, "hand_over_to_oneself"),
        ({"customer_ids": []}, "hand_over_of_nothing"),
        ({"from_owner": "郑可"}, "hand_over_of_others"),
        ({"customer_ids": [max(ids) + 9]}, "customer_unknown"),
        ({"effective_on": date(2019, 12, 31)}, "hand_over_of_others"),
    ):
        refused(lambda changes=changes: drawn_up(ids, **changes), code)
    number = drawn_up(ids[:1])
    refused(lambda: drawn_up(ids), "hand_over_twice")
    refused(lambda: call_off_hand_over(hand_over_id=number, reason=" ", **BY), "hand_over_reason_missing")
    call_off_hand_over(hand_over_id=number, reason="不离职了", **BY)
    refused(lambda: signed(number, "giver", LI), "hand_over_signed_already")
    assert drawn_up(ids) > number


def test_a_customer_that_went_elsewhere_meanwhile_is_not_taken_along(ids: list[int]) -> None:
    number = drawn_up(ids)
    signed(number, "giver", LI)
    affiliate(customer_id=ids[1], dimension="owner", value="郑可", effective_on=date(2026, 11, 25), **BY)
    refused(lambda: signed(number, "receiver", YIN), "hand_over_of_others")
    assert owners(ids) == ["李沅", "郑可"]


def reading(*parts: Part, names: frozenset[str] = frozenset()) -> Reader:
    return Reader(names, scope_of(parts, on=DAY))


def test_those_concerned_see_it_and_nobody_else(ids: list[int]) -> None:
    drawn_up(ids)

    def sees(*owners: str) -> int:
        return len(hand_overs(reader=reading(Part(None, frozenset(owners)))))

    assert (sees("李沅"), sees("尹川"), sees("郑可")) == (1, 1, 0)
    assert hand_overs(reader=reading()) == []
    assert len(hand_overs(reader=READS_ALL, customer_id=ids[0])) == 1
    assert hand_overs(reader=READS_ALL, customer_id=max(ids) + 1) == []


def test_who_sees_one_company_is_shown_its_items_alone(ids: list[int]) -> None:
    first, second = ids
    number = drawn_up(ids, lines=[line(first, HERE, THERE), line(second, THERE)])
    here, there = frozenset({HERE}), frozenset({THERE})
    one = paper(number, reader=reading(Part(here, None)))
    assert one.lines == ({**line(first, HERE), "part": True},)
    assert (one.row.customer_ids, one.row.whole) == ((first,), False)
    lead = paper(number, reader=reading(Part(here, frozenset({"尹川"}))))
    assert lead.lines == one.lines
    assert paper(number, reader=reading(Part(there, None))).lines == (
        {**line(first, THERE), "part": True},
        line(second, THERE),
    )
    whole = (
        reading(Part(here, frozenset({"李沅"})), names=frozenset({"李沅"})),
        reading(Part(here, None), Part(there, None)),
        reading(Part(None, frozenset({"尹川"}))),
        READS_ALL,
    )
    for reader in whole:
        found = paper(number, reader=reader)
        assert (found.row.whole, [len(one["items"]) for one in found.lines]) == (True, [2, 1])
    nobody = reading(Part(frozenset({HERE + THERE}), None))
    assert hand_overs(reader=nobody) == []
    with pytest.raises(Refusal, match="hand_over_unknown"):
        paper(number, reader=nobody)


def test_lists_and_checks_read_no_papers(ids: list[int]) -> None:
    drawn_up(ids[:1])
    with CaptureQueriesContext(connection) as asked:
        hand_overs(reader=READS_ALL)
        handovers.check_free(ids[1:])
    told = [query["sql"] for query in asked if "customers_handover" in query["sql"]]
    assert told
    assert not any('"content"' in sql for sql in told)


def both_at_once(made: list[int], ready: threading.Barrier) -> list[str]:
    answers = list[str]()

    def draw() -> None:
        try:
            ready.wait(20)
            drawn_up(made)
            answers.append("drawn up")
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    both = [threading.Thread(target=draw) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    return sorted(answers)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_draw_up_the_same_at_once_one_is_refused(ids: list[int]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a claim about concurrency: PostgreSQL only")
    assert both_at_once(ids, threading.Barrier(2)) == ["drawn up", "hand_over_twice"]


@pytest.mark.django_db(transaction=True)
def test_without_holding_the_customers_both_are_drawn_up(ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: nothing is held, and both look before either writes."""
    if connection.vendor != "postgresql":
        pytest.skip("a claim about concurrency: PostgreSQL only")
    looked, check = threading.Barrier(2), handovers.check_free

    def look(customer_ids: list[int]) -> None:
        check(customer_ids)
        looked.wait(20)

    monkeypatch.setattr(handovers, "_hold", lambda customer_ids: None)
    monkeypatch.setattr(handovers, "check_free", look)
    assert both_at_once(ids, threading.Barrier(2)) == ["drawn up", "drawn up"]


def test_an_owner_said_for_a_later_day_refuses_both_drawing_up_and_the_last_signature(ids: list[int]) -> None:
    later = {"customer_id": ids[1], "dimension": "owner", "value": "郑可", "effective_on": date(2026, 12, 5), **BY}
    number = drawn_up(ids)
    signed(number, "giver", LI)
    affiliate(**later)
    refused(lambda: signed(number, "receiver", YIN), "hand_over_before_another")
    call_off_hand_over(hand_over_id=number, reason="改日", **BY)
    refused(lambda: drawn_up(ids), "hand_over_before_another")
    assert owners(ids, date(2026, 12, 5)) == ["李沅", "郑可"]
    assert drawn_up(ids[:1]) > number


def by_form(customer_id: int) -> None:
    affiliate(customer_id=customer_id, dimension="owner", value="郑可", effective_on=date(2026, 11, 25), **BY)


def by_import(customer_id: int) -> None:
    said = affiliations.Statement(customer_id, "owner", "郑可", date(2026, 11, 25))
    with transaction.atomic():
        affiliations.affiliate_many([said], today=date(2026, 11, 25), batch_id=7, **BY)


DOORS = pytest.mark.parametrize("door", [by_form, by_import])


def said_before_the_signature(
    made: list[int], seconds: float, door: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> bool:
    """The last signature has looked whose the customers are; whether somebody who then says another owner for one of
    them is done within the seconds, before it is written."""
    number, check = drawn_up(made), handovers._check_owner
    signed(number, "giver", LI)
    looked, written, answers = threading.Event(), threading.Event(), list[bool]()

    def look(customer_ids: list[int], owner: str, day: date) -> None:
        check(customer_ids, owner, day)
        looked.set()
        answers.append(written.wait(seconds))

    def sign() -> None:
        signed(number, "receiver", YIN)
        connection.close()

    def say() -> None:
        looked.wait(20)
        door(made[0])
        written.set()
        connection.close()

    monkeypatch.setattr(handovers, "_check_owner", look)
    both = [threading.Thread(target=work) for work in (sign, say)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert HandOverStep.objects.count() == 2
    return answers[0]


@DOORS
@pytest.mark.django_db(transaction=True)
def test_nobody_says_another_owner_between_the_look_and_the_signature(
    door: Callable[[int], None], ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a claim about concurrency: PostgreSQL only")
    assert not said_before_the_signature(ids, 1.0, door, monkeypatch)


@DOORS
@pytest.mark.django_db(transaction=True)
def test_without_holding_the_customer_it_is_handed_over_although_it_went_elsewhere(
    door: Callable[[int], None], ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: what was looked at is no longer so when it is signed."""
    if connection.vendor != "postgresql":
        pytest.skip("a claim about concurrency: PostgreSQL only")
    monkeypatch.setattr(affiliations, "_hold", lambda customer_ids: None)
    assert said_before_the_signature(ids, 30, door, monkeypatch)


def test_the_check_finds_a_hand_over_that_is_found_by_other_places_than_it_names(ids: list[int]) -> None:
    number = drawn_up(ids, lines=[line(ids[0], HERE, THERE), line(ids[1])])
    assert list(unlike_their_papers()) == []
    HandOverPlace.objects.create(hand_over_id=number, customer_id=ids[1], company_id=THERE)
    ((found, named, held),) = unlike_their_papers()
    assert found == number
    assert (f"customer {ids[1]} in {THERE} company" in named, f"customer {ids[1]} in {THERE} company" in held) == (
        False,
        True,
    )
