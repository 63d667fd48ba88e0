"""Credit decisions: entering an order with its check, beside entering it unchecked and beside bare SQL, in turns.

    python benchmarks/credit.py [--orders 400] [--customers 50] [--open 20] [--processes 1] [--sizes 10,100,1000,10000]

Writes into the database of HUIKUAN_DATABASE_URL (a scratch one, please): a company of its own whose customers have
`open` open invoices and a limit each; orders go to all of them in turn (uniform), then all to one (hot). Then what a
question costs by the number of the customer's open invoices. Prints rates, CPU seconds beside wall, and ratios, and
whether any limit was exceeded; asserts nothing about time.
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

from huikuan.judge.credit.domain.limits import STANDING, Wish
from huikuan.judge.credit.operations.limits import request_limit
from huikuan.judge.credit.policies import CREDIT_RULES
from huikuan.judge.credit.queries.exposure import exposure_now, nodes_of
from huikuan.judge.credit.queries.judging import judge_amount
from huikuan.judge.credit.queries.limits import request
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.events.subscribers import set_counters
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import version
from huikuan.record.contracts.domain.orders import QUANTITY, Order, OrderLine
from huikuan.record.contracts.operations.orders import create_order
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.operations.items import post_items
from huikuan.shell.installation import prepare
from huikuan.shell.wiring import counters

AT = datetime(2026, 3, 1, 2, tzinfo=UTC)
DAY = date(2026, 3, 1)
LIMIT = 10_000_00
Job = tuple[int, int, str]
_TURN = 50


def customer(company: Company, name: str, open_items: int) -> int:
    """A customer with open invoices of 1.00, none of them due, and a limit."""
    made = create_customer(master=Master(name, name), actor="bench", at=AT)
    if open_items:
        posting = Posting(made, "invoice", "CNY", 1_00, DAY, DAY, due_date=date(2026, 12, 31))
        post_items(company=company, postings=[posting] * open_items, actor="bench", at=AT)
    wish = Wish(STANDING, "CNY", LIMIT + open_items * 1_00, DAY)
    asked = request_limit(company=company, customer_id=made, wish=wish, reason="x", actor="b-asks", at=AT)
    digest = request(asked, scope=EVERYTHING).digest
    approve_request(request_id=asked, digest=digest, actor="b-grants", at=AT)
    return made


def staffed() -> None:
    """Who asks, who grants; order checks that stop."""
    for name, role in (("b-asks", "credit_analyst"), ("b-grants", "management"), ("b-rules", "credit_manager")):
        add_user(username=name, password=name[::-1] * 4, actor="cli:bench", at=AT)
        grant_role(username=name, role=role, actor="cli:bench", at=AT)
    document = {**CREDIT_RULES.default, "mode": "enforce"}
    number = policies.draft(kind=CREDIT_RULES.name, company_id=None, document=document, actor="b-asks", at=AT)
    policies.approve(version_id=number, digest=version(number).digest, actor="b-rules", at=AT)
    policies.put_in_force(version_id=number, effective_at=AT, actor="b-rules", at=AT)


def entered(jobs: list[Job]) -> list[float]:
    return timed(jobs, _enter)


def unchecked(jobs: list[Job]) -> list[float]:
    """The same without anybody told inside the transaction."""
    set_counters([])
    try:
        return timed([(company, whose, f"U{number}") for company, whose, number in jobs], _enter)
    finally:
        set_counters(counters())


def bare(jobs: list[Job]) -> list[float]:
    """What any check must at least do: a counter held and raised where it stays within the limit, a row inserted."""
    return timed(jobs, _bare)


def _enter(job: Job) -> None:
    company, whose, number = job
    said = Order(DAY, "CNY", (OrderLine(1, "x", QUANTITY, 10_00),))
    create_order(
        company=Company.objects.get(pk=company), customer_id=whose, number=number, order=said, actor="b", at=AT
    )


def _bare(job: Job) -> None:
    _, whose, number = job
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE bench_node SET used = used + 1000 WHERE id = %s AND used + 1000 <= most", [whose])
        cursor.execute("INSERT INTO bench_decision (node, number) VALUES (%s, %s)", [whose, number])


def timed(jobs: list[Job], work: Callable[[Job], None]) -> list[float]:
    """Seconds each took."""
    took = []
    for job in jobs:
        began = time.perf_counter()
        work(job)
        took.append(time.perf_counter() - began)
    return took


def bare_tables(whose: list[int]) -> None:
    key = "BIGSERIAL PRIMARY KEY" if connection.vendor == "postgresql" else "INTEGER PRIMARY KEY"
    with connection.cursor() as cursor:
        for table in ("bench_node", "bench_decision"):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute("CREATE TABLE bench_node (id bigint PRIMARY KEY, used bigint, most bigint)")
        cursor.execute(f"CREATE TABLE bench_decision (id {key}, node bigint, number text)")
        cursor.executemany("INSERT INTO bench_node VALUES (%s, 0, %s)", [(one, LIMIT) for one in whose])


class Course:
    """What one way took, summed over its turns."""

    def __init__(self, name: str, work: Callable[[list[Job]], list[float]]) -> None:
        self.name, self.work = name, work
        self.took: list[float] = []
        self.wall = self.cpu = 0.0

    def turn(self, jobs: list[Job], processes: int) -> None:
        connection.close()
        wall, cpu = time.perf_counter(), time.process_time()
        if processes == 1:
            self.took += self.work(jobs)
        else:
            with get_context("fork").Pool(processes) as pool:
                parts = pool.map(self.work, [jobs[number::processes] for number in range(processes)])
                self.took += [second for part in parts for second in part]
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu

    def __str__(self) -> str:
        took = sorted(self.took)
        return (
            f"{self.name:>10}: {len(took) / self.wall:7,.0f}/s  median {statistics.median(took) * 1e3:.2f} ms"
            f"  p95 {took[int(len(took) * 0.95)] * 1e3:.2f} ms  CPU {self.cpu:.2f} s of {self.wall:.2f} s"
        )


def compare(name: str, company: Company, whose: list[int], orders: int, processes: int) -> None:
    """The three ways in turns, so that what else the machine does falls on all alike."""
    jobs = [(company.pk, whose[place % len(whose)], f"{name}-{place}") for place in range(orders)]
    courses = [Course("bare SQL", bare), Course("unchecked", unchecked), Course("checked", entered)]
    for first in range(0, orders, _TURN * processes):
        for course in courses:
            course.turn(jobs[first : first + _TURN * processes], processes)
    print(f"{name}: {orders} orders to {len(whose)} customer(s), {processes} process(es)")
    for course in courses:
        print(course)
    # The unchecked ones count, too, and nothing kept them within the limit.
    over = sum(_over(company, one) for one in whose)
    print(f"{'over':>10}: {over} of {len(whose)} customers, by unchecked orders; checked alone none may")


def _over(company: Company, whose: int) -> bool:
    node = nodes_of(whose, DAY)[0]
    return exposure_now(company, node, currency="CNY", day=DAY).exposure.total > LIMIT * 2


def questions(company: Company, sizes: list[int]) -> None:
    """What a question costs by the number of the customer's open invoices."""
    for size in sizes:
        whose = customer(company, f"{company.code}-S{size}", size)
        took = []
        for _ in range(30):
            began = time.perf_counter()
            judge_amount(company, whose, amount=1_00, currency="CNY", scope=EVERYTHING, at=AT)
            took.append(time.perf_counter() - began)
        print(f"  {size:>6} open invoices: a question takes {statistics.median(took) * 1e3:.2f} ms (median of 30)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=400)
    parser.add_argument("--customers", type=int, default=50)
    parser.add_argument("--open", type=int, default=20)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--sizes", default="10,100,1000,10000")
    options = parser.parse_args()
    prepare()
    staffed()
    company = Company.objects.create(code=str(time.time_ns())[-18:], name="benchmark")
    whose = [customer(company, f"{company.code}-{place}", options.open) for place in range(options.customers)]
    bare_tables(whose)
    print(f"{connection.vendor}, {options.open} open invoices a customer")
    compare("uniform", company, whose, options.orders, options.processes)
    compare("hot", company, whose[:1], options.orders, options.processes)
    questions(company, [int(size) for size in options.sizes.split(",")])


if __name__ == "__main__":
    main()
