"""Aging beside its rivals, in one run on one machine.

    python benchmarks/aging.py [--rows 1000000] [--runs 5]
    python -m benchmarks.server python benchmarks/aging.py --postgres [--tryton] [--rows 1000000]

Makes a ledger of --rows items (each with one settlement, 99 in 100 of them), writes it into a fresh
database, mirrors it and asks for aging by customer and currency, three days, three ways: ours (columns,
through the product's own query), the bare engine (DuckDB's plain join of items and settlements on
Parquet), and raw SQL on the database's facts; with --tryton also Tryton's aged balance of the same
invoices. Every way must give the same total. Prints medians, CPU beside wall, sizes and ratios; asserts no time.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

DAYS = [date(2026, 11, 20), date(2026, 6, 30), date(2024, 12, 31)]
_EDGES = [30, 60, 90]
#: Customers, currencies, then the amounts of each place from not due on.
Columns = list[Sequence[Any]]
_Answer = TypeVar("_Answer")


def main() -> None:
    options = _options()
    home = Path(tempfile.mkdtemp(prefix="huikuan-bench-", dir=options.folder))
    os.environ["HUIKUAN_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.shell.settings"
    if not options.postgres:
        os.environ.pop("HUIKUAN_DATABASE_URL", None)
    import django

    django.setup()
    try:
        run(options.rows, options.runs, home, mirror_only=options.mirror_only, tryton=options.tryton)
    finally:
        shutil.rmtree(home)


def run(rows: int, runs: int, home: Path, *, mirror_only: bool, tryton: bool) -> None:
    from django.db import connection

    from huikuan.mechanisms.columns.manifest import folder
    from huikuan.mechanisms.columns.operations import compact, refresh
    from huikuan.shell.installation import prepare

    prepare()
    items, settlements = ledger(rows)
    items.write_parquet(home / "items.parquet")
    settlements.write_parquet(home / "settlements.parquet")
    moves = items.height + 2 * settlements.height
    if mirror_only:
        timed("moves written straight to the mirror", lambda: mirror(items, settlements))
        built = timed("closed items marked, sorted", compact)
    else:
        timed("database loaded", lambda: fill(items, settlements))
        built = timed("mirror built (read, marked, sorted)", refresh)
    print(f"  {moves / built / 1e6:.2f} M moves/s, {_size(folder())} MB on disk")
    print(f"{connection.vendor}, {rows:,} items, {settlements.height:,} settlements, {moves:,} moves; {_versions()}")
    print(f"{'as of':12} {'ours':>16} {'plain join':>18} {'database':>18}   (wall s / CPU s)")
    for day in DAYS:
        report(day, home, runs, skip_database=mirror_only)
    if tryton:
        beside_tryton(home, runs)
    if not mirror_only:
        freshness()


def report(day: date, home: Path, runs: int, *, skip_database: bool) -> None:
    ours = measure(lambda: by_ours(day, "columns"), runs)
    join = measure(lambda: by_join(day, home), runs)
    raw = None if skip_database else measure(lambda: by_ours(day, "database"), 1)
    sums = {checksum(answer) for *_, answer in (ours, join, *([raw] if raw else []))}
    if len(sums) > 1:
        sys.exit(f"the ways differ: {sums}")
    shown = [f"{wall:.3f} / {cpu:.3f}" for wall, cpu, _ in (ours, join, *([raw] if raw else []))]
    ratios = f"{join[0] / ours[0]:.1f} × plain join" + (f", {raw[0] / ours[0]:.0f} × database" if raw else "")
    print(f"{day!s:12} {shown[0]:>16} {shown[1]:>18} {shown[2] if raw else '–':>18}   {ratios}")


def beside_tryton(home: Path, runs: int) -> None:
    """Tryton's aged balance of the same invoices; its balance must be ours."""
    import tryton

    print("Tryton: installing it from the package index and loading the same invoices …", flush=True)
    theirs = tryton.aged(home / "items.parquet", home / "settlements.parquet", home, DAYS, runs)
    for day, figures in theirs.items():
        wall, cpu, answer = measure(partial(by_ours, day, "columns"), runs)
        balance = sum(sum(amounts) for amounts in answer[2:])
        if balance != figures["balance"]:
            sys.exit(f"Tryton has {figures['balance']:.0f} open on {day}, we have {balance}")
        shown = f"ours {wall:.3f} / {cpu:.3f}, Tryton {figures['wall']:.3f} / {figures['cpu']:.3f}"
        print(f"{day!s:12} {shown} (wall s / CPU s of the asking process)   {figures['wall'] / wall:.0f} × Tryton")


