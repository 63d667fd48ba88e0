"""Replaying a year's orders of a large ledger under the order checks as shipped.

    python benchmarks/dry_run.py [--rows 100000] [--customers 2000]

Makes a mirror of --rows invoices of --customers customers (99 in 100 paid), then replays the year before the day:
limits by what customers carried, and by the credit policy. Prints orders, wall and CPU seconds, CPU a thousand orders,
and the load; asserts no time.
"""

from __future__ import annotations

import argparse
import os
import time
from datetime import date, timedelta

import aging
import polars as pl
from home import throwaway_home

DAY = date(2026, 11, 20)


def main() -> None:
    options = _options()
    with throwaway_home():
        run(options.rows, options.customers)


def run(rows: int, customers: int) -> None:
    from huikuan.mechanisms.columns.operations import compact
    from huikuan.record.customers.models import Customer
    from huikuan.shell.installation import prepare

    prepare()
    codes = [Customer(pk=n, code=f"K{n:07}", name=f"K{n:07}", status="customer") for n in range(1, customers + 1)]
    Customer.objects.bulk_create(codes, batch_size=5_000)
    items, settlements = aging.ledger(rows)
    whose = (1 + pl.int_range(pl.len(), dtype=pl.Int64).hash(6) % customers).cast(pl.Int64)
    items = items.with_columns(customer_id=pl.when(pl.col("side") == "debit").then(whose).otherwise("customer_id"))
    aging.mirror(items, settlements)
    compact()
    print(f"{items.height:,} items, {settlements.height:,} settlements, {customers:,} customers")
    for method in ("carried", "policy"):
        replay(method)


def replay(method: str) -> None:
    """One run, told."""
    from huikuan.judge.credit.policies import CREDIT_RULES
    from huikuan.judge.credit.policies.terms import CREDIT_POLICY, policy_of
    from huikuan.judge.credit.queries.past import Period
    from huikuan.judge.credit.queries.replay import replayed
    from huikuan.judge.credit.queries.terms_then import Basis
    from huikuan.mechanisms.identity.models import Company
    from huikuan.mechanisms.policies.queries import InForce

    company = Company.objects.get()
    period = Period(DAY - timedelta(days=364), DAY, DAY, 30)
    shipped = InForce(CREDIT_RULES.name, 0, CREDIT_RULES.default, None)
    terms = policy_of(CREDIT_POLICY.default, company.currency)
    wall, spent = time.perf_counter(), time.process_time()
    count, found = replayed(company, period, shipped, terms, Basis(method))
    held = sum(one.told.held for one in found)
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    print(
        f"{method}: {count:,} orders, {held:,} held; {wall:.1f} s, {spent:.1f} s CPU,"
        f" {spent / max(count, 1) * 1_000:.2f} s CPU a thousand; load {os.getloadavg()[0]:.1f}"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--customers", type=int, default=2_000)
    return parser.parse_args()


if __name__ == "__main__":
    main()
