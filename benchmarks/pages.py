"""Every page a reader opens daily, over a large ledger: server time and queries.

    python benchmarks/pages.py [--rows 1000000] [--times 15]

Imports --rows invoices of 20,000 customers over three years with the receipts that paid most of them, through
the product's own importer, into a new data folder (or the database of HUIKUAN_DATABASE_URL: an empty one,
please); then asks each page as a billing clerk who collects, through every middleware and template, in one warm
process: `first` (nothing kept yet), `again` (nothing new), `posted` (an item was posted just before). The list
of imports, which reads next to nothing, shows what the frame of a page costs. Prints medians, 95th percentiles,
CPU and queries; asserts nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import django
import polars as pl

if "HUIKUAN_DATABASE_URL" not in os.environ:
    os.environ["HUIKUAN_HOME"] = tempfile.mkdtemp(prefix="huikuan-benchmark-")
os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.shell.settings"
django.setup()

from django.db import connection, reset_queries
from django.test import Client

from huikuan.connect.connectors.operations.files import Asked, import_file
from huikuan.mechanisms.columns.operations import refresh
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.store.folder import data_folder
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations.items import post_items
from huikuan.shell.installation import prepare

LAST = date(2026, 11, 20)
DAYS = 1_054


def main() -> None:
    """Fill a ledger, then ask each page of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    prepare()
    company = Company.objects.get(code="MAIN")
    fill(company, options.rows)
    client = reader()
    item, customer = Item.objects.filter(side="debit").order_by("-id").values_list("id", "customer_id")[0]
    code = Customer.objects.values_list("code", flat=True).get(pk=customer)
    print(f"{connection.vendor}, {options.rows:,} invoices, load {os.getloadavg()[0]:.1f}")
    print("ms".ljust(34), "   first  again: p50     p95     CPU  posted: p50     CPU  queries")
    for name, address in pages(item, customer, code).items():
        report(client, name, address, options.times, lambda: post(company, customer))


def pages(item: int, customer: int, code: str) -> dict[str, str]:
    """Name → address."""
    return {
        "imports": "/imports/",
        "today": "/today",
        "overview": "/receivables/overview",
        "overview by customer": "/receivables/overview?by=customer",
        "overview by owner": "/receivables/overview?by=owner",
        "check-up": "/receivables/checkup",
        "indicators": "/receivables/indicators",
        "open items": "/receivables/items",
        "open items of one customer": f"/receivables/items?customer={code}",
        "one item": f"/receivables/items/{item}",
        "one customer": f"/customers/{customer}",
        "statements to send": "/receivables/statements/",
        "one statement": f"/receivables/statements/customers/{customer}",
        "contracts": "/contracts/",
        "orders": "/orders/",
        "collection workbench": "/collection/",
        "workbench of one customer": f"/collection/?customer={customer}",
    }


def report(client: Client, name: str, address: str, times: int, disturb: Callable[[], object]) -> None:
    first, _ = ask(client, address)
    again = [ask(client, address) for _ in range(times)]
    posted = []
    for _ in range(max(3, times // 3)):
        disturb()
        posted.append(ask(client, address))
    walls = sorted(wall for wall, _ in again)
    figures = [
        f"{first * 1e3:8.0f}",
        f"{statistics.median(walls) * 1e3:11.0f}",
        f"{walls[int(len(walls) * 0.95)] * 1e3:7.0f}",
        f"{statistics.median(cpu for _, cpu in again) * 1e3:7.0f}",
        f"{statistics.median(wall for wall, _ in posted) * 1e3:12.0f}",
        f"{statistics.median(cpu for _, cpu in posted) * 1e3:7.0f}",
        f"{queries(client, address):8}",
    ]
    print(f"{name:34} {' '.join(figures)}", flush=True)


def ask(client: Client, address: str) -> tuple[float, float]:
    """Wall and CPU seconds of one request."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = client.get(address)
    took = time.perf_counter() - wall, time.process_time() - cpu
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return took


def queries(client: Client, address: str) -> int:
    reset_queries()
    connection.force_debug_cursor = True
    try:
        client.get(address)
        return len(connection.queries_log)
    finally:
        connection.force_debug_cursor = False


def reader() -> Client:
    """A billing clerk who collects too: reads all of the ledger, and needs no second factor here."""
    User.objects.create_user("reader")
    for role in ("billing_clerk", "collector"):
        grant_role(username="reader", role=role, actor="cli:bench", at=datetime.now(UTC))
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="reader"))
    return client


def post(company: Company, customer_id: int) -> None:
    posting = Posting(customer_id, "invoice", "CNY", 10_000, LAST, LAST, due_date=LAST)
    post_items(company=company, postings=[posting], actor="bench", at=datetime.now(UTC))


def fill(company: Company, rows: int) -> None:
    path = Path(data_folder()) / "rows.csv"
    write_file(path, rows)
    began = time.perf_counter()
    import_file(path, Asked("items", company, "bench", datetime.now(UTC)))
    print(f"imported in {time.perf_counter() - began:.0f} s, {Customer.objects.count():,} customers")
    began = time.perf_counter()
    refresh()
    print(f"mirror written in {time.perf_counter() - began:.0f} s")


def write_file(path: Path, rows: int) -> None:
    """Invoices over three years, paid 0 … 120 days later but for one in a hundred."""
    n = pl.int_range(rows, dtype=pl.Int64)
    customer = n * 7919 % 20_000
    posted = pl.lit(LAST) - pl.duration(days=n * 31 % DAYS)
    paid = posted + pl.duration(days=20 + n * 7 % 31 + n // 7 % 31 + n // 11 % 40)
    pl.select(
        ("C" + customer.cast(pl.String).str.zfill(6)).alias("客户编码"),
        ("测试客户" + customer.cast(pl.String)).alias("客户名称"),
        ("INV" + n.cast(pl.String).str.zfill(9)).alias("发票号码"),
        posted.alias("开票日期"),
        (posted + pl.duration(days=30)).alias("到期日"),
        ((n * 31 % 1_000_000 + 1).cast(pl.String) + "." + (n % 90 + 10).cast(pl.String)).alias("金额"),
        pl.lit("CNY").alias("币种"),
        pl.when((n % 100 > 0) & (paid <= LAST)).then(paid).alias("结清日期"),
        ("业务" + (customer % 40).cast(pl.String)).alias("业务员"),
        ("HT" + (n % 50_000).cast(pl.String)).alias("合同号"),
    ).write_csv(path)


if __name__ == "__main__":
    main()
