"""Which strategy governs a company."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huikuan.act.collection.domain.strategy import Strategy, strategy_of
from huikuan.act.collection.policies import STRATEGY, check_strategy
from huikuan.kernel.money import minor_digits
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import decided_under, in_force


@dataclass(frozen=True, slots=True)
class StrategyInForce:
    """A strategy, its document and the policy version it stands in (None: the shipped one, or one that is tried)."""

    strategy: Strategy
    document: Mapping[str, Any]
    version_id: int | None
    number: int = 0

    @property
    def sha256(self) -> str:
        """Names the document's text."""
        text = json.dumps(self.document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def strategy_in_force(company: Company, *, at: datetime) -> StrategyInForce:
    """The strategy that governs the company at an instant."""
    found = in_force(STRATEGY.name, company_id=company.pk, at=at)
    return StrategyInForce(_read(found.document, company), found.document, found.version_id, found.number)


def strategy_to_try(company: Company, document: Mapping[str, Any]) -> StrategyInForce:
    """A strategy by its text; refuses what is none."""
    check_strategy(document)
    return StrategyInForce(_read(document, company), document, None)


def _read(document: Mapping[str, Any], company: Company) -> Strategy:
    return strategy_of(document, 10 ** minor_digits(company.currency))


def strategy_of_version(company: Company, version_id: int | None) -> StrategyInForce:
    """The strategy as a version of the policy says it (None: the shipped one)."""
    found = decided_under(version_id, kind=STRATEGY.name)
    return StrategyInForce(_read(found.document, company), found.document, found.version_id, found.number)
