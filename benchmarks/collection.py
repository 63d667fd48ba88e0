"""The daily run of collecting over many overdue items: days like any other, or the first, when everything is due.

    python benchmarks/collection.py [--items 1000000] [--customers 50000] [--days 2] [--first]
    python -m benchmarks.server python benchmarks/collection.py --postgres [--tryton] [--items 10000] …

Makes a ledger of --items invoices, 1 to 400 days overdue, and of a tenth as many that fall due within 40 days, of
--customers customers who have no address but their name, so that a letter is written to each; one customer in twenty
has money on account, and is left alone. Runs the shipped strategy on some days; before the first of them every step
was taken on its day, with --first none was. Before each run the lines with a step due are chosen twice more: by our
query alone, and by one SQL statement on the database, the bare engine; both must choose the same. With --tryton also
Tryton's dunning of the same overdue lines, in the same run. Prints lines, wall and CPU seconds, memory and the load;
asserts no time.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import polars as pl
from home import throwaway_home

DAY = date(2026, 11, 20)
#: Days late, from a tenth not due yet to the oldest.
_OLDEST, _NOT_DUE = 400, 40
#: What is repeated of an item where it is open.
COPIED = "company_id, customer_id, kind, side, currency, document_date, posting_date, due_date"
#: The shipped strategy's steps for whoever has no grade, and the days between two.
STEPS, WAIT = (-7, 1, 7, 15), 2
_Answer = TypeVar("_Answer")

#: The same choice as one statement: the highest step reached, above the one taken last.
CHOICE = """
SELECT COUNT(*), COALESCE(SUM(open_amount), 0) FROM (
    SELECT o.open_amount, o.late, t.day, t.on_date,
        CASE WHEN o.late >= 15 THEN 15 WHEN o.late >= 7 THEN 7 WHEN o.late >= 1 THEN 1 ELSE -7 END AS step
    FROM (SELECT item_id, open_amount, {late} AS late FROM receivables_openitem
        WHERE company_id = %(company)s AND side = 'debit' AND kind = 'invoice' AND due_date <= %(until)s) AS o
    LEFT JOIN (SELECT item_id, MAX(day) AS day, MAX(on_date) AS on_date FROM collection_taken
        WHERE company_id = %(company)s GROUP BY item_id) AS t ON t.item_id = o.item_id
) AS reached
WHERE NOT (step < 0 AND late > 0) AND (day IS NULL OR (step > day AND {since} >= %(wait)s))
"""


def main() -> None:
    options = _options()
    with throwaway_home(postgres=options.postgres) as home:
        run(options.items, options.customers, options.days, first=options.first)
        if options.tryton:
            import tryton

            tryton.beside_dunning(home, DAY)


def run(items: int, customers: int, days: int, *, first: bool) -> None:
    from django.db import connection

    from huikuan.mechanisms.identity.models import Company
    from huikuan.record.customers.models import Customer
    from huikuan.shell.installation import prepare

    prepare()
    made = [Customer(pk=n, code=f"K{n:07}", name=f"K{n:07}", status="customer") for n in range(1, customers + 1)]
    Customer.objects.bulk_create(made, batch_size=5_000)
    company = Company.objects.get()
    pay_into(company)
    load(company.pk, ledger(company.pk, items, customers))
    if not first:
        take_steps_of_before(company.pk)
    mirror()
    print(f"{connection.vendor}: {items:,} overdue items and {items // 10:,} not due yet, {customers:,} customers")
    for number in range(days):
        one_day(company, DAY + timedelta(days=number))


def pay_into(company: Any) -> None:
    """The account a demand names: without one none is written."""
    from huikuan.mechanisms.audit.operations import record
    from huikuan.mechanisms.policies.models import PolicyStep, PolicyVersion
    from huikuan.mechanisms.policies.queries import version

    at = datetime(2025, 1, 1, tzinfo=UTC)
    account = {"bank": "示例银行", "number": "1234 5678", "currency": "", "holder": "", "swift": ""}
    known = {"company_id": company.pk, "kind": "letterhead", "number": 1, "note": "", "drafted_by": "bench"}
    [number] = record(PolicyVersion, [{**known, "document": {"bank_accounts": [account]}}], at=at)
    step = {"version_id": number, "step": "in_force", "digest": version(number).digest, "effective_at": at}
    record(PolicyStep, [{**step, "actor": "bench"}], at=at)


def ledger(company_id: int, items: int, customers: int) -> pl.DataFrame:
    """Invoices by number, and what came in on account from one customer in twenty."""
    count = items + items // 10
    number = pl.int_range(count, dtype=pl.Int64, eager=True).alias("n")
    overdue = (number.hash(3) % _OLDEST + 1).cast(pl.Int64)
    late = pl.select(pl.when(number < items).then(overdue).otherwise(-(number % _NOT_DUE))).to_series()
    due = pl.select(pl.lit(DAY) - pl.duration(days=late)).to_series()
    posted = pl.select(pl.lit(DAY) - pl.duration(days=(late + 30).clip(0))).to_series()
    columns = {
        "customer_id": (1 + number.hash(6) % customers).cast(pl.Int64),
        "amount": (number.hash(9) % 1_000_000 + 100).cast(pl.Int64),
        "document_number": number.cast(pl.String),
        "document_date": posted,
        "posting_date": posted,
        "due_date": due,
        "origin_key": number.cast(pl.String),
    }
    invoices = pl.DataFrame(columns).with_columns(kind=pl.lit("invoice"), side=pl.lit("debit"))
    return pl.concat([invoices, _on_account(customers)]).with_columns(
        company_id=pl.lit(company_id, pl.Int64),
        currency=pl.lit("CNY"),
        origin_system=pl.lit("bench"),
        actor=pl.lit("bench"),
    )


def _on_account(customers: int) -> pl.DataFrame:
    whose = pl.int_range(1, customers + 1, 20, dtype=pl.Int64, eager=True)
    return pl.DataFrame({"customer_id": whose}).with_columns(
        amount=pl.lit(50_000_00, pl.Int64),
        document_number="R" + whose.cast(pl.String),
        document_date=pl.lit(DAY),
        posting_date=pl.lit(DAY),
        due_date=pl.lit(DAY),
        origin_key="R" + whose.cast(pl.String),
        kind=pl.lit("receipt"),
        side=pl.lit("credit"),
    )


def load(company_id: int, rows: pl.DataFrame) -> None:
    """The items with what is open of them."""
    from django.db import connection, transaction

    from huikuan.mechanisms.audit.bulk import record_frame
    from huikuan.record.receivables.models import Item

    at = datetime.combine(DAY, datetime.min.time(), UTC)
    with transaction.atomic():
        record_frame(Item, rows, at=at)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO receivables_openitem (item_id, open_amount, open_book_amount, {COPIED})"
                f" SELECT id, amount, book_amount, {COPIED} FROM receivables_item WHERE company_id = %s",
                [company_id],
            )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def take_steps_of_before(company_id: int) -> None:
    """The last step each line had reached the day before, taken on its day."""
    from django.db import transaction

    from huikuan.act.collection.models import Taken
    from huikuan.mechanisms.audit.bulk import record_frame
    from huikuan.mechanisms.store.bulk import read_frame

    asked = "SELECT item_id, customer_id, due_date, open_amount FROM receivables_openitem WHERE kind = 'invoice'"
    schema = {"item_id": pl.Int64, "customer_id": pl.Int64, "due_date": pl.Date, "amount": pl.Int64}
    late = (pl.lit(DAY - timedelta(days=1)) - pl.col("due_date")).dt.total_days()
    found = read_frame(asked, [], schema).with_columns(late=late).sort("late")
    steps = pl.DataFrame({"late": STEPS}).with_columns(day=pl.col("late"))
    reached = found.join_asof(steps, on="late").drop_nulls("day")
    taken = reached.with_columns(
        pl.lit(0).alias("approach_id"),
        pl.lit(company_id).alias("company_id"),
        ("dun:" + pl.col("day").cast(pl.String)).alias("step"),
        (pl.col("due_date") + pl.duration(days="day")).alias("on_date"),
        pl.lit("CNY").alias("currency"),
        pl.lit("{}").alias("reason"),
        late=pl.col("day"),
    )
    with transaction.atomic():
        record_frame(Taken, taken.drop("due_date"), at=datetime.combine(DAY, datetime.min.time(), UTC))


def mirror() -> None:
    """As the worker does every minute."""
    from huikuan.mechanisms.columns.operations import refresh
    from huikuan.mechanisms.columns.tables import registered

    refresh(registered(), wait=True)


def one_day(company: Any, on: date) -> None:
    """One run, told beside the choice alone, ours and the bare engine's."""
    from huikuan.act.collection.operations.running import run_day

    at = datetime.combine(on, datetime.min.time(), UTC) + timedelta(hours=1)
    bare = measured(lambda: by_engine(company.pk, on))
    ours = measured(lambda: by_ours(company, on, at))
    if bare[2] != ours[2]:
        sys.exit(f"the ways differ: {bare[2]} {ours[2]}")
    wall, cpu, ran = measured(lambda: run_day(company=company, on=on, actor="bench", at=at))
    print(
        f"  {on}: chosen {bare[2][0]:,} lines: one statement {bare[0]:.2f} / {bare[1]:.2f}, ours {ours[0]:.2f} /"
        f" {ours[1]:.2f}; run {wall:.2f} / {cpu:.2f} (wall s / CPU s): {ran.lines:,} lines in {ran.approaches:,}"
        f" approaches, {ran.excluded:,} held back, {cpu * 1_000 / max(ran.lines, 1):.3f} ms CPU a line;"
        f" load {os.getloadavg()[0]:.1f}, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,} MB",
        flush=True,
    )


