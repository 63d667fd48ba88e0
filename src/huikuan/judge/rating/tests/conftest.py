"""The cast: a book with a punctual customer, a late one and one nobody sells to; an analyst and two managers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies import queries as policy_queries
from huikuan.record.receivables.tests.ledgers import Book, clear, new_book, post
from huikuan.shell import catalogs

EARLY = datetime(2025, 1, 1, tzinfo=UTC)
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 20)


def person(name: str, role: str) -> str:
    """Somebody with a role and no password, whom no test logs in by the form."""
    User.objects.create(username=name)
    identity.grant_role(username=name, role=role, actor="cli:root", at=EARLY)
    return name


def trade(book: Book, customer: int, *, late: int, months: int = 8) -> None:
    """An invoice of 1,000.00 a month, paid so many days late."""
    for number in range(months):
        due = DAY - timedelta(days=30 * number + 60)
        whose = {"customer_id": book.customers[customer].id, "posting_date": due - timedelta(days=30)}
        debit = post(book, amount=100_000, due_date=due, **whose)
        receipt = post(book, amount=100_000, side="credit", kind="receipt", **whose)
        clear(book, receipt, debit, 100_000, due + timedelta(days=late))


def put_in_force(document: dict[str, object], at: datetime) -> int:
    """A version of the scorecards, drafted by one manager and approved by the other; answers its id."""
    version = policies.draft(kind="scorecard", company_id=None, document=document, actor="zhou", at=at)
    shown = policy_queries.version(version).digest
    policies.approve(version_id=version, digest=shown, actor="li", at=at)
    policies.put_in_force(version_id=version, effective_at=at, actor="zhou", at=at)
    return version


@pytest.fixture(scope="session", autouse=True)
def chinese() -> None:
    """The catalogues are built, not committed."""
    catalogs.main()


@pytest.fixture
def book(transactional_db: None) -> Book:
    made = new_book(customers=3)
    trade(made, 0, late=-2)
    trade(made, 1, late=45)
    return made


@pytest.fixture
def team(transactional_db: None) -> None:
    person("analyst", "credit_analyst")
    for name in ("zhou", "li"):
        person(name, "credit_manager")
