"""The cast of these tests: a company that sells on credit, and short hands that post, pay and look."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from huikuan.act.collection.queries.preview import Preview, preview
from huikuan.act.collection.queries.strategies import strategy_to_try
from huikuan.judge.rating.models import Assessment
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.models import PolicyStep, PolicyVersion
from huikuan.mechanisms.policies.queries import version
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
from huikuan.record.customers.operations.people import add_contact
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.settlements import settle

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"actor": "tester", "at": AT}


def day(text: str) -> date:
    return date.fromisoformat(text)


def noon(text: str) -> datetime:
    """Ten in the morning in Shanghai on the day."""
    return datetime.combine(day(text), time(2), UTC)


def _letterhead(company: Company) -> None:
    """Where to pay: a demand is not written without."""
    if PolicyVersion.objects.filter(kind="letterhead", company_id=company.pk).exists():
        return
    account = {"bank": "示例银行江临分行", "number": "1234 5678", "currency": "", "holder": "", "swift": ""}
    known = {"company_id": company.pk, "kind": "letterhead", "number": 1, "note": "", "drafted_by": "tester"}
    [number] = record(PolicyVersion, [{**known, "document": {"bank_accounts": [account]}}], at=AT)
    step = {"version_id": number, "step": "in_force", "digest": version(number).digest, "effective_at": AT}
    record(PolicyStep, [{**step, "actor": "tester"}], at=AT)


class Trade:
    """One company. Days are ISO strings, amounts fen."""

    def __init__(self, code: str = "MAIN") -> None:
        self.code = code
        self.company = Company.objects.get_or_create(code=code, defaults={"name": "江临精工", "currency": "CNY"})[0]
        self._numbers = iter(range(1, 1_000_000))
        _letterhead(self.company)

    def customer(self, name: str, *, grade: str = "", email: bool = True, **contact: Any) -> int:
        number = create_customer(master=Master(f"{self.code}-{name}", f"{name}机械有限公司"), **WHO)
        if email or contact:
            said = {"email": f"{name.lower()}@example.com"} if email else {}
            add_contact(customer_id=number, contact=Contact(name="陈晓", **{**said, **contact}), **WHO)
        if grade:
            self.graded(number, grade)
        return number

    def graded(self, customer_id: int, grade: str, on: str = "2026-01-01") -> None:
        row = {
            "customer_id": customer_id, "as_of": day(on), "scorecard_number": 0, "card": "standard", "score": 80,
            "grade": grade, "known": 100, "reasons": "[]", "review_on": day("2027-01-01"), "cause": "first",
            "actor": "tester",
        }  # fmt: skip
        record(Assessment, [row], at=AT)

    def owes(self, customer_id: int, due: str, amount: int = 100_00, number: str = "", **more: Any) -> int:
        """An invoice of a month before."""
        more.setdefault("document_date", day("2026-01-02"))
        details = {"customer_id": customer_id, "currency": "CNY", "posting_date": day("2026-01-02"), **more}
        name = number or f"X{next(self._numbers)}"
        return post_item(
            company=self.company, kind="invoice", amount=amount, due_date=day(due), document_number=name,
            **details, **WHO,
        )  # fmt: skip

    def money(self, customer_id: int, amount: int, on: str) -> int:
        """A receipt on account."""
        said = {"customer_id": customer_id, "currency": "CNY", "document_date": day(on), "posting_date": day(on)}
        return post_item(company=self.company, kind="receipt", amount=amount, **said, **WHO)

    def pays(self, item_id: int, customer_id: int, amount: int, on: str) -> None:
        credit = self.money(customer_id, amount, on)
        settle(
            credit_id=credit, debit_id=item_id, credit_amount=amount, effective_on=day(on), reason="allocation", **WHO
        )

    def on(self, text: str, document: dict[str, Any] | None = None) -> Preview:
        strategy = None if document is None else strategy_to_try(self.company, document)
        return preview(self.company, day(text), scope=EVERYTHING, at=noon(text), strategy=strategy)


def steps(found: Preview) -> list[tuple[str, str, str]]:
    """Document, step and channel of each row."""
    return [(row.document_number, row.step, row.channel) for row in found.rows]


def stops(found: Preview) -> list[tuple[str, str]]:
    """Document and code of what is held back."""
    return [(row.document_number, row.stop.code) for row in found.excluded]


@pytest.fixture
def trade(db: None) -> Trade:
    return Trade()


def govern(company: Company, kind: str, document: dict[str, Any]) -> int:
    """Have the document govern the company from the first of March on; answers its version."""
    for name, role in (("zhou", "credit_manager"), ("li", "finance_manager")):
        add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT)
        grant_role(username=name, role=role, actor="cli:root", at=AT)
    number = policies.draft(kind=kind, company_id=company.pk, document=document, actor="zhou", at=AT)
    policies.approve(version_id=number, digest=version(number).digest, actor="li", at=AT)
    policies.put_in_force(version_id=number, effective_at=AT, actor="li", at=AT)
    return number
