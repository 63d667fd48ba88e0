"""Rules of the cockpit a company may set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register


def check_concentration(document: Mapping[str, Any]) -> None:
    """{"customer_cap_percent": whole per cent of all receivables one customer should not pass, 1 … 100}."""
    cap = document.get("customer_cap_percent")
    if isinstance(cap, bool) or not isinstance(cap, int) or not 1 <= cap <= 100:
        place = Place(
            column="customer_cap_percent",
            value=str(cap),
            reason=gettext_noop("A whole number from 1 to 100 is needed."),
            fix="20",
        )
        raise Refusal("concentration_invalid", where=[place])


CONCENTRATION = register(
    Kind(
        name="concentration",
        title=gettext_noop("Concentration"),
        default={"customer_cap_percent": 20},
        check=check_concentration,
    )
)


#: Name → (smallest, largest) of the whole numbers the rules of the checkup are set by.
FINDING_LIMITS = {
    "long_overdue_days": (1, 3650),
    "stale_cash_days": (1, 3650),
    "awaiting_days": (1, 3650),
    "longest_term_days": (1, 3650),
    "big_balance_percent": (1, 100),
    "pace_days": (7, 365),
    "slower_by_days": (1, 365),
}


def check_findings(document: Mapping[str, Any]) -> None:
    """Every threshold of FINDING_LIMITS, each a whole number within its limits, and nothing else."""
    places = [_threshold_problem(name, document.get(name)) for name in FINDING_LIMITS]
    unknown = [
        Place(column=name, value=str(document[name]), reason=gettext_noop("There is no such threshold."), fix="")
        for name in sorted(set(document) - set(FINDING_LIMITS))
    ]
    found = [place for place in places if place] + unknown
    if found:
        raise Refusal("findings_invalid", where=found)


def _threshold_problem(name: str, value: object) -> Place | None:
    least, most = FINDING_LIMITS[name]
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return None
    reason = gettext_noop("A whole number within the threshold's limits is needed.")
    return Place(column=name, value=str(value), reason=reason, fix=f"{least}–{most}")


FINDINGS = register(
    Kind(
        name="findings",
        title=gettext_noop("Receivables checkup"),
        default={
            "long_overdue_days": 90,
            "stale_cash_days": 30,
            "awaiting_days": 180,
            "longest_term_days": 180,
            "big_balance_percent": 1,
            "pace_days": 90,
            "slower_by_days": 15,
        },
        check=check_findings,
    )
)
