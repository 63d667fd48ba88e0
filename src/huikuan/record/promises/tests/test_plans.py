"""Instalment plans: agreed by two, exact to the cent, dates replaced and kept, broken by a miss."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.operations import withdraw_request
from huikuan.mechanisms.approvals.queries.requests import asked, request_record, route_of
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.files.operations import store_file
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.work.models import WorkItem
from huikuan.record.promises.approvals import PLAN
from huikuan.record.promises.domain.instalments import Came, Debt, Instalment, spread, standing_on
from huikuan.record.promises.models import Plan, PlanEnd
from huikuan.record.promises.operations.asking import Paper
from huikuan.record.promises.operations.breaking import judge_plans
from huikuan.record.promises.operations.plans import Terms, propose_plan
from huikuan.record.promises.queries import standing
from huikuan.record.promises.queries.plans import items_bound, items_planned, plan
from huikuan.record.promises.queries.promises import PromiseFilter, promises_page
from huikuan.record.promises.queries.sums import PartRow, Which, parts_by
from huikuan.record.promises.tests.conftest import Desk, at, day
from huikuan.record.receivables.domain.schedules import Line, paid_first, waterfall
from huikuan.record.receivables.models import Item, OpenItem, Schedule
from huikuan.record.receivables.operations.reversals import reverse_settlement
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.schedules import schedule_of

ACCELERATE = Terms("accelerate", "original")
THIRDS = [("2026-03-31", 40_000_00), ("2026-04-30", 40_000_00), ("2026-05-31", 20_000_00)]


class Planning(Desk):
    def propose(
        self, *items: int, lines: Any = THIRDS, terms: Terms = ACCELERATE, paper: bool = True, **said: Any
    ) -> int:
        given: dict[str, Any] = {"actor": self.collector, "at": at("2026-03-02"), **said}
        return propose_plan(
            company=self.company,
            customer_id=self.customer.id,
            items=items,
            lines=[Instalment(day(on), amount) for on, amount in lines],
            terms=terms,
            paper=Paper(b"%PDF-1.4 plan", "分期协议.pdf") if paper else None,
            **given,
        )

    def agreed(self, *items: int, **said: Any) -> int:
        self.approve(self.propose(*items, **said))
        return int(Plan.objects.order_by("-pk").values_list("pk", flat=True)[0])

    def break_on(self, on: str) -> int:
        return judge_plans(company=self.company, at=at(on))

    def due(self, item: int, on: str | None = None) -> list[tuple[str, int]]:
        lines = schedule_of(item, day(on) if on else None).lines
        return [(str(line.due_date), line.amount) for line in lines]


@pytest.fixture
def desk(db: None) -> Planning:
    return Planning()


@pytest.fixture
def claims(desk: Planning) -> tuple[int, int]:
    """100,000.00 open: 80,000.00 of which 10,000.00 are paid, and 30,000.00."""
    first = desk.post("invoice", 80_000_00, "2026-01-05", document_number="INV-1")
    second = desk.post("invoice", 30_000_00, "2026-01-20", document_number="INV-2")
    desk.pay(first, 10_000_00, "2026-02-01")
    return first, second


def refused(code: str, work: Any, *args: Any, **named: Any) -> None:
    before = Plan.objects.count(), Schedule.objects.count()
    with pytest.raises(Refusal) as refusal:
        work(*args, **named)
    assert refusal.value.code == code
    assert before == (Plan.objects.count(), Schedule.objects.count())


@pytest.mark.django_db
def test_nothing_changes_until_another_has_approved(desk: Planning, claims: tuple[int, int]) -> None:
    # Somebody else's file of the same bytes was there before, under a name that is theirs.
    store_file(b"%PDF-1.4 plan", "宏朔钢构.pdf", actor="guest:7", at=at("2026-03-01"))
    request = desk.propose(*claims)
    assert (Plan.objects.count(), Schedule.objects.count()) == (0, 0)
    refused("request_own", desk.approve, request, actor=desk.collector)
    desk.approve(request)
    row = plan(Plan.objects.get().pk, scope=EVERYTHING, as_of=day("2026-03-02"))
    assert (row.total, row.actor, row.approved_by, row.file_name) == (
        100_000_00, "collector", "manager", "分期协议.pdf"
    )  # fmt: skip
    assert desk.told() == ["promises.plan_agreed"]
    assert Event.objects.get(kind="promises.plan_agreed").payload["sha256"] == row.sha256 != ""


@pytest.mark.django_db
def test_a_plan_without_paper_says_so(desk: Planning, claims: tuple[int, int]) -> None:
    desk.approve(desk.propose(*claims, paper=False), actor=desk.credit)
    assert Event.objects.get(kind="promises.plan_agreed").payload["sha256"] == ""


@pytest.mark.django_db
def test_due_dates_are_replaced_and_the_original_ones_stay(desk: Planning, claims: tuple[int, int]) -> None:
    first, second = claims
    number = desk.agreed(*claims)
    assert desk.due(first) == [("2026-01-05", 10_000_00), ("2026-03-31", 40_000_00), ("2026-04-30", 30_000_00)]
    assert desk.due(second) == [("2026-04-30", 10_000_00), ("2026-05-31", 20_000_00)]
    assert desk.due(first, "2026-03-01") == [("2026-01-05", 80_000_00)]
    assert Item.objects.get(pk=first).due_date == day("2026-01-05")
    assert {row.reason for row in Schedule.objects.all()} == {"plan"}
    row = plan(number, scope=EVERYTHING, as_of=day("2026-03-02"))
    assert [(one.document_number, one.amount, one.due_on, one.due_before) for one in row.items] == [
        ("INV-1", 70_000_00, day("2026-01-05"), day("2026-01-05")),
        ("INV-2", 30_000_00, day("2026-01-20"), day("2026-01-20")),
    ]
    assert check_ledger() == []


@pytest.mark.django_db
def test_what_was_paid_shows_beside_the_schedule(desk: Planning, claims: tuple[int, int]) -> None:
    number = desk.agreed(*claims)
    desk.pay(claims[0], 45_000_00, "2026-03-30")
    row = plan(number, scope=EVERYTHING, as_of=day("2026-04-30"))
    assert [(line.paid, line.missed) for line in row.lines] == [(40_000_00, False), (5_000_00, False), (0, False)]
    assert (row.state, row.paid) == ("running", 45_000_00)
    found = standing(desk.company.id, day("2026-04-30"))
    assert {(one.plan_id, one.amount, one.by) for one in found.values()} == {(number, 35_000_00, day("2026-04-30"))}
    assert set(found) == set(claims)
    desk.pay(claims[0], 25_000_00, "2026-04-30")
    desk.pay(claims[1], 30_000_00, "2026-04-30")
    assert plan(number, scope=EVERYTHING, as_of=day("2026-04-30")).state == "paid"
    assert standing(desk.company.id, day("2026-04-30")) == {}


@pytest.mark.django_db
def test_what_was_broken_is_to_pay_by_the_plan_while_it_goes_on(desk: Planning, claims: tuple[int, int]) -> None:
    """From the day the plan is agreed until it is missed, the promise awaits nothing that is in it."""
    number = desk.promise((claims[0], 70_000_00), by="2026-03-05")
    desk.approve(desk.propose(*claims, at=at("2026-03-12")), on="2026-03-12")
    days = ("2026-03-11", "2026-03-12", "2026-04-03", "2026-04-04")
    assert [desk.row(number, on).awaited for on in days] == [70_000_00, 0, 0, 70_000_00]
    assert [desk.row(number, on).state for on in days] == ["broken"] * 4
    page = promises_page(PromiseFilter(), scope=EVERYTHING, as_of=day("2026-03-12"), limit=50)
    assert (page.sums, page.rows[0].parts[0].elsewhere) == ({"CNY": 0}, 70_000_00)


@pytest.mark.django_db
def test_a_plan_awaits_what_one_payment_left_of_two_promises(desk: Planning) -> None:
    """30,000 bounced beside 40,000; 35,000 that came late pay one of them: 35,000 are left, and then in the plan."""
    claim = desk.post("invoice", 70_000_00)
    first = desk.promise((claim, 30_000_00), by="2026-03-05")
    settlement = desk.pay(claim, 30_000_00, "2026-03-04")
    rest = desk.promise((claim, 40_000_00), by="2026-03-10", on="2026-03-06")
    on = day("2026-03-15")
    reverse_settlement(settlement_id=settlement, reason="bounced", on=on, actor="t", at=at("2026-03-15"))
    desk.pay(claim, 35_000_00, "2026-03-17")
    desk.approve(desk.propose(claim, lines=[("2026-04-30", 35_000_00)], at=at("2026-03-18")), on="2026-03-18")
    for then, told in (("2026-03-17", [30_000_00, 5_000_00]), ("2026-03-18", [0, 0])):
        assert [desk.row(number, then).awaited for number in (first, rest)] == told
        page = promises_page(PromiseFilter(), scope=EVERYTHING, as_of=day(then), limit=50)
        assert page.sums == {"CNY": sum(told)}


@pytest.mark.django_db
def test_an_open_promise_is_awaited_beside_the_plan(desk: Planning, claims: tuple[int, int]) -> None:
    number = desk.promise((claims[0], 70_000_00), by="2026-03-20")
    desk.agreed(*claims)
    assert desk.row(number, "2026-03-12").awaited == 70_000_00


@pytest.mark.django_db
def test_who_approves_a_plan_is_shown_what_is_promised_of_its_claims_and_no_more_is_read(
    desk: Planning, claims: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.promise((claims[0], 70_000_00), by="2026-03-20")
    for whose in (desk.customer.id, desk.other.id):
        desk.promise((desk.post("invoice", 5_00, customer_id=whose), 5_00), by="2026-03-20", customer=whose)
    request = desk.propose(*claims)
    read: list[PartRow] = []

    def reading(which: Which, on: date) -> list[PartRow]:
        read.extend(found := parts_by(which, on))
        return found

    # By its name: in the package a function of the same name hides the module.
    monkeypatch.setattr(import_module("huikuan.record.promises.queries.standing"), "parts_by", reading)
    assert PLAN.beside is not None
    told = PLAN.beside(asked(request_record(request)), scope=EVERYTHING, at=at("2026-03-02"))
    assert [value for _, value in told] == [f"#{number} · INV-1 · CNY 70,000.00 · 2026-03-20"]
    assert [(row.promise_id, row.item_id) for row in read] == [(number, claims[0])]


@pytest.mark.django_db
def test_a_miss_after_the_grace_makes_the_rest_due_at_once(desk: Planning, claims: tuple[int, int]) -> None:
    first, second = claims
    number = desk.agreed(*claims)
    desk.pay(first, 40_000_00, "2026-04-03")
    assert desk.break_on("2026-05-03") == 0
    assert plan(number, scope=EVERYTHING, as_of=day("2026-05-04")).state == "missed"
    # Missed and not judged yet: it holds nobody back any more, and no other plan takes its place.
    assert (items_planned(desk.company.id, day("2026-05-03")), standing(desk.company.id, day("2026-05-04"))) == (
        {first, second}, {}
    )  # fmt: skip
    assert items_planned(desk.company.id, day("2026-05-04")) == set()
    assert items_bound(desk.company.id, day("2026-05-04")) == {first, second}
    assert (desk.break_on("2026-05-04"), desk.break_on("2026-05-04")) == (1, 0)
    assert desk.due(first) == [("2026-01-05", 10_000_00), ("2026-03-31", 40_000_00), ("2026-04-30", 30_000_00)]
    assert desk.due(second) == [("2026-04-30", 10_000_00), ("2026-05-04", 20_000_00)]
    row = plan(number, scope=EVERYTHING, as_of=day("2026-05-04"))
    assert (row.state, row.missed, row.ended_on) == ("broken", 2, day("2026-05-04"))
    assert plan(number, scope=EVERYTHING, as_of=day("2026-05-03")).state == "running"
    assert PlanEnd.objects.get().missing == 40_000_00
    assert desk.told("promises.plan") == ["promises.plan_agreed", "promises.plan_broken"]
    assert WorkItem.objects.get(kind="promises.plan_broken").shown["line"] == 2
    assert standing(desk.company.id, day("2026-05-04")) == {}
    assert check_ledger() == []


@pytest.mark.django_db
def test_or_the_original_dates_hold_again_where_that_was_agreed(desk: Planning, claims: tuple[int, int]) -> None:
    first, second = claims
    record_schedule(
        item_id=second, lines=[_line("2026-02-28", 30_000_00)], effective_on=day("2026-02-01"), reason="extension",
        actor="tester", at=at("2026-02-01"),
    )  # fmt: skip
    desk.agreed(*claims, terms=Terms("original", "plan"))
    assert desk.break_on("2026-04-04") == 1
    assert (desk.due(first), desk.due(second)) == ([("2026-01-05", 80_000_00)], [("2026-02-28", 30_000_00)])
    assert OpenItem.objects.get(item_id=second).due_date == day("2026-02-28")


@pytest.mark.django_db
def test_a_claim_rescheduled_since_keeps_that(desk: Planning, claims: tuple[int, int]) -> None:
    desk.agreed(*claims)
    record_schedule(
        item_id=claims[1], lines=[_line("2026-12-31", 30_000_00)], effective_on=day("2026-03-20"), reason="extension",
        actor="tester", at=at("2026-03-20"),
    )  # fmt: skip
    assert desk.break_on("2026-04-04") == 1
    assert desk.due(claims[1]) == [("2026-12-31", 30_000_00)]


def _line(on: str, amount: int) -> Line:
    return Line(day(on), "", amount)


@pytest.mark.django_db
def test_money_between_asking_and_approving_voids_the_request(desk: Planning, claims: tuple[int, int]) -> None:
    request = desk.propose(*claims)
    desk.pay(claims[0], 1_00, "2026-03-02")
    refused("request_shown_has_changed", desk.approve, request)


@pytest.mark.django_db
def test_refusals_change_nothing(desk: Planning, claims: tuple[int, int]) -> None:
    refused("plan_sum_differs", desk.propose, claims[0])
    with pytest.raises(Refusal) as refusal:
        desk.propose(*claims, lines=[("2026-03-31", 100_000_01)])
    said = refusal.value.params
    assert (said["sum"], said["debt"], said["difference"], said["currency"]) == (
        "100000.01", "100000.00", "0.01", "CNY"
    )  # fmt: skip
    with pytest.raises(Refusal) as refusal:
        desk.propose(*claims, lines=[("2026-03-31", 1), ("2026-03-31", 99_999_99)])
    assert (refusal.value.params["line"], refusal.value.params["day"]) == (2, day("2026-03-31"))
    refused("plan_sum_differs", desk.propose, *claims, lines=[("2026-03-31", 100_000_01)])
    refused("plan_lines_bad", desk.propose, *claims, lines=[("2026-03-31", 100_000_00), ("2026-04-30", 0)])
    refused("plan_lines_bad", desk.propose, *claims, lines=[])
    refused("plan_days_do_not_rise", desk.propose, *claims, lines=[("2026-03-31", 1), ("2026-03-31", 99_999_99)])
    refused("promise_day_over", desk.propose, *claims, lines=[("2026-03-01", 100_000_00)])
    refused("plan_term_unknown", desk.propose, *claims, terms=Terms("forgive", "plan"))
    refused("plan_grace_bad", desk.propose, *claims, terms=Terms("original", "plan", grace_days=32))
    refused("promise_claim_unfit", desk.propose, desk.post("receipt", 1), lines=[("2026-03-31", 1)])
    refused("promise_claims_missing", desk.propose)
    refused("not_permitted", desk.propose, *claims, actor="stranger")
    desk.agreed(*claims)
    refused("plan_item_taken", desk.propose, *claims)


@pytest.mark.django_db
def test_without_its_document_it_goes_one_row_up(desk: Planning, claims: tuple[int, int]) -> None:
    bare = desk.propose(*claims, paper=False)
    assert route_of(request_record(bare))[0][0] == "credit_manager"
    withdraw_request(request_id=bare, actor=desk.collector, at=at("2026-03-02"))
    assert route_of(request_record(desk.propose(*claims)))[0][0] == "sales_manager"


# The laws of spreading.

_BEGIN = date(2026, 6, 1)
#: What a claim falls due by, and how much of it, in hundredths, is open.
_LINES = st.lists(st.tuples(st.integers(0, 400) | st.none(), st.integers(1, 5_000)), min_size=1, max_size=3)
_DEBTS = st.lists(st.tuples(_LINES, st.integers(1, 100)), min_size=1, max_size=5)


@given(debts=_DEBTS, cuts=st.lists(st.integers(1, 10**6), max_size=5))
def test_instalments_come_to_the_debt_and_each_schedule_to_its_claim(debts: Any, cuts: list[int]) -> None:
    owed = [_debt(number, *debt) for number, debt in enumerate(debts)]
    total = sum(one.open_amount for one in owed)
    edges = sorted({cut % total for cut in cuts} - {0})
    amounts = [after - before for before, after in zip([0, *edges], [*edges, total], strict=True)]
    lines = [Instalment(_BEGIN + timedelta(days=30 * place), amount) for place, amount in enumerate(amounts)]
    found = spread(lines, owed)
    whole = {one.item_id: sum(line.amount for line in one.lines) for one in owed}
    assert {item: sum(line.amount for line in parts) for item, parts in found.items()} == whole
    for parts in found.values():
        assert [part.due_date for part in parts] == sorted(part.due_date for part in parts if part.due_date)
    # What is open of the claims is what was agreed, and what was settled keeps its day.
    still = [part for one in owed for part in waterfall(found[one.item_id], one.open_amount)]
    for line in lines:
        assert sum(part.amount for part in still if part.due_date == line.due_on) == line.amount
    for one in owed:
        kept = [(min(line.due_date or _BEGIN, _BEGIN), line.amount) for line in paid_first(one.lines, one.open_amount)]
        assert [(part.due_date, part.amount) for part in found[one.item_id][: len(kept)]] == kept


def _debt(number: int, lines: Any, share: int) -> Debt:
    dated = [
        Line(None, "acceptance", of) if offset is None else Line(date(2026, 1, 1) + timedelta(days=offset), "", of)
        for offset, of in lines
    ]
    whole = sum(line.amount for line in dated)
    return Debt(number, dated, max(1, whole * share // 100))


@given(
    amounts=st.lists(st.integers(1, 100), min_size=1, max_size=5),
    came=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 80)), max_size=6),
    looked=st.integers(0, 200),
)
def test_what_comes_later_changes_no_day_before(amounts: list[int], came: Any, looked: int) -> None:
    lines = [Instalment(_BEGIN + timedelta(days=30 * place), amount) for place, amount in enumerate(amounts)]
    on = _BEGIN + timedelta(days=looked)
    money = [Came(_BEGIN + timedelta(days=offset), amount) for offset, amount in came]
    whole = standing_on(lines, money, 3, on)
    assert whole == standing_on(lines, [one for one in money if one.on <= on], 3, on)
    assert whole.paid == min(sum(amounts), sum(one.amount for one in money if one.on <= on))
