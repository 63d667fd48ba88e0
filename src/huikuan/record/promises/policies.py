"""Rules of promises a company may set: grace, how far ahead, how many broken ones are too many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.promises.domain.promising import Rules

#: Field → the least and the most it may be.
_RANGES = {
    "grace_days": (0, 31),
    "longest_days": (1, 730),
    "breaks": (1, 100),
    "breaks_within_days": (1, 3_650),
    "plan_grace_days": (0, 31),
}


def check_promise_rules(document: Mapping[str, Any]) -> None:
    """Refuse a document that lacks something, says too much, or says no whole number in its range."""
    places = [
        Place(column=name, value=str(document.get(name)), fix=f"{least}–{most}")
        for name, (least, most) in _RANGES.items()
        if type(document.get(name)) is not int or not least <= document[name] <= most
    ]
    places += [Place(column=name, fix="-") for name in sorted(set(document) - set(_RANGES))]
    if places:
        raise Refusal("promise_rules_invalid", where=places)


def rules_of(company_id: int, at: datetime) -> Rules:
    """The company's rules in force at an instant."""
    return Rules(**in_force(PROMISE_RULES.name, company_id=company_id, at=at).document)


#: 示例: three days of grace for a bank's way, no promise further ahead than a quarter; two broken within half a year
#: ask whether to freeze (DEFAULTS, Warnings: two broken promises).
PROMISE_RULES = register(
    Kind(
        name="promises.rules",
        title=gettext_noop("Promises and plans"),
        default=asdict(Rules()),
        check=check_promise_rules,
    )
)
