"""What differs between two states of a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """One field's former and new value."""

    field: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """The fields that differ, in the order of `after`; a field that `before` lacks was empty."""
    return tuple(
        Change(name, before.get(name), value)
        for name, value in after.items()
        if (before.get(name) or None) != (value or None)
    )
