"""The register of bills: which, in which state, how much; and what matures when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from huikuan.kernel.dates import month_end
from huikuan.kernel.text import spellings
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.bills.domain.life import HELD, PASSED_ON
from huikuan.record.bills.models import Bill
from huikuan.record.bills.queries.bills import BillRow, named, with_state
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.customers.queries.merging import one_with

_AT_ONCE = 1_000
#: Groups of states that are asked for together.
GROUPS: dict[str, tuple[str, ...]] = {"held": HELD, "passed_on": PASSED_ON}


@dataclass(frozen=True, slots=True)
class BillFilter:
    """Which bills: a state or group of states ('' any but split ones), a kind, maturing from and until, text in
    number, drawer, acceptor or customer, of one company, of one customer."""

    state: str = ""
    kind: str = ""
    text: str = ""
    matures_from: date | None = None
    matures_until: date | None = None
    company_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class BillPage:
    """Rows, the first to mature first, of `count`; `sums`: currency → face of all that match; `next`: where the
    following ones begin, '' at the end."""

    rows: list[BillRow]
    count: int
    sums: dict[str, int]
    next: str


@dataclass(frozen=True, slots=True)
class Maturing:
    """What matures from `first` to `last`, both included, in one currency."""

    first: date
    last: date
    currency: str
    count: int
    amount: int


def bills_page(
    chosen: BillFilter, *, scope: Scope, day: date, known: int | None = None, after: str = "", limit: int
) -> BillPage:
    """The bills after `after`, `limit` at a time."""
    rows = matching(chosen, scope=scope, day=day, known=known)
    found = _after(rows, after, limit + 1)
    following = _place(found[limit - 1]) if len(found) > limit else ""
    sums = rows.values("currency").order_by("currency").annotate(face=Sum("amount"))
    return BillPage(
        named(found[:limit]),
        rows.aggregate(count=Count("pk"))["count"],
        {one["currency"]: one["face"] for one in sums},
        following,
    )


def every_bill(chosen: BillFilter, *, scope: Scope, day: date, known: int | None = None) -> Iterator[BillRow]:
    """All that match, in the order of `bills_page`, a thousand at a time."""
    after = ""
    while found := _after(matching(chosen, scope=scope, day=day, known=known), after, _AT_ONCE):
        yield from named(found)
        after = _place(found[-1])


def maturing(
    *, scope: Scope, day: date, known: int | None = None, by: str, company_id: int | None = None
) -> list[Maturing]:
    """What is held on `day` by when it matures: by day, week (from Monday) or month; nothing between is left out, and
    what has matured and is not paid stands first."""
    held = matching(BillFilter(state="held", company_id=company_id), scope=scope, day=day, known=known)
    sums: dict[tuple[date, date, str], tuple[int, int]] = {}
    for matures_on, currency, count, amount in (
        held.values("matures_on", "currency")
        .order_by("matures_on", "currency")
        .annotate(count=Count("pk"), face=Sum("amount"))
        .values_list("matures_on", "currency", "count", "face")
    ):
        key = (*span_of(matures_on, by), currency)
        before = sums.get(key, (0, 0))
        sums[key] = (before[0] + count, before[1] + amount)
    return [Maturing(*key, *found) for key, found in sorted(sums.items())]


def span_of(day: date, by: str) -> tuple[date, date]:
    """The day itself, its week from Monday, or its month."""
    if by == "month":
        return day.replace(day=1), month_end(day)
    if by == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    return day, day


def matching(chosen: BillFilter, *, scope: Scope, day: date, known: int | None = None) -> QuerySet[Any]:
    """The bills that match and are reached, as they stand on the day."""
    bills = narrowed(Bill.objects.all(), seen(scope))
    if chosen.company_id is not None:
        bills = bills.filter(company_id=chosen.company_id)
    if chosen.customer_id is not None:
        bills = bills.filter(customer_id__in=one_with(chosen.customer_id))
    if chosen.kind:
        bills = bills.filter(kind=chosen.kind)
    if chosen.matures_from is not None:
        bills = bills.filter(matures_on__gte=chosen.matures_from)
    if chosen.matures_until is not None:
        bills = bills.filter(matures_on__lte=chosen.matures_until)
    if chosen.text:
        bills = bills.filter(_found_by(chosen.text))
    stated = with_state(bills, day, known)
    if chosen.state:
        return stated.filter(state__in=GROUPS.get(chosen.state, (chosen.state,)))
    return stated.exclude(state="split")


def _found_by(text: str) -> Q:
    condition = Q()
    for spelling in spellings(text):
        named_so = Customer.objects.filter(Q(name__icontains=spelling) | Q(code__icontains=spelling))
        condition |= Q(number__icontains=spelling) | Q(acceptor__icontains=spelling) | Q(drawer__icontains=spelling)
        condition |= Q(customer_id__in=named_so.values("id"))
    return condition


def _after(rows: QuerySet[Any], after: str, limit: int) -> list[Any]:
    """After a place `2026-05-01.17`: maturity and id."""
    matures_on, _, number = after.partition(".")
    if number.isdecimal():
        rows = rows.filter(Q(matures_on__gt=matures_on) | Q(matures_on=matures_on, pk__gt=int(number)))
    return list(rows.order_by("matures_on", "pk")[:limit])


def _place(one: Any) -> str:
    return f"{one.matures_on.isoformat()}.{one.pk}"
