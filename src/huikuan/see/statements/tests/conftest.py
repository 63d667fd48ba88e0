"""The cast: one company with a letterhead in force, two customers, short hands that post and settle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies import queries as policy_queries
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import affiliate, create_customer
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.settlements import settle
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.domain.statement import Statement
from huikuan.see.statements.operations.issuing import issue_statement
from huikuan.see.statements.queries.statements import statement
from huikuan.shell import catalogs

EARLY = datetime(2026, 1, 1, tzinfo=UTC)
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
LETTERHEAD = {
    "name": "江临精工装备股份有限公司",
    "english_name": "Jianglin Precision Equipment Co., Ltd.",
    "uscc": "91310115MA1K4JLX0K",
    "address": "示范省江临市示范路 88 号",
    "english_address": "88 Shifan Road, Jianglin",
    "department": "应收会计组",
    "phone": "000-8888 0000",
    "email": "ar@example.com",
    "bank_accounts": [
        {"currency": "CNY", "holder": "", "bank": "示例银行江临分行", "number": "1234 5678 9012 3456", "swift": ""},
        {"currency": "", "holder": "", "bank": "示例银行", "number": "9876543210", "swift": "EXAMCNBJ"},
    ],
}
WHO = {"actor": "cli:test", "at": AT}


class Books:
    """A company's books, written with few words. Days are ISO strings, amounts minor units."""

    def __init__(self) -> None:
        self.company = Company.objects.create(code="MAIN", name="江临精工")
        masters = [
            Master(
                "C0001",
                "北麓矿业装备集团有限公司",
                english_name="Beilu Mining",
                uscc="913101150000000006",
                uscc_override_reason="示例",
            ),
            Master("C0002", "宏朔钢构有限公司"),
        ]
        self.customers = [Customer.objects.get(pk=create_customer(master=master, **WHO)) for master in masters]

    def post(self, kind: str, amount: int, day: str, *, to: int = 0, currency: str = "CNY", **more: Any) -> int:
        on = date.fromisoformat(day)
        if kind in ("invoice", "interest"):
            more.setdefault("due_date", on + timedelta(days=30))
        return post_item(
            company=self.company, customer_id=self.customers[to].pk, kind=kind, amount=amount, currency=currency,
            document_date=on, posting_date=on, **more, **WHO,
        )  # fmt: skip

    def settle(self, credit: int, debit: int, amount: int, day: str, reason: str = "receipt") -> int:
        on = date.fromisoformat(day)
        return settle(credit_id=credit, debit_id=debit, credit_amount=amount, effective_on=on, reason=reason, **WHO)

    def head(self) -> Head:
        return seal(AT)

    def said(self, to: int = 0, period: Period = OCTOBER, currency: str = "CNY") -> Statement:
        return statement(
            company_id=self.company.pk, customer_id=self.customers[to].pk, currency=currency, period=period,
            scope=EVERYTHING, known=self.head(), at=AT,
        )  # fmt: skip

    def issue(
        self, to: int = 0, *, actor: str = "cli:test", at: datetime = AT, language: str = "zh", **more: Any
    ) -> int:
        return issue_statement(
            company_id=self.company.pk, customer_id=self.customers[to].pk, currency="CNY", period=OCTOBER,
            language=language, known=self.head(), actor=actor, at=at, **more,
        )  # fmt: skip


def person(name: str, role: str) -> User:
    """Somebody with a role and no password, whom no test logs in by the form."""
    user = User.objects.create(username=name)
    identity.grant_role(username=name, role=role, actor="cli:root", at=EARLY)
    return user


def seller(books: Books) -> User:
    """Somebody who sells to the first customer and sees no other."""
    found = person("seller", "sales")
    give(books, "seller", date(2020, 1, 1))
    return found


def give(books: Books, owner: str, on: date) -> None:
    """The first customer is this owner's from a day on."""
    affiliate(customer_id=books.customers[0].pk, dimension="owner", value=owner, effective_on=on, **WHO)


def put_letterhead_in_force(document: dict[str, Any]) -> None:
    """Drafted by one, approved by another, as every policy."""
    for name in ("zhou", "li"):
        person(name, "finance_manager")
    version = policies.draft(kind="letterhead", company_id=None, document=document, actor="zhou", at=EARLY)
    shown = policy_queries.version(version).digest
    policies.approve(version_id=version, digest=shown, actor="li", at=EARLY)
    policies.put_in_force(version_id=version, effective_at=EARLY, actor="zhou", at=EARLY)


@pytest.fixture(scope="session", autouse=True)
def chinese() -> None:
    """The catalogues are built, not committed."""
    catalogs.main()


@pytest.fixture
def books(transactional_db: None) -> Books:
    """October: an invoice from before, one of the month, a part paid, a return."""
    made = Books()
    put_letterhead_in_force(LETTERHEAD)
    old = made.post("invoice", 100_000_00, "2026-08-20", document_number="264388102254")
    made.post("invoice", 60_000_00, "2026-10-08", document_number="264388117730")
    paid = made.post("receipt", 70_000_00, "2026-10-20", document_number="RC-1")
    made.settle(paid, old, 70_000_00, "2026-10-20")
    made.post("return", 4_500_05, "2026-10-15", document_number="TH-1")
    made.post("invoice", 8_000_00, "2026-10-11", to=1, document_number="264377023310")
    return made
