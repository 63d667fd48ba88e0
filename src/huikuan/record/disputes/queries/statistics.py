"""Statistics of the disputes a reader sees, of those that match a filter; and how often customers dispute."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.record.disputes.domain.life import RESOLVED
from huikuan.record.disputes.domain.statistics import Figures, Told, figures_of
from huikuan.record.disputes.models import Dispute
from huikuan.record.disputes.queries.listing import Asking, DisputeFilter, matching

_COLUMN = {
    "reason": "reason",
    "business_type": "business_type",
    "department": "now_department",
    "outcome": "now_outcome",
}
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Disputing:
    """How often a customer disputed, and over how much by currency, minor units."""

    count: int
    amounts: dict[str, int]


def statistics(by: str, chosen: DisputeFilter, asking: Asking) -> list[Figures]:
    """Figures of the disputes that match, told apart by one of `domain.statistics.BY`, as they stand on the day."""
    rows = matching(chosen, asking).values_list(
        _COLUMN[by], "currency", "amount", "now_accepted", "now_state", "opened_on", "now_effective_on"
    )
    return figures_of(
        Told(
            # Of what was opened again the outcome is over, too.
            value="" if by == "outcome" and state != RESOLVED else value,
            currency=currency,
            amount=amount,
            granted=accepted or 0 if state == RESOLVED else 0,
            days=(ended - opened).days if state == RESOLVED else None,
        )
        for value, currency, amount, accepted, state, opened, ended in rows.iterator(chunk_size=_AT_ONCE)
    )


def disputing(
    since: date, until: date, *, customer_ids: Collection[int] | None = None, known: int | None = None
) -> dict[int, Disputing]:
    """Customer → what it disputed from `since` to `until`, both included, whatever became of it: in one question, for
    judging behaviour. None: of every customer."""
    rows = Dispute.objects.filter(opened_on__range=(since, until), tx__lt=ALWAYS_KNOWN if known is None else known)
    if customer_ids is not None:
        rows = rows.filter(customer_id__in=list(customer_ids))
    found: dict[int, Disputing] = {}
    for customer_id, currency, amount in rows.values_list("customer_id", "currency", "amount"):
        before = found.get(customer_id, Disputing(0, {}))
        amounts = {**before.amounts, currency: before.amounts.get(currency, 0) + amount}
        found[customer_id] = Disputing(before.count + 1, amounts)
    return found
