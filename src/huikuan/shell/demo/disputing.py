"""What the demo's customers do not accept; the plan of the month and everybody's tier. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huikuan.act.planning.operations.plans import draft_plan
from huikuan.act.planning.operations.tiers import assign_tiers
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.models import Company
from huikuan.record.disputes.models import Dispute
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.disputes.operations.resolving import resolve_dispute
from huikuan.record.disputes.operations.steps import Doing, answer_dispute
from huikuan.record.receivables.models import OpenItem
from huikuan.shell.demo.cast import HEAD


@dataclass(frozen=True, slots=True)
class Disputed:
    """So many percent of a claim, so many days before the demo's day. `answer` of the department, and `end`, where
    there is one by now."""

    percent: int
    days: int
    reason: str
    said_by: str
    note: str
    answer: str = ""
    end: str = ""


#: Of the largest overdue invoices, one of a customer, in their order.
DISPUTED = (
    Disputed(40, 9, "quality", "设备部 王工", "两件主轴热处理后变形，要求扣除"),
    Disputed(100, 2, "invoice", "财务 小陈", "发票抬头为旧名称，要求重开"),
    Disputed(25, 12, "quantity", "仓库 老周", "实收比送货单少一箱", "核对签收单，确认少发一箱"),
    Disputed(30, 20, "price", "采购 何经理", "单价高于框架协议", end="协议调价自下季度起执行，原价有效"),
)


def write_disputes(*, today: date, actor: str, at: datetime) -> None:
    """Raise them once; none of it posts anything."""
    if Dispute.objects.exists():
        return
    company = Company.objects.get(code=HEAD)
    latest = min(today, business_date(at, company.time_zone))
    for one, item_id in zip(DISPUTED, _claims(company.pk, today), strict=False):
        _write(one, company.pk, item_id, latest, actor=actor, at=at)


def write_plan(*, actor: str, at: datetime) -> None:
    """Draft the month, find the tiers; done again they change nothing."""
    company = Company.objects.get(code=HEAD)
    draft_plan(company_id=company.pk, month=business_date(at, company.time_zone).replace(day=1), actor=actor, at=at)
    for number in Company.objects.order_by("pk").values_list("pk", flat=True):
        assign_tiers(company_id=number, actor=actor, at=at)


def _claims(company_id: int, today: date) -> list[int]:
    """The largest overdue invoice of each customer, the largest first; none of the last month, which nobody has
    looked at yet."""
    rows = OpenItem.objects.filter(
        company_id=company_id, kind="invoice", side="debit", due_date__lt=today,
        posting_date__lt=today - timedelta(days=30),
    )  # fmt: skip
    found: dict[int, int] = {}
    for item_id, customer_id in rows.order_by("-open_amount", "item_id").values_list("item_id", "customer_id"):
        found.setdefault(customer_id, item_id)
    return list(found.values())


def _write(one: Disputed, company_id: int, item_id: int, latest: date, *, actor: str, at: datetime) -> None:
    still_open = OpenItem.objects.values_list("open_amount", flat=True).get(item_id=item_id)
    number = raise_dispute(
        company_id=company_id,
        item_id=item_id,
        amount=max(still_open * one.percent // 100, 1),
        reason=one.reason,
        note=one.note,
        source="call",
        said_by=one.said_by,
        opened_on=latest - timedelta(days=one.days),
        actor=actor,
        at=at,
    )
    if one.answer:
        answer_dispute(Doing(number, actor, at, one.answer))
    if one.end:
        resolve_dispute(Doing(number, actor, at, one.end), outcome="rejected")
