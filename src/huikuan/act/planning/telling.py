"""Lines of a plan and tiers as commands are told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from huikuan.act.planning.queries.plans import PlanRow, Together
from huikuan.act.planning.queries.tiers import TierRow
from huikuan.kernel.money import to_text


def percent(share_e4: int | None) -> str | None:
    """8,050 → 80.50; None stays None."""
    return None if share_e4 is None else f"{Decimal(share_e4) / 100:.2f}"


def line_json(row: PlanRow) -> dict[str, Any]:
    """A line's keys: amounts as decimal strings, shares in percent; `line` is null where nothing was planned."""
    plain = ("contract_number", "currency", "method", "owner", "strategy", "state", "slip", "slip_note", "note")
    actual = row.actual
    return {
        "line": row.line_id or None,
        "customer": row.customer_code,
        **{name: getattr(row, name) or None for name in plain},
        "version": row.version or None,
        "planned_on": row.planned_on.isoformat() if row.planned_on else None,
        "amount": to_text(row.amount, row.currency),
        "came": to_text(actual.cash, row.currency),
        "bills": to_text(actual.bills, row.currency),
        "missing": to_text(row.missing, row.currency),
        "met_percent": percent(row.fulfilled_e4),
        "matured": to_text(actual.matured, row.currency),
        "collected": to_text(actual.collected, row.currency),
        "collection_rate": percent(actual.rate_e4),
    }


def sums_json(one: Together) -> dict[str, Any]:
    """A currency's lines together."""
    return {
        "currency": one.currency,
        "amount": to_text(one.amount, one.currency),
        "came": to_text(one.actual.cash, one.currency),
        "met_percent": percent(one.fulfilled_e4),
        "matured": to_text(one.actual.matured, one.currency),
        "collected": to_text(one.actual.collected, one.currency),
        "collection_rate": percent(one.actual.rate_e4),
    }


def tier_json(row: TierRow) -> dict[str, Any]:
    """A customer's tier: by what it was found and what holds for it."""
    one, told = row.standing, row.told
    return {
        "customer": row.customer_code,
        "name": row.customer_name,
        "tier": one.tier,
        "title": told.title if told else None,
        "since": one.since.isoformat(),
        "before": one.before or None,
        "changed": row.drifted,
        "grade": one.grade or None,
        "amount": None if one.amount is None else to_text(one.amount, one.currency),
        "currency": one.currency,
        "cycle_days": one.cycle_days,
        "term_days": told.term_days if told else None,
        "method": told.method if told else None,
        "measures": told.measures if told else None,
    }
