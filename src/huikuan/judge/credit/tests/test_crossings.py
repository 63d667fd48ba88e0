"""Strictly over 80 %: one item for finance and a warning for the owner, once; armed again strictly under 75 %."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from huikuan.judge.credit.domain.crossing import OVER, REARMED, crossing
from huikuan.judge.credit.domain.deciding import ENFORCE, OPEN_DEBT, Rules
from huikuan.judge.credit.domain.ending import ending
from huikuan.judge.credit.domain.limits import STANDING, TEMPORARY, Granted, Wish
from huikuan.judge.credit.jobs import AHEAD, limits_ending, policies_to_review, watch
from huikuan.judge.credit.models import Crossing
from huikuan.judge.credit.operations import crossings
from huikuan.judge.credit.operations.crossings import MOVING, WATCH, follow_crossings, look_at_company
from huikuan.judge.credit.operations.orders import release_order
from huikuan.judge.credit.policies import CREDIT_POLICY
from huikuan.judge.credit.tests.conftest import AT, TODAY, WHO, Trade, day, person
from huikuan.judge.credit.tests.test_limits import ask, grant
from huikuan.judge.credit.tests.test_orders import change, limited, rules
from huikuan.judge.credit.work import CROSSING, LIMIT_ENDS, POLICY_REVIEW, WARNING
from huikuan.mechanisms.events.delivery import deliver
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import version as policy_version
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.operations import finish_item, keep_items
from huikuan.mechanisms.work.queries import ItemRow, rows_of
from huikuan.record.customers.operations import affiliate
from huikuan.record.receivables.tests.test_races import at_once, codes
from huikuan.shell.wiring import jobs, subscribers

LIMIT = 1_000_00


# The rule -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "used", "said"),
    [
        ("", 800_00, None),
        ("", 800_01, OVER),
        (REARMED, 800_01, OVER),
        (OVER, 999_99, None),
        (OVER, 800_00, None),
        (OVER, 750_00, None),
        (OVER, 749_99, REARMED),
        ("", 100, None),
        (OVER, -5_00, REARMED),
    ],
)
def test_strictly_over_and_strictly_under(state: str, used: int, said: str | None) -> None:
    assert crossing(state, used, LIMIT, Rules()) == said


def test_without_a_limit_nothing_is_said() -> None:
    assert crossing("", 5, 0, Rules()) is None
    assert crossing(OVER, 0, 0, Rules()) is None


@given(st.lists(st.integers(-10, 130)))
def test_over_and_rearmed_alternate(walk: list[int]) -> None:
    """However a node moves, between two crossings it was strictly under the second threshold."""
    state, told, lowest = "", [], 0
    for percent in walk:
        lowest = min(lowest, percent)
        found = crossing(state, percent, 100, Rules())
        if found == OVER:
            assert percent > 80
            assert not told or lowest < 75
            told.append(found)
            lowest = percent
        state = found or state
    assert (state == OVER) == bool(told and lowest >= 75)


# By events ----------------------------------------------------------------------------------------


@pytest.fixture
def staffed(trade: Trade) -> Trade:
    """Limits of 1,000.00; north is wei's, south nobody's who is a user."""
    for name, role in (("chen", "credit_analyst"), ("li", "credit_manager"), ("zhou", "management"), ("wei", "sales"),
                       ("sun", "sales_manager"), ("fang", "finance_manager")):  # fmt: skip
        person(name, role, reach="all" if name == "sun" else None)
    for customer, owner in ((trade.north, "wei"), (trade.south, "离职者")):
        affiliate(customer_id=customer, dimension="owner", value=owner, effective_on=day("2020-01-01"), **WHO)
    for whose in (trade.north, trade.south):
        limited(trade, LIMIT, customer_id=whose)
    return trade


def told(since: int = 0) -> None:
    """Tell of everything that has happened after the event, in its order, twice: at least once is what is promised."""
    for event in [*_events(since), *_events(since)]:
        follow_crossings(event, at=AT)
    if Job.objects.filter(kind=WATCH).delete()[0]:
        watch(SimpleNamespace(at=AT))  # type: ignore[arg-type]


def _events(since: int) -> list[Announced]:
    return [
        Announced(one.pk, one.tx, one.kind, one.company_id, one.customer_id, one.payload, one.recorded_at)
        for one in Event.objects.filter(kind__in=MOVING, pk__gt=since).order_by("pk")
    ]


def moved(trade: Trade, amount: int, **more: Any) -> None:
    """Post an invoice, or a receipt of −amount, and tell of it."""
    since = Event.objects.order_by("pk").last().pk
    trade.post("invoice" if amount > 0 else "receipt", abs(amount), **more)
    told(since)


def items(kind: str = CROSSING.name, state: str = "open") -> list[ItemRow]:
    found = rows_of(WorkItem.objects.filter(kind=kind).order_by("pk"))
    return [row for row in found if row.state == state]


def test_a_walk_over_the_exact_boundaries(staffed: Trade) -> None:
    moved(staffed, 800_00)
    assert not Crossing.objects.exists(), "80 % is not over 80 %"
    moved(staffed, 1)
    (item,) = items()
    assert (item.customer_id, item.role, item.owner) == (staffed.north, "finance_manager", "")
    assert item.shown == {
        "group": "", "currency": "CNY", "out": "800.01", "out_e4": 8001, "used": "800.01", "limit": "1000.00",
        "utilisation_e4": 8001, "warn_over": 80,
    }  # fmt: skip
    moved(staffed, 150_00)
    moved(staffed, -200_01)
    assert len(items()) == 1, "75 % is not under 75 %"
    moved(staffed, 100_00)
    assert len(WorkItem.objects.filter(kind=CROSSING.name)) == 1, "it never fell under: the same crossing"
    finish_item(item_id=item.id, result="collected", actor="fang", at=AT)
    moved(staffed, 10_00)
    assert items() == [], "done is done until it was armed again"
    moved(staffed, -110_01)
    moved(staffed, 50_01)
    assert items() == [], "80 % again"
    moved(staffed, 1)
    assert [row.shown["used"] for row in items()] == ["800.01"]
    assert list(Crossing.objects.order_by("number").values_list("number", "state", "used", "percent")) == [
        (1, OVER, 800_01, 80), (2, REARMED, 749_99, 75), (3, OVER, 800_01, 80),
    ]  # fmt: skip


def test_the_owner_is_warned_and_armed_again_nothing_is_left_to_do(staffed: Trade) -> None:
    moved(staffed, 900_00)
    (warning,) = items(WARNING.name)
    assert (warning.owner, warning.role, warning.customer_id) == ("wei", "", staffed.north)
    moved(staffed, 900_00, customer=staffed.south)
    other = items(WARNING.name)[1]
    assert (other.owner, other.role, other.customer_id) == ("", "sales_manager", staffed.south)
    moved(staffed, -200_00)
    for kind in (CROSSING.name, WARNING.name):
        (gone,) = items(kind, "cancelled")
        assert (gone.customer_id, gone.closed_by) == (staffed.north, "system")
        assert [row.customer_id for row in items(kind)] == [staffed.south]


def test_an_order_that_waits_counts_as_it_was_decided_about(staffed: Trade) -> None:
    rules(ENFORCE)
    moved(staffed, 700_00, due_date=day("2026-06-01"))
    since = Event.objects.order_by("pk").last().pk
    first, second = staffed.order("SO-1", 101_00), staffed.order("SO-2", 150_00)
    told(since)
    (item,) = items()
    assert item.shown["used"] == "850.00", "exposure and one order, as the rule has it: that which adds most"
    assert item.shown["out"] == "700.00"
    with override("zh-hans"):
        assert CROSSING.describe(item.about) == (
            "额度 CNY 1,000.00 已用 700.00（70.0%），含待放行订单 850.00（85.0%），超过 80%"
        )
    change(second, 150_00, void=True)
    release_order(order_id=first, reason="guaranteed", actor="sun", at=AT)
    told(since)
    assert [row.id for row in items()] == [item.id]
    change(first, 101_00, void=True)
    told(since)
    assert (items(), len(items(state="cancelled"))) == ([], 1), "70 % and nothing waits"


def test_what_is_over_the_limit_is_called_so(staffed: Trade) -> None:
    moved(staffed, 1_000_00)
    (item,), (warning,) = items(), items(WARNING.name)
    assert CROSSING.title_of(item.about) == "Limit nearly used up", "100 % is not over it"
    assert WARNING.title_of(warning.about) == "Warning: limit nearly used up"
    moved(staffed, -1_000_00)
    moved(staffed, 1_000_01)
    (item,), (warning,) = items(), items(WARNING.name)
    assert (CROSSING.title_of(item.about), WARNING.title_of(warning.about)) == (
        "Over the limit", "Warning: over the limit",
    )  # fmt: skip
    early = replace(item.about, shown={key: item.shown[key] for key in item.shown if not key.startswith("out")})
    assert CROSSING.describe(early) == CROSSING.describe(item.about), "an item from before the two were told apart"


def test_a_limit_raised_arms_it_again(staffed: Trade) -> None:
    moved(staffed, 900_00)
    since = Event.objects.order_by("pk").last().pk
    limited(staffed, 1_200_00)
    told(since)
    assert len(items()) == 1, "900 of 1,200 is 75 %"
    limited(staffed, 1_200_01)
    told(since)
    assert items() == []


def test_by_open_debt_what_is_only_ordered_does_not_count(staffed: Trade) -> None:
    rules(ENFORCE, basis=OPEN_DEBT)
    since = Event.objects.order_by("pk").last().pk
    staffed.order("SO-1", 900_00)
    told(since)
    assert items() == []
    moved(staffed, 850_00)
    assert [row.shown["used"] for row in items()] == ["850.00"]


def test_a_group_crosses_its_own_threshold(staffed: Trade) -> None:
    staffed.grouped()
    limited(staffed, 1_000_00, group="LUHE")
    moved(staffed, 450_00)
    moved(staffed, 450_00, customer=staffed.south)
    (item,) = items()
    assert (item.customer_id, item.shown["group"], item.company_id) == (None, "LUHE", staffed.company.pk)
    assert items(WARNING.name) == [], "whose group it is, nobody says"
    since = Event.objects.order_by("pk").last().pk
    staffed.joins(staffed.south, "", "2026-02-01")
    told(since)
    assert items() == [], "without one of them it uses 45 %"


def test_what_is_without_a_rate_says_nothing_until_there_is_one(staffed: Trade) -> None:
    moved(staffed, 900_00, currency="USD")
    assert items() == []
    staffed.rate("USD", "2026-01-01", 1_0000_0000)
    assert look_at_company(staffed.company, at=AT) == 1
    assert look_at_company(staffed.company, at=AT) == 0
    assert len(items()) == 1


# What ends ----------------------------------------------------------------------------------------


def wish(number: int, kind: str, from_on: str, until_on: str | None) -> Granted:
    until = day(until_on) if until_on else None
    return Granted(number, Wish(kind, "CNY", 100, day(from_on), until), (number, number))


@pytest.mark.parametrize(
    ("granted", "found"),
    [
        ([wish(1, STANDING, "2026-01-01", None)], []),
        ([wish(1, STANDING, "2026-01-01", "2026-03-15")], [1]),
        ([wish(1, STANDING, "2026-01-01", "2026-03-16")], []),
        ([wish(1, STANDING, "2026-01-01", "2026-02-01")], [1]),
        ([wish(1, STANDING, "2026-01-01", "2026-03-10"), wish(2, STANDING, "2026-03-11", None)], []),
        ([wish(1, STANDING, "2026-01-01", "2026-03-10"), wish(2, STANDING, "2026-03-12", None)], [1]),
        ([wish(1, STANDING, "2026-01-01", "2026-03-10"), wish(2, STANDING, "2026-02-01", None)], []),
        ([wish(1, TEMPORARY, "2026-01-01", "2026-03-15")], [1]),
        ([wish(1, TEMPORARY, "2026-01-01", "2026-03-16")], []),
        ([wish(1, TEMPORARY, "2026-01-01", "2026-02-28")], []),
        ([wish(1, TEMPORARY, "2026-03-02", "2026-03-05")], []),
    ],
)
def test_limits_that_end_within_a_fortnight(granted: list[Granted], found: list[int]) -> None:
    assert [one.request_id for one in ending(granted, TODAY, AHEAD)] == found


def test_a_limit_that_ends_is_work_until_another_is_granted(staffed: Trade) -> None:
    grant(ask(staffed, 500_00, wish={"until_on": TODAY + timedelta(days=10)}), "zhou")

    def keep() -> dict[str, int]:
        return keep_items(kind=LIMIT_ENDS.name, wanted=list(limits_ending(AT)), at=AT)

    assert keep() == {"opened": 1, "cancelled": 0}
    (item,) = items(LIMIT_ENDS.name)
    assert (item.customer_id, item.due_on, item.shown["limit"]) == (staffed.north, date(2026, 3, 11), "500.00")
    assert keep() == {"opened": 0, "cancelled": 0}
    limited(staffed, LIMIT)
    assert keep() == {"opened": 0, "cancelled": 1}


def test_a_policy_says_when_it_is_looked_at_again(staffed: Trade) -> None:
    def version(review_on: str | None) -> None:
        put_in_force(CREDIT_POLICY.name, {**CREDIT_POLICY.default, "review_on": review_on})

    def keep() -> dict[str, int]:
        return keep_items(kind=POLICY_REVIEW.name, wanted=list(policies_to_review(AT)), at=AT)

    assert keep() == {"opened": 0, "cancelled": 0}
    version("2026-03-16")
    assert keep() == {"opened": 0, "cancelled": 0}, "15 days ahead"
    version("2026-03-15")
    assert keep() == {"opened": 1, "cancelled": 0}
    (item,) = items(POLICY_REVIEW.name)
    assert (item.customer_id, item.role, item.due_on) == (None, "credit_manager", date(2026, 3, 15))
    version("2027-03-15")
    assert keep() == {"opened": 0, "cancelled": 1}


def put_in_force(kind: str, document: dict[str, Any]) -> None:
    number = policies.draft(kind=kind, company_id=None, document=document, actor="chen", at=AT)
    policies.approve(version_id=number, digest=policy_version(number).digest, actor="li", at=AT)
    policies.put_in_force(version_id=number, effective_at=AT, actor="li", at=AT)


def test_the_job_looks_at_all_of_it(staffed: Trade) -> None:
    staffed.post("invoice", 900_00)
    work: Any = SimpleNamespace(at=AT)
    assert watch(work) == {"crossed": 1, "opened": 0, "cancelled": 0}
    assert watch(work)["crossed"] == 0


@pytest.mark.django_db(transaction=True)
def test_it_is_told_with_the_other_events_and_asked_for_where_many_move(
    transactional_db: None, staffed: Trade
) -> None:
    """As it is wired: an invoice by its event, an import by the job it asks for; another owner by nothing."""
    (wired,) = (one for one in subscribers() if one.name == "credit.crossings")
    staffed.post("invoice", 900_00)
    affiliate(customer_id=staffed.north, dimension="owner", value="wei", effective_on=TODAY, **WHO)
    deliver(wired, at=AT)
    assert (len(items()), Job.objects.exists()) == (1, False)
    announce("connectors.imported", at=AT, company_id=staffed.company.pk)
    deliver(wired, at=AT)
    assert Job.objects.get().kind == WATCH in jobs()


# At once ------------------------------------------------------------------------------------------

postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")


def twenty(trade: Trade) -> list[str]:
    """Twenty invoices of one event each, told at the same moment."""
    since = Event.objects.order_by("pk").last().pk
    for _number in range(20):
        trade.post("invoice", 45_00)
    events = _events(since)
    assert len(events) == 20
    return codes(at_once(20, lambda number: _told(events[number])))


def _told(event: Announced) -> None:
    with transaction.atomic():
        follow_crossings(event, at=AT)


@pytest.mark.postgres
@postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_events_at_once_make_one_item(transactional_db: None, staffed: Trade) -> None:
    assert set(twenty(staffed)) == {"done"}
    assert len(items()) == len(items(WARNING.name)) == Crossing.objects.count() == 1


@pytest.mark.postgres
@postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_guards_there_are_more(
    transactional_db: None, staffed: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither held nor numbered by what came before, every look sees an armed node."""
    numbers = count(1)
    monkeypatch.setattr(crossings, "hold", lambda names: None)
    monkeypatch.setattr(crossings, "following", lambda before: next(numbers))
    seen = crossings.last_crossing
    met = Barrier(20)

    def all_look_first(*given: Any) -> Any:
        found = seen(*given)
        met.wait(timeout=30)
        return found

    monkeypatch.setattr(crossings, "last_crossing", all_look_first)
    assert set(twenty(staffed)) == {"done"}
    assert len(items()) == Crossing.objects.count() == 20
