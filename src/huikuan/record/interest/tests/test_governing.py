"""Which rule governs: the clause, the Regulation on Payments to SMEs, or the law; what is warned of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.contracts.domain.interest import read_late_interest
from huikuan.record.interest.domain.computing import Counting
from huikuan.record.interest.domain.governing import Case, govern
from huikuan.record.interest.domain.rules import rule_text
from huikuan.record.interest.policies import LPR_TABLE, RULES, check_rates, check_rules
from huikuan.record.interest.tests.rates import GIVEN, RATES, day

SILENT = Case(None, day("2024-03-01"), "", False, None, "CNY")


def test_a_clause_goes_before_everything() -> None:
    case = replace(SILENT, clause=read_late_interest("LPR×1.5"), buyer="government", seller_declared=True)
    found = govern(case, GIVEN, RATES)
    assert (found.basis, rule_text(found.rule), found.counting) == ("clause", "lpr*1.5", Counting())
    assert (found.most, found.warnings) == (None, ())


def test_nothing_agreed_is_the_lpr_of_the_breach_and_thirty_percent() -> None:
    found = govern(SILENT, GIVEN, RATES)
    assert (found.basis, rule_text(found.rule), found.counting) == ("law", "lpr*1.3", Counting(fixed_at_breach=True))
    assert found.most is not None
    assert rule_text(found.most) == "lpr*1.5"


@pytest.mark.parametrize("buyer", ["government", "public_institution", "large_enterprise"])
def test_an_sme_that_said_so_gets_five_ten_thousandths_a_day(buyer: str) -> None:
    found = govern(replace(SILENT, buyer=buyer, seller_declared=True), GIVEN, RATES)
    assert (found.basis, rule_text(found.rule), found.most) == ("sme", "0.0005/day", None)


@pytest.mark.parametrize(
    "said",
    [
        {"buyer": "other", "seller_declared": True},
        {"buyer": "government", "seller_declared": False},
        {"buyer": "", "seller_declared": True},
        {"buyer": "government", "seller_declared": True, "signed": day("2020-08-31")},
    ],
)
def test_one_thing_missing_and_the_regulation_does_not_help(said: dict[str, Any]) -> None:
    assert govern(replace(SILENT, **said), GIVEN, RATES).basis == "law"


def test_a_clause_over_four_times_the_lpr_is_warned_of_and_one_at_it_is_not() -> None:
    # LPR of 2024-03-01: 3.45 %, four times 13.8 %
    over = govern(replace(SILENT, clause=read_late_interest("日万分之五")), GIVEN, RATES).warnings
    assert [(one.code, one.value, one.threshold) for one in over] == [("over_cap", "18.25 %", "13.8 %")]
    assert govern(replace(SILENT, clause=read_late_interest("年利率13.8%")), GIVEN, RATES).warnings == ()


def test_an_sme_is_told_that_less_than_the_lpr_was_agreed() -> None:
    case = replace(SILENT, clause=read_late_interest("年利率3%"), buyer="large_enterprise", seller_declared=True)
    assert [one.code for one in govern(case, GIVEN, RATES).warnings] == ["under_lpr"]
    assert govern(replace(case, buyer="other"), GIVEN, RATES).warnings == ()


def test_bankruptcy_ends_it() -> None:
    found = govern(replace(SILENT, bankrupt_on=day("2025-02-01")), GIVEN, RATES)
    assert found.ends_before == day("2025-02-01")
    assert [one.code for one in found.reasons] == ["law", "bankruptcy"]


def test_the_lpr_of_another_currency_is_warned_of() -> None:
    assert [one.code for one in govern(replace(SILENT, currency="USD"), GIVEN, RATES).warnings] == ["lpr_is_cny"]
    daily = replace(SILENT, currency="USD", clause=read_late_interest("年利率5%"))
    assert govern(daily, GIVEN, RATES).warnings == ()


def test_the_table_is_stale_after_thirty_five_days() -> None:
    assert not RATES.is_stale(day("2026-09-24"))
    assert RATES.is_stale(day("2026-09-25"))


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"before": "4,35"}, "before"),
        ({"before": 4.35}, "before"),
        ({"changes": [{"on": "2019-08-20", "percent": "0", "source": "x"}]}, "changes.percent"),
        ({"changes": [{"on": "2019-02-30", "percent": "4", "source": "x"}]}, "changes.on"),
        ({"changes": [*LPR_TABLE.default["changes"], *LPR_TABLE.default["changes"][:1]]}, "changes.on"),
        ({"changes": [{"on": "2019-08-20", "percent": "4", "source": " "}]}, "changes.source"),
        ({"known_through": "2025-05-19"}, "known_through"),
        ({"more": 1}, "more"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(changed: dict[str, Any], column: str) -> None:
    check_rates(LPR_TABLE.default)
    with pytest.raises(Refusal, match="lpr_invalid") as caught:
        check_rates({**LPR_TABLE.default, **changed})
    assert column in [place.column for place in caught.value.where]


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"extra_percent": "60"}, "most_extra_percent"),
        ({"extra_percent": 30}, "extra_percent"),
        ({"sme_percent_a_day": "-1"}, "sme_percent_a_day"),
        ({"base_days": 366}, "base_days"),
        ({"sme_from": ""}, "sme_from"),
        ({"cap_times_lpr": True}, "cap_times_lpr"),
        ({"law_fixed_at_breach": "yes"}, "law_fixed_at_breach"),
        ({"more": 1}, "more"),
    ],
)
def test_rules_that_cannot_be_right_are_refused(changed: dict[str, Any], column: str) -> None:
    check_rules(RULES.default)
    with pytest.raises(Refusal, match="interest_rules_invalid") as caught:
        check_rules({**RULES.default, **changed})
    assert column in [place.column for place in caught.value.where]
