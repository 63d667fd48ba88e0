"""Rules that ask for no limit: a grade past its review, conduct, the business type; deliveries kept as decisions."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.models import OrderDecision, OrderStanding
from huikuan.judge.credit.operations.orders import check_order
from huikuan.judge.credit.policies import CREDIT_POLICY, CREDIT_RULES, rules_of
from huikuan.judge.credit.queries.standings import decisions
from huikuan.judge.credit.tests.conftest import AT, TODAY, WHO, Trade, person
from huikuan.judge.credit.tests.test_exposure import parts
from huikuan.judge.credit.tests.test_orders import last, limited, refused, rules, rules_said, state
from huikuan.judge.rating.models import Assessment, Override, OverrideStep
from huikuan.judge.rating.queries.ratings import asking_graded, rating_of
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies import operations as policies
from huikuan.record.contracts.models import SalesOrder
from huikuan.record.customers.models import Conduct
from huikuan.record.customers.operations import affiliate, merge_customers
from huikuan.record.customers.queries.conduct import flagged_on
from huikuan.record.customers.queries.families import asking_family
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.shell import cli

ORDER, DELIVERY = CREDIT_RULES.default["order"], CREDIT_RULES.default["delivery"]


@pytest.fixture
def staffed(trade: Trade) -> Trade:
    for name, role in (("chen", "credit_analyst"), ("li", "credit_manager"), ("zhou", "management")):
        person(name, role)
    limited(trade, 10_000_00)
    return trade


def assessed(customer: int, review_on: date, grade: str = "B", as_of: date = date(2025, 6, 30)) -> int:
    row: dict[str, Any] = {
        "customer_id": customer, "as_of": as_of, "scorecard_id": None, "scorecard_number": 0, "card": "small",
        "score": 70, "grade": grade, "known": 100, "reasons": "[]", "review_on": review_on, "cause": "first",
        "note": "", "actor": "chen",
    }  # fmt: skip
    return record(Assessment, [row], at=AT)[0]


def flag(customer: int, since: date, *, flagged: bool = True) -> None:
    row = {
        "customer_id": customer, "flagged": flagged, "effective_on": since, "reason": "恶意拖欠", "sha256": "0" * 64,
        "file_name": "证据.pdf", "request_id": 1, "asked_by": "chen", "actor": "li",
    }  # fmt: skip
    record(Conduct, [row], at=AT)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("late", "said", "decision", "stands"),
    [
        (30, "warn", "approve", "released"),
        (31, "warn", "warn", "paused"),
        (31, "hold", "hold", "held"),
    ],
)
def test_a_grade_past_its_review_warns_or_holds(
    staffed: Trade, late: int, said: str, decision: str, stands: str
) -> None:
    rules(ENFORCE, order={**ORDER, "review_decision": said})
    assessed(staffed.north, days_ago(late))
    order = staffed.order("SO-1", 1_00)
    assert (last(order).decision, state(order)) == (decision, stands)
    assert rules_said(order) == (["within_limit"] if decision == "approve" else ["review_overdue"])
    if said == "warn" and late == 31:
        assert [one["way"] for one in last(order).content["ways_out"]] == ["review_grade", "release_by_sales_manager"]


def test_without_a_grade_no_review_is_due_and_a_new_assessment_ends_it(staffed: Trade) -> None:
    rules(ENFORCE)
    assert state(staffed.order("SO-1", 1_00)) == "released"
    assessed(staffed.north, days_ago(100))
    assert state(staffed.order("SO-2", 1_00)) == "paused"
    assessed(staffed.north, TODAY + timedelta(days=100), as_of=TODAY)
    assert state(staffed.order("SO-3", 1_00)) == "released"


def test_whoever_pays_late_on_purpose_is_held_also_under_another_name(staffed: Trade) -> None:
    rules(ENFORCE)
    order = staffed.order("SO-1", 1_00)
    flag(staffed.south, TODAY)
    assert state(staffed.order("SO-2", 1_00)) == "released"
    merge_customers(from_id=staffed.south, into_id=staffed.north, reason="同一法人", **WHO)
    assert rules_said(staffed.order("SO-3", 1_00)) == ["flagged"]
    assert refused(lambda: staffed.deliver(order, 1)) == "delivery_blocked"
    flag(staffed.south, TODAY, flagged=False)
    assert state(staffed.order("SO-4", 1_00)) == "released"


def test_a_flag_that_begins_tomorrow_holds_nobody_today(staffed: Trade) -> None:
    rules(ENFORCE)
    flag(staffed.north, TODAY + timedelta(days=1))
    assert state(staffed.order("SO-1", 1_00)) == "released"


def test_the_family_says_what_the_queries_of_conduct_say(staffed: Trade) -> None:
    flag(staffed.north, days_ago(9))
    flag(staffed.north, days_ago(4), flagged=False)
    flag(staffed.south, days_ago(2))
    for merged in (False, True):
        for customer in (staffed.north, staffed.south):
            family = asking_family(customer)()
            for day in map(days_ago, range(12)):
                assert family.flagged_on(day) == (customer in flagged_on([customer], day))
        if not merged:
            merge_customers(from_id=staffed.south, into_id=staffed.north, reason="同一法人", **WHO)


def test_a_business_type_has_rules_of_its_own(staffed: Trade) -> None:
    rules(ENFORCE, business_types={"工程": {"order": {"missing_contract": True}}, "备件": {}})
    affiliate(customer_id=staffed.north, dimension="business_type", value="工程", effective_on=TODAY, **WHO)
    assert rules_said(staffed.order("SO-1", 1_00)) == ["missing_contract"]
    named = staffed.order("SO-2", 1_00, contract_number="HT-1")
    assert state(named) == "released"
    staffed.deliver(named, 1)
    affiliate(customer_id=staffed.north, dimension="business_type", value="备件", effective_on=TODAY, **WHO)
    assert state(staffed.order("SO-3", 1_00)) == "released"


def test_a_business_type_says_only_what_is_different_there() -> None:
    document = {**CREDIT_RULES.default, "business_types": {"工程": {"order": {"overdue_days": 90}}}}
    found = rules_of(document, "CNY")
    assert (found.blocking("order", "工程").overdue_days, found.blocking("order", "工程").flagged) == (90, True)
    assert (found.blocking("order").overdue_days, found.blocking("delivery", "工程").overdue_days) == (30, 60)


def test_a_version_from_before_says_nothing_of_reviews_and_conduct(staffed: Trade) -> None:
    old = {"overdue_days": 30, "overdue_amount": None, "missing_contract": False}
    document = {**CREDIT_RULES.default, "order": old}
    del document["business_types"]
    CREDIT_RULES.check(document)
    found = rules_of(document, "CNY").order
    assert (found.review_days, found.flagged) == (None, False)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"order": {**ORDER, "review_days": -1}}, "order.review_days"),
        ({"order": {**ORDER, "review_decision": "approve"}}, "order.review_decision"),
        ({"delivery": {**DELIVERY, "flagged": "yes"}}, "delivery.flagged"),
        ({"business_types": []}, "business_types"),
        ({"business_types": {"工程": {"invoice": {}}}}, "business_types.工程"),
        ({"business_types": {"工程": []}}, "business_types.工程"),
        ({"business_types": {"工程": {"order": {"overdue_days": "x"}}}}, "business_types.工程.order.overdue_days"),
        ({"business_types": {"工程": {"order": {"colour": 1}}}}, "business_types.工程.order.colour"),
        ({"business_types": {"工程": {"order": 5}}}, "business_types.工程.order."),
    ],
)
def test_rules_that_make_no_sense_are_refused_where_they_do_not(change: dict[str, Any], column: str) -> None:
    with pytest.raises(Refusal) as found:
        CREDIT_RULES.check({**CREDIT_RULES.default, **change})
    assert (found.value.code, [place.column for place in found.value.where]) == ("policy_document_bad", [column])


def test_in_observe_mode_a_delivery_that_would_be_stopped_goes_out_and_is_kept(staffed: Trade) -> None:
    order = staffed.order("SO-1", 100_00)
    before = OrderStanding.objects.values().get(pk=order)
    staffed.post("invoice", 1_00, days_ago(61).isoformat())
    staffed.deliver(order, 4)
    kept = decisions(order, scope=EVERYTHING)[0]
    assert (kept.document, kept.decision, kept.mode) == ("delivery", "hold", "observe")
    assert [one["rule"] for one in kept.content["reasons"]] == ["overdue_days"]
    # What the order stands at is another matter.
    assert OrderStanding.objects.values().get(pk=order) == before
    assert check_ledger() == []


def test_enforced_a_delivery_that_passes_is_kept_and_one_that_does_not_is_not(staffed: Trade) -> None:
    rules(ENFORCE)
    order = staffed.order("SO-1", 100_00)
    staffed.deliver(order, 1)
    assert [one.document for one in decisions(order, scope=EVERYTHING)] == ["delivery", "order"]
    staffed.post("invoice", 1_00, days_ago(61).isoformat())
    assert refused(lambda: staffed.deliver(order, 1)) == "delivery_blocked"


def test_what_is_overdue_in_a_currency_without_a_rate_stops_deliveries_only_where_anything_is(staffed: Trade) -> None:
    order = staffed.order("SO-1", 100_00)
    staffed.post("invoice", 1_00, days_ago(61).isoformat(), currency="USD")
    staffed.deliver(order, 1)
    assert [one["rule"] for one in decisions(order, scope=EVERYTHING)[0].content["reasons"]] == ["without_rate"]
    rules(ENFORCE)
    assert refused(lambda: staffed.deliver(order, 1)) == "delivery_blocked"


def test_an_amount_finer_than_the_company_s_currency(staffed: Trade) -> None:
    """For every company it is read as the most whole units below it; of a company that counts in yen it is refused."""
    Company.objects.filter(pk=staffed.company.pk).update(currency="JPY")
    document = {**CREDIT_RULES.default, "order": {**CREDIT_RULES.default["order"], "overdue_amount": "100.50"}}
    read = {currency: rules_of(document, currency).order.overdue_amount for currency in ("CNY", "JPY", "KWD")}
    assert read == {"CNY": 100_50, "JPY": 100, "KWD": 100_500}
    rules(ENFORCE, order=document["order"])
    assert state(staffed.order("SO-1", 100, staffed.south, currency="JPY")) == "held"  # and not refused
    with pytest.raises(Refusal) as found:
        policies.draft(kind="credit_rules", company_id=staffed.company.pk, document=document, actor="chen", at=AT)
    assert [(one.column, one.fix) for one in found.value.where] == [("order.overdue_amount", "100")]
    grades = {**CREDIT_POLICY.default["grades"]}
    grades["A"] = {**grades["A"], "cap": "500000.01"}
    fine = {**CREDIT_POLICY.default, "grades": grades, "points": [{"from": 60, "amount": "1.00"}]}
    with pytest.raises(Refusal) as found:
        policies.draft(kind="credit_policy", company_id=staffed.company.pk, document=fine, actor="chen", at=AT)
    assert [(one.column, one.fix) for one in found.value.where] == [("grades.A.cap", "500000")]


def imported(trade: Trade, number: str, amount: int) -> int:
    """An order as an import leaves it: there, and never decided about."""
    order = trade.order(number, amount)
    row = SalesOrder.objects.values().get(pk=order)
    row.pop("id")
    copy = SalesOrder.objects.create(**{**row, "number": f"{number}-I"})
    return copy.pk


def test_an_imported_order_counts_as_released_and_can_be_decided_about(
    staffed: Trade, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    person("sun", "sales_manager", reach="all")
    order = imported(staffed, "SO-1", 100_00)
    assert (parts(staffed)["released_orders"], OrderDecision.objects.filter(order_id=order).count()) == (200_00, 0)
    rules(ENFORCE)
    limited(staffed, 50_00)
    monkeypatch.setattr("sys.stdin", io.StringIO("a long pass phrase\n"))
    asked = ["credit", "decide", "SO-1-I", "--company", "MAIN", "--user", "sun", "--password-stdin", "--json"]
    code = cli.main(asked)
    told = json.loads(capsys.readouterr().out)
    assert (code, told["decision"], state(order)) == (0, "hold", "held")
    assert parts(staffed)["released_orders"] == 100_00
    assert check_order(order_id=order, actor="zhou", at=AT).decision.decision == "hold"


def test_a_grade_is_read_alike_whole_and_in_short(staffed: Trade) -> None:
    days = [days_ago(one) for one in (200, 100, 60, 50, 40, 30, 10, 0)]

    def alike() -> None:
        for day in days:
            whole, short = rating_of(staffed.north, day=day, scope=EVERYTHING), asking_graded(staffed.north, day)()
            assert (whole and (whole.grade, whole.review_on)) == (short and (short.grade, short.review_on))

    alike()
    first = assessed(staffed.north, days_ago(20), "C", as_of=days_ago(100))
    alike()
    overrides = [
        record(
            Override,
            [{"customer_id": staffed.north, "assessment_id": first, "grade": grade, "reason": "担保",
              "until": days_ago(until), "actor": "chen"}],
            at=AT,
        )[0]
        for grade, until in (("A", 30), ("B", 5), ("A", 1))
    ]  # fmt: skip
    alike()
    for override, step, on in (
        (0, "approved", 60), (1, "approved", 50), (1, "ended", 40), (2, "declined", 45),
    ):  # fmt: skip
        row = {"override_id": overrides[override], "step": step, "effective_on": days_ago(on), "actor": "li"}
        record(OverrideStep, [row], at=AT)
        alike()
    assessed(staffed.north, TODAY, "A", as_of=days_ago(30))
    alike()
