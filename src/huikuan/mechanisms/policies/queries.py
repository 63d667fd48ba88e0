"""Which version governs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huikuan.mechanisms.policies.kinds import kind_named


@dataclass(frozen=True, slots=True)
class InForce:
    """The document that governs at an instant. `number` 0 is the shipped default (示例)."""

    kind: str
    number: int
    document: Mapping[str, Any]
    version_id: int | None


def in_force(kind: str, *, company_id: int | None, at: datetime) -> InForce:
    """The version of `kind` in force for the company at `at`; the shipped default if none is."""
    return InForce(kind, 0, kind_named(kind).default, None)
