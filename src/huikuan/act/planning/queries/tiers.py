"""Who is collected in which tier on a day, why, and what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from huikuan.act.planning.domain.tiers import Tier, tier_named
from huikuan.act.planning.models import TierAssignment
from huikuan.act.planning.policies import TIERS
from huikuan.act.planning.queries.plans import Asking
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.policies.queries import decided_under
from huikuan.record.customers.queries import customers_by_id, narrowed, seen

#: A change of tier so many days old is still drift to look at.
DRIFT_DAYS = 30


@dataclass(frozen=True, slots=True)
class TierStanding:
    """The tier a customer is collected in, since when, and what it was found by; `before`, the one it had (''
    none)."""

    tier: str
    since: date
    before: str
    grade: str
    currency: str
    amount: int | None
    cycle_days: int | None
    policy_id: int | None


@dataclass(frozen=True, slots=True)
class TierRow:
    """A customer with its tier; `told`: what the version of the rule it was found by says of the tier."""

    customer_id: int
    customer_code: str
    customer_name: str
    standing: TierStanding
    told: Tier | None
    drifted: bool


def tiers(company_id: int, as_of: date, *, known: int | None = None) -> dict[int, TierStanding]:
    """Customer → its tier on the day, in one question; whoever is in none is left out. For strategies' segments."""
    rows = _governing(TierAssignment.objects.filter(company_id=company_id), as_of, known)
    return {one.customer_id: _standing(one) for one in rows.exclude(tier="")}


def tiers_seen(asking: Asking, *, tier: str = "", drifted: bool = False) -> list[TierRow]:
    """The customers the reader sees by tier, then name; of one tier, or those that changed in the last 30 days."""
    facts = narrowed(TierAssignment.objects.filter(company_id=asking.company_id), seen(asking.scope))
    found = list(_governing(facts, asking.day, asking.known).exclude(tier=""))
    names, rules = customers_by_id({one.customer_id for one in found}), _rules(found)
    rows = [_row(one, names[one.customer_id], rules[one.policy_id], asking.day) for one in found]
    chosen = [row for row in rows if (not tier or row.standing.tier == tier) and (not drifted or row.drifted)]
    return sorted(chosen, key=lambda row: (row.standing.tier, row.customer_name))


def drift_of(customer_id: int, asking: Asking) -> list[TierStanding]:
    """Every tier a customer that the reader sees was given by the day, the newest first."""
    facts = narrowed(
        TierAssignment.objects.filter(company_id=asking.company_id, customer_id=customer_id), seen(asking.scope)
    )
    horizon = ALWAYS_KNOWN if asking.known is None else asking.known
    return [_standing(one) for one in facts.filter(effective_on__lte=asking.day, tx__lt=horizon).order_by("-pk")]


def _governing(facts: QuerySet[TierAssignment], day: date, known: int | None) -> QuerySet[TierAssignment]:
    """The last assignment of each customer by the day."""
    counted = {"effective_on__lte": day, "tx__lt": ALWAYS_KNOWN if known is None else known}
    later = TierAssignment.objects.filter(
        company_id=OuterRef("company_id"), customer_id=OuterRef("customer_id"), pk__gt=OuterRef("pk"), **counted
    )
    return facts.filter(**counted).exclude(Exists(later))


def _rules(found: Iterable[TierAssignment]) -> dict[int | None, Any]:
    versions = {one.policy_id for one in found}
    return {version: decided_under(version, kind=TIERS.name).document for version in versions}


def _row(one: TierAssignment, customer: Any, document: Any, day: date) -> TierRow:
    drifted = bool(one.before) and one.before != one.tier and one.effective_on > day - timedelta(days=DRIFT_DAYS)
    return TierRow(
        one.customer_id, customer.code, customer.name, _standing(one), tier_named(document, one.tier), drifted
    )


def _standing(one: TierAssignment) -> TierStanding:
    return TierStanding(
        one.tier, one.effective_on, one.before, one.grade, one.currency, one.amount, one.cycle_days, one.policy_id
    )
