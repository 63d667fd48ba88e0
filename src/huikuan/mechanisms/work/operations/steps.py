"""Recording a step of an item: the one place that does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.work.domain.lifecycle import Stand, require_open
from huikuan.mechanisms.work.models import WorkItem, WorkStep
from huikuan.mechanisms.work.queries.items import stand_now, steps_of


def still_open(item: WorkItem) -> tuple[list[WorkStep], Stand]:
    """The item's steps and where it stands; refuses one that is over."""
    steps = steps_of([item.pk])[item.pk]
    stand = stand_now(item, steps)
    require_open(stand, item=item.pk)
    return steps, stand


def take_step(
    item: WorkItem, step: str, after: Sequence[WorkStep], then: Stand, *, actor: str, at: datetime, **said: Any
) -> None:
    """Record the step that follows `after`, with for whom the item is `then`, and tell of it.

    Somebody who took another step at the same moment was first, or is second: the database takes each number once.
    The second is refused.
    """
    row = {"item_id": item.pk, "number": next_number(after), "step": step, "actor": actor, **said}
    whose = {"owner": then.owner, "role": then.role, "above": then.above}
    try:
        with transaction.atomic():
            record(WorkStep, [{**row, **whose}], at=at)
    except IntegrityError as error:
        raise Refusal("work_item_changed", item=item.pk) from error
    tell(item, step, at=at, **whose, result=said.get("result", ""))


def next_number(after: Sequence[WorkStep]) -> int:
    """The number of the step that follows."""
    return len(after) + 1


def tell(item: WorkItem, what: str, *, at: datetime, **more: str) -> None:
    """Announce what became of the item."""
    announce(
        f"work.{what}",
        company_id=item.company_id,
        customer_id=item.customer_id,
        payload={"item": item.pk, "kind": item.kind, "key": item.key, **more},
        at=at,
    )
