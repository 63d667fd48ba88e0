"""The periods of limitation as a company counts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register
from huikuan.record.limitation.domain.clock import Rules
from huikuan.record.limitation.domain.kinds import MEDIUM, STRONG

_MOST = {"years": 20, "absolute_years": 50, "last_months": 24}
_LONGEST_ALARM = 730
_MOST_ALARMS = 5


def check_limitation(document: Mapping[str, Any]) -> None:
    """Whole years and months, alarms longest first, and from which strength on evidence is safe."""
    places = [
        Place(column=name, value=str(document.get(name)), fix=f"1–{most}")
        for name, most in _MOST.items()
        if not _whole(document.get(name), most)
    ]
    alarms = document.get("alarm_days")
    listed = alarms if isinstance(alarms, list) and len(alarms) <= _MOST_ALARMS else []
    if not listed or not all(_whole(one, _LONGEST_ALARM) for one in listed) or listed != sorted(set(listed))[::-1]:
        places.append(Place(column="alarm_days", value=str(alarms), fix="[180, 90, 30]"))
    if document.get("safe_from") not in (STRONG, MEDIUM):
        places.append(Place(column="safe_from", value=str(document.get("safe_from")), fix=f"{STRONG}, {MEDIUM}"))
    places += [Place(column=name) for name in document if name not in LIMITATION.default]
    if places:
        raise Refusal("limitation_rules_invalid", where=places)


def rules_of(document: Mapping[str, Any]) -> Rules:
    """The rules of a document that passed the check."""
    return Rules(
        document["years"],
        document["absolute_years"],
        document["last_months"],
        document["safe_from"],
        tuple(document["alarm_days"]),
    )


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


LIMITATION = register(
    Kind(
        name="limitation",
        title=gettext_noop("Limitation of actions"),
        default={
            "years": 3,
            "absolute_years": 20,
            "last_months": 6,
            "safe_from": STRONG,
            "alarm_days": [180, 90, 30],
        },
        check=check_limitation,
    )
)
