"""Orders are checked as they are entered; what waits counts for what went out, and goes on once it fits in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from huikuan.judge.credit.domain.deciding import ENFORCE, OBSERVE
from huikuan.judge.credit.models import OrderDecision, OrderStanding
from huikuan.judge.credit.operations.orders import MAKING_ROOM, make_room, release_order
from huikuan.judge.credit.policies import CREDIT_RULES
from huikuan.judge.credit.queries.judging import judge_amount
from huikuan.judge.credit.queries.releasing import releasable
from huikuan.judge.credit.queries.standings import decisions, waiting_page
from huikuan.judge.credit.tests.conftest import AT, TODAY, WHO, Trade, credit_policy, person, pieces
from huikuan.judge.credit.tests.test_exposure import parts
from huikuan.judge.credit.tests.test_limits import ask, grant
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.delivery import announced_of
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.mechanisms.identity.queries import scope
from huikuan.mechanisms.policies import kinds
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import version
from huikuan.record.contracts.domain.orders import Order
from huikuan.record.contracts.models import SalesOrder
from huikuan.record.contracts.operations.orders import change_order
from huikuan.record.contracts.queries.progress import order_versions
from huikuan.record.customers.operations import merge_customers, undo_merge
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.lateness import overdue_now
from huikuan.shell import cli


@pytest.fixture
def staffed(trade: Trade) -> Trade:
    person("chen", "credit_analyst")
    person("li", "credit_manager")
    person("zhou", "management")
    person("sun", "sales_manager", reach="all")
    return trade


def rules(mode: str, **changes: Any) -> int:
    """Put order checks in force: drafted by one, approved by another."""
    document = {**CREDIT_RULES.default, "mode": mode, **changes}
    number = policies.draft(kind=CREDIT_RULES.name, company_id=None, document=document, actor="chen", at=AT)
    policies.approve(version_id=number, digest=version(number).digest, actor="li", at=AT)
    policies.put_in_force(version_id=number, effective_at=AT, actor="li", at=AT)
    return number


def limited(trade: Trade, amount: int, **more: Any) -> None:
    grant(ask(trade, amount, **more), "zhou")


def change(order: int, amount: int, *, void: bool = False, **who: Any) -> None:
    known = order_versions(order)[-1]
    wanted = Order(known.order.ordered_on, "CNY", (pieces(amount),), known.order.contract_number, void)
    change_order(order_id=order, version=known.number, order=wanted, **{**WHO, **who})


def state(order: int) -> str:
    return OrderStanding.objects.get(pk=order).state


def last(order: int) -> Any:
    return decisions(order, scope=EVERYTHING)[0]


def rules_said(order: int) -> list[str]:
    return [one["rule"] for one in last(order).content["reasons"]]


def refused(work: Any) -> str:
    before = (OrderDecision.objects.count(), SalesOrder.objects.count(), Event.objects.count())
    with pytest.raises(Refusal) as found:
        work()
    assert before == (OrderDecision.objects.count(), SalesOrder.objects.count(), Event.objects.count())
    return found.value.code


@pytest.fixture
def room() -> Callable[[], None]:
    """Tell those who wait of what may have made room since the last time, in order: told once more, what came before
    would let go what the last event alone has to."""
    told = 0

    def run() -> None:
        nonlocal told
        for event in Event.objects.filter(kind__in=MAKING_ROOM, id__gt=told).order_by("id"):
            make_room(announced_of(event), at=AT)
            told = event.id

    return run


def test_in_observe_mode_everything_is_decided_and_nothing_waits(staffed: Trade) -> None:
    order = staffed.order("SO-1", 100_00)
    assert (last(order).decision, last(order).mode, state(order)) == ("hold", OBSERVE, "released")
    assert rules_said(order) == ["not_assessed"]
    staffed.deliver(order, 10)
    assert parts(staffed)[""] == 100_00


def test_enforced_an_order_is_released_paused_or_held(staffed: Trade) -> None:
    number = rules(ENFORCE)
    limited(staffed, 1_000_00)
    first, second, third = (
        staffed.order(f"SO-{place}", amount) for place, amount in enumerate((800_00, 200_00, 1_00))
    )
    assert [state(one) for one in (first, second, third)] == ["released", "paused", "paused"]
    assert parts(staffed)[""] == 800_00  # neither of the paused ones is reserved
    fourth = staffed.order("SO-3", 200_01)
    assert (state(fourth), rules_said(fourth)) == ("held", ["over_limit"])
    assert last(fourth).policy_version_id == number
    assert [row.number for row in waiting_page(scope=EVERYTHING)] == ["SO-1", "SO-2", "SO-3"]
    assert waiting_page(scope=NOTHING) == []
    assert check_ledger() == []


def test_nothing_of_an_order_that_waits_goes_out(staffed: Trade) -> None:
    rules(ENFORCE)
    order = staffed.order("SO-1", 100_00)
    assert state(order) == "held"
    assert refused(lambda: staffed.deliver(order, 1)) == "order_waits"


def test_a_limit_of_0_lets_go_what_is_paid_ahead(staffed: Trade) -> None:
    rules(ENFORCE)
    limited(staffed, 0)
    assert rules_said(staffed.order("SO-1", 1)) == ["prepay_only"]
    staffed.post("advance", 500_00, contract_number="HT-1")
    paid = staffed.order("SO-2", 500_00, contract_number="HT-1")
    assert state(paid) == "released"
    assert state(staffed.order("SO-3", 1, contract_number="HT-1")) == "held"


def test_a_group_holds_what_a_member_would_be_allowed(staffed: Trade) -> None:
    staffed.grouped()
    rules(ENFORCE)
    for whose in (staffed.north, staffed.south):
        limited(staffed, 1_000_00, customer_id=whose)
    limited(staffed, 1_000_00, group="LUHE")
    assert state(staffed.order("SO-1", 700_00)) == "released"
    other = staffed.order("SO-2", 700_00, customer=staffed.south)
    assert (state(other), rules_said(other)) == ("held", ["over_limit"])
    assert state(staffed.order("SO-3", 100_00, customer=staffed.south)) == "released"


def test_what_grows_or_comes_back_is_asked_again(staffed: Trade) -> None:
    rules(ENFORCE)
    limited(staffed, 1_000_00)
    order = staffed.order("SO-1", 700_00)
    change(order, 500_00)
    assert state(order) == "released"
    assert state(staffed.order("SO-2", 300_00)) == "released"
    # What it gave up is somebody else's now.
    change(order, 700_00)
    assert (state(order), rules_said(order)) == ("paused", ["over_threshold"])
    change(order, 700_00, void=True)
    assert (state(order), parts(staffed)[""]) == ("cancelled", 300_00)
    change(order, 701_00)
    assert (state(order), rules_said(order)) == ("held", ["over_limit"])
    change(order, 400_00)
    assert (state(order), parts(staffed)[""]) == ("released", 700_00)
    assert check_ledger() == []


def test_released_orders_go_on_when_the_limit_is_cut(staffed: Trade) -> None:
    rules(ENFORCE)
    limited(staffed, 1_000_00)
    order = staffed.order("SO-1", 800_00)
    limited(staffed, 100_00)
    staffed.deliver(order, 10)
    change(order, 800_00)
    assert (state(order), parts(staffed)[""]) == ("released", 800_00)
    assert state(staffed.order("SO-2", 1)) == "held"


def test_what_is_overdue_holds_orders_and_later_deliveries(staffed: Trade) -> None:
    rules(ENFORCE)
    credit_policy(unrated={"grace_days": 5})
    limited(staffed, 10_000_00)
    order = staffed.order("SO-1", 100_00)
    day = (TODAY - timedelta(days=35)).isoformat()
    staffed.post("invoice", 1_00, day)
    assert state(staffed.order("SO-2", 100_00)) == "released"  # 35 days, 5 of grace
    staffed.post("invoice", 1_00, (TODAY - timedelta(days=36)).isoformat())
    assert rules_said(staffed.order("SO-3", 100_00)) == ["overdue_days"]
    staffed.deliver(order, 1)
    staffed.post("invoice", 1_00, (TODAY - timedelta(days=66)).isoformat())
    assert refused(lambda: staffed.deliver(order, 1)) == "delivery_blocked"


def test_an_older_version_of_the_checks_keeps_the_grace_it_said(
    staffed: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds._KINDS, CREDIT_RULES.name, replace(CREDIT_RULES, check=lambda document: None))
    terms = {"term_days": 0, "grace_days": 7, "prepaid_percent": 100}
    rules(ENFORCE, grades={"unrated": terms})
    credit_policy(unrated={"grace_days": 90})
    limited(staffed, 10_000_00)
    staffed.post("invoice", 1_00, (TODAY - timedelta(days=37)).isoformat())
    assert state(staffed.order("SO-1", 100_00)) == "released"  # 37 days, 7 of grace
    staffed.post("invoice", 1_00, (TODAY - timedelta(days=38)).isoformat())
    assert rules_said(staffed.order("SO-2", 100_00)) == ["overdue_days"]


def test_who_may_release_what(staffed: Trade) -> None:
    rules(ENFORCE)
    limited(staffed, 1_000_00)
    staffed.order("SO-1", 800_00)
    paused, held = staffed.order("SO-2", 100_00), staffed.order("SO-3", 500_000_00)

    def release(order: int, actor: str, **more: Any) -> int:
        return release_order(order_id=order, actor=actor, at=AT, **{"reason": "老客户，货已备好", **more})

    def may_release(actor: str) -> list[int]:
        reach = scope(actor, Permission.RELEASE_ORDER, at=AT)
        return [row.order_id for row in releasable(actor, scope=reach, at=AT, limit=9)]

    assert {name: may_release(name) for name in ("sun", "li", "chen", "nobody")} == {
        "sun": [paused], "li": [paused, held], "chen": [], "nobody": [],
    }, "held: authority over all that would stand"  # fmt: skip
    for actor in ("chen", "cli:root", "nobody"):
        assert refused(lambda actor=actor: release(paused, actor)) == "not_permitted"
    assert refused(lambda: release(paused, "sun", reason=" ")) == "limit_reason_missing"
    assert refused(lambda: release(held, "sun")) == "beyond_authority"  # 500,800.00 would stand
    release(paused, "sun")
    assert (state(paused), last(paused).actor, last(paused).reason) == ("released", "sun", "老客户，货已备好")
    assert refused(lambda: release(paused, "sun")) == "order_does_not_wait"
    release(held, "li", until_on=TODAY + timedelta(days=7))
    assert parts(staffed)[""] == 500_900_00
    assert check_ledger() == []


def test_whoever_entered_an_order_does_not_release_it(staffed: Trade) -> None:
    rules(ENFORCE)
    order = staffed.order("SO-1", 100_00)
    change(order, 90_00, actor="sun")
    assert refused(lambda: release_order(order_id=order, reason="x", actor="sun", at=AT)) == "own_limit"


def test_a_release_ends_with_its_day(staffed: Trade) -> None:
    rules(ENFORCE)
    order = staffed.order("SO-1", 100_00)
    release_order(order_id=order, reason="x", until_on=TODAY, actor="li", at=AT)
    staffed.deliver(order, 1)
    OrderStanding.objects.filter(pk=order).update(until_on=TODAY - timedelta(days=1))
    assert refused(lambda: staffed.deliver(order, 1)) == "order_release_ended"


def test_money_that_comes_in_lets_the_first_that_fits_go_on(staffed: Trade, room: Any) -> None:
    rules(ENFORCE)
    limited(staffed, 1_000_00)
    claim = staffed.post("invoice", 900_00, TODAY.isoformat())
    first, second, third = (staffed.order(f"SO-{n}", amount) for n, amount in enumerate((700_00, 600_00, 100_00)))
    room()
    assert [state(one) for one in (first, second, third)] == ["held", "held", "paused"]
    # A bill is not cash.
    staffed.post("bill", 900_00, TODAY.isoformat(), side="credit")
    room()
    assert [state(one) for one in (first, second, third)] == ["held", "held", "paused"]
    receipt = staffed.post("receipt", 900_00, TODAY.isoformat())
    room()
    assert [state(one) for one in (first, second, third)] == ["released", "held", "released"]
    assert (last(first).actor, rules_said(first)) == ("system", ["within_limit"])
    staffed.settle(receipt, claim, 900_00, TODAY.isoformat())
    room()
    assert [state(one) for one in (first, second, third)] == ["released", "held", "released"]
    assert check_ledger() == []


def test_a_higher_limit_lets_what_waits_go_on(staffed: Trade, room: Any) -> None:
    rules(ENFORCE)
    order = staffed.order("SO-1", 100_00)
    room()
    assert state(order) == "held"
    limited(staffed, 1_000_00)
    room()
    assert state(order) == "released"


@pytest.mark.parametrize(("mode", "became"), [(OBSERVE, "released"), (ENFORCE, "held")])
def test_without_a_rate_an_order_is_held_and_never_refused(staffed: Trade, mode: str, became: str) -> None:
    rules(mode)
    limited(staffed, 1_000_00)
    staffed.post("invoice", 1, currency="EUR")
    order = staffed.order("SO-1", 1_00)
    assert (state(order), rules_said(order), last(order).decision) == (became, ["without_rate"], "hold")


def test_a_decision_keeps_its_policy(staffed: Trade) -> None:
    first = rules(ENFORCE)
    limited(staffed, 1_000_00)
    order = staffed.order("SO-1", 850_00)
    second = policies.roll_back(to_version_id=first, note="", actor="chen", at=AT)
    assert second != first
    rules(ENFORCE, warn_over=90)
    again = staffed.order("SO-2", 850_00)
    assert (rules_said(order), last(order).policy_version_id) == (["over_threshold"], first)
    assert rules_said(again) == ["within_limit"]


def test_a_question_reserves_nothing(staffed: Trade) -> None:
    limited(staffed, 1_000_00)
    asked = {"amount": 900_00, "currency": "CNY", "at": AT}
    judged = judge_amount(staffed.company, staffed.north, scope=EVERYTHING, **asked)
    assert (judged.decision.decision, judged.utilisation_e4) == ("warn", 9_000)
    assert parts(staffed)[""] == 0
    with pytest.raises(Refusal, match="customer_unknown"):
        judge_amount(staffed.company, staffed.north, scope=NOTHING, **asked)


def test_the_check_finds_a_reading_that_lies(staffed: Trade) -> None:
    order = staffed.order("SO-1", 100_00)
    assert check_ledger() == []
    OrderStanding.objects.filter(pk=order).update(state="held")
    assert [one.kind for one in check_ledger()] == ["order_standing"]
    OrderStanding.objects.filter(pk=order).update(state="released", decision_id=0)
    assert [one.kind for one in check_ledger()] == ["order_standing"]


@pytest.mark.django_db(transaction=True)
def test_the_check_command_keeps_its_contract(capsys: pytest.CaptureFixture[str]) -> None:
    trade = Trade()
    person("chen", "credit_analyst")
    person("zhou", "management")
    limited(trade, 1_000_00)
    trade.post("invoice", 500_00)

    def run(*arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = cli.main(["credit", "check", "MAIN-N", *arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, told = run("300")
    assert (code, told["decision"], told["utilisation"]) == (0, "hold", "0.8000")  # overdue since January
    code, told = run("700.01")
    assert {name: told[name] for name in ("decision", "exposure", "limit", "utilisation", "mode")} == {
        "decision": "hold", "exposure": "1200.01", "limit": "1000.00", "utilisation": "1.2001", "mode": "observe"
    }  # fmt: skip
    assert [one["rule"] for one in told["reasons"]] == ["over_limit", "overdue_days"]
    assert [one["way"] for one in told["ways_out"]][:3] == ["prepay", "temporary_limit", "limit_change"]
    assert run("0")[1]["error"]["code"] == "order_amount_bad"
    assert run("1", "--currency", "EUR")[1]["error"]["code"] == "exposure_without_rate"


def test_of_a_claim_in_instalments_only_what_was_due_is_late(staffed: Trade) -> None:
    claim = staffed.post("invoice", 1_000_00, "2026-01-05")
    lines = [Line(TODAY - timedelta(days=40), "", 100_00), Line(TODAY + timedelta(days=40), "", 900_00)]
    record_schedule(item_id=claim, lines=lines, effective_on=TODAY, reason="plan", **WHO)
    late = overdue_now(staffed.company.pk, [staffed.north], TODAY)
    assert [(one.due_date, one.amount) for one in late] == [(TODAY - timedelta(days=40), 100_00)]
    assert overdue_now(staffed.company.pk, [staffed.south], TODAY) == []


def test_customers_that_are_one_have_one_limit(staffed: Trade) -> None:
    rules(ENFORCE)
    limited(staffed, 1_000_00)
    limited(staffed, 400_00, customer_id=staffed.south)
    staffed.post("invoice", 300_00, TODAY.isoformat(), customer=staffed.south, contract_number="HT-1")
    merge = merge_customers(from_id=staffed.south, into_id=staffed.north, reason="同一法人", **WHO)
    assert parts(staffed) == parts(staffed, staffed.south) == {"open_claims": 300_00, "": 300_00}
    assert state(staffed.order("SO-1", 500_00, customer=staffed.south)) == "released"
    assert state(staffed.order("SO-2", 300_00)) == "held"
    # What one paid ahead nets what stands with the other.
    staffed.post("advance", 200_00, contract_number="HT-1")
    assert parts(staffed)[""] == 600_00
    undo_merge(merge_id=merge, reason="两家", **WHO)
    assert (parts(staffed)[""], parts(staffed, staffed.south)[""]) == (0, 800_00)
    assert rules_said(staffed.order("SO-3", 1_00, customer=staffed.south)) == ["over_limit"]
    assert check_ledger() == []


@pytest.mark.django_db(transaction=True)
def test_the_command_lists_what_waits_in_its_company(capsys: pytest.CaptureFixture[str]) -> None:
    trade, other = Trade(), Trade("SECOND")
    for name, role in (("chen", "credit_analyst"), ("li", "credit_manager")):
        person(name, role)
    other.order("SO-2", 100_00)
    rules(ENFORCE)
    trade.order("SO-1", 100_00)

    def told(*named: str) -> dict[str, list[str]]:
        capsys.readouterr()
        assert cli.main(["credit", "held", *named, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        return {name: [one["order"] for one in rows] for name, rows in found.items()}

    assert told() == {"orders": ["SO-1"], "would_wait": []}
    assert told("--company", "SECOND") == {"orders": [], "would_wait": ["SO-2"]}
