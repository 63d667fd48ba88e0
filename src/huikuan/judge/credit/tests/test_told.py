"""Decisions as people read them: amounts with thousands apart, what holds before what warns."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from huikuan.judge.credit.telling.decisions import told_reasons, told_way

#: As a decision is kept: the rules are asked in this order.
CONTENT: dict[str, Any] = {
    "nodes": [{"group": "", "currency": "CNY"}],
    "warn_over": 80,
    "reasons": [
        {
            "rule": "over_threshold",
            "decision": "warn",
            "group": "",
            "value": 29_483_000_00,
            "threshold": 34_000_000_00,
        },
        {"rule": "overdue_days", "decision": "hold", "group": "", "value": 1_234, "threshold": 30},
        {"rule": "missing_contract", "decision": "hold", "group": "", "value": 0, "threshold": 0},
    ],
}


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def test_what_holds_is_told_before_what_warns() -> None:
    assert told_reasons(CONTENT, "CNY") == [
        "The oldest claim is 1,234 days overdue beyond the grace; 30 are let pass.",
        "The order names no contract.",
        "CNY 29,483,000.00 of the limit of CNY 34,000,000.00 would be out: 86.8 %. Over 80 % new orders wait for a"
        " sales manager.",
    ]
    assert told_reasons({"nodes": []}, "CNY") == []


def test_a_way_out_has_its_thousands_apart() -> None:
    way = {"way": "prepay", "amount": 1_293_000_00}
    assert told_way(way, CONTENT, "CNY") == "Let the customer pay CNY 1,293,000.00 ahead"
