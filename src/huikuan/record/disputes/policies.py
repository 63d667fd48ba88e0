"""The rule of disputes a company may set: which department answers what, how long it has, whether dunning waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.identity.domain.roles import ROLES
from huikuan.mechanisms.policies.kinds import Kind, register
from huikuan.record.disputes.domain.life import REASONS

_KEYS = frozenset({"department", "role", "owner", "days", "above", "pauses"})
_OPTIONAL = frozenset({"owner"})
_CALENDAR = ("holidays", "workdays")
_LONGEST, _LONGEST_OWNER, _MOST_DAYS, _MOST_CALENDAR = 40, 150, 90, 400


def check_routing(document: Mapping[str, Any]) -> None:
    """A row for each reason: department, role (and owner), days of work, role above, whether dunning waits; optional
    lists of holidays and of weekend days that are worked, as ISO dates."""
    routes = document.get("routes")
    said = routes if isinstance(routes, Mapping) else {}
    places = [Place(column=name) for name in document if name not in ("routes", *_CALENDAR)]
    places += [Place(column=f"routes.{name}", value=name) for name in said if name not in REASONS]
    for reason in REASONS:
        places += _faults(reason, said.get(reason))
    for name in _CALENDAR:
        places += _bad_days(name, document.get(name, []))
    if places:
        raise Refusal("dispute_routing_invalid", where=places)


def _faults(reason: str, row: object) -> list[Place]:
    if not isinstance(row, Mapping) or not _KEYS - _OPTIONAL <= row.keys() <= _KEYS:
        return [Place(column=f"routes.{reason}", value=str(row), fix=", ".join(sorted(_KEYS)))]
    fits = {
        "department": isinstance(row["department"], str) and 0 < len(row["department"]) <= _LONGEST,
        "role": row["role"] in ROLES,
        "owner": isinstance(row.get("owner", ""), str) and len(row.get("owner", "")) <= _LONGEST_OWNER,
        "days": type(row["days"]) is int and 0 <= row["days"] <= _MOST_DAYS,
        "above": row["above"] == "" or row["above"] in ROLES,
        "pauses": isinstance(row["pauses"], bool),
    }
    return [
        Place(column=f"routes.{reason}.{name}", value=str(row.get(name)), fix=_fix(name))
        for name, fine in fits.items()
        if not fine
    ]


def _fix(name: str) -> str:
    return {"days": f"0–{_MOST_DAYS}", "role": " | ".join(ROLES), "above": " | ".join(ROLES)}.get(name, "")


def _bad_days(name: str, said: object) -> list[Place]:
    if not isinstance(said, list) or len(said) > _MOST_CALENDAR:
        return [Place(column=name, value=str(said)[:80])]
    return [Place(column=name, value=str(one)) for one in said if not _is_day(one)]


def _is_day(text: object) -> bool:
    try:
        return isinstance(text, str) and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _row(department: str, days: int, *, role: str = "resolver", pauses: bool = True) -> dict[str, Any]:
    return {"department": department, "role": role, "days": days, "above": "finance_manager", "pauses": pauses}


#: 示例. Price and invoices are sales' and billing's own; a missing invoice is sent anew and pauses nothing for long.
ROUTING = register(
    Kind(
        name="dispute_routing",
        title=gettext_noop("Routing of disputes"),
        default={
            "routes": {
                "quality": _row("质量部", 5),
                "delivery": _row("物流部", 3),
                "price": _row("销售部", 3, role="sales_manager"),
                "invoice": _row("开票", 2, role="billing_clerk", pauses=False),
                "return": _row("仓储部", 3),
                "quantity": _row("物流部", 3),
                "other": _row("销售部", 5, role="sales_manager", pauses=False),
            },
            "holidays": [],
            "workdays": [],
        },
        check=check_routing,
    )
)
