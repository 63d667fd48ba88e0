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

from django.db import connection, transaction

from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.operations.items import post_items
from huikuan.record.receivables.operations.settlements import Request, settle, settle_many
from huikuan.shell.installation import prepare

DAY = date(2026, 1, 5)
AT = datetime(2026, 3, 1, tzinfo=UTC)
Pair = tuple[int, int]
_TURN = 200


def pairs(count: int) -> list[Pair]:
    """`count` receipts and invoices of 100.00 waiting to be settled, as (receipt, invoice) ids."""
    stamp = str(time.time_ns())
    company = Company.objects.create(code=stamp[-18:], name="benchmark")
    customer_id = create_customer(master=Master(stamp, "benchmark"), actor="bench", at=AT)
    ids = []
    for kind in ("receipt", "invoice"):
        posting = Posting(customer_id, kind, "CNY", 10_000, DAY, DAY, due_date=DAY)
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


class Course:
    """What one way of settling took, summed over its turns."""

    def __init__(self, name: str, work: Callable[[list[Pair]], list[float]]) -> None:
        self.name, self.work = name, work
        self.took: list[float] = []
        self.wall = self.cpu = 0.0

    def turn(self, some: list[Pair], processes: int) -> None:
        connection.close()
        shares = [some[number::processes] for number in range(processes)]
        wall, cpu = time.perf_counter(), time.process_time()
        if processes == 1:
            self.took += self.work(some)
        else:
            with get_context("fork").Pool(processes) as pool:
                self.took += [second for part in pool.map(self.work, shares) for second in part]
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu

    @property
    def rate(self) -> float:
        return len(self.took) / self.wall

    def __str__(self) -> str:
        took = sorted(self.took)
        return (
            f"{self.name:>12}: {self.rate:7,.0f}/s  median {statistics.median(took) * 1e3:.2f} ms"
            f"  p95 {took[int(len(took) * 0.95)] * 1e3:.2f} ms  CPU {self.cpu:.2f} s of {self.wall:.2f} s"
        )


def many(count: int) -> float:
    """Settlements per second when all are asked for at once."""
    requests = [Request(*pair, 5_000, DAY, "x") for pair in pairs(count)]
    began = time.perf_counter()
    settle_many(requests=requests, actor="b", at=AT)
    return count / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--many", type=int, default=20_000, help="settlements of the one transaction")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    prepare()
    some = pairs(options.count)
    bare_tables(some)
    print(f"{connection.vendor}, {options.count} settlements, {options.processes} process(es), one commit each")
    floor, settling = Course("bare SQL", bare), Course("settle", ours)
    # In turns, so that what else the machine does falls on both alike.
    for first in range(0, len(some), _TURN * options.processes):
        for course in (floor, settling):
            course.turn(some[first : first + _TURN * options.processes], options.processes)
    print(f"{floor}\n{settling}")
    print(f"{'ratio':>12}: {settling.rate / floor.rate:.2f} of bare SQL, which keeps no lock, leaf, event or rule")
    many(1_000)  # so that what is loaded on first use is loaded
    print(f"{'settle_many':>12}: {many(options.many):7,.0f}/s, {options.many} in one transaction")


if __name__ == "__main__":
    main()
