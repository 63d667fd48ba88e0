"""What calls for another look at a customer before its review (docs/algorithms/scorecard.md, re-rating)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from huikuan.judge.rating.domain.factors import FACTORS

_MOST_DAYS = 3_650
FIELDS = frozenset({"overdue_days", "order_held", "conduct_flagged", "severe"})

#: As shipped (示例): over 60 days overdue, an order held, a flag, and what knocks out on the shipped scorecards.
DOCUMENT: dict[str, Any] = {
    "overdue_days": 60,
    "order_held": True,
    "conduct_flagged": True,
    "severe": {
        "dishonest_debtor": ["yes"],
        "registry_status": ["revoked", "cancelled"],
        "conduct": ["bad_faith"],
        "third_party_rating": ["poor"],
        "bank_reference": ["poor"],
    },
}


@dataclass(frozen=True, slots=True)
class Occasions:
    """What calls: more than `overdue_days` overdue (None: nothing overdue does), an order that is held, a conduct
    that is flagged, and these answers of factors."""

    overdue_days: int | None
    order_held: bool
    conduct_flagged: bool
    severe: Mapping[str, frozenset[str]]

    def crossed_on(self, longest_overdue: int | None, as_of: date) -> date | None:
        """Since which day the oldest claim is overdue for longer than it may be; None: it is not."""
        if self.overdue_days is None or longest_overdue is None or longest_overdue <= self.overdue_days:
            return None
        return as_of - timedelta(days=longest_overdue - self.overdue_days - 1)

    def is_severe(self, factor: str, value: str) -> bool:
        return value in self.severe.get(factor, frozenset())


def occasions_of(document: Mapping[str, Any]) -> Occasions:
    """A document without faults as the domain reads it."""
    severe = {factor: frozenset(answers) for factor, answers in document["severe"].items()}
    return Occasions(document["overdue_days"], document["order_held"], document["conduct_flagged"], severe)


def faults(document: Mapping[str, Any]) -> Iterator[str]:
    """The places of a document that cannot be used."""
    yield from sorted(FIELDS ^ set(document))
    days = document.get("overdue_days")
    if days is not None and (not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= _MOST_DAYS):
        yield "overdue_days"
    yield from (name for name in ("order_held", "conduct_flagged") if not isinstance(document.get(name), bool))
    severe = document.get("severe")
    if not isinstance(severe, Mapping):
        yield "severe"
        return
    for factor, answers in severe.items():
        known = FACTORS[factor].choices if factor in FACTORS else ()
        if not known or not isinstance(answers, list) or not set(map(str, answers)) <= set(known):
            yield f"severe.{factor}"
