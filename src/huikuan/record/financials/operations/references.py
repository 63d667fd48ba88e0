"""Reference values of industries: recorded as the company imports them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.financials.domain.reference import TIERS, Reference, check_reference
from huikuan.record.financials.models import ReferenceValues
from huikuan.record.financials.queries.references import latest_references

_E6 = 10**6


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many were new or changed, and how many stood like this already."""

    written: int
    known: int


def record_references(*, references: Sequence[Reference], actor: str, at: datetime) -> Recorded:
    """Record reference values; those that stand already change nothing. Refuses what `check_reference` refuses."""
    for reference in references:
        check_reference(reference)

    def work() -> Recorded:
        stand = latest_references()
        fresh = {_place(one): one for one in references if stand.get(_place(one)) != one}
        rows = [_row(one, actor) for one in fresh.values()]
        record(ReferenceValues, rows, at=at)
        return Recorded(len(rows), len(references) - len(rows))

    return retrying(work)


def _place(reference: Reference) -> tuple[str, str, int, str]:
    return reference.industry, reference.size, reference.year, reference.ratio


def _row(reference: Reference, actor: str) -> dict[str, Any]:
    values = {f"{tier}_e6": int(value * _E6) for tier, value in zip(TIERS, reference.values, strict=True)}
    names = ("industry", "size", "year", "ratio", "source")
    return {**{name: getattr(reference, name) for name in names}, **values, "actor": actor}
