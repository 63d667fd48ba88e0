"""Exposure of a past day counts orders as they were that day (case 12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.operations.orders import release_order
from huikuan.judge.credit.tests.conftest import AT, Trade
from huikuan.judge.credit.tests.test_exposure import parts
from huikuan.judge.credit.tests.test_orders import change, rules, staffed

__all__ = ["staffed"]


def test_a_past_day_knows_an_order_as_it_was_that_day(trade: Trade) -> None:
    """What is changed or cancelled later was exposure all the same; what is entered later, for an earlier day, too."""
    order = trade.order("SO-1", 100_00)
    change(order, 150_00, at=AT + timedelta(days=29))
    change(order, 150_00, void=True, at=AT + timedelta(days=30))
    told = {on: parts(trade, as_of=on)[""] for on in ("2026-01-31", "2026-02-28", "2026-03-29", "2026-03-30")}
    assert told == {"2026-01-31": 0, "2026-02-28": 100_00, "2026-03-29": 100_00, "2026-03-30": 150_00}
    assert (parts(trade, as_of="2026-03-31")[""], parts(trade)[""]) == (0, 0)


def test_the_day_of_a_change_ends_where_the_company_is(trade: Trade) -> None:
    order = trade.order("SO-1", 100_00)
    change(order, 150_00, at=datetime(2026, 3, 10, 15, 59, tzinfo=UTC))  # 10 March, 23:59 in Shanghai
    change(order, 250_00, at=datetime(2026, 3, 10, 16, 0, tzinfo=UTC))  # 11 March
    told = [parts(trade, as_of=f"2026-03-{number:02}")[""] for number in (9, 10, 11)]
    assert told == [100_00, 150_00, 250_00]


def test_a_past_day_knows_what_waited_that_day(staffed: Trade) -> None:
    """An order entered for an earlier day waits on that day if it was held as it came in."""
    rules(ENFORCE)
    held = staffed.order("SO-1", 100_00)
    release_order(order_id=held, reason="老客户", actor="li", at=AT + timedelta(days=1))
    told = {on: parts(staffed, as_of=on)[""] for on in ("2026-02-28", "2026-03-01", "2026-03-02")}
    assert told == {"2026-02-28": 0, "2026-03-01": 0, "2026-03-02": 100_00}
