"""Disputes as factors of behaviour: their number in the year and what was disputed of what was sold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from huikuan.judge.rating.queries.facts import known_facts
from huikuan.record.disputes.tests.conftest import Desk

DAY = date(2026, 11, 10)


def values(desk: Desk, customer: int, day: date = DAY) -> dict[str, Decimal | str]:
    known = known_facts(as_of=day, customer_ids=[customer]).of(customer)
    return {name: known[name][0].value for name in ("disputes", "dispute_share") if name in known}


def test_a_customers_disputes_of_the_year_are_counted_and_weighed(db: None) -> None:
    desk = Desk()
    claim = desk.invoice(100_00)
    desk.post("invoice", 300_00, "2026-10-01", customer_id=desk.other.id)
    desk.invoice(200_00)
    desk.dispute(claim, 60_00, at=datetime(2026, 11, 2, 2, tzinfo=UTC))
    desk.dispute(claim, 15_00, reason="price", at=datetime(2026, 11, 9, 2, tzinfo=UTC))
    # 75.00 of 300.00 sold in the year.
    assert values(desk, desk.customer.id) == {"disputes": Decimal(2), "dispute_share": Decimal("0.2500")}
    assert values(desk, desk.customer.id, DAY - timedelta(days=5)) == {
        "disputes": Decimal(1), "dispute_share": Decimal("0.2000")
    }  # fmt: skip
    assert values(desk, desk.other.id) == {"disputes": Decimal(0), "dispute_share": Decimal("0.0000")}
    # A year after the first it counts no more; nothing was sold in that year, so there is no share.
    assert values(desk, desk.customer.id, date(2027, 11, 3)) == {"disputes": Decimal(1)}
    assert values(desk, 10**9) == {}
