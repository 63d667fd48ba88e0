"""The list of requests, by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.domain.lifecycle import PENDING
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.queries.desks import waiting_for
from huikuan.mechanisms.approvals.queries.requests import RequestRow, ended, request, rows_of, seen_by
from huikuan.mechanisms.identity.actors import CLI
from huikuan.mechanisms.identity.domain.scope import Scope

WAITING, OWN = "waiting", "own"
_SLICE = 500


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, at which instant, and the rows they reach."""

    name: str
    scope: Scope
    at: datetime


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which requests: those the reader may decide now (`waiting`), made (`own`), or all they see; '' and None: any."""

    show: str = ""
    state: str = ""
    kind: str = ""
    company_id: int | None = None
    ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, of `count`; `next` is where the following ones begin, None after the last."""

    rows: list[RequestRow]
    count: int
    next: int | None


def requests_page(chosen: Chosen, reader: Reader, *, after: int | None = None, limit: int) -> Page:
    """The requests below `after`, `limit` at a time."""
    found = _chosen(chosen, reader)
    rows = found if after is None else found.filter(pk__lt=after)
    records = list(rows[: limit + 1])
    following = records[limit - 1].pk if len(records) > limit else None
    return Page(rows_of(records[:limit]), found.count(), following)


def request_for(request_id: int, reader: Reader) -> RequestRow:
    """One request; refuses an unknown one and one out of reach alike. What waits for the reader is in reach, also by
    somebody else's right."""
    try:
        return request(request_id, me=reader.name, scope=reader.scope)
    except Refusal:
        for row in waiting_for(reader.name, at=reader.at):
            if row.id == request_id:
                return row
        raise


def every_request(chosen: Chosen, reader: Reader) -> Iterator[RequestRow]:
    """All of them, read in slices."""
    after: int | None = None
    while True:
        page = requests_page(chosen, reader, after=after, limit=_SLICE)
        yield from page.rows
        if page.next is None:
            return
        after = page.next


def _chosen(chosen: Chosen, reader: Reader) -> QuerySet[ApprovalRequest]:
    found = seen_by(reader.name, reader.scope)
    if chosen.show == WAITING:
        waits = [row.id for row in waiting_for(reader.name, at=reader.at)]
        found = ApprovalRequest.objects.filter(pk__in=waits)
    elif chosen.show == OWN:
        found = ApprovalRequest.objects.filter(maker__in=[reader.name, CLI + reader.name])
    if chosen.state == PENDING:
        found = found.exclude(pk__in=ended())
    elif chosen.state:
        found = found.filter(pk__in=ended(chosen.state))
    if chosen.kind:
        found = found.filter(kind=chosen.kind)
    if chosen.company_id is not None:
        found = found.filter(company_id=chosen.company_id)
    if chosen.ids is not None:
        found = found.filter(pk__in=chosen.ids)
    return found.order_by("-pk")
