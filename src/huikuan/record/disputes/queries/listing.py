"""The list of disputes: which, whose, until when, over how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from huikuan.kernel.text import spellings
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.disputes.domain.life import RESOLVED, STATES, WAITING
from huikuan.record.disputes.models import Dispute
from huikuan.record.disputes.queries.disputes import STEP_COLUMNS, DisputeRow, rows_of
from huikuan.record.disputes.queries.standing import with_state
from huikuan.record.receivables.models import Item

_AT_ONCE = 1_000
#: What can be shown: not resolved (''), a state, those late, every one.
STANDING, LATE, ALL = "", "late", "all"
SHOWS = (STANDING, *STATES, LATE, ALL)


@dataclass(frozen=True, slots=True)
class Waiting:
    """For whom it waits: by name, or for a role nobody of which was named."""

    names: frozenset[str]
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class DisputeFilter:
    """Which disputes: SHOWS; None where it does not narrow, '' those without. `since`, `until`: raised in these days,
    both included; `waiting`: those that wait for somebody; `text` in document, note, customer or whoever said it."""

    show: str = STANDING
    reason: str | None = None
    department: str | None = None
    business_type: str | None = None
    outcome: str | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""
    waiting: Waiting | None = None
    company_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, of which day, as known below a horizon (None: now)."""

    scope: Scope
    day: date
    known: int | None = None


@dataclass(frozen=True, slots=True)
class DisputePage:
    """Rows, the first to be answered first, of `count`; `sums`: currency → (disputed, still disputed) of all that
    match; `next`: where the following ones begin, '' at the end."""

    rows: list[DisputeRow]
    count: int
    sums: dict[str, tuple[int, int]]
    next: str


def disputes_page(chosen: DisputeFilter, asking: Asking, *, after: str = "", limit: int) -> DisputePage:
    """The disputes after `after`, `limit` at a time."""
    rows = matching(chosen, asking)
    found = _after(rows, after, limit + 1)
    following = _place(found[limit - 1]) if len(found) > limit else ""
    sums = rows.values("currency").order_by("currency").annotate(over=Sum("amount"), still=Sum("now_amount"))
    return DisputePage(
        rows_of(found[:limit]),
        rows.aggregate(count=Count("pk"))["count"],
        {one["currency"]: (one["over"], one["still"]) for one in sums},
        following,
    )


def every_dispute(chosen: DisputeFilter, asking: Asking) -> Iterator[DisputeRow]:
    """All that match, in the order of `disputes_page`, a thousand at a time."""
    after = ""
    while found := _after(matching(chosen, asking), after, _AT_ONCE):
        yield from rows_of(found)
        after = _place(found[-1])


def departments_said(asking: Asking) -> list[str]:
    """The departments disputes are with or were resolved by, each once."""
    rows = with_state(narrowed(Dispute.objects.all(), seen(asking.scope)), asking.day, asking.known, ("department",))
    return sorted({one for one in rows.values_list("now_department", flat=True) if one})


def matching(chosen: DisputeFilter, asking: Asking) -> QuerySet[Any]:
    """The disputes that match and are reached, as they stand on the day."""
    rows = narrowed(Dispute.objects.filter(opened_on__lte=asking.day), seen(asking.scope))
    plain = {"company_id": chosen.company_id, "reason": chosen.reason, "business_type": chosen.business_type}
    rows = rows.filter(**{name: value for name, value in plain.items() if value is not None})
    if chosen.customer_id is not None:
        rows = rows.filter(customer_id__in=one_with(chosen.customer_id))
    if chosen.since is not None:
        rows = rows.filter(opened_on__gte=chosen.since)
    if chosen.until is not None:
        rows = rows.filter(opened_on__lte=chosen.until)
    if chosen.text:
        rows = rows.filter(_found_by(chosen.text))
    stated = with_state(rows, asking.day, asking.known, STEP_COLUMNS)
    return _by_step(stated, chosen, asking.day)


def _by_step(rows: QuerySet[Any], chosen: DisputeFilter, day: date) -> QuerySet[Any]:
    """Narrowed by what the last step says."""
    if chosen.show in STATES:
        rows = rows.filter(now_state=chosen.show)
    elif chosen.show == STANDING:
        rows = rows.exclude(now_state=RESOLVED)
    elif chosen.show == LATE:
        rows = rows.filter(now_state=WAITING, now_due_on__lt=day)
    if chosen.department is not None:
        rows = rows.filter(now_department=chosen.department)
    if chosen.outcome is not None:
        rows = rows.filter(now_state=RESOLVED, now_outcome=chosen.outcome)
    if chosen.waiting is not None:
        by_role = Q(now_owner="", now_role__in=chosen.waiting.roles)
        rows = rows.filter(Q(now_owner__in=chosen.waiting.names) | by_role, now_state=WAITING)
    return rows


def _found_by(text: str) -> Q:
    condition = Q()
    for spelling in spellings(text):
        named_so = Customer.objects.filter(Q(name__icontains=spelling) | Q(code__icontains=spelling))
        documents = Item.objects.filter(document_number__icontains=spelling)
        condition |= Q(note__icontains=spelling) | Q(said_by__icontains=spelling)
        condition |= Q(customer_id__in=named_so.values("id")) | Q(item_id__in=documents.values("id"))
    return condition


def _after(rows: QuerySet[Any], after: str, limit: int) -> list[Any]:
    """After a place `2026-05-01.17`: deadline and id."""
    day, _, number = after.partition(".")
    if number.isdecimal():
        rows = rows.filter(Q(now_due_on__gt=day) | Q(now_due_on=day, pk__gt=int(number)))
    return list(rows.order_by("now_due_on", "pk")[:limit])


def _place(one: Any) -> str:
    return f"{one.now_due_on.isoformat()}.{one.pk}"
