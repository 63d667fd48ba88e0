"""Which customers a list holds, and in which order: decided by the database, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.models import Affiliation, Customer
from huikuan.record.customers.queries import among, belonging, named_like, seen, standing_seen
from huikuan.record.customers.queries.merging import merged
from huikuan.record.customers.queries.people import of_class
from huikuan.see.dossiers.queries.standing import Books, most_first

DIMENSIONS = tuple(Affiliation.Dimension.values)
#: What a list may be ordered by; those of money the highest first, what comes to nothing last and by code.
ORDERS = ("code", "name", "open", "overdue")
_MONEY = ("open", "overdue")
#: Of the ranked customers, so many are first compared with the conditions; then four times as many, and so on.
_AT_FIRST = 200


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers. None does not narrow; '' of a dimension or the value class finds those without one.
    `ids`: these alone."""

    status: str | None = None
    text: str = ""
    value_class: str | None = None
    group: str | None = None
    owner: str | None = None
    region: str | None = None
    business_type: str | None = None
    ids: frozenset[int] | None = None


def matching(chosen: CustomerFilter, books: Books, scope: Scope) -> QuerySet[Customer]:
    """The customers of the scope that match on the books' day."""
    rows = _named(seen(scope), chosen.text, books.horizon)
    if chosen.status is not None:
        rows = rows.filter(status=chosen.status)
    if chosen.ids is not None:
        rows = rows.filter(pk__in=among(chosen.ids))
    for dimension in DIMENSIONS:
        wanted = getattr(chosen, dimension)
        if wanted is not None:
            rows = belonging(rows, dimension=dimension, value=wanted, day=books.as_of)
    return rows if chosen.value_class is None else of_class(rows, chosen.value_class)


def _named(theirs: Seen, text: str, horizon: int) -> QuerySet[Customer]:
    """The customers seen that are found by the text, or under which one is shown that is."""
    rows = standing_seen(theirs, horizon)
    if not text:
        return rows
    under = merged(horizon, theirs)
    others = named_like(Customer.objects.filter(pk__in=among(under)), text).values_list("pk", flat=True)
    return named_like(rows, text) | rows.filter(pk__in=[under[one] for one in others])


def in_order(
    rows: QuerySet[Customer], order: str, books: Books, ledger: Scope, *, after: str = "", at_once: int
) -> Iterator[Customer]:
    """The customers in one of ORDERS, those behind the code `after`, read so many at once as they are taken; amounts
    as far as `ledger`, the reader's scope over the books, reaches."""
    if order in _MONEY and not ledger.nothing:
        yield from _by_money(rows, most_first(books, order, scope=ledger), after, at_once)
    else:
        yield from _by_field(rows, "name" if order == "name" else "code", after, at_once)


def _by_money(rows: QuerySet[Customer], ranked: list[int], after: str, at_once: int) -> Iterator[Customer]:
    last = Customer.objects.filter(code=after).values_list("pk", flat=True).first() if after else None
    places = {customer_id: place for place, customer_id in enumerate(ranked, 1)}
    if last is None or last in places:
        yield from _some_at_a_time(rows, ranked[places.get(last or 0, 0) :])
        after = ""
    yield from _by_field(rows.exclude(pk__in=among(ranked)), "code", after, at_once)


def _some_at_a_time(rows: QuerySet[Customer], ranked: list[int]) -> Iterator[Customer]:
    start, many = 0, _AT_FIRST
    while start < len(ranked):
        part = ranked[start : start + many]
        found = {one.pk: one for one in rows.filter(pk__in=among(part))}
        yield from (found[one] for one in part if one in found)
        start, many = start + many, many * 4


def _by_field(rows: QuerySet[Customer], field: str, after: str, at_once: int) -> Iterator[Customer]:
    ordered = rows.order_by(field, "code") if field != "code" else rows.order_by("code")
    while part := list(_behind(ordered, after, field)[:at_once]):
        yield from part
        if len(part) < at_once:
            return
        after = part[-1].code


def _behind(rows: QuerySet[Customer], after: str, field: str) -> QuerySet[Customer]:
    """Those behind the customer with the code `after` in order of a field, then code."""
    if not after:
        return rows
    if field == "code":
        return rows.filter(code__gt=after)
    place = Customer.objects.filter(code=after).values_list(field, flat=True).first() or ""
    return rows.filter(Q(**{f"{field}__gt": place}) | Q(**{field: place, "code__gt": after}))
