"""The rules of bills a company may set, and which day they are in force."""

from __future__ import annotations

from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.bills.domain.life import Rules
from huikuan.record.bills.policies import BILL_RULES, check_bill_rules, rules_of

SHIPPED: dict[str, Any] = dict(BILL_RULES.default)


def test_what_is_shipped_passes_and_is_what_the_domain_goes_by() -> None:
    check_bill_rules(SHIPPED)
    assert rules_of(SHIPPED) == Rules()
    assert SHIPPED["exposure_percent"] == {"large_bank": 0, "other_bank": 50, "commercial": 100}


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"exposure_percent": {"large_bank": 0, "other_bank": 50}}, "exposure_percent.commercial"),
        ({"exposure_percent": {**SHIPPED["exposure_percent"], "other_bank": 101}}, "exposure_percent.other_bank"),
        ({"exposure_percent": {**SHIPPED["exposure_percent"], "other_bank": True}}, "exposure_percent.other_bank"),
        ({"exposure_percent": {**SHIPPED["exposure_percent"], "best": 0}}, "exposure_percent.best"),
        ({"exposure_percent": None}, "exposure_percent.large_bank"),
        ({"present_days": -1}, "present_days"),
        ({"recourse_days": "190"}, "recourse_days"),
        ({"longest_months": 25}, "longest_months"),
        ({"large_banks": "中国银行"}, "large_banks"),
        ({"large_banks": [""]}, "large_banks"),
        ({"other": 1}, "other"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(said: dict[str, Any], column: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_bill_rules({**SHIPPED, **said})
    assert refused.value.code == "bill_rules_invalid"
    assert column in [place.column for place in refused.value.where]
