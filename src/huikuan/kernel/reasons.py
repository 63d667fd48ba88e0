"""Reasons: why a decision came out as it did, in a form that can be stored and shown."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that spoke: its code, whether it was met, the value seen and the threshold."""

    code: str
    met: bool
    value: str = ""
    threshold: str = ""
    params: dict[str, str] = field(default_factory=dict)
