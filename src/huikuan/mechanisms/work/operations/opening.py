"""Opening items, and cancelling them when what had made them vanished: what contexts and jobs do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.kernel.dates import DEFAULT_ZONE, business_date
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.store.transactions import retrying
from huikuan.mechanisms.work.domain.lifecycle import CANCELLED
from huikuan.mechanisms.work.kinds import kind_named
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.operations.steps import still_open, take_step, tell
from huikuan.mechanisms.work.policies import terms_of
from huikuan.mechanisms.work.queries.items import ended, open_keys

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an item shall be about. `owner` '': for whoever holds the kind's role; `due_on` None: so many days from
    today as policy and kind say. `role`, `escalates_to`: where the case itself says whose it is; '': as policy and
    kind say."""

    key: str
    company_id: int | None = None
    customer_id: int | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""
    due_on: date | None = None
    role: str = ""
    escalates_to: str = ""


def open_item(*, kind: str, wanted: Wanted, actor: str = SYSTEM, at: datetime) -> int:
    """Open an item, or answer the one of its kind and key that is open already; its id. Opening twice is opening once.

    After it was closed the key may be opened again, as another item. `shown` holds plain values, no floats.
    """
    row = _row(kind, wanted, actor, at)

    def work() -> int:
        last = WorkItem.objects.filter(kind=kind, key=wanted.key).order_by("generation").last()
        if last is not None and not ended().filter(item_id=last.pk).exists():
            return int(last.pk)
        try:
            with transaction.atomic():
                number = record(WorkItem, [{**row, "generation": following(last)}], at=at)[0]
        except IntegrityError:
            # Somebody opened it at this very moment: theirs is the one.
            return int(WorkItem.objects.filter(kind=kind, key=wanted.key).order_by("generation").last().pk)  # type: ignore[union-attr]
        item = WorkItem.objects.get(pk=number)
        tell(item, "opened", at=at, owner=item.owner, role=item.role)
        return number

    return retrying(work)


def keep_items(*, kind: str, wanted: Sequence[Wanted], at: datetime) -> dict[str, int]:
    """Have the open items of a kind be exactly what is wanted: open each key that was never opened, cancel those open
    that are wanted no more. What somebody finished is not asked again under the same key. Answers how many."""
    done = {"opened": 0, "cancelled": 0}
    keys = {one.key: one for one in wanted}
    known = _ever(kind, keys)
    for key in [key for key in keys if key not in known]:
        open_item(kind=kind, wanted=keys[key], at=at)
        done["opened"] += 1
    gone = [key for key in open_keys(kind) if key not in keys]
    done["cancelled"] = len(cancel_items(kind=kind, keys=gone, because="", at=at))
    return done


def cancel_items(*, kind: str, keys: Collection[str], because: str, actor: str = SYSTEM, at: datetime) -> list[int]:
    """Cancel what is open of these keys, since what made it has vanished; answers the items. One that is closed is
    left as it is."""

    def work() -> list[int]:
        known = open_keys(kind, keys)
        items = WorkItem.objects.in_bulk(list(known.values()))
        for item in items.values():
            steps, stand = still_open(item)
            take_step(item, CANCELLED, steps, stand, note=because, actor=actor, at=at)
        return sorted(items)

    return retrying(work) if keys else []


def following(last: WorkItem | None) -> int:
    """The generation that follows."""
    return last.generation + 1 if last else 1


def _ever(kind: str, keys: Collection[str]) -> set[str]:
    """Those of the keys that were opened before, closed since or not."""
    listed, found = sorted(keys), set[str]()
    for start in range(0, len(listed), _AT_ONCE):
        part = WorkItem.objects.filter(kind=kind, key__in=listed[start : start + _AT_ONCE])
        found |= set(part.values_list("key", flat=True))
    return found


def _row(kind: str, wanted: Wanted, actor: str, at: datetime) -> dict[str, Any]:
    terms = terms_of(kind_named(kind), company_id=wanted.company_id, at=at)
    zone = company_zone(wanted.company_id) if wanted.company_id is not None else DEFAULT_ZONE
    return {
        "kind": kind,
        "key": wanted.key,
        "company_id": wanted.company_id,
        "customer_id": wanted.customer_id,
        "owner": wanted.owner,
        "role": "" if wanted.owner else wanted.role or terms.role,
        "escalates_to": wanted.escalates_to or terms.escalates_to,
        "due_on": wanted.due_on or business_date(at, zone) + timedelta(days=terms.days),
        "shown": dict(wanted.shown),
        "policy_id": terms.policy_id,
        "actor": actor,
    }
