"""Settlements one by one: the operation beside bare SQL (insert + update) in the same run.

    python benchmarks/settle.py [--count 2000] [--processes 1]

Writes into the database of HUIKUAN_DATABASE_URL (a scratch one, please): a company of its own with
`count` invoices and receipts. Prints rates, CPU seconds beside wall, and the ratio; asserts nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from multiprocessing import get_context

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 - Django must be set up first

from huikuan.mechanisms.identity.models import Company  # noqa: E402
from huikuan.record.customers.models import Customer  # noqa: E402
from huikuan.record.receivables.domain.posting import Posting  # noqa: E402
from huikuan.record.receivables.operations.items import post_items  # noqa: E402
from huikuan.record.receivables.operations.settlements import Request, settle, settle_many  # noqa: E402
from huikuan.shell.installation import prepare  # noqa: E402

DAY = date(2026, 1, 5)
AT = datetime(2026, 3, 1, tzinfo=UTC)
Pair = tuple[int, int]


def pairs(count: int) -> list[Pair]:
    """`count` receipts and invoices of 100.00 waiting to be settled, as (receipt, invoice) ids."""
    stamp = str(time.time_ns())
    company = Company.objects.create(code=stamp[-18:], name="benchmark")
    customer = Customer.objects.create(code=stamp, name="benchmark")
    ids = []
    for kind in ("receipt", "invoice"):
        posting = Posting(customer.id, kind, "CNY", 10_000, DAY, DAY, due_date=DAY)
        ids.append(post_items(company=company, postings=[posting] * count, actor="bench", at=AT))
    return list(zip(*ids, strict=True))


def ours(some: list[Pair]) -> list[float]:
    return timed(
        some,
        lambda pair: settle(
            credit_id=pair[0], debit_id=pair[1], credit_amount=5_000, effective_on=DAY, reason="x", actor="b", at=AT
        ),
    )


def bare(some: list[Pair]) -> list[float]:
    """What any ledger must at least do: one row inserted, two cached amounts updated, one commit."""
    return timed(some, _bare)


def _bare(pair: Pair) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_settlement (credit_id, debit_id, amount) VALUES (%s, %s, 5000)", pair)
        cursor.execute("UPDATE bench_open SET open = open - 5000 WHERE item_id IN (%s, %s)", pair)


def timed(some: list[Pair], work: Callable[[Pair], object]) -> list[float]:
    """Seconds each settlement took."""
    took = []
    for pair in some:
        began = time.perf_counter()
        work(pair)
        took.append(time.perf_counter() - began)
    return took


def bare_tables(some: list[Pair]) -> None:
    key = "BIGSERIAL PRIMARY KEY" if connection.vendor == "postgresql" else "INTEGER PRIMARY KEY"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_settlement")
        cursor.execute("DROP TABLE IF EXISTS bench_open")
        cursor.execute(f"CREATE TABLE bench_settlement (id {key}, credit_id bigint, debit_id bigint, amount bigint)")
        cursor.execute("CREATE TABLE bench_open (item_id bigint PRIMARY KEY, open bigint)")
        rows = [(item_id, 10_000) for pair in some for item_id in pair]
        cursor.executemany("INSERT INTO bench_open VALUES (%s, %s)", rows)


def run(name: str, work: Callable[[list[Pair]], list[float]], some: list[Pair], processes: int) -> float:
    """Settle `some` in `processes` processes and print the rate; returns settlements per second."""
    connection.close()
    shares = [some[number::processes] for number in range(processes)]
    wall, cpu = time.perf_counter(), time.process_time()
    if processes == 1:
        took = work(some)
    else:
        with get_context("fork").Pool(processes) as pool:
            took = [second for part in pool.map(work, shares) for second in part]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    took.sort()
    print(
        f"{name:>12}: {len(took) / wall:7,.0f}/s  median {statistics.median(took) * 1e3:.2f} ms"
        f"  p95 {took[int(len(took) * 0.95)] * 1e3:.2f} ms  CPU {cpu:.2f} s of {wall:.2f} s"
    )
    return len(took) / wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    prepare()
    some = pairs(options.count)
    bare_tables(some)
    print(f"{connection.vendor}, {options.count} settlements, {options.processes} process(es), one commit each")
    floor = run("bare SQL", bare, some, options.processes)
    rate = run("settle", ours, some, options.processes)
    print(f"{'ratio':>12}: {rate / floor:.2f} of bare SQL (which keeps no lock, no leaf, no event, no rule)")
    began = time.perf_counter()
    settle_many(requests=[Request(*pair, 5_000, DAY, "x") for pair in some], actor="b", at=AT)
    print(f"{'settle_many':>12}: {options.count / (time.perf_counter() - began):7,.0f}/s in one transaction")


if __name__ == "__main__":
    main()
