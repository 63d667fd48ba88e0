"""Has Tryton dun; run by tryton.py with the Python that Tryton lives in.

    python tryton_dunned.py CONFIG DATABASE DAY

Prints JSON: wall and CPU seconds of choosing and recording a level for every overdue line, and how many lines.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from trytond import config

config.update_etc(sys.argv[1])

from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError

#: As the strategy beside it, the highest first: the first that fits is taken.
DAYS = (15, 7, 1)


def main(database: str, day: date) -> None:
    Pool.start()
    pool = Pool(database)
    pool.init()
    _done(database, lambda: _govern(pool))
    dunning = pool.get("account.dunning")
    wall, cpu = time.perf_counter(), time.process_time()
    _done(database, lambda: dunning.generate_dunnings(date=day))
    told = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({**told, "lines": _done(database, lambda: dunning.search([], count=True))}))


def _done(database: str, work: Callable[[], Any]) -> Any:
    """The work in a transaction, begun again with the tables locked that it turns out to need so."""
    locks: dict[str, Any] = {}
    while True:
        with Transaction().start(database, 0, context={"company": 1, "companies": [1]}, **locks) as transaction:
            try:
                return work()
            except TransactionError as error:
                transaction.rollback()
                error.fix(locks)


def _govern(pool: Any) -> None:
    """One procedure for everybody."""
    [procedure] = pool.get("account.dunning.procedure").create([{"name": "Reminders"}])
    pool.get("account.dunning.level").create(
        [
            {"procedure": procedure.id, "sequence": place, "overdue": timedelta(days=days)}
            for place, days in enumerate(DAYS)
        ]
    )
    configuration = pool.get("account.configuration")(1)
    configuration.default_dunning_procedure = procedure
    configuration.save()


if __name__ == "__main__":
    main(sys.argv[2], date.fromisoformat(sys.argv[3]))
