"""How far limits stand from the policy, expired and ending ones, grades that dropped; all at once as one by one."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huikuan.judge.credit.domain.drift import Measure, drift_of
from huikuan.judge.credit.domain.limits import EXPIRED, GRANTED, NONE, STANDING, TEMPORARY, Limit, Wish
from huikuan.judge.credit.operations.proposing import request_measured
from huikuan.judge.credit.queries.drift import DriftReport, drift_report
from huikuan.judge.credit.queries.exposure import nodes_of
from huikuan.judge.credit.queries.limits import limits_on
from huikuan.judge.credit.queries.proposals import proposed
from huikuan.judge.credit.tests.conftest import AT, TODAY, Trade, credit_policy, graded, person
from huikuan.judge.credit.tests.test_limits import grant
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING, Part, scope_of
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import affiliate, create_customer, merge_customers
from huikuan.shell import cli

MEASURE = Measure()


@pytest.fixture
def staffed(trade: Trade) -> Trade:
    person("chen", "credit_analyst")
    person("li", "credit_manager")
    person("zhou", "management")
    return trade


def granted(trade: Trade, amount: int, *, customer: int | None = None, group: str = "", **more: Any) -> int:
    """A limit as asked for beside the policy, and granted."""
    wish = Wish(**{"kind": STANDING, "currency": "CNY", "amount": amount, "from_on": TODAY, **more})
    whose = {"group": group} if group else {"customer_id": customer or trade.north}
    number = request_measured(company=trade.company, wish=wish, reason="年度授信", actor="chen", at=AT, **whose)
    grant(number, "zhou")
    return number


def report(trade: Trade, day: date = TODAY, **more: Any) -> DriftReport:
    return drift_report(trade.company, **{"scope": EVERYTHING, "day": day, "at": AT, **more})


def signs(found: DriftReport) -> dict[str, tuple[str, ...]]:
    return {row.code: row.drift.signs for row in found.rows}


@pytest.mark.parametrize(
    ("stands", "given", "found"),
    [
        (110_00, 100_00, ()), (110_01, 100_00, ("over",)), (90_00, 100_00, ()), (89_99, 100_00, ("under",)),
        (0, 0, ()), (1, 0, ("over",)), (5, None, ("not_proposed",)), (0, None, ()), (None, 5, ("without_rate",)),
    ],
)  # fmt: skip
def test_ten_percent_of_what_the_policy_gives_is_let_pass(
    stands: int | None, given: int | None, found: tuple[str, ...]
) -> None:
    limit = Limit(GRANTED, "CNY", stands or 0)
    assert drift_of(limit, stands=stands, given=given, day=TODAY, measure=MEASURE).signs == found


@pytest.mark.parametrize(
    ("limit", "more", "found"),
    [
        (Limit(EXPIRED, "CNY"), {"given": 5}, ("expired",)),
        (Limit(NONE, "CNY"), {"given": 5}, ("without_limit",)),
        (Limit(NONE, "CNY"), {"given": 0}, ()),
        (Limit(GRANTED, "CNY", 5, until_on=TODAY + timedelta(days=30)), {}, ("expiring",)),
        (Limit(GRANTED, "CNY", 5, until_on=TODAY + timedelta(days=31)), {}, ()),
        (Limit(GRANTED, "CNY", 5), {"dropped": True}, ("grade_dropped",)),
        (Limit(GRANTED, "CNY", 5), {"used": 5}, ()),
        (Limit(GRANTED, "CNY", 5), {"used": 6}, ("below_use",)),
        (Limit(GRANTED, "CNY", 5, 1), {"used": 6}, ()),
    ],
)
def test_what_else_is_to_be_seen_to(limit: Limit, more: dict[str, Any], found: tuple[str, ...]) -> None:
    said = {"stands": limit.standing, "given": limit.standing, "day": TODAY, "measure": MEASURE, **more}
    assert drift_of(limit, **said).signs == found


@pytest.mark.parametrize(("stands", "given", "percent"), [(150, 100, 50), (89_99, 100_00, -11), (1, 0, None)])
def test_the_difference_in_percent(stands: int, given: int, percent: int | None) -> None:
    found = drift_of(Limit(GRANTED, "CNY", stands), stands=stands, given=given, day=TODAY, measure=MEASURE)
    assert (found.difference, found.percent) == (stands - given, percent)


def test_the_report_shows_what_is_to_be_seen_to_and_nothing_else(staffed: Trade) -> None:
    credit_policy(methods=["sales_based"])
    for customer in (staffed.north, staffed.south, staffed.apart):
        graded(customer, "A")
        staffed.post("invoice", 365_00, "2025-06-01", customer=customer)  # each is given 90.00
    granted(staffed, 90_00)
    granted(staffed, 180_00, customer=staffed.south, until_on=TODAY + timedelta(days=10))
    found = report(staffed)
    assert signs(found) == {"MAIN-S": ("over", "expiring"), "MAIN-A": ("without_limit",)}
    assert (found.looked_at, found.counts) == (3, {"over": 1, "expiring": 1, "without_limit": 1})
    over = next(row for row in found.rows if row.code == "MAIN-S")
    assert (over.drift.stands, over.drift.given, over.drift.difference, over.drift.percent) == (18000, 9000, 9000, 100)
    assert signs(report(staffed, TODAY + timedelta(days=11)))["MAIN-S"] == ("expired",)
    assert signs(report(staffed, measure=Measure(percent=100, soon_days=9))) == {"MAIN-A": ("without_limit",)}


def test_a_grade_that_fell_shows_beside_the_one_the_limit_was_asked_for_with(staffed: Trade) -> None:
    credit_policy(methods=["sales_based"])
    graded(staffed.north, "A", on=TODAY - timedelta(days=1))
    staffed.post("invoice", 365_00, "2025-06-01")
    granted(staffed, 90_00)
    assert signs(report(staffed)) == {}
    graded(staffed.north, "B")
    (row,) = report(staffed).rows
    # 45 days for B, × 0.6
    assert (row.grade_then, row.grade, row.drift.given, row.drift.signs) == (
        "A",
        "B",
        32_40,
        ("over", "grade_dropped"),
    )
    graded(staffed.north, "A")
    assert signs(report(staffed)) == {}


def test_a_temporary_limit_is_not_compared(staffed: Trade) -> None:
    credit_policy(methods=["sales_based"])
    graded(staffed.north, "A")
    staffed.post("invoice", 365_00, "2025-06-01")
    granted(staffed, 90_00)
    granted(staffed, 900_00, kind=TEMPORARY, until_on=TODAY + timedelta(days=90))
    assert signs(report(staffed)) == {}


def test_a_group_whose_limit_is_less_than_its_members_use(staffed: Trade) -> None:
    credit_policy(methods=["sales_based"])
    staffed.grouped()
    for customer in (staffed.north, staffed.south):
        graded(customer, "A")
        staffed.post("invoice", 365_00, "2025-06-01", customer=customer)
        granted(staffed, 90_00, customer=customer)
    granted(staffed, 180_00, group="LU")
    assert signs(report(staffed)) == {"LU": ("below_use",)}  # 730.00 are out
    assert signs(report(staffed, scope=scope_of([Part(None, frozenset())], on=TODAY))) == {}


def test_limits_in_another_currency_are_compared_at_the_rate_of_the_day(staffed: Trade) -> None:
    credit_policy(methods=["sales_based"])
    graded(staffed.north, "A")
    staffed.post("invoice", 365_00, "2025-06-01")
    staffed.rate("USD", "2026-02-01", 700_000_000)
    granted(staffed, 15_00, currency="USD")
    (row,) = report(staffed).rows
    assert (row.drift.stands, row.drift.given, row.drift.signs) == (105_00, 90_00, ("over",))


def test_a_reader_is_told_of_what_they_see_whole(staffed: Trade) -> None:
    affiliate(customer_id=staffed.north, dimension="owner", value="wang", effective_on=date(2020, 1, 1),
              actor="tester", at=AT)  # fmt: skip
    credit_policy(methods=["sales_based"])
    for customer in (staffed.north, staffed.south):
        graded(customer, "A")
        staffed.post("invoice", 365_00, "2025-06-01", customer=customer)
    own = scope_of([Part(None, frozenset({"wang"}))], on=TODAY)
    assert signs(report(staffed, scope=own)) == {"MAIN-N": ("without_limit",)}
    assert report(staffed, scope=NOTHING).rows == ()
    merge_customers(from_id=staffed.south, into_id=staffed.north, reason="同一家", actor="tester", at=AT)
    (row,) = report(staffed).rows
    assert (row.code, row.drift.given) == ("MAIN-N", 180_00)


def test_all_at_once_is_what_each_is_by_itself_and_asks_no_more(staffed: Trade) -> None:
    counts = []
    for more in (3, 12):
        for number in range(more):
            code = f"T{more}-{number}"
            customer = create_customer(master=Master(code, code), actor="tester", at=AT)
            graded(customer, "ABC"[number % 3], on=TODAY - timedelta(days=1))
            staffed.post("invoice", 1_000_00 * (number + 1), "2025-08-01", customer=customer)
            if number % 2:
                granted(staffed, 100_00 * number, customer=customer)
        with CaptureQueriesContext(connection) as asked:
            found = report(staffed)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert found.looked_at == 15
    assert len(found.rows) > 10
    for row in found.rows:
        assert row.customer_id is not None
        alone = proposed(staffed.company, row.customer_id, day=TODAY, at=AT, scope=EVERYTHING).proposal
        node = nodes_of(row.customer_id, TODAY)[:1]
        limit = limits_on(staffed.company, node, TODAY)[row.customer_id, ""]
        assert (row.drift.given, row.grade, row.limit) == (alone.amount, alone.known.grade, limit)


@pytest.mark.django_db(transaction=True)
def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    trade = Trade()
    person("chen", "credit_analyst")
    person("zhou", "management")
    graded(trade.north, "A")
    trade.post("invoice", 365_00, "2026-06-01")
    granted(trade, 900_00, until_on=date(2026, 3, 2))

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        return cli.main(["credit", "limit", "drift", *arguments]), capsys.readouterr().out

    code, out = run("--as-of", "2026-03-01", "--json")
    told = json.loads(out)
    assert (code, told["policy"], told["looked_at"], told["counts"]) == (0, 0, 1, {"not_proposed": 1, "expiring": 1})
    assert told["rows"] == [
        {"customer": "MAIN-N", "group": None, "grade": "A", "grade_then": "A", "state": "granted", "limit": "900.00",
         "currency": "CNY", "until": "2026-03-02", "standing": "900.00", "proposed": None, "difference": None,
         "percent": None, "signs": ["expiring", "not_proposed"]}
    ]  # fmt: skip
    assert "MAIN-N" in run("--as-of", "2026-03-01", "--sign", "expiring")[1]
    assert json.loads(run("--as-of", "2026-03-01", "--sign", "over", "--json")[1])["rows"] == []
    assert run("--sign", "purple")[0] == 2
