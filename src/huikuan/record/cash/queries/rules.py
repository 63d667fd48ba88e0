"""What a company lets matching do by itself, as it stands in the policy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.cash.domain.rules import Rules
from huikuan.record.cash.policies import CASH_MATCHING

_SHARES = ("automatic", "suggest")


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rules and the version of the policy they stand in (None: the shipped default)."""

    rules: Rules
    version_id: int | None


def rules_in_force(company_id: int, *, at: datetime) -> RulesInForce:
    """The rules that govern the company at an instant."""
    found = in_force(CASH_MATCHING.name, company_id=company_id, at=at)
    said = {field.name: found.document[field.name] for field in fields(Rules)}
    shares = {name: float(said[name]) for name in _SHARES}
    return RulesInForce(Rules(**{**said, **shares}), found.version_id)
