"""The rates these tests count with: those the product ships."""

from __future__ import annotations

from datetime import date

from huikuan.record.interest.policies import LPR_TABLE, RULES, rates_of, rules_of

RATES = rates_of(LPR_TABLE.default)
GIVEN = rules_of(RULES.default)


def day(text: str) -> date:
    return date.fromisoformat(text)
