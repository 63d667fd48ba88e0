"""What was applied to claims, without what was taken back, found by the claims."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huikuan.record.receivables.operations.reversals import reverse_settlement
from huikuan.record.receivables.queries.applied import Applied, applied_to
from huikuan.record.receivables.tests.conftest import WHO, Books


def test_what_was_taken_back_was_never_applied(books: Books) -> None:
    claim, other, credit = books.post("invoice", 500_00), books.post("invoice", 90_00), books.post("receipt", 400_00)
    first, gone, third = (books.settle(credit, claim, amount) for amount in (100_00, 50_00, 25_00))
    books.settle(credit, other, 90_00)
    reverse_settlement(settlement_id=gone, reason="错配", **WHO)
    day = date(2026, 2, 1)
    assert applied_to([claim]) == [
        Applied(first, claim, credit, day, 100_00),
        Applied(third, claim, credit, day, 25_00),
    ]
    assert applied_to([]) == []


@pytest.mark.skipif(connection.vendor == "postgresql", reason="a server keeps statistics")
def test_only_the_facts_of_the_claims_are_read(books: Books) -> None:
    """By the claim's index, whatever SQLite believes of a column that is nearly always empty."""
    claim = books.post("invoice", 500_00)
    with CaptureQueriesContext(connection) as asked:
        applied_to([claim])
    [sql] = [one["sql"] for one in asked.captured_queries]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "receivables_settle_debit" in plan, plan
