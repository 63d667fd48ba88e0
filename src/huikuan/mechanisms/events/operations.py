"""Announcing an event in the transaction that makes it true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.models import Event


def announce(
    kind: str,
    *,
    at: datetime,
    company_id: int | None = None,
    customer_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
) -> int:
    """Record the event `<context>.<past participle>`; delivered to subscribers after commit."""
    return record(
        Event,
        [{"kind": kind, "company_id": company_id, "customer_id": customer_id, "payload": dict(payload or {})}],
        at=at,
    )[0]
