"""Plans that were asked for and wait for another person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from huikuan.kernel.money import to_minor
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.queries import pending_ids, rows_of
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.reaching import reached
from huikuan.record.promises.domain.instalments import PLAN


@dataclass(frozen=True, slots=True)
class WaitingPlan:
    """A plan that waits: by which request, over how much in how many instalments, put to which role, by whom, when."""

    request_id: int
    customer_name: str
    total: int
    currency: str
    instalments: int
    role: str
    maker: str
    asked_at: datetime


def waiting_plans(
    *, scope: Scope, company_id: int | None = None, customer_ids: Collection[int] = ()
) -> list[WaitingPlan]:
    """What waits within reach, the latest first. `customer_ids`: of these alone, where any are named."""
    found = reached(ApprovalRequest.objects.filter(pk__in=pending_ids(PLAN)), scope)
    if company_id is not None:
        found = found.filter(company_id=company_id)
    if customer_ids:
        found = found.filter(customer_id__in=customer_ids)
    return [
        WaitingPlan(
            one.id,
            one.shown["customer"],
            to_minor(one.shown["total"], one.shown["currency"]),
            one.shown["currency"],
            len(one.shown["lines"]),
            one.role,
            one.maker,
            one.submitted_at,
        )
        for one in rows_of(found.order_by("-pk"))
    ]
