"""Colleagues with their roles and teams, and who of them sees which customers of the books."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from huikuan.mechanisms.identity import operations
from huikuan.mechanisms.identity.models import User
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import affiliate
from huikuan.record.receivables.domain.settling import THIRD_PARTY
from huikuan.record.receivables.operations.settlements import Request, settle_many
from huikuan.shell.tests.books import AS_OF, AT, CUSTOMERS, ROWS, Books

OWNERS = {"C0001": "李沅", "C0002": "尹川", "C0003": "郑可"}
#: Who sees which customers.
SEES = {
    "li": {"C0001"},
    "zheng": {"C0003"},
    "guo": {"C0001", "C0002"},
    "zhou": set(CUSTOMERS),
    "chen": set(CUSTOMERS),
    "law": set(),
    "newcomer": set(),
}
#: Those whose role opens the ledger at all.
READERS = set(SEES) - {"law"}


@pytest.fixture
def people(books: Books, settings: object) -> dict[str, Client]:
    """Everybody with their roles and teams; the customers with their owners; a payment for somebody else."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    for code, name in OWNERS.items():
        give(code, name, date(2020, 1, 1))
    for name, shown, role in (
        ("li", "李沅", "sales"),
        ("yin", "尹川", "sales"),
        ("zheng", "郑可", "sales"),
        ("guo", "郭领", "sales_manager"),
        ("chen", "陈衡", "auditor"),
        ("law", "外部律师", "law_firm"),
        ("newcomer", "新人", "sales"),
    ):
        operations.add_user(username=name, password="a long pass phrase", display_name=shown, actor="cli:test", at=AT)
        operations.grant_role(username=name, role=role, actor="cli:test", at=AT)
    for code in ("EAST", "NORTH"):
        operations.add_team(code=code, name=code, actor="cli:test", at=AT)
    for name, team in (("li", "EAST"), ("yin", "EAST"), ("guo", "EAST"), ("zheng", "NORTH")):
        operations.join_team(username=name, team=team, effective_on=date(2020, 1, 1), actor="cli:test", at=AT)
    payer, debt = books.item("RC-2"), books.item("264388117730")
    settle_many(requests=[Request(payer, debt, 10_000_00, AS_OF, THIRD_PARTY)], actor="test", at=AT)
    return {name: entered(name) for name in SEES}


def give(code: str, owner: str, on: date) -> None:
    affiliate(
        customer_id=Customer.objects.get(code=code).pk,
        dimension="owner",
        value=owner,
        effective_on=on,
        actor="cli:test",
        at=AT,
    )


def entered(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def names_in(text: str) -> set[str]:
    """The sentinels that appear: customers by name or code, and documents of theirs."""
    marks = {code: [code, CUSTOMERS[code], *(row[1] for row in ROWS if row[0] == code and row[1] != "=1+1")]
             for code in CUSTOMERS}  # fmt: skip
    grouped = text.replace('</span><span class="four">', "")
    return {code for code, signs in marks.items() if any(sign in grouped for sign in signs)}


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()
