"""The policy of the mechanism: how long work of a kind may take, and to which role it goes when it takes longer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.identity.domain.roles import ROLES
from huikuan.mechanisms.policies.kinds import Kind, register
from huikuan.mechanisms.policies.queries import in_force
from huikuan.mechanisms.work.kinds import WorkKind

_NAMES = ("days", "role", "escalates_to")
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a new item of a kind, and the version that says so (None: as shipped)."""

    days: int
    role: str
    escalates_to: str
    policy_id: int | None


def terms_of(kind: WorkKind, *, company_id: int | None, at: datetime) -> Terms:
    """What the company's policy says of the kind; what it leaves out is as the kind was shipped."""
    found = in_force(WORK.name, company_id=company_id, at=at)
    said: dict[str, Any] = {"days": kind.days, "role": kind.role, "escalates_to": kind.escalates_to}
    said |= found.document["kinds"].get(kind.name, {})
    return Terms(**said, policy_id=found.version_id)


def _check(document: Mapping[str, Any]) -> None:
    """Refuse what is not {"kinds": {kind: {days, role, escalates_to}}}, each of these being optional."""
    rows = document.get("kinds")
    if set(document) != {"kinds"} or not isinstance(rows, dict):
        raise Refusal("policy_document_bad", where=[Place(column="kinds", fix='{"kinds": {}}')], kind="work")
    places = [place for name, row in rows.items() for place in _faults(name, row)]
    if places:
        raise Refusal("policy_document_bad", where=places, kind="work")


def _faults(name: str, row: object) -> list[Place]:
    if not isinstance(row, dict) or not row:
        return [Place(column=name, value=str(row), fix=", ".join(_NAMES))]
    return [
        Place(column=f"{name}.{key}", value=str(value), fix=_fix(key))
        for key, value in row.items()
        if not _fits(key, value)
    ]


def _fits(key: str, value: object) -> bool:
    if key == "days":
        return type(value) is int and 0 <= value <= _MOST_DAYS
    return (key == "role" and value in ROLES) or (key == "escalates_to" and (value in ROLES or value == ""))


def _fix(key: str) -> str:
    return {"days": f"0 … {_MOST_DAYS}"}.get(key, " | ".join(ROLES) if key in _NAMES else ", ".join(_NAMES))


#: 示例: nothing is said otherwise than the kinds are shipped. {"credit.crossing": {"days": 1}} would say it of one.
WORK = register(Kind("work", gettext_noop("deadlines of work"), {"kinds": {}}, _check))
