"""What is open now of a company's claims, by when it is expected: what a draft is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from huikuan.act.planning.domain.drafting import Owed
from huikuan.record.customers.queries.merging import merged
from huikuan.record.disputes.queries.standing import standing as disputed_on
from huikuan.record.promises.queries.standing import PromiseStanding
from huikuan.record.promises.queries.standing import standing as promised_on
from huikuan.record.receivables.domain.posting import DEBIT
from huikuan.record.receivables.domain.schedules import Line, governing, waterfall
from huikuan.record.receivables.models import Item, OpenItem, Schedule
from huikuan.record.receivables.queries.schedules import versions_of

_AT_ONCE = 2_000


def owing(company_id: int, today: date) -> Iterator[Owed]:
    """The open claims of a company, instalment by instalment where their schedule was changed, under the customers
    they are shown under."""
    promises, disputes = _promised(company_id, today), disputed_on(company_id, today)
    ones = merged()
    changed = set(Schedule.objects.filter(company_id=company_id).values_list("item_id", flat=True).distinct())
    schedules = versions_of(changed)
    contracts = dict(
        Item.objects.filter(company_id=company_id).exclude(contract_number="").values_list("pk", "contract_number")
    )
    rows = OpenItem.objects.filter(company_id=company_id, side=DEBIT, posting_date__lte=today)
    for item_id, customer_id, currency, amount, due_on in rows.values_list(
        "item_id", "customer_id", "currency", "open_amount", "due_date"
    ).iterator(chunk_size=_AT_ONCE):
        key = (ones.get(customer_id, customer_id), contracts.get(item_id, ""), currency)
        versions = schedules.get(item_id)
        lines = waterfall(governing(versions, today).lines, amount) if versions else [Line(due_on, "", amount)]
        promise, dispute = promises.get(item_id), disputes.get(item_id)
        promised, paused = promise.amount if promise else 0, dispute.paused if dispute else 0
        for line in lines:
            of_promise, of_dispute = min(promised, line.amount), min(paused, line.amount)
            yield Owed(key, line.amount, line.due_date, of_promise, promise.by if promise else None, of_dispute)
            promised, paused = promised - of_promise, paused - of_dispute


def _promised(company_id: int, today: date) -> dict[int, PromiseStanding]:
    """Item → the promises and goods that stand on it. An instalment plan is no promise beside the schedule it gave
    each of its claims: of the plan as a whole its next instalment stands on every one of them."""
    return {item_id: one for item_id, one in promised_on(company_id, today).items() if one.plan_id is None}
