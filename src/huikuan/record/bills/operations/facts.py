"""How a bill's facts are written: under the lock of its package, each move once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.store.pipeline import send
from huikuan.mechanisms.store.transactions import is_postgres
from huikuan.record.bills.models import Bill, BillEvent
from huikuan.record.receivables.domain.periods import first_open_day
from huikuan.record.receivables.operations.open_items import hold_period
from huikuan.record.receivables.queries.periods import locked_through

LONGEST = 200

#: The reason of a settlement by bill, and of those that end one.
BY_BILL, PAID, PASSED_ON, DISHONOURED = "bill", "bill_paid", "bill_passed_on", "bill_dishonoured"


def hold_package(company_id: int, number: str) -> None:
    """Whoever receives, splits or moves a piece of this package waits until this transaction ends. SQLite has one
    writer: its transaction is lock enough."""
    if is_postgres():
        send("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"bills:{company_id}:{number}"])


def ledger_day(company_id: int, on: date) -> date:
    """`on`, or where its period is locked the first day that is open; nobody locks it meanwhile."""
    hold_period(company_id)
    return first_open_day(on, locked_through(company_id))


def write_event(bill: Bill, sequence: int, said: Mapping[str, Any], *, actor: str, at: datetime) -> None:
    """Record a move and announce it; refuses one where somebody moved the bill meanwhile."""
    row = {
        "bill_id": bill.pk,
        "company_id": bill.company_id,
        "customer_id": bill.customer_id,
        "sequence": sequence,
        **said,
        "actor": actor,
    }
    try:
        with transaction.atomic():
            record(BillEvent, [row], at=at)
    except IntegrityError as error:
        raise Refusal("bill_moved_since", bill=bill.pk) from error
    payload = {"bill": bill.pk, "move": said["move"], "state": said["state"]}
    announce("bills.moved", at=at, company_id=bill.company_id, customer_id=bill.customer_id, payload=payload)
