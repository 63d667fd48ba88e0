"""How files of unknown layouts are read, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.record.banking.domain.sampling import likeness
from huikuan.record.banking.models import Preset


@dataclass(frozen=True, slots=True)
class PresetRow:
    """A preset as it stands: which column is what, for files with these columns."""

    name: str
    mapping: Mapping[str, Any]
    headers: tuple[str, ...]
    actor: str
    recorded_at: datetime


def presets(company_id: int) -> list[PresetRow]:
    """The company's presets as they stand, by name; those given up are not among it."""
    latest = {row.name: row for row in Preset.objects.filter(company_id=company_id).order_by("tx", "id")}
    return [
        PresetRow(name, row.mapping, tuple(row.headers), row.actor, row.recorded_at)
        for name, row in sorted(latest.items())
        if row.mapping
    ]


def preset(company_id: int, name: str) -> PresetRow:
    """The company's preset of this name; refuses an unknown one."""
    rows = {row.name: row for row in presets(company_id)}
    if name not in rows:
        raise Refusal("bank_preset_unknown", name=name, known=", ".join(rows))
    return rows[name]


def preset_for(company_id: int, headers: Sequence[str]) -> PresetRow | None:
    """The latest preset that was made for a file with these columns."""
    like = likeness(tuple(headers))
    found = [row for row in presets(company_id) if likeness(row.headers) == like]
    return max(found, key=lambda row: row.recorded_at, default=None)
