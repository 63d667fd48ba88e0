"""Importing a million rows beside the bare engine, in one run: python benchmarks/import_rows.py [ROWS]

The database is the one HUIKUAN_DATABASE_URL names (SQLite in a new folder otherwise; give an empty one).
Ours: read, map, check, post, leaf, commit. Bare: COPY (PostgreSQL) or INSERT … (SQLite) of the same item
rows into an identical indexed table. Prints seconds, CPU, memory, lock time and the ratio; asserts nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

HEADERS = "客户编码,客户名称,发票号码,开票日期,到期日,金额,币种,摘要,业务员,合同号"


def write_file(path: Path, rows: int) -> None:
    """A deterministic csv: 10 columns, 20,000 customers."""
    n = pl.int_range(rows, eager=True)
    days = date(2025, 1, 1) + pl.Series(n % 365).cast(pl.Int64) * timedelta(days=1)
    frame = pl.DataFrame(
        {
            "客户编码": "C" + (n * 7919 % 20_000).cast(pl.String).str.zfill(6),
            "客户名称": "测试客户" + (n * 7919 % 20_000).cast(pl.String),
            "发票号码": "INV" + n.cast(pl.String).str.zfill(9),
            "开票日期": days,
            "到期日": days + timedelta(days=60),
            "金额": (n * 31 % 1_000_000 + 1).cast(pl.String) + "." + (n % 90 + 10).cast(pl.String),
            "币种": pl.Series(["CNY"]).new_from_index(0, rows),
            "摘要": "货款" + (n % 977).cast(pl.String),
            "业务员": "业务" + (n * 7919 % 20_000 % 40).cast(pl.String),
            "合同号": "HT" + (n % 50_000).cast(pl.String),
        }
    )
    frame.write_csv(path)


def main(rows: int) -> None:
    home = tempfile.mkdtemp(prefix="huikuan-benchmark-")
    os.environ.setdefault("HUIKUAN_HOME", home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.shell.settings"
    import django

    django.setup()
    from django.db import connection

    from huikuan.connect.connectors.operations.files import Asked, import_file
    from huikuan.mechanisms.identity.models import Company
    from huikuan.record.receivables.queries.bulk import items_where
    from huikuan.shell.installation import prepare

    prepare()
    path = Path(home) / "rows.csv"
    # In a process of its own, so that the memory it takes is not counted as the import's.
    writer = multiprocessing.get_context("spawn").Process(target=write_file, args=(path, rows))
    writer.start()
    writer.join()
    steps: list[tuple[str, float]] = []
    asked = Asked("items", Company.objects.get(code="MAIN"), "benchmark", datetime.now(UTC))
    began, cpu = time.perf_counter(), time.process_time()
    imported = import_file(path, asked, progress=lambda step: steps.append((step, time.perf_counter() - began)))
    ours, ours_cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began, cpu = time.perf_counter(), time.process_time()
    again = import_file(path, asked)
    repeat, repeat_cpu = time.perf_counter() - began, time.process_time() - cpu
    print(f"{connection.vendor}, {rows:,} rows, {path.stat().st_size / 1e6:.0f} MB, load {os.getloadavg()[0]:.1f}")
    print(
        f"ours  {ours:.1f} s wall, {ours_cpu:.1f} s CPU, {peak:.0f} MB,"
        f" transaction {imported.result.seconds_open:.1f} s"
    )
    print("      " + ", ".join(f"{step} from {at:.1f} s" for step, at in steps))
    counted = f"{again.result.created} created, {again.result.duplicates} duplicates"
    print(f"again {repeat:.1f} s wall, {repeat_cpu:.1f} s CPU: {counted}")
    frame = items_where("i.id > 0", []).with_columns(recorded_at=pl.lit(datetime.now(UTC)), tx=pl.lit(1))
    frame = frame.select("id", "tx", "recorded_at", pl.exclude("id", "tx", "recorded_at"))
    cpu = time.process_time()
    bare = bare_postgres(frame) if connection.vendor == "postgresql" else bare_sqlite(frame)
    cpu = time.process_time() - cpu
    print(
        f"bare  {bare:.1f} s wall, {cpu:.1f} s CPU into an identical indexed table;"
        f" ours reaches {bare / ours:.0%} (load {os.getloadavg()[0]:.1f})"
    )


def bare_postgres(frame: pl.DataFrame) -> float:
    from django.db import connection, transaction

    from huikuan.mechanisms.store.bulk import copy_frame

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare_item")
        cursor.execute("CREATE TABLE bare_item (LIKE receivables_item INCLUDING ALL)")
    began = time.perf_counter()
    with transaction.atomic():
        copy_frame("bare_item", frame)
    return time.perf_counter() - began


def bare_sqlite(frame: pl.DataFrame) -> float:
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'receivables_item'"
            " AND type <> 'trigger' AND sql IS NOT NULL"
        )
        for (sql,) in cursor.fetchall():
            cursor.execute(sql.replace("receivables_item", "bare_item"))
    plain = frame.with_columns(
        pl.col(name).dt.strftime("%Y-%m-%d") for name, kind in frame.schema.items() if kind == pl.Date
    ).with_columns(pl.col("recorded_at").dt.strftime("%Y-%m-%d %H:%M:%S"))
    marks = ", ".join("?" * plain.width)
    names = ", ".join(plain.columns)
    began = time.perf_counter()
    with transaction.atomic():
        connection.connection.executemany(f"INSERT INTO bare_item ({names}) VALUES ({marks})", plain.iter_rows())
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
