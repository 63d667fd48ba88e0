"""What a company's answers taught matching: who does not pay for whom, when each pays, how often it was right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from huikuan.record.cash.domain.book import Learned
from huikuan.record.cash.domain.learning import calibration_of, habit_of
from huikuan.record.cash.domain.stored import MILLION
from huikuan.record.cash.models import Application, Undoing
from huikuan.record.cash.queries.feedback import proved
from huikuan.record.cash.queries.payers import denied_payers
from huikuan.record.customers.queries import among
from huikuan.record.receivables.models import Item

#: Older habits and older mistakes are past.
_DAYS = 365


def learned_of(company_id: int, shown: Mapping[int, int], *, at: datetime) -> Learned:
    """What the last year taught, up to an instant. `shown`: customer → the one it is shown under, of those merged."""
    since = at - timedelta(days=_DAYS)
    return Learned(
        habits=_habits(company_id, shown, since.date()),
        rejected=denied_payers(company_id),
        calibration=calibration_of(_outcomes(company_id, since)),
    )


def _outcomes(company_id: int, since: datetime) -> Iterator[tuple[float, bool]]:
    """Each probability that was acted on: right where the application stands, wrong where it was undone or the
    proposal turned down."""
    for one in proved(frozenset({company_id}), since=since):
        yield one.probability_e6 / MILLION, one.right


def _habits(company_id: int, shown: Mapping[int, int], since: date) -> dict[int, int]:
    """Customer → days after due it usually pays, where it paid often enough to tell."""
    undone = Undoing.objects.filter(company_id=company_id).values("application_id")
    standing = Application.objects.filter(company_id=company_id, effective_on__gte=since).exclude(id__in=undone)
    paid = [
        (shown.get(customer_id, customer_id), part["item"], on)
        for customer_id, parts, on in standing.values_list("customer_id", "parts", "effective_on")
        for part in parts
        if part["amount"] > 0
    ]
    due = dict(Item.objects.filter(id__in=among({item for _, item, _ in paid})).values_list("id", "due_date"))
    days: dict[int, list[int]] = defaultdict(list)
    for customer_id, item, on in paid:
        if fell_due := due.get(item):
            days[customer_id].append((on - fell_due).days)
    return {customer_id: habit for customer_id, some in days.items() if (habit := habit_of(some)) is not None}
