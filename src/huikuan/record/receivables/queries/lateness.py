"""What a customer has overdue at this moment: few rows, read for decisions that cannot wait for a mirror."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import among, as_date, int8, listed
from huikuan.record.receivables.domain.schedules import Line, governing, waterfall
from huikuan.record.receivables.queries.schedules import versions_of


@dataclass(frozen=True, slots=True)
class Overdue:
    """So much of a claim, minor units, should have been paid by `due_date`."""

    item_id: int
    due_date: date
    currency: str
    amount: int


#: Whether an item's schedule was ever changed stands beside it: few were.
_DUE_BEFORE = """
SELECT o.item_id, o.due_date, o.currency, o.open_amount,
    EXISTS (SELECT 1 FROM receivables_schedule p WHERE p.item_id = o.item_id)
FROM receivables_openitem o
WHERE o.company_id = %s AND o.customer_id {among} AND o.side = 'debit' AND o.due_date < %s
ORDER BY o.due_date, o.item_id
"""


def overdue_now(company_id: int, customer_ids: Collection[int], day: date) -> list[Overdue]:
    """What was due before `day` of the customers' open claims, oldest first.

    A claim whose schedule was changed counts line by line: what falls due later is not overdue.
    """
    return asking_overdue(company_id, customer_ids, day)()


def asking_overdue(company_id: int, customer_ids: Collection[int], day: date) -> Callable[[], list[Overdue]]:
    """Asks what `overdue_now` answers, in one short statement. Call for the answer."""
    asked = ask(_DUE_BEFORE.format(among=among()), [int8(company_id), listed(customer_ids), day])

    def answer() -> list[Overdue]:
        found = [(item_id, as_date(due), *rest) for item_id, due, *rest in asked()]
        schedules = versions_of({row[0] for row in found if row[4]})
        late: list[Overdue] = []
        for item_id, due, currency, amount, _ in found:
            changed = schedules.get(item_id)
            lines = waterfall(governing(changed, day).lines, amount) if changed else [Line(due, "", amount)]
            late += [
                Overdue(item_id, line.due_date, currency, line.amount)
                for line in lines
                if line.due_date is not None and line.due_date < day
            ]
        return sorted(late, key=lambda one: (one.due_date, one.item_id))

    return answer
