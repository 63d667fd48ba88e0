"""Announcing an event in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.subscribers import Announced, tell_counters
from huikuan.mechanisms.store.transactions import transaction_number


def announce(
    kind: str,
    *,
    at: datetime,
    company_id: int | None = None,
    customer_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
) -> int:
    """Record the event `<context>.<past participle>`; counters are told now, others after commit."""
    said = {"kind": kind, "company_id": company_id, "customer_id": customer_id, "payload": dict(payload or {})}
    with transaction.atomic():
        event_id = record(Event, [said], at=at)[0]
        tell_counters(Announced(id=event_id, tx=transaction_number(), recorded_at=at, **said))
    return event_id
