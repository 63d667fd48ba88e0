"""Whose turn it is: imports of one kind from one system follow one another, and what a batch was
planned on is compared again when it is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection
from django.db.models import Count, Max

from huikuan.connect.connectors.models import Batch
from huikuan.mechanisms.store.transactions import is_postgres

#: The latest batch of a company and how many stand; both change with every import and every undo.
Standing = tuple[int, int]


@contextmanager
def one_at_a_time(company_id: int, kind: str, system: str) -> Iterator[None]:
    """Hold back other imports of the kind from the system while this one plans and writes.

    A courtesy that saves planning twice: what keeps the ledger right is the comparison when writing.
    SQLite has one writer and needs no more than that.
    """
    if not is_postgres():
        yield
        return
    name = f"huikuan:import:{company_id}:{kind}:{system}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    try:
        yield
    finally:
        # A connection that broke has let go of the lock by itself.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def hold_batches(company_id: int) -> None:
    """Until this transaction ends no other batch of the company is committed or undone."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"huikuan:batches:{company_id}"])


def standing_batches(company_id: int) -> Standing:
    found = Batch.objects.filter(company_id=company_id, state=Batch.State.COMMITTED).aggregate(
        last=Max("id"), count=Count("id")
    )
    return found["last"] or 0, found["count"]
