"""What decides which steps a customer's claims go through, as of a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from huikuan.act.collection.domain.strategy import Strategy, Traits
from huikuan.act.collection.models import LateCause
from huikuan.act.planning.queries.tiers import tiers
from huikuan.judge.rating.queries.grades import grades_of
from huikuan.record.customers.queries.merging import merged
from huikuan.record.customers.queries.people import care_by_customer


@dataclass(frozen=True, slots=True)
class Characters:
    """Customer → its grade, tier, value class and why it is late; (customer, currency) → what it has overdue."""

    grades: Mapping[int, str]
    tiers: Mapping[int, str]
    classes: Mapping[int, str]
    causes: Mapping[int, str]
    overdue: Mapping[tuple[int, str], int]

    def traits(self, customer_id: int, currency: str, business_type: str) -> Traits:
        return Traits(
            grade=self.grades.get(customer_id, ""),
            tier=self.tiers.get(customer_id, ""),
            value_class=self.classes.get(customer_id, ""),
            business_type=business_type,
            reason=self.causes.get(customer_id, ""),
            overdue=self.overdue.get((customer_id, currency), 0),
        )


def characters(
    company_id: int, on: date, customer_ids: Collection[int], lines: pl.DataFrame, *, by_tier: bool
) -> Characters:
    """Of these customers; `lines`: all open ones, for what is overdue; tiers only where they are asked (`by_tier`)."""
    late = lines.filter(pl.col("late") > 0).group_by("customer_id", "currency").agg(pl.col("open_amount").sum())
    return Characters(
        grades={one: graded.grade for one, graded in grades_of(customer_ids, day=on).items()},
        tiers=tiers_on(company_id, on) if by_tier else {},
        classes={one: care.value_class for one, care in care_by_customer(customer_ids, on=on).items()},
        causes=causes_on(company_id, on),
        overdue={(customer, currency): amount for customer, currency, amount in late.iter_rows()},
    )


def tiers_on(company_id: int, on: date) -> dict[int, str]:
    """Customer, as shown → the tier it is collected in; of one that was merged, the other's own comes first."""
    shown, found = merged(), {one: standing.tier for one, standing in tiers(company_id, on).items()}
    return {**{shown.get(one, one): tier for one, tier in found.items()},
            **{one: tier for one, tier in found.items() if one not in shown}}  # fmt: skip


def causes_on(company_id: int, on: date) -> dict[int, str]:
    """Customer, as shown → why it is late, as last said by the day."""
    shown = merged()
    facts = LateCause.objects.filter(company_id=company_id, on_date__lte=on).order_by("on_date", "tx", "id")
    return {shown.get(one, one): cause for one, cause in facts.values_list("customer_id", "cause")}


class Segments:
    """Segments by trait."""

    def __init__(self, strategy: Strategy, found: Characters) -> None:
        self._strategy, self._found = strategy, found

    def place(self, customer_id: int, currency: str, business_type: str) -> int | None:
        """The place in the strategy of the segment that takes these claims; None: none does, or it has no steps."""
        found = self._strategy.segment_for(self._found.traits(customer_id, currency, business_type))
        return self._strategy.segments.index(found) if found and found.steps else None
