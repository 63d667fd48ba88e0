"""What the credit policy proposes: each method with its figures, the terms, in what a wish departs from them."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.judge.credit.domain import proposing
from huikuan.judge.credit.domain.calculation import text_of
from huikuan.judge.credit.domain.limits import NONE, STANDING, TEMPORARY, Limit, Wish
from huikuan.judge.credit.domain.proposing import Balances, Known, Proposal, Traded, departures
from huikuan.judge.credit.models import LimitRequest
from huikuan.judge.credit.operations.proposing import request_measured
from huikuan.judge.credit.policies import CREDIT_POLICY, check_policy, policy_of
from huikuan.judge.credit.queries.limits import request
from huikuan.judge.credit.queries.proposals import proposals, proposed, proposed_group
from huikuan.judge.credit.tests.conftest import AT, TODAY, Trade, credit_policy, graded, person
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.record.customers.operations import merge_customers
from huikuan.record.financials.operations.statements import record_statement
from huikuan.record.financials.tests.samples import small, with_amounts
from huikuan.shell import cli

#: The year's end of the sample: current assets 600, debts 400, inventory 200, net worth 400, all debts 600.
SHEET = Balances(date(2025, 12, 31), date(2026, 2, 1), 600_00, 400_00, 200_00, 400_00, 400_00, 600_00)


def worth(tangible: int | None, ends_on: date = date(2025, 12, 31)) -> Balances:
    return Balances(ends_on, TODAY, tangible_net_worth=tangible)


@pytest.fixture
def staffed(trade: Trade) -> Trade:
    person("chen", "credit_analyst")
    person("li", "credit_manager")
    return trade


def of(trade: Trade, customer: int | None = None, **more: Any) -> Proposal:
    whose = customer or trade.north
    return proposed(trade.company, whose, day=TODAY, at=AT, scope=EVERYTHING, **more).proposal


def amounts(proposal: Proposal) -> dict[str, int | str]:
    return {one.method: one.missing if one.amount is None else one.amount for one in proposal.methods}


def statements(customer: int) -> None:
    stated = with_amounts(small(received_on=date(2026, 2, 1)), intangible_assets=0, development_costs=0)
    record_statement(customer_id=customer, statement=stated, actor="tester", at=AT)


# Worked numbers -----------------------------------------------------------------------------------


def test_the_worked_numbers_come_out_of_the_door(staffed: Trade) -> None:
    credit_policy(methods=["sales_based", "net_worth", "working_capital"])
    graded(staffed.north, "A")
    statements(staffed.north)
    found = of(staffed, stated_sales=12_000_000_00)
    assert amounts(found) == {"sales_based": 3_343_561_64, "net_worth": 40_00, "working_capital": 52_50}
    assert (found.amount, found.term_days, found.prepaid_percent) == (40_00, 60, 0)
    assert [(step.name, step.value) for step in found.steps] == [("net_worth", 40_00), ("grade_factor", 1)]
    sales, net_worth = found.methods[0], found.methods[1]
    assert [(step.name, step.value) for step in sales.steps] == [
        ("vat", Fraction(13, 100)),
        ("daily_sales", Fraction(1_356_000_000, 365)),
        ("days", 75),
        ("peak", Fraction(6, 5)),
    ]
    assert net_worth.figures == (proposing.Figure("tangible_net_worth", 400_00, "statements", date(2025, 12, 31)),)


def test_sales_of_the_ledger_hold_vat_already(staffed: Trade) -> None:
    """The same sales: 12 m without VAT stated, 13.56 m with VAT in the ledger."""
    graded(staffed.north, "A")
    staffed.post("invoice", 13_560_000_00, "2025-09-01")
    found = of(staffed)
    assert amounts(found) == {"sales_based": 3_343_561_64, "net_worth": "proposal_without_statements"}
    # Without statements half of it.
    assert (found.amount, [step.name for step in found.steps]) == (
        1_671_780_82, ["sales_based", "part", "grade_factor"]
    )  # fmt: skip
    assert amounts(of(staffed, stated_sales=12_000_000_00)) == amounts(found)


@pytest.mark.parametrize(
    ("grade", "amount", "term", "prepaid"),
    [("A", 40_00, 60, 0), ("B", 24_00, 30, 0), ("C", 8_00, 15, 30), ("", 0, 0, 100), ("D", 0, 0, 100)],
)
def test_each_grade_has_its_factor_and_terms(grade: str, amount: int, term: int, prepaid: int) -> None:
    known = Known(TODAY, "CNY", grade=grade, balances=SHEET, stated_sales=12_000_000_00)
    found = proposing.propose(known, policy_of(CREDIT_POLICY.default, "CNY"))
    assert (found.amount, found.term_days, found.prepaid_percent) == (amount, term, prepaid)


def test_a_cap_ends_it_and_says_so() -> None:
    document = {**CREDIT_POLICY.default, "methods": ["sales_based"]}
    document["grades"] = {**document["grades"], "A": {**document["grades"]["A"], "cap": "500000.00"}}
    found = proposing.propose(Known(TODAY, "CNY", "A", stated_sales=12_000_000_00), policy_of(document, "CNY"))
    assert (found.amount, found.steps[-1].name) == (500_000_00, "cap")


def test_points_give_the_amount_of_the_line_they_reach() -> None:
    lines = [{"from": 60, "amount": "100000.00"}, {"from": 80, "amount": "500000.00"}]
    policy = policy_of({**CREDIT_POLICY.default, "methods": ["points"], "points": lines}, "CNY")
    of_score = {
        score: proposing.propose(Known(TODAY, "CNY", "A", score=score, graded_on=TODAY), policy).amount
        for score in (59, 60, 79, 80, 100)
    }
    assert of_score == {59: 0, 60: 100_000_00, 79: 100_000_00, 80: 500_000_00, 100: 500_000_00}


# What cannot be worked out ------------------------------------------------------------------------


SOLD = Traded(sold=365_00)
NO_STATEMENTS, NO_SALES = "proposal_without_statements", "proposal_without_sales"


@pytest.mark.parametrize(
    ("changes", "sales", "net_worth", "amount"),
    [
        ({}, NO_SALES, NO_STATEMENTS, None),
        ({"balances": SHEET}, NO_SALES, 40_00, 40_00),
        ({"traded": Traded(sold=-1)}, NO_SALES, NO_STATEMENTS, None),
        ({"traded": Traded(sold=365_00, unvalued=("USD",))}, "proposal_without_rate", NO_STATEMENTS, None),
        ({"traded": SOLD, "no_rate": "USD"}, 90_00, "proposal_without_rate", 45_00),
        ({"traded": SOLD, "balances": worth(1, date(2024, 2, 28))}, 90_00, "proposal_statements_old", 45_00),
        ({"traded": SOLD, "balances": worth(100, date(2024, 3, 31))}, 90_00, 10, 10),
        ({"traded": SOLD, "balances": worth(None)}, 90_00, "proposal_line_missing", 45_00),
        # What it owes is more than it has: nothing is lent on that, and not half of its sales either.
        ({"traded": SOLD, "balances": worth(-5)}, 90_00, 0, 0),
    ],
)
def test_a_method_says_why_it_cannot_be_worked_out(
    changes: dict[str, Any], sales: int | str, net_worth: int | str, amount: int | None
) -> None:
    found = proposing.propose(Known(TODAY, "CNY", "A", **changes), policy_of(CREDIT_POLICY.default, "CNY"))
    assert (amounts(found), found.amount) == ({"sales_based": sales, "net_worth": net_worth}, amount)


def test_working_capital_without_own_money_is_nothing() -> None:
    policy = policy_of({**CREDIT_POLICY.default, "methods": ["working_capital"]}, "CNY")
    broke = Balances(date(2025, 12, 31), TODAY, 600_00, 400_00, 200_00, -1, -1, 600_00)
    found = proposing.propose(Known(TODAY, "CNY", "A", balances=broke), policy)
    assert (found.amount, amounts(found)) == (0, {"working_capital": 0})


@given(
    grade=st.sampled_from(["A", "B", "C", "", "Z"]),
    sold=st.integers(-1, 10**14),
    worth=st.none() | st.integers(-(10**12), 10**14),
    cap=st.none() | st.integers(0, 10**10),
)
def test_a_proposal_is_never_negative_above_its_cap_or_above_any_method(
    grade: str, sold: int, worth: int | None, cap: int | None
) -> None:
    document = {**CREDIT_POLICY.default}
    said = None if cap is None else f"{cap // 100}.{cap % 100:02}"
    document["grades"] = {name: {**line, "cap": said} for name, line in document["grades"].items()}
    known = Known(
        TODAY, "CNY", grade, traded=Traded(sold=sold), balances=Balances(TODAY, TODAY, tangible_net_worth=worth)
    )
    found = proposing.propose(known, policy_of(document, "CNY"))
    there = [one.amount for one in found.methods if one.amount is not None]
    if found.amount is None:
        assert not there
        assert found.terms.factor
    else:
        assert 0 <= found.amount <= min([*there, *([] if cap is None else [cap])], default=0)


# Reading ------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_year_and_of_everybody_who_is_one(staffed: Trade) -> None:
    credit_policy(methods=["sales_based"], A={"term_days": 0}, tolerance_days=365, peak_percent=100)
    staffed.post("invoice", 100_00, "2025-03-01")  # a year ago: not in the year
    staffed.post("invoice", 200_00, "2025-03-02")
    staffed.post("credit_note", 50_00, "2025-04-01", side="credit")
    staffed.post("invoice", 7_00, "2026-01-01", customer=staffed.south)
    for customer in (staffed.north, staffed.south):
        graded(customer, "A")
    assert (of(staffed).amount, of(staffed, staffed.south).amount) == (150_00, 7_00)
    merge_customers(from_id=staffed.south, into_id=staffed.north, reason="同一家", actor="tester", at=AT)
    assert (of(staffed).amount, of(staffed, staffed.south).amount) == (157_00, 157_00)


def test_other_currencies_count_at_the_rate_of_the_day(staffed: Trade) -> None:
    graded(staffed.north, "A")
    staffed.post("invoice", 100_00, "2025-09-01", currency="USD")
    assert amounts(of(staffed))["sales_based"] == "proposal_without_rate"
    staffed.rate("USD", "2026-02-01", 730_000_000)
    assert of(staffed).methods[0].figures[0].value == 730_00


def test_what_is_proposed_for_all_is_what_is_proposed_for_each(staffed: Trade) -> None:
    graded(staffed.north, "A")
    graded(staffed.south, "C")
    statements(staffed.south)
    for customer, amount in ((staffed.north, 1_000_00), (staffed.south, 99_999_00), (staffed.apart, 5_00)):
        staffed.post("invoice", amount, "2025-06-01", customer=customer)
    everybody = [staffed.north, staffed.south, staffed.apart]
    together = proposals(staffed.company, everybody, day=TODAY, at=AT)
    assert together == {customer: of(staffed, customer) for customer in everybody}
    assert {customer: one.amount for customer, one in together.items()} == {
        staffed.north: 123_29, staffed.south: 8_00, staffed.apart: 0
    }  # fmt: skip


def test_who_does_not_see_all_of_it_is_told_nothing(staffed: Trade) -> None:
    staffed.grouped()
    for work in (
        lambda: proposed(staffed.company, staffed.north, day=TODAY, at=AT, scope=NOTHING),
        lambda: proposed_group(staffed.company, "LU", day=TODAY, at=AT, scope=NOTHING),
    ):
        with pytest.raises(Refusal, match=r"customer_unknown|group_unknown"):
            work()


def test_a_group_gets_its_share_of_what_its_members_get_up_to_its_cap(staffed: Trade) -> None:
    staffed.grouped()
    credit_policy(methods=["sales_based"], group={"percent_of_sum": 80, "cap": "100.00"})
    for customer, sales in ((staffed.north, 365_00), (staffed.south, 730_00)):
        graded(customer, "A")
        staffed.post("invoice", sales, "2025-06-01", customer=customer)
    found = proposed_group(staffed.company, "LUHE", day=TODAY, at=AT, scope=EVERYTHING).proposal
    assert [(customer, one.amount) for customer, one in found.members] == [
        (staffed.north, 90_00),
        (staffed.south, 180_00),
    ]
    assert (found.total, found.amount) == (270_00, 100_00)
    assert [(step.name, step.value) for step in found.steps] == [
        ("sum_of_members", 270_00), ("group_share", Fraction(4, 5)), ("cap", 100_00)
    ]  # fmt: skip


def test_it_would_hold_a_year_or_until_the_grade_is_looked_at_again(staffed: Trade) -> None:
    assert of(staffed).until_on == date(2027, 3, 1)
    graded(staffed.north, "A", review_on=date(2026, 9, 1))
    assert of(staffed).until_on == date(2026, 9, 1)
    graded(staffed.south, "A", on=date(2025, 1, 1), review_on=TODAY)
    assert of(staffed, staffed.south).until_on == date(2027, 3, 1)


# Departures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "standing", "found"),
    [
        ({}, 0, ()),
        ({"amount": 40_01}, 0, ("amount",)),
        ({"amount": 0, "until_on": None, "term_days": 500}, 0, ()),
        ({"kind": TEMPORARY, "amount": 10_00}, 30_00, ()),
        ({"kind": TEMPORARY, "amount": 10_01}, 30_00, ("amount",)),
        ({"term_days": 61}, 0, ("term",)),
        ({"until_on": None}, 0, ("until",)),
        ({"until_on": date(2027, 3, 2)}, 0, ("until",)),
        ({"currency": "USD"}, 0, ("currency",)),
    ],
)
def test_a_wish_departs_in_what_it_goes_beyond(changes: dict[str, Any], standing: int, found: tuple[str, ...]) -> None:
    known = Known(TODAY, "CNY", "A", balances=SHEET, stated_sales=12_000_000_00)
    proposal = proposing.propose(known, policy_of(CREDIT_POLICY.default, "CNY"))
    wish = Wish(**{"kind": STANDING, "currency": "CNY", "amount": 40_00, "from_on": TODAY,
                   "until_on": date(2027, 3, 1), "term_days": 60, "prepaid_percent": 0, **changes})  # fmt: skip
    assert departures(wish, governing=Limit(NONE, "CNY", standing), proposal=proposal) == found


def test_less_paid_ahead_and_nothing_worked_out_are_departures() -> None:
    policy = policy_of(CREDIT_POLICY.default, "CNY")
    wish = Wish(STANDING, "CNY", 1, TODAY, TODAY + timedelta(days=1), 15, 29)
    of_c = proposing.propose(Known(TODAY, "CNY", "C", balances=SHEET), policy)
    assert departures(wish, governing=Limit(NONE, "CNY"), proposal=of_c) == ("prepaid",)
    nothing = proposing.propose(Known(TODAY, "CNY", "C"), policy)
    assert departures(wish, governing=Limit(NONE, "CNY"), proposal=nothing) == ("no_proposal", "prepaid")


# The policy itself --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"methods": []}, "methods"),
        ({"methods": ["guess"]}, "methods"),
        ({"methods": ["points"]}, "points"),
        ({"methods": ["sales_based", "sales_based"]}, "methods"),
        ({"peak_percent": 99}, "peak_percent"),
        ({"vat_percent": "13"}, "vat_percent"),
        ({"points": [{"from": 60, "amount": "2.00"}, {"from": 60, "amount": "3.00"}]}, "points[1].from"),
        ({"points": [{"from": 60, "amount": "2.00"}, {"from": 70, "amount": "1.00"}]}, "points[1].from"),
        ({"points": [{"from": 60, "amount": 2}]}, "points[0].amount"),
        ({"grades": {"A": CREDIT_POLICY.default["grades"]["A"]}}, "grades"),
        ({"grades": {"unrated": {}}}, "grades.unrated.cap"),
        ({"unrated": {"net_worth_percent": 21}}, "grades.unrated.net_worth_percent"),
        ({"unrated": {"net_worth_percent": 4}}, "grades.unrated.net_worth_percent"),
        ({"unrated": {"cap": 5}}, "grades.unrated.cap"),
        ({"unrated": {"factor_percent": 101}}, "grades.unrated.factor_percent"),
        ({"unrated": {"prepaid_percent": 101}}, "grades.unrated.prepaid_percent"),
        ({"unrated": {"payment_methods": ["shells"]}}, "grades.unrated.payment_methods"),
        ({"unrated": {"early_payment": {"permille": 20, "days": 0}}}, "grades.unrated.early_payment.days"),
        ({"unrated": {"default_permille": 1_001}}, "grades.unrated.default_permille"),
        ({"group": {"percent_of_sum": 101, "cap": None}}, "group.percent_of_sum"),
        ({"review_on": "next year"}, "review_on"),
        ({"customs": {"机械": 5}}, "customs"),
        ({"margin_percent": -1}, "margin_percent"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_where_it_does_not(changes: dict[str, Any], column: str) -> None:
    check_policy(CREDIT_POLICY.default)
    document = {**CREDIT_POLICY.default, **{name: said for name, said in changes.items() if name != "unrated"}}
    if "unrated" in changes:
        line = {**document["grades"]["unrated"], **changes["unrated"]}
        document["grades"] = {**document["grades"], "unrated": line}
    with pytest.raises(Refusal) as found:
        check_policy(document)
    assert found.value.code == "policy_document_bad"
    assert column in [place.column for place in found.value.where]


def test_everything_a_policy_may_say_is_read() -> None:
    document = {**CREDIT_POLICY.default, "review_on": "2027-06-30", "margin_percent": 20, "customs": {"机械": "60 天"}}
    line = {**document["grades"]["A"], "early_payment": {"permille": 25, "days": 10}, "default_permille": 8}
    document["grades"] = {**document["grades"], "A": line}
    check_policy(document)
    policy = policy_of(document, "CNY")
    early = policy.of("A").early_payment
    assert early is not None
    assert (policy.review_on, early.share, early.days) == (date(2027, 6, 30), Fraction(1, 40), 10)
    known = Known(TODAY, "CNY", "A", traded=Traded(sold=365_000_00), industry="机械")
    found = proposing.propose(known, policy)
    assert (found.amount, found.margin, found.loss, found.custom) == (45_000_00, 73_000_00, 360_00, "60 天")


# Asking -------------------------------------------------------------------------------------------


def test_a_request_keeps_the_calculation_and_what_it_departs_in(staffed: Trade) -> None:
    graded(staffed.north, "B")
    staffed.post("invoice", 365_00, "2025-06-01")
    wish = Wish(STANDING, "CNY", 30_00, TODAY, date(2026, 12, 31), 45, 0)
    number = request_measured(
        company=staffed.company, customer_id=staffed.north, wish=wish, reason="年度授信", actor="chen", at=AT
    )
    row = request(number, scope=EVERYTHING)
    # 365 ÷ 365 × 45 × 1.2, half of it without statements, × 0.6
    assert (row.wish, row.method) == (wish, "sales_based")
    kept = row.calculation
    assert (kept["amount"], kept["grade"], kept["term_days"], kept["policy"]) == (16_20, "B", 30, 0)
    assert kept["departures"] == ["amount", "term"]
    assert kept["methods"][0]["figures"] == [
        {"name": "annual_sales_with_vat", "value": 365_00, "source": "ledger", "on": "2026-03-01"}
    ]
    assert kept["steps"] == [
        {"name": "sales_based", "value": "5400"},
        {"name": "part", "value": "1/2"},
        {"name": "grade_factor", "value": "3/5"},
    ]


def test_a_group_is_asked_for_beside_what_its_members_are_given(staffed: Trade) -> None:
    staffed.grouped()
    graded(staffed.north, "A")
    staffed.post("invoice", 365_00, "2025-06-01")
    wish = Wish(STANDING, "CNY", 45_01, TODAY, date(2026, 12, 31))
    number = request_measured(company=staffed.company, group="LU", wish=wish, reason="集团", actor="chen", at=AT)
    kept = request(number, scope=EVERYTHING).calculation
    assert (kept["amount"], kept["departures"]) == (45_00, ["amount"])
    assert kept["members"] == [
        {"customer": staffed.north, "amount": 45_00}, {"customer": staffed.south, "amount": 0}
    ]  # fmt: skip


def test_nothing_is_asked_where_the_customer_is_out_of_reach(staffed: Trade) -> None:
    person("sales", "sales")
    wish = Wish(STANDING, "CNY", 1, TODAY)
    before = LimitRequest.objects.count()
    with pytest.raises(Refusal):
        request_measured(
            company=staffed.company, customer_id=staffed.north, wish=wish, reason="x", actor="sales", at=AT
        )
    assert LimitRequest.objects.count() == before


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("daily_sales", Fraction(1_356_000_000, 365), "37150.68"),
        ("vat", Fraction(13, 100), "13 %"),
        ("share", Fraction(175, 1000), "17.5 %"),
        ("evaluation", Fraction(-31, 7), "-4.4286"),
        ("evaluation", Fraction(-1, 10**9), "0"),
        ("peak", Fraction(6, 5), "1.2"),
        ("days", Fraction(75), "75"),
    ],
)
def test_values_as_text(name: str, value: Fraction, text: str) -> None:
    assert text_of(name, value, "CNY") == text


@pytest.mark.django_db(transaction=True)
def test_the_command_shows_the_calculation(capsys: pytest.CaptureFixture[str]) -> None:
    trade = Trade()
    trade.grouped()
    graded(trade.north, "A", on=date(2026, 3, 1), review_on=date(2026, 12, 31))
    trade.post("invoice", 13_560_000_00, "2025-09-01")

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(["credit", "limit", *arguments])
        return code, capsys.readouterr().out

    code, out = run("calculate", "MAIN-N", "--as-of", "2026-03-01", "--json")
    told = json.loads(out)
    assert (code, told["amount"], told["term_days"], told["prepaid_percent"]) == (0, "1671780.82", 60, 0)
    assert [(one["method"], one["amount"], one["missing"]) for one in told["methods"]] == [
        ("sales_based", "3343561.64", None), ("net_worth", None, "proposal_without_statements")
    ]  # fmt: skip
    assert told["methods"][0]["steps"][0] == {"name": "daily_sales", "value": "37150.68", "unit": "amount"}
    assert told["beside"]["sold"] == "13560000.00"
    assert "3,343,561.64" in run("calculate", "MAIN-N", "--as-of", "2026-03-01")[1]
    group = json.loads(run("calculate", "LU", "--group", "--as-of", "2026-03-01", "--json")[1])
    assert (group["amount"], group["members"][1]) == ("1671780.82", {"customer": "MAIN-S", "amount": "0.00"})
    asked = json.loads(
        run("propose", "MAIN-N", "5", "--reason", "x", "--prepaid", "10", "--sales", "100", "--json")[1]
    )
    assert (asked["prepaid_percent"], asked["departures"]) == (10, ["until"])
    assert run("calculate", "MAIN-N", "--sales", "much", "--json")[0] == 1


@pytest.mark.django_db(transaction=True)
def test_a_command_without_an_amount_asks_as_the_policy_gives(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return AT

    monkeypatch.setattr("huikuan.judge.credit.cli.limits.datetime", Clock)
    trade = Trade()
    trade.grouped()
    graded(trade.north, "B")
    statements(trade.north)

    def run(*arguments: str) -> dict[str, Any]:
        capsys.readouterr()
        cli.main(["credit", "limit", "propose", *arguments, "--reason", "按政策", "--json"])
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told

    asked = run("MAIN-N", "--sales", "12000000")
    assert (asked["amount"], asked["term_days"], asked["prepaid_percent"]) == ("24.00", 30, 0)
    assert (asked["until"], asked["departures"]) == ("2026-12-31", [])
    assert (run("LU", "--group")["amount"], run("MAIN-S")["amount"]) == ("24.00", "0.00")
    graded(trade.apart, "A")
    assert run("MAIN-A")["error"]["code"] == "proposal_none"


@pytest.mark.django_db(transaction=True)
def test_the_list_of_policies_says_when_one_is_to_be_reviewed(capsys: pytest.CaptureFixture[str]) -> None:
    person("chen", "credit_analyst")
    person("li", "credit_manager")
    credit_policy(review_on="2027-06-30")
    assert cli.main(["policy", "list"]) == 0
    (line,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("credit_policy")]
    assert line.endswith("2027-06-30")
