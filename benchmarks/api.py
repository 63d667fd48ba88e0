"""The API beside the bare ORM: a page of 100 items read, and one item posted, each as a whole request.

    python benchmarks/api.py [--items 20000] [--calls 200]

Requests pass every middleware in one process (no network). Prints rates, CPU ms and ratios; asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
os.environ.setdefault("HUIKUAN_API_RATE", "100000000")
django.setup()

from django.db import connection, transaction
from django.test import Client

from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.identity.tokens import create_token
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations.items import post_items
from huikuan.shell.installation import prepare

DAY, PAGE = date(2026, 1, 5), 100


def main() -> None:
    """Fill a ledger, then ask it both ways in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--calls", type=int, default=200)
    options = parser.parse_args()
    prepare()
    at, stamp = datetime.now(UTC), str(time.time_ns())[-18:]
    company = Company.objects.create(code=stamp, name="benchmark")
    customer_id = create_customer(master=Master(stamp, "benchmark"), actor="bench", at=at)
    posting = Posting(customer_id, "invoice", "CNY", 10_000, DAY, DAY, due_date=DAY)
    post_items(company=company, postings=[posting] * options.items, actor="bench", at=at)
    User.objects.create_user(stamp)
    grant_role(username=stamp, role="finance_manager", actor="cli:bench", at=at)
    token = create_token(username=stamp, name="bench", areas=["ledger:write"], days=1, at=at)[1]
    client = Client(headers={"authorization": f"Bearer {token}", "host": "localhost"})
    first = Item.objects.filter(company_id=company.pk).order_by("id").values_list("id", flat=True)[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_item (customer_id bigint, kind text, amount bigint, on_day date)"
        )
    print(f"{connection.vendor}, {options.items} items, {options.calls} calls each, load {os.getloadavg()[0]:.1f}")
    compare("page of 100", options.calls, lambda: bare_page(first), lambda: page(client, stamp))
    compare("one item", options.calls, lambda: bare_item(customer_id), lambda: item(client, stamp))


def compare(name: str, calls: int, bare: Callable[[], object], ours: Callable[[], object]) -> None:
    """Both in turns of ten, so that what else the machine does falls on both alike."""
    took = {"bare": [0.0, 0.0], "API": [0.0, 0.0]}
    for work in (bare, ours):
        work()
    for _ in range(calls // 10):
        for way, work in (("bare", bare), ("API", ours)):
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(10):
                work()
            took[way][0] += time.perf_counter() - wall
            took[way][1] += time.process_time() - cpu
    done = calls // 10 * 10
    for way, (wall, cpu) in took.items():
        print(f"{name:>12} {way:>5}: {done / wall:7,.0f}/s  CPU {cpu / done * 1e3:6.2f} ms")
    print(f"{name:>12} ratio: {took['API'][1] / took['bare'][1]:.1f} × the CPU")


def bare_page(first: int) -> str:
    """What any such page must at least do: a hundred rows by the primary key, into JSON."""
    rows = Item.objects.filter(id__gte=first).order_by("id").values("id", "kind", "currency", "amount", "customer_id")
    return json.dumps(list(rows[:PAGE]))


def page(client: Client, company: str) -> None:
    answer = client.get(f"/api/v1/items?company={company}&limit={PAGE}")
    if len(answer.json()["data"]) != PAGE:
        raise SystemExit(answer.content.decode())


def bare_item(customer_id: int) -> None:
    """What any ledger must at least do: one row inserted, one commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_item VALUES (%s, 'invoice', 10000, %s)", [customer_id, DAY])


def item(client: Client, code: str) -> None:
    said = {"customer": code, "kind": "invoice", "amount": "100.00", "currency": "CNY",
            "document_date": "2026-01-05", "due_date": "2026-01-05"}  # fmt: skip
    body = json.dumps({"company": code, "items": [said]})
    answer = client.post("/api/v1/items", body, content_type="application/json",
                         headers={"idempotency-key": uuid.uuid4().hex})  # fmt: skip
    if answer.status_code != 201:
        raise SystemExit(answer.content.decode())


if __name__ == "__main__":
    main()
