"""Words for reasons, warnings and rules; claims for programs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.money import to_text
from huikuan.kernel.rates import SCALE
from huikuan.kernel.reasons import Reason
from huikuan.record.contracts.domain.interest import DAILY, LPR, LateInterest
from huikuan.record.interest.messages import REASONS
from huikuan.record.interest.queries.claims import ClaimRow


def sentences(reasons: Sequence[Reason]) -> list[str]:
    """Each reason in the reader's language."""
    return [_(REASONS[one.code]) % {"value": one.value, "threshold": one.threshold} for one in reasons]


def rule_words(rule: LateInterest) -> str:
    """LPR × 1.5, 0.05 % a day, 12 % a year."""
    rate = Decimal(rule.rate_e8) / SCALE
    if rule.basis == LPR:
        return f"LPR × {rate.normalize():f}"
    percent = f"{(rate * 100).normalize():f} %"
    return (_("%(rate)s a day") if rule.basis == DAILY else _("%(rate)s a year")) % {"rate": percent}


def percent_of(rate: str) -> str:
    """A decimal rate as percent: 0.05175 → 5.175 %."""
    return f"{(Decimal(rate) * 100).normalize():f} %"


def claim_json(row: ClaimRow) -> dict[str, Any]:
    """The keys of a claim, for programs."""
    return {
        "id": row.id,
        "company": row.company_code,
        "customer": row.customer_code,
        "item": row.item_id,
        "document_no": row.document_number,
        "interest_item": row.interest_item_id,
        "from": row.first_on.isoformat(),
        "to": row.last_on.isoformat(),
        "currency": row.currency,
        "amount": to_text(row.amount, row.currency),
        "waived": to_text(row.waived, row.currency),
        "corrected": to_text(row.corrected, row.currency),
        "over_claimed": to_text(row.over_claimed, row.currency),
        "under_claimed": to_text(row.under_claimed, row.currency),
        "open": to_text(row.open_amount, row.currency),
        "state": row.state,
        "basis": row.basis,
        "rule": row.rule,
        "sha256": row.digest,
    }
