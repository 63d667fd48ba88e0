"""Scoring every customer of a large ledger in one run.

    python benchmarks/scoring.py [--rows 1000000] [--customers 100000] [--record]

Makes a mirror of --rows invoices of --customers customers (99 in 100 paid), then times: reading the behaviour of all
of them as of a day, scoring each with its reasons, and with --record writing the assessments with their leaves. Of a
sample of customers the sums are compared with the plain rule over the same rows. Prints wall and CPU seconds, sizes
and the load; asserts no time.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import aging
import polars as pl
from home import throwaway_home

DAY = date(2026, 11, 20)
_SAMPLE = 20


def main() -> None:
    options = _options()
    with throwaway_home():
        run(options.rows, options.customers, record=options.record)


def run(rows: int, customers: int, *, record: bool) -> None:
    from huikuan.judge.rating.queries.assessing import assessed, scorecard_version
    from huikuan.judge.rating.queries.behaviour import sheet
    from huikuan.mechanisms.columns.engine import ANSWERS
    from huikuan.mechanisms.columns.operations import compact
    from huikuan.record.customers.models import Customer
    from huikuan.shell.installation import prepare

    prepare()
    codes = [Customer(pk=n, code=f"K{n:07}", name=f"K{n:07}", status="customer") for n in range(1, customers + 1)]
    Customer.objects.bulk_create(codes, batch_size=5_000)
    items, settlements = aging.ledger(rows)
    whose = (1 + pl.int_range(pl.len(), dtype=pl.Int64).hash(6) % customers).cast(pl.Int64)
    items = items.with_columns(customer_id=pl.when(pl.col("side") == "debit").then(whose).otherwise("customer_id"))
    aging.timed("moves written straight to the mirror", lambda: aging.mirror(items, settlements))
    aging.timed("closed items marked, sorted", compact)
    print(f"{items.height:,} items, {settlements.height:,} settlements, {customers:,} customers; load {_load()}")

    read: list[Any] = []
    aging.timed("behaviour of all customers read", lambda: read.append(sheet(as_of=DAY)))
    compare(read.pop(), items, settlements)
    ANSWERS.forget()
    policy = scorecard_version(0)
    found: list[Any] = []
    aging.timed("all customers scored, reading included", lambda: found.extend(assessed(as_of=DAY, policy=policy)))
    print(f"  {len(found):,} scored; grades {dict(sorted(Counter(one.result.grade or '–' for one in found).items()))}")
    if record:
        aging.timed("assessments recorded with their leaves", lambda: _record(found, policy))
    print(f"load {_load()}")


def compare(sheet: Any, items: pl.DataFrame, settlements: pl.DataFrame) -> None:
    """Refuse figures that are not the plain rule's."""
    from huikuan.judge.rating.domain.behaviour import sums_of

    for customer_id in range(2, 2 + _SAMPLE):
        own = items.filter(pl.col("customer_id") == customer_id)
        for currency in own["currency"].unique():
            postings, lines = _plain(own.filter(pl.col("currency") == currency), settlements)
            if sheet.sums[customer_id][currency] != sums_of(postings, lines, DAY):
                sys.exit(f"customer {customer_id}: the sums differ from the plain rule")


def _plain(items: pl.DataFrame, settlements: pl.DataFrame) -> tuple[list[Any], list[Any]]:
    from huikuan.judge.rating.domain.behaviour import Clearing, OpenLine, Posting

    cleared: dict[int, list[tuple[date, int]]] = {}
    own = settlements.filter(pl.col("debit_id").is_in(items["id"].to_list()), pl.col("effective_on") <= DAY)
    for debit_id, on, amount in own.select("debit_id", "effective_on", "amount").iter_rows():
        cleared.setdefault(debit_id, []).append((on, amount))
    postings, lines = [], []
    for number, amount, written, due in items.select("id", "amount", "document_date", "due_date").iter_rows():
        if written <= DAY:
            parts = tuple(Clearing(on, part, money=True, cleared=True) for on, part in cleared.get(number, []))
            postings.append(Posting(amount, written, written, due, True, 1, 0, 1, parts))
            left = amount - sum(part.amount for part in parts)
            lines += [OpenLine(left, due)] if left else []
    return postings, lines


def _record(found: list[Any], policy: Any) -> None:
    from django.db import transaction

    from huikuan.judge.rating.operations.assessing import record_assessments

    at = datetime(2026, 11, 20, 2, tzinfo=UTC)
    for chunk in _chunks(found, 2_000):
        with transaction.atomic():
            record_assessments(chunk, policy=policy, as_of=DAY, actor="bench", at=at)


def _chunks(rows: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--record", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
