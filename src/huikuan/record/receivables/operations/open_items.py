"""The cache of what is open, kept in the transaction of the facts that move it.

Lock first, read after: under PostgreSQL a statement sees what was committed when it began, so what
a decision rests on is read by a statement that starts once the locks are held.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.mechanisms.store.pipeline import send, together
from huikuan.mechanisms.store.transactions import is_postgres
from huikuan.mechanisms.store.wire import array, as_date, int4, int8
from huikuan.record.receivables.domain.settling import OpenSide
from huikuan.record.receivables.models import Settlement

#: Class of the advisory locks that hold a company's period still while something posts.
PERIOD_LOCKS = 0x48_4B_01

#: What a cache row repeats of its item; the due date follows the governing schedule.
_COPIED = ("company_id", "customer_id", "kind", "side", "currency", "document_date", "posting_date", "due_date")

#: The items asked for. Through subqueries, so that PostgreSQL plans once for any number of them: it would plan
#: an array it can see anew each time, which costs four times the reading.
_AMONG = "IN (SELECT unnest((SELECT %s::bigint[])))"

_LOCK = f"""
SELECT pg_advisory_xact_lock_shared(%s::int, company_id::int) FROM receivables_openitem
WHERE item_id {_AMONG} ORDER BY item_id FOR UPDATE
"""

#: On the row of the first item asked for: every one must be open, and many ids are not to be sent many times.
_RESERVE = """CASE WHEN o.item_id = %s THEN
    ARRAY(SELECT nextval('receivables_settlement_ids') FROM generate_series(1, (SELECT %s::int)) ORDER BY 1) END"""

_READ = """
SELECT o.item_id, o.company_id, o.customer_id, o.side, o.currency, o.open_amount, o.open_book_amount, o.posting_date,
    (SELECT max(r.effective_on) FROM receivables_settlement r JOIN receivables_settlement s ON s.id = r.reversal_of
     WHERE r.reversal_of IS NOT NULL AND r.credit_id = o.item_id AND r.effective_on > s.effective_on),
    (SELECT max(r.effective_on) FROM receivables_settlement r JOIN receivables_settlement s ON s.id = r.reversal_of
     WHERE r.reversal_of IS NOT NULL AND r.debit_id = o.item_id AND r.effective_on > s.effective_on),
    (SELECT p.locked_through FROM receivables_periodlock p WHERE p.company_id = o.company_id
     ORDER BY p.tx DESC, p.id DESC LIMIT 1), {}
FROM receivables_openitem o WHERE o.item_id {}
"""

_MOVE = """
UPDATE receivables_openitem o SET open_amount = c.amount, open_book_amount = c.book
FROM unnest((SELECT %s::bigint[]), (SELECT %s::bigint[]), (SELECT %s::bigint[])) AS c (item_id, amount, book)
WHERE o.item_id = c.item_id
"""


@dataclass(frozen=True, slots=True)
class Locked:
    """Open items under lock, through which day each of their companies is locked, ids reserved (none where
    nothing is open)."""

    sides: dict[int, OpenSide]
    locked_through: dict[int, date | None]
    ids: list[int]


def hold_period(company_id: int) -> None:
    """Keep the company's period lock as it is until this transaction ends; others may post too."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s::bigint::int)", [PERIOD_LOCKS, company_id])


def take_period(company_id: int) -> None:
    """Wait until nothing is being posted in the company, and keep it so until this transaction ends."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::bigint::int)", [PERIOD_LOCKS, company_id])


def lock(item_ids: Iterable[int], *, settlements: int = 0) -> Locked:
    """Lock the open items among `item_ids` in id order, with their companies' periods; then read them.

    Reserves ids for `settlements` new settlements on the way. One round trip on PostgreSQL.
    """
    wanted = sorted(set(item_ids))
    if not wanted:
        return Locked({}, {}, [])
    # One parameter however many items: one statement is prepared, and no limit is met.
    if is_postgres():
        with together():
            send(_LOCK, [int4(PERIOD_LOCKS), array(wanted)])
            reading = send(_READ.format(_RESERVE, _AMONG), [int8(wanted[0]), int4(settlements), array(wanted)])
        rows = reading.fetchall()
        ids: list[int] = next((row[11] for row in rows if row[11]), [])
    else:
        among = "IN (SELECT value FROM json_each(%s))"
        rows = send(_READ.format("NULL", among), [json.dumps(wanted)]).fetchall()
        ids = reserve_ids(Settlement, settlements)
    return Locked(
        sides={row[0]: _side(row) for row in rows},
        locked_through={row[1]: as_date(row[10]) for row in rows},
        ids=ids,
    )


def open_new(rows: Sequence[dict[str, Any]]) -> None:
    """Cache rows for items just posted: nothing of them is settled."""
    _insert([[row["id"], row["amount"], row["book_amount"], *(row[name] for name in _COPIED)] for row in rows])


def save(before: Mapping[int, OpenSide], now: Mapping[int, OpenSide]) -> None:
    """Write the items' new open amounts; the row goes when nothing is open."""
    closed = [item_id for item_id in before if now[item_id].open_amount == 0]
    moved = [
        (item_id, now[item_id].open_amount, now[item_id].open_book_amount)
        for item_id, side in before.items()
        if now[item_id].open_amount not in (0, side.open_amount)
    ]
    if is_postgres():
        if closed:
            send(f"DELETE FROM receivables_openitem WHERE item_id {_AMONG}", [array(closed)])
        if moved:
            send(_MOVE, [array(column) for column in zip(*moved, strict=True)])
        return
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM receivables_openitem WHERE item_id = %s", [(item_id,) for item_id in closed])
        cursor.executemany(
            "UPDATE receivables_openitem SET open_amount = %s, open_book_amount = %s WHERE item_id = %s",
            [(amount, book, item_id) for item_id, amount, book in moved],
        )


def give_back(row: dict[str, Any], amount: int, book_amount: int | None) -> None:
    """Add what a reversed settlement frees to the item `row`; its cache row may have gone or not."""
    again = (
        " ON CONFLICT (item_id) DO UPDATE SET"
        " open_amount = receivables_openitem.open_amount + excluded.open_amount,"
        " open_book_amount = receivables_openitem.open_book_amount + excluded.open_book_amount"
    )
    _insert([[row["id"], amount, book_amount, *(row[name] for name in _COPIED)]], again)


def set_dues(dues: Mapping[int, date | None]) -> None:
    """Item → the earliest date on which something of it falls due; closed items have no row to change."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE receivables_openitem SET due_date = %s WHERE item_id = %s",
            [(due_date, item_id) for item_id, due_date in dues.items()],
        )


def _side(row: Sequence[Any]) -> OpenSide:
    item_id, company_id, customer_id, side, currency, amount, book, posted, *back = row[:10]
    settle_from = max(day for day in map(as_date, (posted, *back)) if day is not None)
    return OpenSide(item_id, company_id, customer_id, side, currency, amount, book, settle_from)


def _insert(rows: list[list[Any]], again: str = "") -> None:
    columns = ", ".join(["item_id", "open_amount", "open_book_amount", *_COPIED])
    places = ", ".join(["%s"] * (3 + len(_COPIED)))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO receivables_openitem ({columns}) VALUES ({places}){again}", rows)
