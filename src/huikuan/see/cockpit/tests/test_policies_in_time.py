"""A policy that changes while the page looks back: one page has one set of buckets, and the past keeps its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from huikuan.mechanisms.audit.queries import head_at
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.policies import operations, queries
from huikuan.record.receivables.queries.aging import aging
from huikuan.record.receivables.queries.items import ItemFilter, items_page
from huikuan.record.receivables.tests.ledgers import AT, Book, new_book, post
from huikuan.see.cockpit.queries.overview import overview

pytestmark = pytest.mark.django_db(transaction=True)

EARLY = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = date(2026, 3, 31)
FEBRUARY = date(2026, 2, 28)


@pytest.fixture(autouse=True)
def managers() -> None:
    for name in ("zhou", "li"):
        identity.add_user(username=name, password="a long pass phrase", actor="cli:root", at=EARLY)
        identity.grant_role(username=name, role="finance_manager", actor="cli:root", at=EARLY)


def put_in_force(kind: str, document: dict[str, object], at: datetime) -> None:
    version = operations.draft(kind=kind, company_id=None, document=document, actor="zhou", at=at)
    operations.approve(version_id=version, digest=queries.version(version).digest, actor="li", at=at)
    operations.put_in_force(version_id=version, effective_at=at, actor="zhou", at=at)


def buckets(due: list[int]) -> dict[str, object]:
    return {"due": due, "document": due, "annual": ["1y"]}


@pytest.fixture
def book() -> Book:
    book = new_book(customers=1)
    for due, amount in ((date(2026, 2, 8), 10_000), (date(2025, 12, 21), 500)):
        post(book, amount=amount, posting_date=date(2025, 12, 1), due_date=due)
    return book


@pytest.mark.parametrize("basis", ["due", "document"])
def test_the_trend_has_the_as_of_days_buckets_when_the_policy_changed_inside_it(book: Book, basis: str) -> None:
    put_in_force("aging_buckets", buckets([10, 20, 45, 60, 180]), datetime(2026, 3, 15, tzinfo=UTC))
    page = overview(scope=EVERYTHING, company_id=book.company.id, as_of=AS_OF, basis=basis, months=2)
    aged = [line for line in page.buckets if line.code == "days"]
    assert [line.to_days for line in aged] == [10, 20, 45, 60, 180, None]
    assert [point.on for point in page.trend] == [date(2026, 1, 31), FEBRUARY, AS_OF]
    if basis == "due":
        # On 28 February the two are 20 and 69 days late, on 31 March 51 and 100.
        assert [point.buckets for point in page.trend] == [
            (0, 0, 500, 0, 0, 0),
            (0, 10_000, 0, 0, 500, 0),
            (0, 0, 0, 10_000, 500, 0),
        ]
        assert [line.previous for line in aged] == [0, 10_000, 0, 0, 500, 0]
    assert [sum(point.buckets) for point in page.trend] == (
        [500, 10_500, 10_500] if basis == "due" else [10_500, 10_500, 10_500]
    )


def test_a_day_before_the_change_keeps_the_policy_of_its_time(book: Book) -> None:
    put_in_force("aging_buckets", buckets([10]), datetime(2026, 3, 15, tzinfo=UTC))
    page = overview(scope=EVERYTHING, company_id=book.company.id, as_of=FEBRUARY, months=1)
    assert [(line.to_days, line.amount) for line in page.buckets if line.code == "days"] == [
        (30, 10_000),
        (60, 0),
        (90, 500),
        (None, 0),
    ]


def test_only_policy_steps_known_by_then_count(book: Book) -> None:
    seal(AT)
    head = head_at(AT + timedelta(seconds=1))
    assert head is not None

    def answered() -> list[object]:
        page = overview(scope=EVERYTHING, company_id=book.company.id, as_of=AS_OF, known=head, months=1)
        rows = aging(scope=EVERYTHING, as_of=AS_OF, known=head, company_id=book.company.id, engine="database").rows
        listed = items_page(ItemFilter(company_id=book.company.id), scope=EVERYTHING, as_of=AS_OF, known=head).rows
        return [
            [(line.to_days, line.amount) for line in page.buckets],
            page.concentration.cap_share,
            [[(bucket.to_days, bucket.amount) for bucket in row.buckets] for row in rows],
            [(row.from_days, row.to_days) for row in listed],
        ]

    before = answered()
    assert before[2] == [[(30, 0), (60, 10_000), (90, 0), (None, 500)]]
    put_in_force("aging_buckets", buckets([10, 20]), datetime(2026, 3, 15, tzinfo=UTC))
    put_in_force("concentration", {"customer_cap_percent": 7}, datetime(2026, 3, 15, tzinfo=UTC))
    assert answered() == before
    now = aging(scope=EVERYTHING, as_of=AS_OF, company_id=book.company.id, engine="database").rows
    assert [(bucket.to_days, bucket.amount) for bucket in now[0].buckets] == [(10, 0), (20, 0), (None, 10_500)]
