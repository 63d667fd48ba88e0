"""The feed of events: every committed one, in the order of knowledge."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from huikuan.mechanisms.events.delivery import announced_of
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.store.transactions import horizon, snapshot

#: A place in the feed: the transaction and id of the event last read.
Place = tuple[int, int]
BEGINNING: Place = (0, 0)


def events_after(rows: QuerySet[Event], *, after: Place = BEGINNING, limit: int) -> list[Announced]:
    """The next `limit` of these events after the place. Only such as are final: nothing will come before them."""
    later = Q(tx__gt=after[0]) | Q(tx=after[0], id__gt=after[1])
    with snapshot():
        known = horizon()
        found = rows.filter(later, tx__gte=after[0], tx__lt=known).order_by("tx", "id")[:limit]
        return [announced_of(event) for event in found]