def by_ours(company: Any, on: date, at: datetime) -> tuple[int, int]:
    """Lines with a step due, and what is open of them."""
    from huikuan.act.collection.queries.due import due_on
    from huikuan.act.collection.queries.strategies import strategy_in_force

    found = due_on(company.pk, on, strategy_in_force(company, at=at).strategy).judged
    return found.going.height + found.held.height, found.going["open_amount"].sum() + found.held["open_amount"].sum()


def by_engine(company_id: int, on: date) -> tuple[int, int]:
    from django.db import connection

    days = {"late": "%(on)s - due_date", "since": "%(on)s - on_date"}
    if connection.vendor == "sqlite":
        days = {name: "julianday({}) - julianday({})".format(*said.split(" - ")) for name, said in days.items()}
    until = on + timedelta(days=-min(STEPS))
    with connection.cursor() as cursor:
        cursor.execute(CHOICE.format(**days), {"company": company_id, "on": on, "until": until, "wait": WAIT})
        count, amount = cursor.fetchone()
    return int(count), int(amount)


def measured(work: Callable[[], _Answer]) -> tuple[float, float, _Answer]:
    """Wall and CPU seconds of this process, and what came of it."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return time.perf_counter() - wall, time.process_time() - cpu, answer


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--days", type=int, default=2)
    parser.add_argument("--first", action="store_true", help="the first day of all: every line has a step due")
    parser.add_argument("--postgres", action="store_true", help="the database of HUIKUAN_DATABASE_URL")
    parser.add_argument("--tryton", action="store_true", help="with --postgres: Tryton's dunning beside it")
    return parser.parse_args()


if __name__ == "__main__":
    main()
