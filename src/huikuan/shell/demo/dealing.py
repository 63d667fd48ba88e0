"""What the demo's customers said when they were called and visited, what they promised, and what was agreed with them.

It is about ordinary customers as far as it moves amounts: the cast owes what every screen says. All invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from huikuan.act.visits.domain.visits import Ended
from huikuan.act.visits.models import Visit
from huikuan.act.visits.operations.calls import record_call
from huikuan.act.visits.operations.visits import check_in, finish_visit, plan_visit
from huikuan.mechanisms.approvals.operations.deciding import approve_request
from huikuan.mechanisms.approvals.queries import request_record
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.models import ContactVersion, Customer
from huikuan.record.customers.operations.rows import ids_by_code
from huikuan.record.disputes.models import Dispute
from huikuan.record.promises.domain.barter import Goods
from huikuan.record.promises.domain.instalments import Instalment
from huikuan.record.promises.models import Freeze, Promise
from huikuan.record.promises.operations.asking import Paper
from huikuan.record.promises.operations.bartering import propose_barter
from huikuan.record.promises.operations.freezing import propose_freeze
from huikuan.record.promises.operations.judging import judge_promises
from huikuan.record.promises.operations.plans import Terms, propose_plan
from huikuan.record.promises.operations.promising import promise_payment
from huikuan.record.receivables.models import OpenItem
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.settlements import settle
from huikuan.shell.demo.cast import COLLECTOR, HEAD, ORDINARY_FROM, PEOPLE
from huikuan.shell.demo.days import Days


@dataclass(frozen=True, slots=True)
class Promised:
    """So many percent of a claim, `back` workdays ago, for the workday `by` ago (negative: days to come). `paid`: so
    many percent of the promise came on that day."""

    back: int
    by: int
    words: str
    percent: int = 100
    paid: int = 0


#: Of ordinary customers' overdue invoices, in their order.
PROMISED = (
    Promised(12, 8, "周五一定付", paid=100),
    Promised(11, 7, "月中回款后付", paid=100),
    Promised(12, 7, "老板签字后付"),
    Promised(14, 9, "先付一半", percent=50, paid=60),
    Promised(13, 8, "等业主进度款"),
    Promised(3, 0, "今天安排付款"),
    Promised(2, -3, "已提交付款申请"),
    Promised(1, -9, "下周三集中付款", percent=60),
)
#: Who comes before them in the same order, and after.
_PLAN, _BARTER, _PROMISED = 0, 1, 2
_CALLED = _PROMISED + len(PROMISED)


@dataclass(frozen=True, slots=True)
class Call:
    """A call to an ordinary customer, `back` workdays ago; `again`: days to come on which to call again."""

    back: int
    result: str
    note: str
    again: int | None = None
    clock: time = field(default=time(14, 10))


CALLED = (
    Call(2, "not_reached", "总机无人接听"),
    Call(1, "again", "会计休假，周一上班后再打", again=0),
    Call(1, "other", "承认欠款，称发票在走审批", clock=time(15, 30)),
    Call(1, "wrong_number", "号码已换人，待业务员核实", clock=time(16)),
)


@dataclass(frozen=True, slots=True)
class Owed:
    """An overdue invoice of an ordinary customer."""

    item_id: int
    customer_id: int
    amount: int


def write_dealings(*, today: date, at: datetime) -> None:
    """All of it once, or none: promises, calls, visits, a plan, goods for money, a freeze."""
    if Promise.objects.exists():
        return
    days = Days.of(today, at)
    company = Company.objects.get(code=HEAD)
    with transaction.atomic():
        owed = list(_owed(company, days))
        for one, claim in zip(PROMISED, owed[_PROMISED:], strict=False):
            _promise(company, one, claim, days)
        for said, claim in zip(CALLED, owed[_CALLED:], strict=False):
            _call(company, said, claim, days)
        if len(owed) > _BARTER:
            _plan(company, owed[_PLAN], days)
            _barter(company, owed[_BARTER], days)
        _visits(company, days)
        _freeze(company, days)
        judge_promises(company=company, at=at)


def _owed(company: Company, days: Days) -> Iterator[Owed]:
    """The largest overdue invoice of each ordinary customer of the company, none of them disputed."""
    disputed = Dispute.objects.values("item_id")
    rows = OpenItem.objects.filter(
        company_id=company.pk, kind="invoice", side="debit", currency="CNY", due_date__lt=days.back(15),
    )  # fmt: skip
    ordinary = Customer.objects.filter(code__gte=ORDINARY_FROM, code__startswith="C1").values("pk")
    found: set[int] = set()
    chosen = rows.exclude(item_id__in=disputed).filter(customer_id__in=ordinary).order_by("-open_amount", "item_id")
    for item_id, customer_id, amount in chosen.values_list("item_id", "customer_id", "open_amount"):
        if customer_id not in found:
            found.add(customer_id)
            yield Owed(item_id, customer_id, amount)


def _promise(company: Company, one: Promised, claim: Owed, days: Days) -> None:
    """Said on the telephone; and what was paid of it posted and applied on the day it was promised for."""
    amount = claim.amount * one.percent // 100
    by = days.back(one.by) if one.by >= 0 else days.ahead(-one.by)
    whose: dict[str, Any] = {"customer_id": claim.customer_id, "actor": COLLECTOR}
    said = days.morning(one.back, time(11))
    record_call(
        company_id=company.pk,
        person_id=_person(claim.customer_id),
        result="promised",
        note=one.words,
        at=said,
        **whose,
    )
    promise_payment(
        company_id=company.pk, parts=[(claim.item_id, amount)], by=by, said_by="财务", source="phone", note=one.words,
        at=said, **whose,
    )  # fmt: skip
    if one.paid:
        _pay(company, claim, amount * one.paid // 100, by, days.morning(one.by))


def _pay(company: Company, claim: Owed, amount: int, on: date, at: datetime) -> None:
    receipt = post_item(
        company=company, customer_id=claim.customer_id, kind="receipt", amount=amount, currency="CNY",
        document_date=on, posting_date=on, text="按承诺付款", actor="heqing", at=at,
    )  # fmt: skip
    settle(
        credit_id=receipt, debit_id=claim.item_id, credit_amount=amount, effective_on=on, reason="receipt",
        actor="heqing", at=at,
    )  # fmt: skip


def _call(company: Company, said: Call, claim: Owed, days: Days) -> None:
    record_call(
        customer_id=claim.customer_id,
        company_id=company.pk,
        person_id=_person(claim.customer_id),
        result=said.result,
        note=said.note,
        again_on=None if said.again is None else days.ahead(said.again),
        actor=COLLECTOR,
        at=days.morning(said.back, said.clock),
    )


def _person(customer_id: int) -> int | None:
    """Whom one talks to there."""
    return (
        ContactVersion.objects.filter(customer_id=customer_id).order_by("number").values_list("pk", flat=True).first()
    )


def _plan(company: Company, claim: Owed, days: Days) -> None:
    """What is overdue in four months' instalments, signed by both."""
    quarter = claim.amount // 4
    amounts = (quarter, quarter, quarter, claim.amount - 3 * quarter)
    lines = [Instalment(days.ahead(20 + 30 * month), amount) for month, amount in enumerate(amounts)]
    asked = propose_plan(
        company=company,
        customer_id=claim.customer_id,
        items=[claim.item_id],
        lines=lines,
        terms=Terms("accelerate", "plan", "经营暂时困难，老客户，分四期付清"),
        paper=Paper("分期还款协议（演示）\n".encode(), "分期还款协议.txt"),
        actor=COLLECTOR,
        at=days.morning(3),
    )
    _approve(asked, days.morning(2))


