"""Which duties are kept apart now.

The rule is a policy, and policies stand above: what governs is handed in. Until then the shipped matrix does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from huikuan.mechanisms.identity.domain.roles import CONFLICTS, Pairs


@dataclass(frozen=True, slots=True)
class Rule:
    """Pairs of roles one person does not hold. `alone`: whoever gives roles may let somebody hold both by
    themselves, saying why (a small firm); elsewhere another approves it."""

    pairs: Pairs = CONFLICTS
    alone: bool = False


_rules: list[Callable[[datetime], Rule]] = []


def rule_with(rule: Callable[[datetime], Rule]) -> None:
    """Have the rule in force told by `rule`. Called once at start-up."""
    _rules[:] = [rule]


def rule_at(at: datetime) -> Rule:
    """The rule in force at the instant."""
    return _rules[0](at) if _rules else Rule()
