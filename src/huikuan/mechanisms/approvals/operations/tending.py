"""What becomes of requests that nobody decides."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.domain.lifecycle import lapse
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.operations.steps import pending, take
from huikuan.mechanisms.approvals.queries import ended, route_of
from huikuan.mechanisms.identity.actors import SYSTEM


def tend_requests(*, at: datetime) -> dict[str, int]:
    """Put every request whose deadline is over to the role above, or let it expire where there is none.

    Each in its own transaction; answers how many became what. Asked again it does no more.
    """
    done: dict[str, int] = {}
    for request_id in ApprovalRequest.objects.exclude(pk__in=ended()).order_by("pk").values_list("pk", flat=True):
        step = _tended(request_id, at=at)
        if step:
            done[step] = done.get(step, 0) + 1
    return done


def _tended(request_id: int, *, at: datetime) -> str | None:
    try:
        with transaction.atomic():
            request, steps, stand = pending(request_id)
            step = lapse(route_of(request), stand, request.deadline_days, now=at)
            if step is not None:
                take(request, step, steps, actor=SYSTEM, at=at)
            return step
    except Refusal:
        return None  # decided by somebody at this very moment