def _barter(company: Company, claim: Owed, days: Days) -> None:
    """Their goods for half of it; they are still to come."""
    half = claim.amount // 2
    goods = Goods(
        "数控立式加工中心 1 台（2024 年购，八成新）", half, "江临资产评估事务所", days.back(6), "cost", days.ahead(12)
    )
    asked = propose_barter(
        company=company,
        customer_id=claim.customer_id,
        parts=[(claim.item_id, half)],
        goods=goods,
        paper=Paper("资产评估报告（演示）\n".encode(), "资产评估报告.txt"),
        actor=COLLECTOR,
        at=days.morning(4),
    )
    _approve(asked, days.morning(3))


def _freeze(company: Company, days: Days) -> None:
    if Freeze.objects.exists():
        return
    customer = ids_by_code({"C10023"})["C10023"]
    asked = propose_freeze(
        company=company, customer_id=customer, kind="supply", reason="逾期超过 200 天，多次承诺未付", actor=COLLECTOR,
        at=days.morning(5),
    )  # fmt: skip
    _approve(asked, days.morning(4))


def _approve(asked: int, at: datetime) -> None:
    """By one person of each row of the authority matrix it has to pass."""
    request = request_record(asked)
    for roles in request.route:
        approver = next(one.username for one in PEOPLE if not set(one.roles).isdisjoint(roles))
        approve_request(request_id=asked, digest=request.digest, actor=approver, at=at)


def _visits(company: Company, days: Days) -> None:
    """One done that has to be followed up, one for today, one for next week."""
    if Visit.objects.exists():
        return
    ids = ids_by_code({"C10023", "C10031", "C10039"})
    whose: dict[str, Any] = {"company_id": company.pk, "actor": COLLECTOR}
    gone = days.morning(2, time(9, 30))
    done = plan_visit(
        customer_id=ids["C10023"], planned_on=days.back(2), visitor=COLLECTOR, purpose="collect",
        note="带对账单原件，当面催收", at=days.morning(4), **whose,
    )  # fmt: skip
    check_in(visit_id=done, place="宏朔钢构厂区南门", actor=COLLECTOR, at=gone)
    ended = Ended(
        "met",
        "车间只开一条线，门卫称已有两家供应商上门。总经理承诺月底前给方案，拒绝在对账单上盖章。",
        sights=("partly_stopped", "creditors"),
        others="总经理 卜川",
        follow_up_on=days.ahead(3),
    )
    finish_visit(visit_id=done, ended=ended, actor=COLLECTOR, at=gone + timedelta(hours=1))
    plans = (
        ("C10031", 0, "dispute", "核对第 2 台压滤机的验收问题"),
        ("C10039", 5, "reconcile", "当面对账，请对方盖章"),
    )
    for code, ahead, purpose, note in plans:
        plan_visit(
            customer_id=ids[code], planned_on=days.ahead(ahead), visitor=COLLECTOR, purpose=purpose, note=note,
            at=days.morning(1), **whose,
        )  # fmt: skip
