"""The books with one of everything collecting leaves behind, each by its own door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.act.collection.models import Run
from huikuan.act.collection.operations.holding import hold
from huikuan.act.collection.operations.running import run_day
from huikuan.act.planning.models import PlanLine as MonthLine
from huikuan.act.planning.operations.plans import draft_plan
from huikuan.act.visits.operations.visits import plan_visit
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import version as policy
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.promises.domain.barter import Goods
from huikuan.record.promises.domain.instalments import Instalment
from huikuan.record.promises.models import Barter, Plan
from huikuan.record.promises.operations.asking import Paper
from huikuan.record.promises.operations.bartering import propose_barter
from huikuan.record.promises.operations.freezing import propose_freeze
from huikuan.record.promises.operations.plans import Terms, propose_plan
from huikuan.record.promises.operations.promising import promise_payment
from huikuan.shell.tests.books import AS_OF, AT, NAME, PASSWORD, Books
from huikuan.shell.tests.test_desk_pages import meet


@dataclass(frozen=True, slots=True)
class Collected:
    """The numbers of what was left behind."""

    promise: int
    plan: int
    barter: int
    dispute: int
    run: int
    notice: int
    visit: int
    line: int


def collect_of(books: Books) -> Collected:
    """C0001 promises, C0002 pays in parts and is frozen, C0003 disputes and hands goods over, C0004 is left alone."""
    for name, role in (("shen", "credit_manager"), ("gong", "management"), ("heyu", "collector")):
        add_user(username=name, password=PASSWORD, display_name=name, actor="cli:test", at=AT)
        grant_role(username=name, role=role, actor="cli:test", at=AT)
    meet(books, "C0001", email="gu@example.com")
    _letterhead(books)
    who = {"actor": NAME, "at": AT}
    of = {code: {"company_id": books.company.pk, "customer_id": books.customer(code)} for code in ("C0001", "C0004")}
    hold(company=books.company, customer_id=books.customer("C0004"), reason="对账中", **who)
    run_day(company=books.company, on=AS_OF, **who)
    promise = promise_payment(
        **of["C0001"], parts=[(books.item("264388117730"), 645_000_05)], by=AS_OF + timedelta(days=7),
        said_by="顾宁", source="phone", note="", **who,
    )  # fmt: skip
    dispute = raise_dispute(
        company_id=books.company.pk, item_id=books.item("264402031188"), amount=12_000_00, reason="quality",
        source="call", **who,
    )  # fmt: skip
    visit = plan_visit(**of["C0001"], planned_on=AS_OF, visitor="heyu", purpose="collect", **who)
    draft_plan(company_id=books.company.pk, month=AS_OF.replace(day=1), **who)
    _agreements(books)
    return Collected(
        promise, Plan.objects.get().pk, Barter.objects.get().pk, dispute, Run.objects.get().pk,
        Notice.objects.latest("pk").pk, visit, MonthLine.objects.latest("pk").pk,
    )  # fmt: skip


def _letterhead(books: Books) -> None:
    """Where to pay: a demand is not written without."""
    account = {"bank": "示例银行江临分行", "number": "1234 5678", "currency": ""}
    drafted = policies.draft(
        kind="letterhead", company_id=books.company.pk, document={"bank_accounts": [account]}, actor=NAME, at=AT
    )
    policies.approve(version_id=drafted, digest=policy(drafted).digest, actor="shen", at=AT)
    policies.put_in_force(version_id=drafted, effective_at=AT, actor=NAME, at=AT)


def _agreements(books: Books) -> None:
    paper, who = Paper(b"%PDF-1.4 agreed", "协议.pdf"), {"company": books.company, "actor": "heyu", "at": AT}
    propose_plan(
        customer_id=books.customer("C0002"), items=[books.item("264377023311")],
        lines=[Instalment(date(2026, 12, 15), 43_200_00), Instalment(date(2027, 1, 15), 43_200_55)],
        terms=Terms("original", "original"), paper=paper, **who,
    )  # fmt: skip
    _approved("gong")
    propose_freeze(customer_id=books.customer("C0002"), kind="supply", reason="两次失约", **who)
    _approved("shen")
    goods = Goods("立式加工中心", 200_000_00, "江临评估", AS_OF, "appraisal", AS_OF + timedelta(days=20))
    parts = [(books.item("264402031188"), 100_000_00)]
    propose_barter(customer_id=books.customer("C0003"), parts=parts, goods=goods, paper=paper, **who)
    _approved("gong")


def _approved(by: str) -> None:
    asked = ApprovalRequest.objects.latest("pk")
    approve_request(request_id=asked.pk, digest=asked.digest, actor=by, at=AT)
