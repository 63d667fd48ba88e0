"""Asks Tryton for its aged balance; run by tryton.py with the Python that Tryton lives in.

    python tryton_aged.py CONFIG DATABASE RUNS DAY…

Prints JSON: day → wall and CPU seconds of searching and of reading every figure, rows, balance.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from datetime import date

from trytond import config

config.update_etc(sys.argv[1])

from trytond.pool import Pool
from trytond.transaction import Transaction

FIGURES = ["party", "term0", "term1", "term2", "term3", "balance"]


def main(database: str, runs: int, days: list[date]) -> None:
    Pool.start()
    pool = Pool(database)
    pool.init()
    print(json.dumps({str(day): asked(pool, database, day, runs) for day in days}))


def asked(pool: Pool, database: str, day: date, runs: int) -> dict[str, float]:
    """The median of `runs` after one to warm up."""
    context = {
        "company": 1, "date": day, "type": "customer", "unit": "day", "term1": 30, "term2": 60, "term3": 90,
        "posted": False,
    }  # fmt: skip
    walls, cpus = [], []
    for run in range(runs + 1):
        with Transaction().start(database, 1, readonly=True, context=context):
            wall, cpu = time.perf_counter(), time.process_time()
            rows = pool.get("account.aged_balance").search_read([], fields_names=FIGURES)
            if run:
                walls.append(time.perf_counter() - wall)
                cpus.append(time.process_time() - cpu)
    balance = sum(round(row["balance"] * 100) for row in rows)
    return {
        "wall": statistics.median(walls),
        "cpu": statistics.median(cpus),
        "rows": len(rows),
        "balance": balance,
    }


if __name__ == "__main__":
    main(sys.argv[2], int(sys.argv[3]), [date.fromisoformat(day) for day in sys.argv[4:]])
