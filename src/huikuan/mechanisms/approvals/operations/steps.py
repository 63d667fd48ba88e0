"""Recording a step of a request: the one place that does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.domain.lifecycle import Stand, Step, require_pending
from huikuan.mechanisms.approvals.models import ApprovalRequest, ApprovalStep
from huikuan.mechanisms.approvals.queries import request_record, stand_now, steps_of
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce


def pending(request_id: int) -> tuple[ApprovalRequest, list[Step], Stand]:
    """The request with its steps and where it stands; refuses one that waits no longer."""
    request = request_record(request_id)
    steps = steps_of([request_id])[request_id]
    stand = stand_now(request, steps)
    require_pending(stand, request=request_id)
    return request, steps, stand


def take(request: ApprovalRequest, step: str, after: list[Step], *, actor: str, at: datetime, **fields: Any) -> None:
    """Record the step that follows `after`, and tell of it.

    Somebody who took another step at the same moment was first, or is second: the database takes each number once,
    and here waits for whoever is about to write it. The second is refused.
    """
    row = {"request_id": request.pk, "number": next_number(after), "step": step, "digest": request.digest}
    try:
        record(ApprovalStep, [{**row, "actor": actor, **fields}], at=at)
    except IntegrityError as error:
        raise Refusal("request_decided_meanwhile", request=request.pk) from error
    tell(request, step, at=at)


def next_number(after: list[Step]) -> int:
    """The number of the step that follows."""
    return len(after) + 1


def tell(request: ApprovalRequest, what: str, *, at: datetime) -> None:
    """Announce what became of the request."""
    announce(
        f"approvals.{what}",
        company_id=request.company_id,
        customer_id=request.customer_id,
        payload={"request": request.pk, "kind": request.kind, "subject": request.subject},
        at=at,
    )
