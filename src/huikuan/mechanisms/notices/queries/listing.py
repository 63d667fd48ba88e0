"""The list of notices, by page; what of a customer; what is in doubt; how many are in each state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, QuerySet

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.reaching import one_with, reached
from huikuan.mechanisms.notices.channels import known_channels, lacking
from huikuan.mechanisms.notices.domain.lifecycle import BOUNCED, CANCELLED, IN_DOUBT, QUEUED, REFUSED
from huikuan.mechanisms.notices.domain.wanted import LETTER
from huikuan.mechanisms.notices.models import Notice, NoticeStand
from huikuan.mechanisms.notices.queries.rows import NoticeRow, notices, row_of

UNDELIVERED = (REFUSED, BOUNCED)
_SLICE = 500
_MOST = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which notices; None and '': any. `state` may be `undelivered`: refused or come back. `case`: exactly this one,
    or every one that begins so where it ends in ':'."""

    state: str = ""
    channel: str = ""
    purpose: str = ""
    case: str = ""
    company_id: int | None = None
    customer_id: int | None = None
    ids: frozenset[int] | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the newest first, of `count`; `next` is where the following ones begin, '' after the last."""

    rows: tuple[NoticeRow, ...]
    count: int
    next: str


def notices_page(chosen: Chosen, scope: Scope, *, after: str = "", limit: int) -> Page:
    """The notices that follow `after`, `limit` at a time."""
    found = _chosen(chosen, scope)
    before = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    rows, more = _slice(found, before, limit)
    return Page(rows, found.count(), str(rows[-1].id) if more else "")


def every_notice(chosen: Chosen, scope: Scope) -> Iterator[NoticeRow]:
    """All of them, read in slices."""
    for rows in notices_in_slices(chosen, scope):
        yield from rows


def notices_in_slices(chosen: Chosen, scope: Scope) -> Iterator[tuple[NoticeRow, ...]]:
    """All of them, the newest first, some hundred at a time: for who has more to ask of each."""
    found, before, more = _chosen(chosen, scope), None, True
    while more:
        rows, more = _slice(found, before, _SLICE)
        yield rows
        before = rows[-1].id if rows else None


def _slice(found: QuerySet[Notice], before: int | None, limit: int) -> tuple[tuple[NoticeRow, ...], bool]:
    """The newest of them with an id below `before` (None: any), and whether more follow."""
    rows = found.order_by("-pk")
    records = list((rows if before is None else rows.filter(pk__lt=before))[: limit + 1])
    return tuple(row_of(one) for one in records[:limit]), len(records) > limit


def of_customer(
    customer_id: int, scope: Scope, *, company_id: int | None = None, limit: int = _MOST
) -> tuple[NoticeRow, ...]:
    """The notices to one customer, and to those it was merged with, the newest first."""
    found = notices(scope).filter(customer_id__in=one_with(customer_id))
    if company_id is not None:
        found = found.filter(company_id=company_id)
    return tuple(row_of(one) for one in found.order_by("-pk")[:limit])


def in_doubt(scope: Scope, *, company_id: int | None = None) -> tuple[NoticeRow, ...]:
    """What may have gone out and nobody knows: the oldest first. A person says of each what became of it."""
    found = notices(scope).filter(stand__state=IN_DOUBT)
    if company_id is not None:
        found = found.filter(company_id=company_id)
    return tuple(row_of(one) for one in found.order_by("stand__changed_at", "pk"))


def taken_out(
    scope: Scope, *, since: datetime, waited: timedelta, company_id: int | None = None, limit: int
) -> tuple[NoticeRow, ...]:
    """The letters cancelled after `since` that had waited longer than that, the one cancelled last first."""
    found = _chosen(Chosen(state=CANCELLED, channel=LETTER, company_id=company_id), scope)
    lately = found.filter(stand__changed_at__gt=since).filter(stand__changed_at__gt=F("recorded_at") + waited)
    return tuple(row_of(one) for one in lately.order_by("-stand__changed_at", "-pk")[:limit])


def counts(scope: Scope, *, company_id: int | None = None) -> dict[str, int]:
    """How many notices are in each state."""
    found = reached(NoticeStand.objects.all(), scope)
    if company_id is not None:
        found = found.filter(company_id=company_id)
    return dict(found.order_by().values_list("state").annotate(Count("pk")))


def of_step(*, company_id: int, case: str, step: str) -> NoticeRow | None:
    """The notice of a step of a case; of several channels the last. For who queued it, whatever a reader reaches."""
    found = Notice.objects.select_related("stand").filter(company_id=company_id, case=case, step=step)
    last = found.order_by("-pk").first()
    return row_of(last) if last else None


@dataclass(frozen=True, slots=True)
class Stuck:
    """A channel that is not set up: what the environment does not say, and how many notices are due and wait."""

    channel: str
    lacking: tuple[str, ...]
    count: int


def stuck(scope: Scope, *, at: datetime, company_id: int | None = None) -> tuple[Stuck, ...]:
    """The channels by which something is due and nothing can go out, since they are not set up."""
    unset = {name: missing for name in known_channels() if (missing := lacking(name))}
    due = reached(NoticeStand.objects.all(), scope).filter(state=QUEUED, due_at__lte=at, channel__in=list(unset))
    if company_id is not None:
        due = due.filter(company_id=company_id)
    found = due.order_by().values_list("channel").annotate(Count("pk"))
    return tuple(Stuck(name, unset[name], count) for name, count in sorted(found))


@dataclass(frozen=True, slots=True)
class Ahead:
    """So many notices wait for their hour; the first may go at `first`."""

    count: int
    first: datetime


def ahead(scope: Scope, *, at: datetime) -> Ahead | None:
    """What is queued and not due yet: quiet time, caps or a later day; None: nothing is."""
    later = reached(NoticeStand.objects.all(), scope).filter(state=QUEUED, due_at__gt=at)
    found = later.order_by().aggregate(count=Count("pk"), first=Min("due_at"))
    return Ahead(found["count"], found["first"]) if found["count"] else None


def _chosen(chosen: Chosen, scope: Scope) -> QuerySet[Notice]:
    rows = notices(scope)
    for name in ("channel", "purpose", "company_id"):
        if value := getattr(chosen, name):
            rows = rows.filter(**{name: value})
    if chosen.state:
        rows = rows.filter(stand__state__in=UNDELIVERED if chosen.state == "undelivered" else [chosen.state])
    if chosen.customer_id is not None:
        rows = rows.filter(customer_id__in=one_with(chosen.customer_id))
    if chosen.case:
        rows = rows.filter(**{"case__startswith" if chosen.case.endswith(":") else "case": chosen.case})
    if chosen.ids is not None:
        rows = rows.filter(pk__in=chosen.ids)
    return rows.filter(recorded_at__gte=chosen.since) if chosen.since else rows
