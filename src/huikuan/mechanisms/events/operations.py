"""Announcing an event in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    announce_all(kind, [(company_id, customer_id, payload or {})], at=at)


def announce_all(kind: str, told: Sequence[tuple[int | None, int | None, Mapping[str, Any]]], *, at: datetime) -> None:
    """Several events of one kind, each (company, customer, payload), as `announce` records one."""
    rows = [
        {"kind": kind, "company_id": company_id, "customer_id": customer_id, "payload": dict(payload)}
        for company_id, customer_id, payload in told
    ]
    # No savepoint: an event that fails undoes the operation that made it.
    with transaction.atomic(savepoint=False):
        if not counted(kind):
            append(Event, rows, at=at)
            return
        for event_id, (company_id, customer_id, payload) in zip(record(Event, rows, at=at), told, strict=True):
            said = dict(payload)
            tell_counters(Announced(event_id, transaction_number(), kind, company_id, customer_id, said, at))
