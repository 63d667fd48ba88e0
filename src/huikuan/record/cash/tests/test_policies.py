"""The policy of matching: its default is what the rules say, and each malformed document is refused at its place."""

from __future__ import annotations

from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.cash.domain.rules import Rules
from huikuan.record.cash.policies import DEFAULT, check_matching


def test_the_default_is_what_the_rules_say_without_a_policy():
    check_matching(DEFAULT)
    shares = {name: float(DEFAULT[name]) for name in ("automatic", "suggest")}
    assert Rules(**{**DEFAULT, **shares}) == Rules()


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"automatic": "0.5"}, "automatic"),
        ({"automatic": "1.01"}, "automatic"),
        ({"automatic": 0.995}, "automatic"),
        ({"suggest": "0.999"}, "suggest"),
        ({"suggest": "much"}, "suggest"),
        ({"bank_fee": "-1.00"}, "bank_fee"),
        ({"bank_fee": 50}, "bank_fee"),
        ({"tolerance": "1.001"}, "tolerance"),
        ({"tolerance": "1E+3"}, "tolerance"),
        ({"tolerance": "NaN"}, "tolerance"),
        ({"tolerance_percent": "2"}, "tolerance_percent"),
        ({"duplicate_days": True}, "duplicate_days"),
        ({"duplicate_days": -1}, "duplicate_days"),
        ({"parts": "yes"}, "parts"),
        ({"discounts": None}, "discounts"),
        ({"speed": 1}, "speed"),
    ],
)
def test_a_document_that_cannot_be_meant(changed: dict[str, Any], column: str):
    with pytest.raises(Refusal) as refused:
        check_matching({**DEFAULT, **changed})
    assert refused.value.code == "policy_document_bad"
    assert [place.column for place in refused.value.where] == [column]


@pytest.mark.parametrize("name", DEFAULT)
def test_what_lacks_is_named(name: str):
    with pytest.raises(Refusal) as refused:
        check_matching({key: value for key, value in DEFAULT.items() if key != name})
    assert [place.column for place in refused.value.where] == [name]


def test_bounds_in_the_currency_of_the_payment():
    rules = Rules()
    assert (rules.fee(10**7, "CNY"), rules.fee(10**7, "JPY"), rules.fee(10**7, "KWD")) == (5_000, 50, 50_000)
    # No bank keeps more than a hundredth of what was paid.
    assert [rules.fee(amount, "CNY") for amount in (9_999, 499_999, 500_000)] == [99, 4_999, 5_000]
    assert (rules.off(99_999, "CNY"), rules.off(500_000, "CNY"), rules.off(10_000_000, "CNY")) == (99, 500, 1_000)
