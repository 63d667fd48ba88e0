"""The cast of these tests: one company, a group with two customers and one apart, and short hands."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.judge.credit.policies import CREDIT_POLICY
from huikuan.judge.rating.models import Assessment
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import version
from huikuan.record.contracts.domain.orders import QUANTITY, Order, OrderLine
from huikuan.record.contracts.operations.orders import create_order, record_delivery
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import affiliate, create_customer, create_group
from huikuan.record.receivables.operations.invoicing import invoice_order
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.rates import record_rate
from huikuan.record.receivables.operations.settlements import settle

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 1)
WHO: dict[str, Any] = {"actor": "tester", "at": AT}


def day(text: str) -> date:
    return date.fromisoformat(text)


class Trade:
    """One company that sells on credit. Days are ISO strings, amounts minor units."""

    invoices = 0

    def __init__(self, code: str = "MAIN") -> None:
        self.company = Company.objects.get_or_create(code=code, defaults={"name": "江临精工", "currency": "CNY"})[0]
        self.north = create_customer(master=Master(f"{code}-N", "北麓矿业装备"), **WHO)
        self.south = create_customer(master=Master(f"{code}-S", "南麓矿山机械"), **WHO)
        self.apart = create_customer(master=Master(f"{code}-A", "宏朔钢构"), **WHO)

    def grouped(self) -> None:
        """North and south in group LU, which is below LUHE."""
        create_group(code="LUHE", name="麓合控股", **WHO)
        create_group(code="LU", name="麓矿集团", parent_code="LUHE", **WHO)
        for customer in (self.north, self.south):
            self.joins(customer, "LU", "2020-01-01")

    def joins(self, customer: int, group: str, since: str) -> None:
        affiliate(customer_id=customer, dimension="group", value=group, effective_on=day(since), **WHO)

    def post(self, kind: str, amount: int, on: str = "2026-01-05", customer: int | None = None, **more: Any) -> int:
        posted = day(on)
        if kind in ("invoice", "unbilled", "bill") and more.get("side") != "credit":
            more.setdefault("due_date", posted)
        details = {"currency": "CNY", "document_date": posted, "posting_date": posted, **more}
        whose = customer or self.north
        return post_item(company=self.company, customer_id=whose, kind=kind, amount=amount, **details, **WHO)

    def settle(self, credit: int, debit: int, amount: int, on: str = "2026-02-01") -> int:
        return settle(
            credit_id=credit,
            debit_id=debit,
            credit_amount=amount,
            effective_on=day(on),
            reason="allocation",
            **WHO,
        )

    def rate(self, currency: str, on: str, rate_e8: int) -> None:
        record_rate(currency=currency, quote_currency="CNY", on_date=day(on), rate_e8=rate_e8, source="示例", **WHO)

    def order(self, number: str, amount: int, customer: int | None = None, **more: Any) -> int:
        """Ten pieces for `amount` in all."""
        whole = {"ordered_on": day("2026-02-01"), "currency": "CNY", "lines": (pieces(amount),), **more}
        return create_order(
            company=self.company, customer_id=customer or self.north, number=number, order=Order(**whole), **WHO
        )

    def deliver(self, order: int, count: int, on: str = "2026-02-10") -> int:
        return record_delivery(order_id=order, line=1, quantity_e4=count * QUANTITY, delivered_on=day(on), **WHO)

    def invoice(self, order: int, count: int, on: str = "2026-02-15") -> int:
        """Invoiced, and posted under a number of its own."""
        self.invoices += 1
        said = {"document_number": f"FP-{self.invoices}", "invoiced_on": day(on), "due_date": day(on)}
        return invoice_order(order_id=order, line=1, quantity_e4=count * QUANTITY, **said, **WHO)[0]


def pieces(amount: int) -> OrderLine:
    return OrderLine(1, "主轴总成", 10 * QUANTITY, amount, "件")


@pytest.fixture
def trade(db: None) -> Trade:
    return Trade()


def person(name: str, *roles: str, company: str | None = None, reach: str | None = None) -> str:
    """A user with these roles; `company` None: for all."""
    add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT)
    for role in roles:
        grant_role(username=name, role=role, company=company, reach=reach, actor="cli:root", at=AT)
    return name


def credit_policy(**changes: Any) -> int:
    """Put a credit policy in force, the shipped one with changes; those of a grade change its line. `chen` drafts it,
    `li` approves it."""
    document = dict(CREDIT_POLICY.default)
    for name, said in changes.items():
        if name in document["grades"]:
            line = {**document["grades"][name], **said}
            document["grades"] = {**document["grades"], name: line}
        else:
            document[name] = said
    number = policies.draft(kind=CREDIT_POLICY.name, company_id=None, document=document, actor="chen", at=AT)
    policies.approve(version_id=number, digest=version(number).digest, actor="li", at=AT)
    policies.put_in_force(version_id=number, effective_at=AT, actor="li", at=AT)
    return number


def graded(customer: int, grade: str, score: int = 70, on: date = TODAY, review_on: date = date(2026, 12, 31)) -> None:
    """The customer has this grade from a day on, as if a scorecard had given it."""
    row = {
        "customer_id": customer,
        "as_of": on,
        "scorecard_number": 0,
        "card": "small_firms",
        "score": score,
        "grade": grade,
        "known": 100,
        "reasons": "[]",
        "review_on": review_on,
        "cause": "first",
        "actor": "tester",
    }
    record(Assessment, [row], at=AT)
