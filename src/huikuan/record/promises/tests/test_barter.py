"""Settlement in kind: approved by another, pays nothing before the goods are there; failed, the claims stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.operations import withdraw_request
from huikuan.mechanisms.approvals.queries.requests import request_record, route_of
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.promises.domain.barter import Entry, Goods, voucher
from huikuan.record.promises.models import Barter, BarterEnd
from huikuan.record.promises.operations.asking import Paper
from huikuan.record.promises.operations.bartering import deliver_barter, fail_barter, propose_barter
from huikuan.record.promises.queries import standing
from huikuan.record.promises.queries.barters import barter
from huikuan.record.promises.tests.conftest import Desk, at, day
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.ledger import open_of

#: DOMAIN's example in units of 10,000: claim 113, allowance 10, fair value 95, tax of the goods 10.
GOODS = Goods(
    "立式加工中心 2 台", 113_00, "江临评估", day("2026-02-20"), "appraisal", day("2026-04-30"), tax=10_00,
    fair_value=95_00, allowance=10_00,
)  # fmt: skip


class Yard(Desk):
    def propose(self, *parts: tuple[int, int], goods: Goods = GOODS, paper: bool = True, **said: Any) -> int:
        given: dict[str, Any] = {"actor": self.collector, "at": at("2026-03-02"), **said}
        return propose_barter(
            company=self.company,
            customer_id=self.customer.id,
            parts=parts,
            goods=goods,
            paper=Paper(b"%PDF-1.4 value", "评估报告.pdf") if paper else None,
            **given,
        )

    def agreed(self, *parts: tuple[int, int]) -> int:
        self.approve(self.propose(*parts))
        return int(Barter.objects.latest("pk").pk)

    def deliver(self, number: int, on: str = "2026-03-20") -> int:
        return deliver_barter(barter_id=number, on=day(on), actor=self.collector, at=at("2026-03-20"))


@pytest.fixture
def desk(db: None) -> Yard:
    return Yard()


@pytest.fixture
def claim(desk: Yard) -> int:
    return desk.post("invoice", 113_00, "2026-01-05")


def refused(code: str, work: Any, *args: Any, **named: Any) -> None:
    def counts() -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (Barter, BarterEnd, Item, Settlement))

    before = counts()
    with pytest.raises(Refusal) as refusal:
        work(*args, **named)
    assert refusal.value.code == code
    assert counts() == before


def test_the_voucher_of_the_worked_example() -> None:
    assert voucher(113_00, GOODS) == [
        Entry("inventory", 85_00),
        Entry("input_tax", 10_00),
        Entry("allowance", 10_00),
        Entry("investment_income", 8_00),
        Entry("receivables", -113_00),
    ]
    assert sum(line.amount for line in voucher(113_00, GOODS)) == 0
    assert voucher(113_00, replace(GOODS, fair_value=None)) == []


@pytest.mark.django_db
def test_the_agreement_alone_extinguishes_nothing_and_delivery_does(desk: Yard, claim: int) -> None:
    request = desk.propose((claim, 113_00))
    refused("request_own", desk.approve, request, actor=desk.collector)
    desk.approve(request)
    number = Barter.objects.get().pk
    assert open_of(claim).amount == 113_00
    assert Item.objects.count() == 1
    (stands,) = standing(desk.company.id, day("2026-03-02")).values()
    assert (stands.amount, stands.by, stands.plan_id) == (113_00, day("2026-04-30"), None)
    credit = desk.deliver(number)
    assert open_of(claim, as_of=day("2026-03-19")).amount == 113_00
    assert open_of(claim, as_of=day("2026-03-20")).amount == 0
    assert Item.objects.values_list("kind", "amount", "text").get(pk=credit) == ("barter", 113_00, GOODS.asset)
    assert Settlement.objects.get().reason == "barter"
    row = barter(number, scope=EVERYTHING, as_of=day("2026-03-20"))
    assert (row.state, row.credit_id, row.file_name) == ("delivered", credit, "评估报告.pdf")
    assert barter(number, scope=EVERYTHING, as_of=day("2026-03-19")).state == "agreed"
    assert desk.told("promises.barter") == ["promises.barter_agreed", "promises.barter_delivered"]
    refused("barter_over", desk.deliver, number)
    assert check_ledger() == []


@pytest.mark.django_db
def test_what_was_paid_meanwhile_stays_the_customers(desk: Yard, claim: int) -> None:
    number = desk.agreed((claim, 100_00))
    desk.pay(claim, 50_00, "2026-03-10")
    credit = desk.deliver(number)
    assert (open_of(claim).amount, open_of(credit).amount) == (0, 37_00)


@pytest.mark.django_db
def test_goods_and_a_promise_for_the_rest_stand_beside_each_other(desk: Yard) -> None:
    claim = desk.post("invoice", 200_00, "2026-01-05")
    desk.promise((claim, 80_00), by="2026-03-20")
    desk.agreed((claim, 113_00))
    (stands,) = standing(desk.company.id, day("2026-03-05")).values()
    assert (stands.amount, stands.by) == (193_00, day("2026-03-20"))


@pytest.mark.django_db
def test_goods_that_fail_leave_the_claim_to_be_pursued(desk: Yard, claim: int) -> None:
    number = desk.agreed((claim, 113_00))
    assert standing(desk.company.id, day("2026-05-01")) == {}
    assert barter(number, scope=EVERYTHING, as_of=day("2026-05-01")).state == "late"
    refused("promise_reason_missing", fail_barter, barter_id=number, note="", actor="c", at=at("2026-05-02"))
    fail_barter(barter_id=number, note="未交付", actor=desk.collector, at=at("2026-05-02"))
    assert open_of(claim).amount == 113_00
    assert barter(number, scope=EVERYTHING, as_of=day("2026-05-02")).state == "failed"
    refused("barter_over", desk.deliver, number)


@pytest.mark.django_db
def test_refusals_change_nothing(desk: Yard, claim: int) -> None:
    later = desk.post("invoice", 10_00, due_date=day("2026-03-02"))
    refused("barter_not_due", desk.propose, (later, 10_00))
    refused("promise_more_than_open", desk.propose, (claim, 113_01))
    refused("promise_claims_missing", desk.propose)
    refused("barter_field_missing", desk.propose, (claim, 1), goods=replace(GOODS, asset=" "))
    refused("barter_method_unknown", desk.propose, (claim, 1), goods=replace(GOODS, method="guess"))
    refused("barter_amount_bad", desk.propose, (claim, 1), goods=replace(GOODS, valued=0))
    refused("barter_valued_ahead", desk.propose, (claim, 1), goods=replace(GOODS, valued_on=day("2026-03-03")))
    refused("promise_day_over", desk.propose, (claim, 1), goods=replace(GOODS, deliver_by=day("2026-03-01")))
    refused("not_permitted", desk.propose, (claim, 1), actor="stranger")
    number = desk.agreed((claim, 113_00))
    refused("barter_day_bad", desk.deliver, number, "2026-03-01")
    refused("barter_day_bad", desk.deliver, number, "2026-03-21")
    refused("barter_unknown", desk.deliver, 0)


@pytest.mark.django_db
def test_goods_pay_what_is_due_of_a_claim_and_no_more(desk: Yard) -> None:
    """Half was due in January, half is at the end of the year: what of January's is open can be paid in kind."""
    claim = desk.post("invoice", 100_00, "2026-01-05")
    halves = [Line(day("2026-01-05"), "", 50_00), Line(day("2026-12-31"), "", 50_00)]
    record_schedule(
        item_id=claim, lines=halves, effective_on=day("2026-01-05"), reason="extension", actor="t", at=at("2026-01-05")
    )
    desk.pay(claim, 20_00, "2026-02-01")
    refused("barter_not_due", desk.propose, (claim, 30_01))
    withdraw_request(request_id=desk.propose((claim, 30_00)), actor=desk.collector, at=at("2026-03-02"))
    desk.pay(claim, 30_00, "2026-03-01")
    refused("barter_not_due", desk.propose, (claim, 50_00))


@pytest.mark.django_db
@pytest.mark.parametrize(("paper", "valued", "role"), [(True, 113_00, 0), (False, 113_00, 1), (True, 112_99, 1)])
def test_without_valuation_or_above_it_goes_one_row_up(
    desk: Yard, claim: int, paper: bool, valued: int, role: int
) -> None:
    request = desk.propose((claim, 113_00), goods=replace(GOODS, valued=valued), paper=paper)
    assert route_of(request_record(request))[0][0] == ("sales_manager", "credit_manager")[role]
    withdraw_request(request_id=request, actor=desk.collector, at=at("2026-03-02"))