def ledger(rows: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Three years of invoices of 20,000 customers, most paid around 60 days after."""
    posted = pl.date(2024, 1, 1) + pl.duration(days=_number(1, 1_050))
    # Paid after 0 … 120 days, mostly around 60.
    lag = _number(2, 31) + _number(3, 31) + _number(4, 31) + _number(5, 31)
    frame = (
        pl.select(pl.int_range(1, rows + 1, dtype=pl.Int64).alias("id"))
        .with_columns(posted.alias("document_date"), lag.alias("lag"))
        .with_columns(
            (1 + _number(6, 20_000)).alias("customer_id"),
            (1_000 + _number(7, 5_000_000)).alias("amount"),
            (pl.col("document_date") + pl.duration(days=30)).alias("due_date"),
            (pl.col("document_date") + pl.duration(days=pl.col("lag"))).alias("on"),
            (_number(8, 100) > 0).alias("paid"),
            pl.when(_number(10, 10) == 0).then(pl.lit("USD")).otherwise(pl.lit("CNY")).alias("currency"),
        )
    )
    debits = frame.select(
        "id", "customer_id", "amount", "currency", "document_date", "due_date",
        pl.lit("debit").alias("side"), pl.lit("invoice").alias("kind"),
    )  # fmt: skip
    # Twenty receipts a day clear what is paid that day, and are used up by it.
    paid_by = (pl.col("on").cast(pl.Int64) * 20 + _number(9, 20)).rank("dense").cast(pl.Int64) + rows
    settled = frame.filter("paid").select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("id"),
        paid_by.alias("credit_id"),
        pl.col("id").alias("debit_id"),
        "amount",
        pl.col("on").alias("effective_on"),
        "customer_id",
    )
    receipts = settled.group_by(pl.col("credit_id").alias("id"), pl.col("effective_on").alias("document_date")).agg(
        pl.col("amount").sum()
    )
    receipts = receipts.select(
        "id",
        pl.lit(1, pl.Int64).alias("customer_id"),
        "amount",
        pl.lit("CNY").alias("currency"),
        "document_date",
        pl.lit(None, pl.Date).alias("due_date"),
        pl.lit("credit").alias("side"),
        pl.lit("receipt").alias("kind"),
    )
    return pl.concat([debits, receipts]), settled


def _number(seed: int, below: int) -> pl.Expr:
    """A repeatable number in 0 … below − 1 for each row."""
    return (pl.int_range(pl.len(), dtype=pl.Int64).hash(seed) % below).cast(pl.Int64)


def fill(items: pl.DataFrame, settlements: pl.DataFrame) -> None:
    """The facts as the importer would have left them, without leaves (the aging reads none)."""
    from django.db import transaction

    from huikuan.mechanisms.identity.models import Company
    from huikuan.mechanisms.store.staging import load_frame
    from huikuan.mechanisms.store.transactions import transaction_number
    from huikuan.record.receivables.models import Item, Settlement
    from huikuan.shell.installation import prepare

    prepare()
    company = Company.objects.get().id
    with transaction.atomic():
        common = [
            pl.lit(transaction_number(), pl.Int64).alias("tx"),
            pl.lit(datetime(2026, 11, 20, tzinfo=UTC)).alias("recorded_at"),
            pl.lit(company, pl.Int64).alias("company_id"),
            pl.lit("bench").alias("actor"),
        ]
        for part in items.iter_slices(500_000):
            load_frame(Item, part.with_columns(
                *common,
                pl.col("document_date").alias("posting_date"),
                pl.lit("receivable").alias("recognition"),
                pl.lit("bench").alias("origin_system"),
                pl.col("id").cast(pl.String).alias("origin_key"),
                pl.lit(1).alias("origin_generation"),
                ("F" + pl.col("id").cast(pl.String)).alias("document_number"),
                *(pl.lit("").alias(name) for name in ("awaits", "obligation", "contract_number",
                "business_type", "text")),
            ))  # fmt: skip
        for part in settlements.iter_slices(500_000):
            load_frame(Settlement, part.rename({"amount": "credit_amount"}).with_columns(
                *common,
                pl.col("credit_amount").alias("debit_amount"),
                pl.lit(0).alias("fx_amount"),
                pl.lit("bench").alias("reason"),
            ))  # fmt: skip


def mirror(items: pl.DataFrame, settlements: pl.DataFrame) -> None:
    """The moves as the mirror would have read them from the database, without loading one (for sizes it takes
    long to load)."""
    from huikuan.mechanisms.columns import manifest as shelf
    from huikuan.mechanisms.columns.operations import identity
    from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN, NEVER, registered
    from huikuan.mechanisms.identity.models import Company
    from huikuan.record.receivables.columns import MOVES

    whole = items.select(
        pl.col("id").alias("item_id"),
        pl.lit(Company.objects.get().id, pl.Int64).alias("company_id"),
        "customer_id", "kind", "side",
        pl.lit("receivable").alias("recognition"),
        "currency",
        pl.lit("").alias("business_type"),
        ("F" + pl.col("id").cast(pl.String)).alias("document_number"),
        "document_date",
        pl.col("document_date").alias("posting_date"),
        "due_date",
        pl.lit("").alias("awaits"),
        pl.col("amount").alias("posted"),
    )  # fmt: skip

    def moves(of: pl.DataFrame, by: str, amount: pl.Expr, on: str) -> pl.DataFrame:
        return of.with_columns(
            pl.lit(by).alias("by_kind"),
            amount.alias("amount"),
            pl.lit(None, pl.Int64).alias("book_amount"),
            pl.col(on).alias("effective_on"),
            pl.lit(1, pl.Int64).alias("tx"),
        ).select(*MOVES.names, pl.lit(NEVER).alias("closed_on"), pl.lit(ALWAYS_KNOWN, pl.Int64).alias("closed_tx"))

    files = []

    def write(frame: pl.DataFrame) -> None:
        name = f"moves-{len(files)}.parquet"
        frame.write_parquet(shelf.folder() / name)
        files.append(shelf.File(name, frame.height, marked=False))

    for part in whole.iter_slices(1_000_000):
        write(moves(part, "", pl.col("posted"), "posting_date"))
    for part in settlements.iter_slices(1_000_000):
        cleared = part.select("credit_id", "debit_id", pl.col("amount").alias("cleared"), "effective_on")
        for side, by in (("debit_id", "receipt"), ("credit_id", "invoice")):
            joined = cleared.join(whole, left_on=side, right_on="item_id").rename({side: "item_id"})
            write(moves(joined, by, -pl.col("cleared"), "effective_on"))
    tables = registered()
    shelf.save(
        shelf.Manifest(identity(tables), horizon=1, files={"moves": tuple(files), "schedules": (), "affiliations": ()})
    )


def by_ours(day: date, engine: str) -> Columns:
    """The product's own question, asked for the first time."""
    from huikuan.mechanisms.columns.engine import ANSWERS
    from huikuan.mechanisms.columns.queries import asking
    from huikuan.record.receivables.queries.aging import aged_by
    from huikuan.record.receivables.queries.open_lines import Moment

    ANSWERS.forget()
    with asking(engine) as answering:
        aged = aged_by(answering, Moment(day), "customer", "due", _EDGES)
    return [aged.keys, aged.currencies, *(aged.places[place] for place in (-1, 0, 1, 2, 3))]


def by_join(day: date, home: Path) -> Columns:
    """The same asked of the bare engine the plain way; a column for each place, fetched as ours are."""
    import duckdb

    from huikuan.mechanisms.columns.values import lists

    sums = ", ".join(
        f"SUM(CASE WHEN place = {place} THEN open_amount ELSE 0 END)::BIGINT" for place in (-1, 0, 1, 2, 3)
    )
    sql = f"""
        WITH cleared AS (SELECT debit_id, SUM(amount) AS amount FROM '{home}/settlements.parquet'
                         WHERE effective_on <= DATE '{day}' GROUP BY debit_id),
        opens AS (SELECT i.customer_id, i.currency, i.due_date, i.amount - COALESCE(c.amount, 0) AS open_amount
                  FROM '{home}/items.parquet' i LEFT JOIN cleared c ON c.debit_id = i.id
                  WHERE i.document_date <= DATE '{day}' AND i.side = 'debit'),
        placed AS (SELECT *, CASE WHEN due_date >= DATE '{day}' THEN -1
                   WHEN due_date >= DATE '{day}' - 30 THEN 0 WHEN due_date >= DATE '{day}' - 60 THEN 1
                   WHEN due_date >= DATE '{day}' - 90 THEN 2 ELSE 3 END AS place FROM opens WHERE open_amount <> 0)
        SELECT customer_id, currency, {sums} FROM placed GROUP BY ALL ORDER BY currency"""
    return lists(duckdb.sql(sql).to_arrow_table())


def checksum(columns: Columns) -> int:
    """Over customer, currency and place; rows without an amount count for nothing."""
    customers, currencies, *places = columns
    return sum(
        amount * (customer % 97 + place + (50 if currency == "USD" else 5))
        for place, amounts in enumerate(places)
        for customer, currency, amount in zip(customers, currencies, amounts, strict=True)
    )


def freshness() -> None:
    """A settlement posted now is in the next answer: what reading the tail costs."""
    from django.db import connection, transaction

    from huikuan.mechanisms.audit.operations import record
    from huikuan.mechanisms.columns.extraction import read
    from huikuan.mechanisms.columns.manifest import load
    from huikuan.record.receivables.columns import MOVES
    from huikuan.record.receivables.models import Item

    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(id) + 1, MIN(company_id) FROM receivables_item")
        fresh, company = cursor.fetchone()
    row = {
        **{"id": fresh, "company_id": company, "customer_id": 1, "amount": 1, "currency": "CNY"},
        **{"kind": "invoice", "side": "debit", "actor": "x", "origin_system": "x", "origin_key": "x"},
        **dict.fromkeys(("document_date", "posting_date", "due_date"), DAYS[0]),
    }
    before = checksum(by_ours(DAYS[0], "columns"))
    with transaction.atomic():
        record(Item, [row], at=datetime.now(UTC))
    tail = measure(lambda: read(MOVES, load().horizon).num_rows, 9)
    answer = measure(lambda: by_ours(DAYS[0], "columns"), 3)
    seen = checksum(answer[2]) != before
    print(f"one item posted: tail read {tail[0] * 1e3:.1f} ms, next answer {answer[0]:.3f} s, seen: {seen}")


def measure(work: Callable[[], _Answer], runs: int) -> tuple[float, float, _Answer]:
    """Median wall and CPU seconds of `runs` runs after one to warm up (of one run: that run), and the answer."""
    if runs > 1:
        work()
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus), answer


def timed(name: str, work: Callable[[], object]) -> float:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name}: {wall:.2f} s wall, {cpu:.2f} s CPU of this process")
    return wall


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.glob("*.parquet")) // 2**20


def _versions() -> str:
    import duckdb
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        database = str(cursor.fetchone()[0]).split(" on ")[0]
    return f"{database}, DuckDB {duckdb.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--postgres", action="store_true", help="use HUIKUAN_DATABASE_URL (an empty database)")
    parser.add_argument("--mirror-only", action="store_true", help="load no database: ours beside the bare engine")
    parser.add_argument("--tryton", action="store_true", help="beside Tryton too; needs --postgres and an index")
    parser.add_argument("--folder", default=None, help="where the temporary data folder goes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
