"""What becomes of items that nobody finishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from huikuan.kernel.dates import DEFAULT_ZONE, business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.work.domain.lifecycle import ESCALATED, lapses
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.operations.steps import still_open, take_step
from huikuan.mechanisms.work.queries.items import late_and_not_above


def tend_items(*, at: datetime) -> int:
    """Put every item whose day has passed to the role above, once each; answers how many. Each in a transaction of its
    own; asked again it does no more."""
    zones = dict(Company.objects.values_list("pk", "time_zone"))
    return sum(_tended(item, zones.get(item.company_id or 0, DEFAULT_ZONE), at) for item in late_and_not_above(at))


def _tended(item: WorkItem, zone: str, at: datetime) -> bool:
    try:
        with transaction.atomic():
            steps, stand = still_open(item)
            if not lapses(stand, item.due_on, item.escalates_to, business_date(at, zone)):
                return False
            take_step(item, ESCALATED, steps, replace(stand, above=item.escalates_to), actor=SYSTEM, at=at)
            return True
    except Refusal:
        return False  # closed by somebody at this very moment
