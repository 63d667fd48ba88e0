"""What undoing a small batch asks of a large ledger: steps of SQLite's machine, counted, not timed."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from huikuan.connect.connectors.operations.importing import import_checked
from huikuan.connect.connectors.operations.made import made_by
from huikuan.connect.connectors.tests.ledgers import checked, item, task

_HUNDREDS = 100


def steps(batch_id: int) -> int:
    """Hundreds of steps it takes to read what the batch did."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    connection.connection.set_progress_handler(count, _HUNDREDS)
    try:
        made_by(batch_id)
    finally:
        connection.connection.set_progress_handler(None, _HUNDREDS)
    return counted


def small_batch(first: int, count: int) -> int:
    """`count` rows in one batch, then a batch that replaces one of them, which is settled."""
    rows = [item(n, f"K{n}", 10_000, settled_on=date(2026, 1, 20)) for n in range(first, first + count)]
    import_checked(task("items", system=f"erp{first}"), checked("items", rows))
    changed = [item(first, f"K{first}", 11_000, settled_on=date(2026, 1, 20))]
    done = import_checked(task("items", system=f"erp{first}", on_conflict="replace"), checked("items", changed))
    assert done.batch is not None
    return done.batch


@pytest.mark.skipif(connection.vendor != "sqlite", reason="counts the steps of SQLite's machine")
@pytest.mark.django_db(transaction=True)
def test_reading_what_a_small_batch_did_does_not_grow_with_the_square_of_the_ledger() -> None:
    alone = steps(small_batch(1, 100))
    beside_many = steps(small_batch(10_000, 1_600))
    # Sixteen times the rows: some scans of them are fair, every row against every other is not.
    assert beside_many < 32 * alone + 200
