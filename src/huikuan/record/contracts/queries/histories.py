"""Every order of a company over time, at once."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from huikuan.record.contracts.domain.histories import OrderHistory, Step
from huikuan.record.contracts.domain.orders import order_from
from huikuan.record.contracts.models import Fulfilment, SalesOrder, SalesOrderVersion


def order_histories(company_id: int, *, until: date, known: int) -> list[OrderHistory]:
    """Every order of the company placed by `until`, as known below a horizon; void ones are none."""
    facts = {"company_id": company_id, "tx__lt": known}
    latest = {fact.order_id: fact for fact in SalesOrderVersion.objects.filter(**facts).order_by("version")}
    steps: dict[int, list[Step]] = defaultdict(list)
    for one in Fulfilment.objects.filter(**facts).order_by("happened_on", "tx", "id"):
        steps[one.order_id].append(Step(one.happened_on, one.what, one.amount, one.document_number))
    numbers = dict(SalesOrder.objects.filter(company_id=company_id).values_list("pk", "number"))
    found = []
    for order_id, fact in sorted(latest.items()):
        said = order_from(fact.content)
        if not said.void and said.ordered_on <= until:
            found.append(
                OrderHistory(
                    order_id, numbers[order_id], fact.customer_id, said.currency, said.contract_number,
                    said.ordered_on, said.amount, tuple(steps[order_id]),
                )
            )  # fmt: skip
    return found
