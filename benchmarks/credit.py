"""Credit decisions: entering an order with its check, beside entering it unchecked and beside bare SQL, in turns; the
same through the API, and a bare question.

    python benchmarks/credit.py [--orders 400] [--customers 50] [--open 20] [--processes 1] [--sizes 10,100,1000,10000]

Writes into the database of HUIKUAN_DATABASE_URL (a scratch one, please): a company of its own whose customers have
`open` open invoices and a limit each; orders go to all of them in turn (uniform), then all to one (hot). Requests pass
every middleware in the process that asks (no network). Then what a question costs by the number of the customer's open
invoices. Prints rates, CPU of our side a decision, ratios, the load, and whether any limit was exceeded; asserts
nothing about time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from multiprocessing import get_context
from multiprocessing.pool import Pool
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
os.environ.setdefault("HUIKUAN_API_RATE", "100000000")
django.setup()

from django.db import connection, transaction
from django.test import Client

from huikuan.judge.credit.domain.limits import STANDING, Wish
from huikuan.judge.credit.operations.limits import request_limit
from huikuan.judge.credit.policies import CREDIT_RULES
from huikuan.judge.credit.queries.exposure import exposure_now, nodes_of
from huikuan.judge.credit.queries.judging import judge_amount
from huikuan.judge.credit.queries.limits import request
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.events.subscribers import set_counters
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.identity.tokens import create_token
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import version
from huikuan.record.contracts.domain.orders import QUANTITY, Order, OrderLine
from huikuan.record.contracts.operations.orders import create_order
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.operations.items import post_items
from huikuan.shell.installation import prepare
from huikuan.shell.wiring import counters

AT = datetime(2026, 3, 1, 2, tzinfo=UTC)
DAY = date(2026, 3, 1)
LIMIT = 10_000_00
Job = tuple[int, int, str]
Took = tuple[list[float], float]
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


def token() -> str:
    """What a program that enters orders sends."""
    User.objects.create_user("b-robot")
    grant_role(username="b-robot", role="integration", actor="cli:bench", at=AT)
    areas = ["ledger:write", "orders:write"]
    return f"Bearer {create_token(username='b-robot', name='b', areas=areas, days=1, at=datetime.now(UTC))[1]}"


def entered(jobs: list[Job]) -> Took:
    return timed(jobs, _enter)


def unchecked(jobs: list[Job]) -> Took:
    """The same without anybody told inside the transaction."""
    set_counters([])
    try:
        return timed([(company, whose, f"U{number}") for company, whose, number in jobs], _enter)
    finally:
        set_counters(counters())


def bare(jobs: list[Job]) -> Took:
    """What any check must at least do: a counter held and raised where it stays within the limit, a row inserted."""
    return timed(jobs, _bare)


def entered_by_api(jobs: list[Job]) -> Took:
    return timed(jobs, _enter_by_api)


def asked_by_api(jobs: list[Job]) -> Took:
    """Would it fit in? Nothing is entered."""
    return timed(jobs, _ask_by_api)


def _enter(job: Job) -> None:
    company, whose, number = job
    said = Order(DAY, "CNY", (OrderLine(1, "x", QUANTITY, 10_00),))
    create_order(company=_company(company), customer_id=whose, number=number, order=said, actor="b", at=AT)


def _bare(job: Job) -> None:
    _, whose, number = job
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE bench_node SET used = used + 1000 WHERE id = %s AND used + 1000 <= most", [whose])
        cursor.execute("INSERT INTO bench_decision (node, number) VALUES (%s, %s)", [whose, number])


def _enter_by_api(job: Job) -> None:
    company, whose, number = job
    lines = [{"line": 1, "product": "x", "quantity": "1", "amount": "10.00"}]
    said = {"number": f"H{number}", "ordered_on": DAY.isoformat(), "currency": "CNY", "lines": lines}
    _call("orders", 201, {**_named(company, whose), **said})


def _ask_by_api(job: Job) -> None:
    company, whose, _ = job
    _call("credit/decisions", 200, {**_named(company, whose), "amount": "10.00", "currency": "CNY"})


def _named(company: int, whose: int) -> dict[str, str]:
    return {"company": _company(company).code, "customer": _code(whose)}


def _call(path: str, status: int, said: dict[str, Any]) -> None:
    headers = {"authorization": os.environ["BENCH_TOKEN"], "host": "localhost", "idempotency-key": uuid.uuid4().hex}
    answer = Client().post(f"/api/v1/{path}", json.dumps(said), content_type="application/json", headers=headers)
    if answer.status_code != status:
        raise RuntimeError(answer.content.decode())


@cache
def _company(number: int) -> Company:
    return Company.objects.get(pk=number)


@cache
def _code(customer_id: int) -> str:
    return customers_by_id([customer_id])[customer_id].code


def timed(jobs: list[Job], work: Callable[[Job], None]) -> Took:
    """Seconds each took, and the CPU seconds of our side."""
    took, cpu = [], time.process_time()
    for job in jobs:
        began = time.perf_counter()
        work(job)
        took.append(time.perf_counter() - began)
    return took, time.process_time() - cpu


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

    def __init__(self, name: str, work: Callable[[list[Job]], Took]) -> None:
        self.name, self.work = name, work
        self.took: list[float] = []
        self.wall = self.cpu = 0.0

    def turn(self, pool: Pool, jobs: list[Job], processes: int) -> None:
        wall = time.perf_counter()
        for took, cpu in pool.map(self.work, [jobs[number::processes] for number in range(processes)], chunksize=1):
            self.took += took
            self.cpu += cpu
        self.wall += time.perf_counter() - wall

    def __str__(self) -> str:
        took = sorted(self.took)
        return (
            f"{self.name:>12}: {len(took) / self.wall:7,.0f}/s  median {statistics.median(took) * 1e3:.2f} ms"
            f"  p95 {took[int(len(took) * 0.95)] * 1e3:.2f} ms  our CPU each {self.cpu / len(took) * 1e3:.2f} ms"
        )


def compare(name: str, company: Company, whose: list[int], orders: int, processes: int) -> None:
    """The ways in turns, so that what else the machine does falls on all alike; each process keeps its connection."""
    ways = [("bare SQL", bare), ("unchecked", unchecked), ("checked", entered), ("by API", entered_by_api),
            ("asked by API", asked_by_api)]  # fmt: skip
    courses = [Course(*way) for way in ways]
    jobs = [(company.pk, whose[place % len(whose)], f"{name}-{place}") for place in range(orders + 10 * processes)]
    connection.close()
    with get_context("fork").Pool(processes) as pool:
        for course in courses:  # nothing is prepared yet
            Course("", course.work).turn(pool, jobs[orders:], processes)
        for first in range(0, orders, _TURN * processes):
            for course in courses:
                course.turn(pool, jobs[first : min(first + _TURN * processes, orders)], processes)
    load = os.getloadavg()[0]
    print(f"{name}: {orders} orders to {len(whose)} customer(s), {processes} process(es), load {load:.1f}")
    for course in courses:
        print(course)
    print(f"{'ratio':>12}: {courses[2].cpu / courses[0].cpu:.1f} × the CPU of bare SQL")
    # The unchecked ones count, too, and nothing kept them within the limit.
    over = sum(_over(company, one) for one in whose)
    print(f"{'over':>12}: {over} of {len(whose)} customers, by unchecked orders; checked alone none may")


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
    os.environ["BENCH_TOKEN"] = token()
    whose = [customer(company, f"{company.code}-{place}", options.open) for place in range(options.customers)]
    bare_tables(whose)
    print(f"{connection.vendor}, {options.open} open invoices a customer")
    compare("uniform", company, whose, options.orders, options.processes)
    compare("hot", company, whose[:1], options.orders, options.processes)
    questions(company, [int(size) for size in options.sizes.split(",")])


if __name__ == "__main__":
    main()
