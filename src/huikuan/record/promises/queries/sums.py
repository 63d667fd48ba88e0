"""What the ledger shows of each promised part by a day, in one question.

A settlement counts for a part where it came after what had been seen of the claim when the promise was made; its
reversal goes with it. When money came is when its credit was posted: booked late, it was still in time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import among, as_date, int8, listed
from huikuan.record.customers.domain.seen import EVERYTHING_SEEN, Seen
from huikuan.record.promises.domain.promising import Standing

#: Pieces of bills that were paid, as SQL: credit_id, amount, paid_on, tx. Said by the context that knows bills, which
#: stands above this one; until it has, no bill was ever paid.
_bills_paid = ["SELECT 0 AS credit_id, 0 AS amount, NULL AS paid_on, 0 AS tx WHERE 1 = 0"]

#: The day on which a credit was money in hand; null: it is none, or a bill that is not paid.
CAME = """CASE WHEN c.kind IN ('receipt', 'advance', 'deposit') THEN c.posting_date
        WHEN c.kind = 'bill' THEN b.paid_on END"""

_STATED = """
SELECT p.id, p.promise_id, p.company_id, p.customer_id, p.item_id, p.currency, p.said_on, p.pay_by,
    p.amount, p.stood_open, p.until,
    CAST(COALESCE(SUM(CASE WHEN {came} <= p.until THEN s.debit_amount END), 0) AS BIGINT),
    CAST(COALESCE(SUM(CASE WHEN {came} > p.until THEN s.debit_amount END), 0) AS BIGINT),
    CAST(COALESCE(SUM(CASE WHEN c.kind NOT IN ('receipt', 'advance', 'deposit', 'bill') THEN s.debit_amount END), 0)
        AS BIGINT),
    e.kind, e.ended_on, e.by_id
FROM promises_promisepart p
LEFT JOIN promises_partend e ON e.part_id = p.id AND e.ended_on <= %s AND e.tx < %s
LEFT JOIN receivables_settlement s ON s.debit_id = p.item_id AND s.effective_on <= %s
    AND COALESCE(s.reversal_of, s.id) > p.seen AND s.tx < %s
LEFT JOIN receivables_item c ON c.id = s.credit_id
LEFT JOIN (SELECT credit_id, SUM(amount) AS amount, MAX(paid_on) AS paid_on FROM ({bills}) AS pieces
    WHERE paid_on <= %s AND tx < %s GROUP BY credit_id) AS b ON b.credit_id = c.id AND b.amount >= c.amount
WHERE {where}
GROUP BY p.id, p.promise_id, p.company_id, p.customer_id, p.item_id, p.currency, p.said_on, p.pay_by,
    p.amount, p.stood_open, p.until, e.kind, e.ended_on, e.by_id
ORDER BY p.promise_id, p.id
"""


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part and how it stands by a day; amounts in minor units of `currency`. `replaced_by`: the promise that took
    its place."""

    id: int
    promise_id: int
    company_id: int
    customer_id: int
    item_id: int
    currency: str
    said_on: date
    pay_by: date
    standing: Standing
    ended_on: date | None
    replaced_by: int | None


@dataclass(frozen=True, slots=True)
class Which:
    """Which parts: of one company (None: of every one), of these customers, promises or items; `still`: those alone
    whose time is not over; `since`: those alone whose time ended then or later. `whose`: what a reader sees of them.
    `known`: by the facts with tx below it."""

    company_id: int | None = None
    customer_ids: Collection[int] | None = None
    promise_ids: Collection[int] | None = None
    item_ids: Collection[int] | None = None
    still: bool = False
    since: date | None = None
    whose: Seen = EVERYTHING_SEEN
    known: int = ALWAYS_KNOWN


def count_bills(sql: str) -> None:
    """Have bills count as money from the day they were paid: `sql` selects credit_id, amount, paid_on and tx of each
    piece that was. Its texts have no parameters."""
    _bills_paid[:] = [sql]


def bills_paid() -> str:
    """What `count_bills` was told."""
    return _bills_paid[0]


def parts_by(which: Which, day: date) -> list[PartRow]:
    """The parts that were promised by `day`, as they stood then; by promise."""
    clauses, given = _narrowing(which, day)
    sql = _STATED.format(came=CAME, bills=bills_paid(), where=" AND ".join(clauses))
    return [_row(row) for row in ask(sql, [*(day, int8(which.known)) * 3, *given])()]


def _narrowing(which: Which, day: date) -> tuple[list[str], list[Any]]:
    clauses = ["p.said_on <= %s", "p.tx < %s"]
    given: list[Any] = [day, int8(which.known)]
    if not which.whose.everything:
        clauses.append(which.whose.sql(company="p.company_id", customer="p.customer_id"))
    said: list[tuple[str, Any]] = [
        ("p.company_id = %s", None if which.company_id is None else int8(which.company_id)),
        (f"p.customer_id {among()}", None if which.customer_ids is None else listed(sorted(which.customer_ids))),
        (f"p.promise_id {among()}", None if which.promise_ids is None else listed(sorted(which.promise_ids))),
        (f"p.item_id {among()}", None if which.item_ids is None else listed(sorted(which.item_ids))),
        ("p.until >= %s", day if which.still else None),
        ("p.until >= %s", which.since),
    ]
    for clause, value in said:
        if value is not None:
            clauses.append(clause)
            given.append(value)
    return clauses, given


def _row(row: Sequence[Any]) -> PartRow:
    number, promise, company, customer, item, currency, said_on, pay_by, *stands = row
    amount, stood_open, until, paid, later, otherwise, ended, ended_on, replaced_by = stands
    standing = Standing(amount, stood_open, _day(until), int(paid), int(later), int(otherwise), ended or "")
    days = _day(said_on), _day(pay_by)
    return PartRow(number, promise, company, customer, item, currency, *days, standing, as_date(ended_on), replaced_by)


def _day(value: Any) -> date:
    found = as_date(value)
    if found is None:
        raise TypeError("a part without a day")
    return found
