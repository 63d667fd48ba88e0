"""What came in a month, claim by claim, from the ledger; as of any day, as known at any time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from huikuan.act.planning.domain.actual import Actual, Moved, actual_of, together
from huikuan.act.planning.domain.drafting import Key
from huikuan.kernel.dates import month_end
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.domain.schedules import governing
from huikuan.record.receivables.queries.history import CASH_KINDS
from huikuan.record.receivables.queries.schedules import versions_of

#: A bill is a promise of money: it counts when it is paid, and shows beside until then.
BILL = "bill"
MONEY = tuple(kind for kind in CASH_KINDS if kind != BILL)

#: Claims that something came of in the month, or that are open on its last day. A mirror of a reversed item is neither
#: money nor a bill, so what was reversed drops out.
_MOVED = f"""
WITH sums AS (
    SELECT s.debit_id,
        SUM(CASE WHEN s.effective_on < %(first)s THEN s.debit_amount ELSE 0 END) AS before,
        SUM(CASE WHEN s.effective_on >= %(first)s AND c.kind IN {MONEY} THEN s.debit_amount ELSE 0 END) AS cash,
        SUM(CASE WHEN s.effective_on >= %(first)s AND c.kind = '{BILL}' THEN s.debit_amount ELSE 0 END) AS bills,
        SUM(s.debit_amount) AS settled
    FROM receivables_settlement s JOIN receivables_item c ON c.id = s.credit_id
    WHERE s.company_id = %(company)s AND s.effective_on <= %(last)s AND s.tx < %(known)s GROUP BY s.debit_id
)
SELECT i.id, i.customer_id, i.contract_number, i.currency, i.amount, i.due_date, i.document_number,
    COALESCE(t.before, 0), COALESCE(t.cash, 0), COALESCE(t.bills, 0), COALESCE(t.settled, 0),
    EXISTS (SELECT 1 FROM receivables_schedule p WHERE p.item_id = i.id)
FROM receivables_item i LEFT JOIN sums t ON t.debit_id = i.id
WHERE i.company_id = %(company)s AND i.side = 'debit' AND i.reversal_of IS NULL AND i.posting_date <= %(last)s
    AND i.tx < %(known)s
    AND (COALESCE(t.settled, 0) < i.amount OR COALESCE(t.cash, 0) <> 0 OR COALESCE(t.bills, 0) <> 0)
ORDER BY i.id
"""

_BY_DAY = f"""
SELECT s.effective_on, SUM(s.debit_amount) FROM receivables_settlement s
JOIN receivables_item c ON c.id = s.credit_id JOIN receivables_item i ON i.id = s.debit_id
WHERE i.company_id = %(company)s AND i.customer_id = %(customer)s AND i.contract_number = %(contract)s
    AND i.currency = %(currency)s AND c.kind IN {MONEY} AND s.effective_on >= %(first)s AND s.effective_on <= %(last)s
    AND s.tx < %(known)s
GROUP BY s.effective_on ORDER BY s.effective_on
"""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim of the month with its part of what came and what is still to come."""

    item_id: int
    key: Key
    document_number: str
    due_date: date | None
    actual: Actual


def claims_moved(company_id: int, month: date, day: date, *, known: int | None = None) -> list[ClaimRow]:
    """The claims of the month that begins on `month`, until its last day or `day`, whichever is first."""
    horizon, last = ALWAYS_KNOWN if known is None else known, min(month_end(month), day)
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"company": company_id, "first": month, "last": last, "known": horizon})
        rows = cursor.fetchall()
    schedules, ones = versions_of([row[0] for row in rows if row[11]], known=horizon), merged(known)
    found = []
    for item_id, customer_id, contract, currency, amount, due, document, before, cash, bills, settled, _ in rows:
        due_date = date.fromisoformat(due) if isinstance(due, str) else due
        matured = amount if due_date is not None and due_date <= last else 0
        if item_id in schedules:
            lines = governing(schedules[item_id], last).lines
            matured = sum(line.amount for line in lines if line.due_date is not None and line.due_date <= last)
        key = (ones.get(customer_id, customer_id), contract, currency)
        moved = Moved(matured, int(before), int(cash), int(bills), int(settled))
        found.append(ClaimRow(item_id, key, document, due_date, actual_of(moved)))
    return found


def by_key(claims: Iterable[ClaimRow]) -> dict[Key, Actual]:
    """Customer, contract and currency → what came of their claims together."""
    groups: dict[Key, list[Actual]] = defaultdict(list)
    for one in claims:
        groups[one.key].append(one.actual)
    return {key: together(ones) for key, ones in groups.items()}


def days_of(
    company_id: int, key: Key, month: date, day: date, *, known: int | None = None
) -> list[tuple[date, int, int]]:
    """(day, what came on it, what had come of the month by it) of a customer, contract and currency."""
    customer_id, contract, currency = key
    values: dict[str, int | str | date] = {
        "company": company_id, "customer": customer_id, "contract": contract, "currency": currency, "first": month,
        "last": min(month_end(month), day), "known": ALWAYS_KNOWN if known is None else known,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, values)
        rows = [(one if isinstance(one, date) else date.fromisoformat(one), int(sum_)) for one, sum_ in cursor]
    total, found = 0, []
    for on, amount in rows:
        total += amount
        found.append((on, amount, total))
    return found
