"""Late interest of claims in an instalment plan follows what the plan says of it."""

from __future__ import annotations

from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.contracts.domain.interest import read_late_interest
from huikuan.record.contracts.domain.terms import Terms as ContractTerms
from huikuan.record.contracts.operations.contracts import create_contract
from huikuan.record.interest.operations.claiming import claim_interest
from huikuan.record.interest.queries.accruals import accrual, accrued
from huikuan.record.promises.domain.instalments import Instalment
from huikuan.record.promises.models import PlanEnd
from huikuan.record.promises.operations.asking import Paper
from huikuan.record.promises.operations.breaking import judge_plans
from huikuan.record.promises.operations.plans import Terms, propose_plan
from huikuan.record.promises.tests.conftest import Desk, at, day
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.queries.schedules import schedule_of

pytestmark = pytest.mark.django_db

THIRDS = [("2026-03-31", 40_000_00), ("2026-04-30", 40_000_00), ("2026-05-31", 20_000_00)]


class Planned(Desk):
    """¥100,000.00 due on 5 January at 0.05 % a day, 50.00 a day, and a plan of 2 March over it."""

    def __init__(self) -> None:
        super().__init__()
        terms = ContractTerms(
            "供货合同", "CNY", 500_000_00, day("2026-01-02"), late_interest=read_late_interest("日万分之五")
        )
        create_contract(
            company=self.company, customer_id=self.customer.id, number="HT-1", terms=terms, actor="t",
            at=at("2026-01-02"),
        )  # fmt: skip
        self.claim = self.post("invoice", 100_000_00, "2026-01-05", contract_number="HT-1")

    def plan(self, interest: str, on_miss: str = "accelerate", on: str = "2026-03-02", lines: Any = THIRDS) -> None:
        request = propose_plan(
            company=self.company,
            customer_id=self.customer.id,
            items=[self.claim],
            lines=[Instalment(day(due), amount) for due, amount in lines],
            terms=Terms(on_miss, interest),
            paper=Paper(b"%PDF-1.4 plan", "分期协议.pdf"),
            actor=self.collector,
            at=at(on),
        )
        self.approve(request, on)

    def break_on(self, on: str) -> None:
        assert judge_plans(company=self.company, at=at(on)) == 1

    def bears(self, until: str) -> int:
        return accrued([self.claim], day(until), at=at(until)).get(self.claim, 0)

    def why(self, until: str) -> list[tuple[str, str]]:
        found = accrual(self.claim, day(until), at=at(until)).governing.reasons
        return [(one.code, one.threshold) for one in found if one.code.startswith("plan")]


@pytest.fixture
def desk(db: None) -> Planned:
    return Planned()


def test_what_was_paid_on_time_before_the_plan_stays_on_time(desk: Planned) -> None:
    """Due half in January and half in June; January's is paid and 20,000 of June's, each on its day."""
    halves = [Line(day("2026-01-05"), "", 50_000_00), Line(day("2026-06-30"), "", 50_000_00)]
    record_schedule(
        item_id=desk.claim, lines=halves, effective_on=day("2026-01-05"), reason="extension", actor="t",
        at=at("2026-01-05"),
    )  # fmt: skip
    desk.pay(desk.claim, 50_000_00, "2026-01-05")
    desk.pay(desk.claim, 20_000_00, "2026-06-30")
    desk.plan("plan", on="2026-08-03", lines=[("2026-10-31", 30_000_00)])
    assert [(str(line.due_date), line.amount) for line in schedule_of(desk.claim).lines] == [
        ("2026-01-05", 50_000_00), ("2026-06-30", 20_000_00), ("2026-10-31", 30_000_00)
    ]  # fmt: skip
    assert [desk.bears("2026-09-01"), desk.bears("2026-11-10")] == [0, 30_000_00 * 9 // 2000]


@pytest.mark.parametrize(
    ("interest", "kept", "missed", "broken"),
    [
        ("original", 4_200_00, 4_300_00, 4_700_00),
        ("plan", 0, 20_00, 40_000_00 * 9 // 2000 + 60_000_00 * 5 // 2000),
        ("waived", 0, 0, 4_700_00),
    ],
)
def test_while_it_is_kept_and_after_it_broke(
    desk: Planned, interest: str, kept: int, missed: int, broken: int
) -> None:
    desk.plan(interest)
    assert [desk.bears("2026-03-31"), desk.bears("2026-04-02")] == [kept, missed]
    assert desk.why("2026-03-31") == [(f"plan_{interest}", "")]
    desk.break_on("2026-04-04")
    assert desk.bears("2026-04-10") == broken
    assert desk.why("2026-04-10") == [(f"plan_{interest}_broken", "2026-04-04")]
    # What it was on a day before stays what it was.
    assert [desk.bears("2026-03-31"), desk.bears("2026-04-02")] == [kept, missed]


@pytest.mark.parametrize("interest", ["original", "plan", "waived"])
def test_back_to_the_original_dates_they_count_again(desk: Planned, interest: str) -> None:
    desk.plan(interest, on_miss="original")
    desk.break_on("2026-04-04")
    assert desk.bears("2026-04-10") == 94 * 50_00


def test_payments_lower_what_bears_from_the_original_dates(desk: Planned) -> None:
    desk.plan("original")
    desk.pay(desk.claim, 40_000_00, "2026-03-31")
    # 84 days on 100,000 and 10 on 60,000
    assert desk.bears("2026-04-10") == 84 * 50_00 + 10 * 30_00


def test_kept_to_the_end_a_waived_claim_never_bears_and_is_not_claimed(desk: Planned) -> None:
    desk.plan("waived")
    for due, amount in THIRDS:
        desk.pay(desk.claim, amount, due)
    assert desk.bears("2026-12-31") == 0
    with pytest.raises(Refusal, match="interest_nothing_to_claim"):
        claim_interest(item_id=desk.claim, until=day("2026-06-30"), actor="t", at=at("2026-06-30"))


def test_before_the_plan_was_agreed_it_says_nothing(desk: Planned) -> None:
    before = desk.bears("2026-03-01")
    desk.plan("waived")
    assert before == desk.bears("2026-03-01") == 54 * 50_00
    assert desk.bears("2026-03-02") == 0


def test_dates_that_were_given_by_hand_after_the_plan_govern(desk: Planned) -> None:
    desk.plan("original")
    lines = [Line(day("2026-03-21"), "", 100_000_00)]
    record_schedule(
        item_id=desk.claim, lines=lines, effective_on=day("2026-03-20"), reason="plan", actor="t", at=at("2026-03-20")
    )
    assert desk.bears("2026-03-31") == 9 * 50_00


def test_of_two_plans_the_last_one_says(desk: Planned) -> None:
    desk.plan("plan")
    desk.break_on("2026-04-04")
    desk.plan("original", on="2026-04-08", lines=[("2026-06-30", 100_000_00)])
    assert PlanEnd.objects.count() == 1
    assert desk.bears("2026-04-10") == 94 * 50_00
