"""Putting customers into tiers by the rule in force, as of today: only what changes is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.act.planning.domain.tiers import Subject, tier_of
from huikuan.act.planning.models import TierAssignment
from huikuan.act.planning.policies import TIERS
from huikuan.act.planning.queries.tiers import TierStanding, tiers
from huikuan.judge.rating.domain.behaviour import Sums
from huikuan.judge.rating.queries.behaviour import Sheet, sheet
from huikuan.judge.rating.queries.grades import grades_of
from huikuan.kernel.dates import business_date
from huikuan.kernel.money import divide_half_up
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce_all
from huikuan.mechanisms.identity.domain.scope import Part, scope_of
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.policies.queries import in_force
from huikuan.mechanisms.store.transactions import exclusive, retrying


@dataclass(frozen=True, slots=True)
class Assigned:
    """How many customers came into a tier for the first time, changed theirs, or left it with nothing open."""

    first: int
    changed: int
    left: int


def assign_tiers(*, company_id: int, actor: str, at: datetime) -> Assigned:
    """Put every customer with open claims into the tier that grade, amount and cycle give it today. Who has it already
    is left alone, so done again, or by two at once, it writes nothing more; who has nothing open any more is in
    none."""
    today = business_date(at, company_zone(company_id))
    found = in_force(TIERS.name, company_id=company_id, at=at)
    subjects, currency = _subjects(company_id, today)

    def work() -> Assigned:
        with exclusive(f"tiers:{company_id}") as ours:
            if not ours:
                return Assigned(0, 0, 0)
            before = tiers(company_id, today)
            rows = [
                _row(company_id, customer_id, tier_of(found.document, one).tier, one, before, today)
                for customer_id, one in sorted(subjects.items())
            ]
            rows += [
                _row(company_id, customer_id, "", Subject("", 0, None), before, today)
                for customer_id in sorted(before.keys() - subjects.keys())
            ]
            new = [
                {**row, "currency": currency, "policy_id": found.version_id, "actor": actor}
                for row in rows
                if row["tier"] != row["before"]
            ]
            _write(company_id, new, at)
        return Assigned(
            sum(not row["before"] for row in new),
            sum(bool(row["before"] and row["tier"]) for row in new),
            sum(not row["tier"] for row in new),
        )

    return retrying(work)


def _subjects(company_id: int, today: date) -> tuple[dict[int, Subject], str]:
    """Customers with open claims of the company, and the currency of their amounts."""
    scope = scope_of([Part(frozenset({company_id}), None)], on=today)
    read = sheet(as_of=today, scope=scope)
    owing = [customer_id for customer_id, sums in read.sums.items() if any(one.open > 0 for one in sums.values())]
    grades = grades_of(owing, day=today)
    found = {
        customer_id: Subject(
            grades[customer_id].grade if customer_id in grades else "",
            read.open_of(customer_id),
            _cycle(read.sums[customer_id], read),
        )
        for customer_id in owing
    }
    return found, read.home


def _cycle(sums: Mapping[str, Sums], read: Sheet) -> int | None:
    """Average days from document to payment over the year, weighed by amount; None: nothing was paid."""
    weights = dict.fromkeys(sums, 1) if len(sums) == 1 else read.worth
    paid = sum(one.paid * weights.get(currency, 0) for currency, one in sums.items())
    days = sum(one.paid_days * weights.get(currency, 0) for currency, one in sums.items())
    return divide_half_up(days, paid) if paid > 0 else None


def _row(
    company_id: int, customer_id: int, tier: str, one: Subject, before: Mapping[int, TierStanding], today: date
) -> dict[str, Any]:
    return {
        "company_id": company_id,
        "customer_id": customer_id,
        "effective_on": today,
        "tier": tier,
        "before": before[customer_id].tier if customer_id in before else "",
        "grade": one.grade,
        "amount": one.amount,
        "cycle_days": one.cycle_days,
    }


def _write(company_id: int, rows: list[dict[str, Any]], at: datetime) -> None:
    if not rows:
        return
    record(TierAssignment, rows, at=at)
    told = [
        (company_id, row["customer_id"], {"tier": row["tier"], "before": row["before"]})
        for row in rows
        if row["before"]
    ]
    announce_all("planning.tier_changed", told, at=at)
