"""The list of items, by page: a person's inbox, everything they see, what is late, what is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from huikuan.mechanisms.identity.domain.rights import Rights
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.work.domain.lifecycle import ENDING
from huikuan.mechanisms.work.models import WorkItem, WorkStep
from huikuan.mechanisms.work.queries.items import ItemRow, ended, reached_by, rows_of, standing

MINE, ALL, LATE, CLOSED = "", "all", "late", "closed"
SHOWS = (MINE, ALL, LATE, CLOSED)
_SLICE = 500
#: What the frame of every page counts up to.
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, what they hold, the rows they reach, and the day of their page."""

    name: str
    rights: Rights
    scope: Scope
    today: date


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which items: those that wait for the reader ('', the inbox), `all` that are open, of these the `late` ones, or
    those that are `closed`; None and '': any."""

    show: str = MINE
    kind: str = ""
    company_id: int | None = None
    customer_id: int | None = None
    ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, those due first (closed ones: the newest first), of `count`; `next` is where the following ones begin, ''
    after the last."""

    rows: list[ItemRow]
    count: int
    next: str


def items_page(chosen: Chosen, reader: Reader, *, after: str = "", limit: int) -> Page:
    """The items that follow `after`, `limit` at a time."""
    found = _chosen(chosen, reader)
    closed = chosen.show == CLOSED
    rows = found.order_by("-pk") if closed else found.order_by("due_on", "pk")
    if place := _place(after):
        day, number = place
        rows = rows.filter(pk__lt=number) if closed else rows.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=number))
    records = list(rows[: limit + 1])
    last = records[limit - 1] if len(records) > limit else None
    return Page(rows_of(records[:limit]), found.count(), f"{last.due_on}.{last.pk}" if last else "")


def every_item(chosen: Chosen, reader: Reader) -> Iterator[ItemRow]:
    """All of them, read in slices."""
    after = ""
    while True:
        page = items_page(chosen, reader, after=after, limit=_SLICE)
        yield from page.rows
        if not page.next:
            return
        after = page.next


def count_mine(reader: Reader, *, most: int = MOST_COUNTED) -> int:
    """How many items wait for the reader; `most` at the most."""
    return _chosen(Chosen(), reader)[:most].count()


def put_lately(reader: Reader, *, since: datetime, limit: int = 8) -> list[ItemRow]:
    """What was put to the reader by name since an instant and still waits, the newest first."""
    found = _chosen(Chosen(), reader).filter(now_owner=reader.name, recorded_at__gte=since)
    return rows_of(found.order_by("-pk")[:limit])


def _chosen(chosen: Chosen, reader: Reader) -> QuerySet[Any]:
    rows = reached_by(WorkItem.objects.all(), reader.scope)
    for name in ("company_id", "customer_id"):
        if getattr(chosen, name) is not None:
            rows = rows.filter(**{name: getattr(chosen, name)})
    if chosen.kind:
        rows = rows.filter(kind=chosen.kind)
    if chosen.ids is not None:
        rows = rows.filter(pk__in=chosen.ids)
    if chosen.show == MINE:
        return standing(rows.filter(pk__in=_ever_for(reader))).exclude(now_step__in=ENDING).filter(_for(reader))
    over = Exists(ended().filter(item_id=OuterRef("pk")))
    if chosen.show == CLOSED:
        return rows.filter(over)
    rows = rows.filter(~over)
    return rows.filter(due_on__lt=reader.today) if chosen.show == LATE else rows


def _ever_for(reader: Reader) -> QuerySet[Any]:
    """Ids of what was the reader's at some time, by the indexes: the last step is looked up of these alone."""
    roles = {one.role for one in reader.rights.held}
    items, steps = WorkItem.objects.values("pk"), WorkStep.objects.values("item_id")
    return items.filter(owner=reader.name).union(
        items.filter(role__in=roles),
        steps.filter(owner=reader.name),
        steps.filter(role__in=roles),
        steps.filter(above__in=roles),
    )


def _for(reader: Reader) -> Q:
    """What waits for the reader, as `domain.lifecycle.waits_for` says it of one item."""
    wanted = Q(now_owner=reader.name)
    for one in reader.rights.held:
        there = Q() if one.company_id is None else Q(company_id=one.company_id) | Q(company_id=None)
        wanted |= there & (Q(now_owner="", now_role=one.role) | Q(now_above=one.role))
    return wanted


def _place(after: str) -> tuple[date, int] | None:
    """Where a page goes on; None: at the beginning, also where the address says nothing sensible."""
    day, _, number = after.partition(".")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None
