"""Whatever happened: opening + movements = closing, the list says what the statement says, and so does aging."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.operations import compact, refresh
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.operations import merge_customers, undo_merge
from huikuan.record.receivables.queries.aging import aging
from huikuan.record.receivables.tests.ledgers import DAYS, Book, new_book, write_random
from huikuan.see.statements.domain.account import Figures, Period
from huikuan.see.statements.domain.statement import Statement
from huikuan.see.statements.queries.accounts import accounts
from huikuan.see.statements.queries.statements import statement

EXAMPLES = 150 if os.environ.get("HUIKUAN_PROVE") else 8
NOTHING = Figures(0, 0, 0, 0, 0, 0)
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
#: Facts are committed and stay, so every example has a company of its own.
pytestmark = pytest.mark.django_db(transaction=True)


def told(book: Book, customer_id: int, currency: str, period: Period, known: Head | None) -> Statement:
    return statement(
        company_id=book.company.pk,
        customer_id=customer_id,
        currency=currency,
        period=period,
        scope=EVERYTHING,
        known=known,
        at=AT,
    )


def check_conserved(said: Statement) -> None:
    """The laws of one account; the closing balance is had twice, from movements and from what is open."""
    account, figures = said.account, said.account.figures
    assert figures.opening + figures.invoiced + figures.returned + figures.paid + figures.other == figures.closing
    assert figures.opening + sum(line.amount for line in account.movements) == figures.closing
    assert sum(line.open_amount for line in account.open_lines) == figures.closing
    assert account.aged.debits - account.aged.credits == figures.closing
    assert all(account.period.holds(line.on) for line in account.movements)


@pytest.mark.sealed
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_account_is_conserved_listed_and_aged_alike(data: st.DataObject) -> None:
    book = new_book()
    write_random(data.draw, book, data.draw(st.integers(2, 18)))
    data.draw(st.sampled_from([refresh, compact, lambda: None]))()
    since, until = sorted([data.draw(DAYS), data.draw(DAYS)])
    period = Period(since, until)
    known = None
    if book.horizons and data.draw(st.booleans()):
        known = Head(size=1, horizon=data.draw(st.sampled_from(book.horizons)), root=b"", sealed_at=AT)
    engine = data.draw(st.sampled_from(["columns", "database"]))
    listed = {
        (row.customer_id, row.currency): row.figures
        for row in accounts(scope=EVERYTHING, company_id=book.company.pk, period=period, known=known, engine=engine)
    }
    aged = {
        (row.key_id, row.currency): row
        for row in aging(as_of=until, known=known, company_id=book.company.pk, engine=engine, scope=EVERYTHING).rows
    }
    for customer in book.customers:
        for currency in ("CNY", "USD"):
            said = told(book, customer.pk, currency, period, known)
            check_conserved(said)
            assert listed.get((customer.pk, currency), NOTHING) == said.account.figures
            row = aged.get((customer.pk, currency))
            ours = said.account.aged
            assert (ours.not_due, ours.awaiting, ours.credits, ours.debits) == (
                (row.not_due, row.awaiting, row.credits, row.total) if row else (0, 0, 0, 0)
            )
            assert tuple(amount for _, _, amount in ours.buckets) == (row.aged if row else (0, 0, 0, 0))


@pytest.mark.sealed
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_statement_goes_on_where_the_one_before_it_ended(data: st.DataObject) -> None:
    book = new_book(1)
    write_random(data.draw, book, data.draw(st.integers(2, 14)))
    first, middle, last = sorted([data.draw(DAYS), data.draw(DAYS), data.draw(DAYS) + timedelta(days=1)])
    middle = min(middle, last - timedelta(days=1)) if middle >= last else middle
    first = min(first, middle)
    customer = book.customers[0].pk
    whole = told(book, customer, "CNY", Period(first, last), None).account
    before = told(book, customer, "CNY", Period(first, middle), None).account
    after = told(book, customer, "CNY", Period(middle + timedelta(days=1), last), None).account
    assert before.figures.closing == after.figures.opening
    assert before.movements + after.movements == whole.movements


@pytest.mark.sealed
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_account_of_two_that_are_one_is_both_added_up_and_comes_apart_again(data: st.DataObject) -> None:
    book = new_book()
    one, into = (customer.pk for customer in book.customers[:2])
    write_random(data.draw, book, data.draw(st.integers(2, 14)))
    period = Period(*sorted([data.draw(DAYS), data.draw(DAYS)]))
    engine = data.draw(st.sampled_from(["columns", "database"]))

    def listed(known: Head | None) -> dict[tuple[int, str], Figures]:
        rows = accounts(scope=EVERYTHING, company_id=book.company.pk, period=period, known=known, engine=engine)
        return {(row.customer_id, row.currency): row.figures for row in rows}

    before = listed(None)
    book.wrote()
    earlier = Head(size=1, horizon=book.horizons[-1], root=b"", sealed_at=AT)
    who = {"reason": "同一户", "actor": "test", "at": AT}
    merge_id = merge_customers(from_id=one, into_id=into, **who)
    after = listed(None)
    assert listed(earlier) == before
    assert not [account for account in after if account[0] == one]
    for currency in ("CNY", "USD"):
        said = told(book, into, currency, period, None)
        check_conserved(said)
        both = [asdict(before.get((customer, currency), NOTHING)) for customer in (one, into)]
        added = Figures(**{name: sum(figures[name] for figures in both) for name in both[0]})
        assert said.account.figures == after.get((into, currency), NOTHING) == added
        assert told(book, one, currency, period, None) == said
        apart = told(book, one, currency, period, earlier).account
        assert apart.figures == before.get((one, currency), NOTHING)
    undo_merge(merge_id=merge_id, **who)
    assert listed(None) == before
