"""Exposure as it was known: who was one, who stood in a group, and at which rate (cases 12, 79)."""

from __future__ import annotations

import pytest

from huikuan.judge.credit.queries.pictures import pictures
from huikuan.judge.credit.tests.conftest import TODAY, WHO, Trade
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.store.transactions import horizon
from huikuan.record.customers.operations import merge_customers


def known_at(trade: Trade, customer: int, known: int | None) -> list[tuple[str, int]]:
    (found,) = pictures(customer, [trade.company], scope=EVERYTHING, today=TODAY, as_of=TODAY, known=known)
    nodes = (found.own, *found.groups)
    return [(node.node.group, node.exposure.total if node.exposure else -1) for node in nodes]


@pytest.mark.django_db(transaction=True)
def test_what_was_learnt_later_changes_nothing_of_what_was_known(trade: Trade) -> None:
    trade.grouped()
    trade.rate("USD", "2026-01-01", 700_000_000)
    trade.post("invoice", 100_00)
    trade.post("invoice", 10_00, customer=trade.south, currency="USD")
    trade.post("invoice", 1_00, customer=trade.apart)
    known = horizon()
    was = {customer: known_at(trade, customer, known) for customer in (trade.north, trade.apart)}
    assert was == {trade.north: [("", 100_00), ("LU", 170_00), ("LUHE", 170_00)], trade.apart: [("", 1_00)]}
    trade.rate("USD", "2026-01-01", 800_000_000)
    trade.joins(trade.south, "", "2020-01-01")
    merge_customers(from_id=trade.apart, into_id=trade.north, reason="同一法人", **WHO)
    assert {customer: known_at(trade, customer, known) for customer in was} == was
    assert known_at(trade, trade.north, None) == [("", 101_00), ("LU", 101_00), ("LUHE", 101_00)]
