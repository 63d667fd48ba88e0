"""Record, seal and verify N facts, beside a bare hashlib loop of the same hashes.

    python benchmarks/seal.py [N] [SINGLES]

Takes HUIKUAN_DATABASE_URL (a database that may be filled; default SQLite) and a data folder of its
own. Prints rate per second, CPU beside wall, and the ratio to the bare loop.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib import import_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
os.environ["HUIKUAN_HOME"] = tempfile.mkdtemp(prefix="huikuan-benchmark-")

import django
import polars as pl
from django.db import transaction

django.setup()

# Models can be imported only now.
record = import_module("huikuan.mechanisms.audit.operations").record
record_frame = import_module("huikuan.mechanisms.audit.bulk").record_frame
seal = import_module("huikuan.mechanisms.audit.sealing").seal
verify = import_module("huikuan.mechanisms.audit.queries").verify
is_postgres = import_module("huikuan.mechanisms.store.transactions").is_postgres
Settlement = import_module("huikuan.record.receivables.models").Settlement
prepare = import_module("huikuan.shell.installation").prepare


def settlements(count: int) -> pl.DataFrame:
    number = pl.int_range(count, eager=True)
    day = pl.Series([date(2026, 1, 1 + one % 28) for one in range(count)])
    columns = dict.fromkeys(("customer_id", "credit_id", "debit_id"), number + 1)
    amounts = dict.fromkeys(
        ("credit_amount", "debit_amount", "credit_book_amount", "debit_book_amount"), number * 17 + 1
    )
    fixed = {"company_id": 1, "fx_amount": 0, "reason": "match", "actor": "周敏"}
    return pl.DataFrame({**columns, **amounts, "effective_on": day}).with_columns(
        **{name: pl.lit(value) for name, value in fixed.items()}
    )


def timed(name: str, count: int, work: Callable[[], object], bare: float = 0.0) -> float:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    ratio = f"  {wall / bare:5.1f} x bare" if bare else ""
    rates = f"{count / wall:>11,.0f}/s wall {count / cpu:>11,.0f}/s CPU"
    print(f"{name:28} {count:>9} {rates}  wall {wall:6.2f} s  CPU {cpu:6.2f} s{ratio}")
    return wall


def bare_loop(count: int) -> None:
    """One digest, one leaf hash and one node hash for each fact: the least any such chain costs."""
    fact, leaf, node = b"x" * 160, b"\x00" + b"x" * 110, b"\x01" + b"x" * 64
    for _ in range(count):
        hashlib.sha256(fact).digest()
        hashlib.sha256(leaf).digest()
        hashlib.sha256(node).digest()


def one_by_one(count: int) -> None:
    row = {**settlements(1).row(0, named=True)}
    for _ in range(count):
        with transaction.atomic():
            record(Settlement, [row], at=datetime.now(UTC))


def main(count: int, singles: int) -> None:
    prepare()
    print("PostgreSQL" if is_postgres() else "SQLite")
    timed("record one by one", singles, lambda: one_by_one(singles))
    bare = timed("bare hashlib loop", count, lambda: bare_loop(count))
    frame = settlements(count)
    with transaction.atomic():
        timed("record_frame", count, lambda: record_frame(Settlement, frame, at=datetime.now(UTC)), bare)
    timed("seal", count, lambda: seal(datetime.now(UTC)), bare)
    result = []
    timed("verify", count, lambda: result.append(verify()), bare)
    print(f"{result[0].facts} facts, {result[0].count} findings, {result[0].window.facts} in the window")


if __name__ == "__main__":
    main(*(int(one) for one in (sys.argv[1:] + ["200000", "2000"][len(sys.argv) - 1 :])))
