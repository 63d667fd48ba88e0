"""Announcing an event in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from huikuan.mechanisms.audit.operations import append, record
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.subscribers import Announced, counted, tell_counters
from huikuan.mechanisms.store.transactions import transaction_number


def announce(
    kind: str,
    *,
    at: datetime,
    company_id: int | None = None,
    customer_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Record the event `<context>.<past participle>`; counters are told now, others after commit.

    Without counters nothing is waited for, so it may stand in `store.pipeline.together`.
    """
    said = dict(payload or {})
    row = {"kind": kind, "company_id": company_id, "customer_id": customer_id, "payload": said}
    # No savepoint: an event that fails undoes the operation that made it.
    with transaction.atomic(savepoint=False):
        if not counted(kind):
            append(Event, [row], at=at)
            return
        event_id = record(Event, [row], at=at)[0]
        tell_counters(Announced(event_id, transaction_number(), kind, company_id, customer_id, said, at))
