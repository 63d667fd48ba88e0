"""Reference values as they stand, and how a ratio stands among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import QuerySet

from huikuan.record.financials.domain.ratios import RATIOS, RatioValue
from huikuan.record.financials.domain.reference import TIERS, Reference, points
from huikuan.record.financials.models import ReferenceValues
from huikuan.record.financials.queries.ratios import RatioRow

_E6 = Decimal(10**6)

#: Industry, size, year, ratio.
Place = tuple[str, str, int, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A ratio among firms of its industry: 0 to 100 points by these tiers."""

    reference: Reference
    points: Fraction


def latest_references() -> dict[Place, Reference]:
    """Place → what was recorded last of it."""
    return _latest(ReferenceValues.objects.all())


def references_for(industry: str, *, size: str = "", as_of: date, known: int | None = None) -> dict[str, Reference]:
    """Ratio → the tiers of an industry and size, of the latest year that is not after the day's; known below a
    horizon. Empty for an industry of which nothing was imported."""
    facts = ReferenceValues.objects.filter(industry=industry, size=size, year__lte=as_of.year)
    if known is not None:
        facts = facts.filter(tx__lt=known)
    by_year = sorted(_latest(facts).items(), key=lambda one: one[0][2])
    return {ratio: reference for (_, _, _, ratio), reference in by_year}


def references_by_industry(*, as_of: date, known: int | None = None) -> dict[str, dict[str, Reference]]:
    """Industry → ratio → the tiers stated for firms of all sizes, chosen as by `references_for`, in one question."""
    facts = ReferenceValues.objects.filter(size="", year__lte=as_of.year)
    if known is not None:
        facts = facts.filter(tx__lt=known)
    found: dict[str, dict[str, Reference]] = {}
    for (industry, _, _, ratio), reference in sorted(_latest(facts).items(), key=lambda one: one[0][2]):
        found.setdefault(industry, {})[ratio] = reference
    return found


def standing_of(value: RatioValue | RatioRow, references: Mapping[str, Reference]) -> Standing | None:
    """Where the ratio stands; None where it has no value or nothing to be compared with."""
    reference = references.get(value.ratio)
    if reference is None or value.value is None:
        return None
    lower = RATIOS[value.ratio].lower_is_better
    return Standing(reference, points(value.value, reference.values, lower_is_better=lower))


def _latest(facts: QuerySet[ReferenceValues]) -> dict[Place, Reference]:
    found: dict[Place, Reference] = {}
    for fact in facts.order_by("tx", "id"):
        values = tuple(Decimal(getattr(fact, f"{tier}_e6")) / _E6 for tier in TIERS)
        reference = Reference(fact.industry, fact.size, fact.year, fact.ratio, values, fact.source)
        found[fact.industry, fact.size, fact.year, fact.ratio] = reference
    return found
