"""The tier a customer is collected in (回款分级): grade × amount × payment cycle; docs/algorithms/tiers.md."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: The row of the matrix for whom no grade holds, and for grades the matrix does not name.
UNGRADED = "-"


@dataclass(frozen=True, slots=True)
class Tier:
    """What holds for a tier: its title, the longest term in days that is granted, how it is paid, what is done."""

    code: str
    title: str
    term_days: int
    method: str
    measures: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a tier is found by: the grade ('' none), open claims in minor units of the house's currency (None: without
    a rate), and the average days from document to payment in the last year (None: nothing was paid)."""

    grade: str
    amount: int | None
    cycle_days: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """The tier, and the row, column and cell of the matrix that gave it."""

    tier: str
    grade: str
    amount_band: int
    cycle_band: int


def tier_of(document: Mapping[str, Any], subject: Subject) -> Found:
    """The cell of a checked `collection_tiers` document. Bands begin at their bounds: with bounds 100,000 and
    1,000,000, an amount of 100,000 lies in the second. What is not known is taken for the worst: the highest amount,
    the longest cycle, the row of those without a grade."""
    matrix = document["matrix"]
    grade = subject.grade if subject.grade in matrix else UNGRADED
    amounts, cycles = document["amount_from"], document["cycle_from"]
    amount_band = len(amounts) if subject.amount is None else bisect_right([bound * 100 for bound in amounts],
                                                                           subject.amount)  # fmt: skip
    cycle_band = len(cycles) if subject.cycle_days is None else bisect_right(cycles, subject.cycle_days)
    return Found(matrix[grade][amount_band][cycle_band], grade, amount_band, cycle_band)


def tier_named(document: Mapping[str, Any], code: str) -> Tier | None:
    """What the document says of a tier; None where it names none of that code any more."""
    said = document["tiers"].get(code)
    if said is None:
        return None
    return Tier(code, said["title"], said["term_days"], said["method"], said["measures"])
