"""Announcing an event in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from huikuan.mechanisms.audit.operations import append
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.subscribers import Announcing, tell_counters


def announce(
    kind: str,
    *,
    at: datetime,
    company_id: int | None = None,
    customer_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Record the event `<context>.<past participle>`; counters are told now, others after commit.

    The event itself is not waited for, so it may stand in `store.pipeline.together`; what counters wait for is theirs.
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
        append(Event, rows, at=at)
        for company_id, customer_id, payload in told:
            tell_counters(Announcing(kind, company_id, customer_id, dict(payload), at))
