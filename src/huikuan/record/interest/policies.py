"""What a company may set: the table of the LPR, and the rules where nothing is agreed.

The LPR is a policy document, not a table of its own: it is data that somebody looks up and another confirms, from an
instant on and never backwards, and every computation names the version it counted with. A policy does all of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.rates import SCALE
from huikuan.mechanisms.policies.kinds import Kind, register
from huikuan.record.contracts.domain.interest import DAILY, LPR, LateInterest
from huikuan.record.interest.domain.computing import BASES
from huikuan.record.interest.domain.governing import Rules
from huikuan.record.interest.domain.prime import Change, PrimeRates

_LARGEST_PERCENT = Decimal(100)


def check_rates(document: Mapping[str, Any]) -> None:
    """Percents and days that can be read, days ascending, none after the last publication looked at."""
    places = (
        [Place(column="before", value=str(document.get("before")), fix="4.35")] if _bad(document, "before") else []
    )
    rows = document.get("changes")
    if not isinstance(rows, list) or not rows:
        raise Refusal("lpr_invalid", where=[*places, Place(column="changes")])
    last = date.min
    for number, row in enumerate(rows, start=1):
        on = _day(row.get("on")) if isinstance(row, Mapping) else None
        if on is None or on <= last:
            places.append(Place(row=number, column="changes.on", value=str(row), fix="2026-08-20"))
        elif _bad(row, "percent"):
            places.append(Place(row=number, column="changes.percent", value=str(row.get("percent")), fix="3.00"))
        elif not isinstance(row.get("source"), str) or not row["source"].strip():
            places.append(Place(row=number, column="changes.source", value=str(row.get("source"))))
        last = on or last
    known = _day(document.get("known_through"))
    if known is None or known < last:
        places.append(Place(column="known_through", value=str(document.get("known_through")), fix=f"{last}"))
    places += [Place(column=name) for name in document if name not in LPR_TABLE.default]
    if places:
        raise Refusal("lpr_invalid", where=places)


def rates_of(document: Mapping[str, Any]) -> PrimeRates:
    """The rates of a document that passed the check."""
    changes = tuple(
        Change(date.fromisoformat(row["on"]), _e8(row["percent"]), row["source"]) for row in document["changes"]
    )
    return PrimeRates(_e8(document["before"]), changes, date.fromisoformat(document["known_through"]))


def check_rules(document: Mapping[str, Any]) -> None:
    """Percents over the LPR in order, a rate a day, 365 or 360 days, and yes or no."""
    places = [
        Place(column=name, value=str(document.get(name)))
        for name in ("extra_percent", "most_extra_percent", "sme_percent_a_day")
        if _bad(document, name)
    ]
    if not places and Decimal(document["extra_percent"]) > Decimal(document["most_extra_percent"]):
        places.append(Place(column="most_extra_percent", value=document["most_extra_percent"]))
    if document.get("base_days") not in BASES:
        places.append(Place(column="base_days", value=str(document.get("base_days")), fix="365, 360"))
    if _day(document.get("sme_from")) is None:
        places.append(Place(column="sme_from", value=str(document.get("sme_from")), fix="2020-09-01"))
    cap = document.get("cap_times_lpr")
    if not isinstance(cap, int) or isinstance(cap, bool) or not 1 <= cap <= 100:
        places.append(Place(column="cap_times_lpr", value=str(cap), fix="4"))
    places += [
        Place(column=name, value=str(document.get(name)), fix="true, false")
        for name in ("count_both_ends", "law_fixed_at_breach", "clause_fixed_at_breach")
        if not isinstance(document.get(name), bool)
    ]
    places += [Place(column=name) for name in document if name not in RULES.default]
    if places:
        raise Refusal("interest_rules_invalid", where=places)


def rules_of(document: Mapping[str, Any]) -> Rules:
    """The rules of a document that passed the check."""

    def over(name: str) -> LateInterest:
        return LateInterest(LPR, SCALE + _e8(document[name]))

    return Rules(
        extra=over("extra_percent"),
        most_extra=over("most_extra_percent"),
        sme=LateInterest(DAILY, _e8(document["sme_percent_a_day"])),
        sme_from=date.fromisoformat(document["sme_from"]),
        base=document["base_days"],
        both_ends=document["count_both_ends"],
        law_fixed=document["law_fixed_at_breach"],
        clause_fixed=document["clause_fixed_at_breach"],
        cap_times=document["cap_times_lpr"],
    )


def _e8(percent: str) -> int:
    return int(Decimal(percent) * SCALE / 100)


def _bad(document: Mapping[str, Any], name: str) -> bool:
    """Not a percent over 0 and up to 100 with at most six decimals, written as text."""
    said = document.get(name)
    try:
        value = Decimal(said) if isinstance(said, str) else Decimal(0)
    except InvalidOperation:
        return True
    return not (value.is_finite() and 0 < value <= _LARGEST_PERCENT and value * 10**6 == int(value * 10**6))


def _day(said: Any) -> date | None:
    try:
        return parse_date(said) if isinstance(said, str) else None
    except Refusal:
        return None


_SOURCE = "中国人民银行授权全国银行间同业拆借中心公布"
_CHANGES = (
    ("2019-08-20", "4.25"), ("2019-09-20", "4.20"), ("2019-11-20", "4.15"), ("2020-02-20", "4.05"),
    ("2020-04-20", "3.85"), ("2021-12-20", "3.80"), ("2022-01-20", "3.70"), ("2022-08-22", "3.65"),
    ("2023-06-20", "3.55"), ("2023-08-21", "3.45"), ("2024-07-22", "3.35"), ("2024-10-21", "3.10"),
    ("2025-05-20", "3.00"),
)  # fmt: skip

#: The one-year LPR; before it the benchmark rate of loans within a year (中国人民银行, 2015-10-24).
LPR_TABLE = register(
    Kind(
        name="interest.lpr",
        title=gettext_noop("Loan prime rate (LPR)"),
        default={
            "before": "4.35",
            "changes": [{"on": on, "percent": percent, "source": _SOURCE} for on, percent in _CHANGES],
            "known_through": "2026-08-20",
        },
        check=check_rates,
    )
)
#: Interpretation on Sales Contracts 18 (30 to 50 %), Regulation on Payments to SMEs 17 (0.05 % a day).
RULES = register(
    Kind(
        name="interest",
        title=gettext_noop("Late-payment interest"),
        default={
            "extra_percent": "30",
            "most_extra_percent": "50",
            "sme_percent_a_day": "0.05",
            "sme_from": "2020-09-01",
            "base_days": 365,
            "count_both_ends": False,
            "law_fixed_at_breach": True,
            "clause_fixed_at_breach": False,
            "cap_times_lpr": 4,
        },
        check=check_rules,
    )
)
