"""`huikuan ledger check`: what in the ledger does not obey its own laws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection

from huikuan.kernel.money import to_text
from huikuan.kernel.rates import convert
from huikuan.mechanisms.store import guards
from huikuan.mechanisms.store.transactions import is_postgres, snapshot
from huikuan.record.contracts.check import unlike_their_facts
from huikuan.record.customers.check import unlike_their_merges, unlike_their_papers, unlike_their_versions
from huikuan.record.receivables.queries.check_sql import SCANS, Law, Scan
from huikuan.record.receivables.queries.laws import laws

#: Findings shown of one law; more of the same would not help anybody.
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be. Amounts are decimal strings."""

    kind: str
    where: str
    expected: str
    found: str


def check_ledger() -> list[Finding]:
    """Every law checked against one snapshot; an empty list is a proof that all hold."""
    with snapshot():
        found = [
            Finding("guard_missing", f"{table}.{guard}", "present", "absent or altered")
            for table, guard in guards.missing()
        ]
        _give_room()
        for scan in SCANS:
            found += _breaches(scan)
        found += list(_foreign_book_amounts())[:MOST]
        found += [
            Finding("customer_content", f"customer {number}", expected, held)
            for number, expected, held in islice(unlike_their_versions(), MOST)
        ]
        found += [
            Finding("hand_over_places", f"hand-over {number}", expected, held)
            for number, expected, held in islice(unlike_their_papers(), MOST)
        ]
        found += [
            Finding("customer_merged_into", f"customer {number}", expected, held)
            for number, expected, held in islice(unlike_their_merges(), MOST)
        ]
        found += [
            Finding("contract_content", what, expected, held)
            for what, expected, held in islice(unlike_their_facts(), MOST)
        ]
        found += [
            Finding(kind, what, expected, held) for kind, law in laws() for what, expected, held in islice(law(), MOST)
        ]
    return found


def _give_room() -> None:
    """Let PostgreSQL hash a large ledger in memory; until this snapshot ends, and for it alone."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '128MB'")


def _breaches(scan: Scan) -> list[Finding]:
    """All laws of the scan in one pass; where they are broken often, law by law, so that none hides another."""
    rows = _rows(scan, scan.laws)
    if len(rows) < MOST:
        return _findings(scan, scan.laws, rows)
    return [finding for law in scan.laws for finding in _findings(scan, (law,), _rows(scan, (law,)))]


def _rows(scan: Scan, laws: tuple[Law, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{scan.sql(laws)} LIMIT {MOST}")
        return list(cursor.fetchall())


def _findings(scan: Scan, laws: tuple[Law, ...], rows: list[tuple[Any, ...]]) -> list[Finding]:
    return [
        Finding(law.kind, f"{scan.subject} {row[0]}", _shown(expected, currency), _shown(found, currency))
        for number, law in enumerate(laws)
        for row in rows
        for broken, expected, found, currency in [row[1 + 4 * number : 5 + 4 * number]]
        if broken
    ]


def _foreign_book_amounts() -> Iterator[Finding]:
    """Book amounts of foreign items against amount × rate. Instalments share the rounding of their
    whole, so one of them may differ by one minor unit. In Python, whose integers do not overflow."""
    sql = (
        "SELECT i.id, i.amount, i.currency, i.book_rate_e8, c.currency, i.book_amount, i.obligation"
        " FROM receivables_item i JOIN identity_company c ON c.id = i.company_id"
        " WHERE i.currency <> c.currency AND (i.book_rate_e8 IS NOT NULL OR i.book_amount IS NOT NULL)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(10_000):
            for item_id, amount, currency, rate, into, book, obligation in rows:
                expected = convert(amount, currency, rate, into) if rate is not None else None
                if not _agrees(expected, book, 1 if obligation else 0):
                    yield Finding("book_amount", f"item {item_id}", _shown(expected, into), _shown(book, into))


def _agrees(expected: int | None, found: int | None, tolerance: int) -> bool:
    return expected is not None and found is not None and abs(expected - found) <= tolerance


def _shown(value: object, currency: str) -> str:
    if value is None:
        return "none"
    return to_text(value, currency) if currency and isinstance(value, int) else str(value)
