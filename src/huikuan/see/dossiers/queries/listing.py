"""The list of customers: who matches, page by page, each with what it owes and how complete its data are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.models import Affiliation, Customer
from huikuan.record.customers.queries import (
    CustomerRow,
    affiliation_as_of,
    named_like,
    row_of,
    seen,
    standing_seen,
)
from huikuan.record.customers.queries import groups as every_group
from huikuan.record.customers.queries.merging import merged
from huikuan.record.customers.queries.people import care_by_customer
from huikuan.record.customers.queries.quality import Quality, quality_of
from huikuan.see.dossiers.queries.standing import Balance, Books, balances

DIMENSIONS = tuple(Affiliation.Dimension.values)


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """Which customers. None does not narrow; '' of a dimension or the value class finds those without one."""

    status: str | None = None
    text: str = ""
    value_class: str | None = None
    group: str | None = None
    owner: str | None = None
    region: str | None = None
    business_type: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One customer of the list. `group` is its name; `balance` None: the reader does not see its books."""

    customer: CustomerRow
    quality: Quality
    group: str
    balance: Balance | None


@dataclass(frozen=True, slots=True)
class Page:
    """`next`: the code to pass as `after` for the following rows, '' at the end."""

    rows: tuple[Listed, ...]
    count: int
    next: str


def customers_page(
    chosen: CustomerFilter, books: Books, *, scope: Scope, ledger: Scope, after: str = "", limit: int = 50
) -> Page:
    """Customers of the scope in order of code; amounts as far as `ledger`, the reader's scope over the books,
    reaches."""
    matching = _matching(chosen, books, scope)
    found = list(matching.filter(code__gt=after).order_by("code")[: limit + 1])
    rows = _listed([row_of(one) for one in found[:limit]], books, ledger)
    return Page(tuple(rows), matching.count(), rows[-1].customer.code if len(found) > limit else "")


def every_customer(chosen: CustomerFilter, books: Books, *, scope: Scope, ledger: Scope) -> Iterator[Listed]:
    """All of them, as `customers_page`."""
    found = [row_of(one) for one in _matching(chosen, books, scope).order_by("code")]
    yield from _listed(found, books, ledger, whole=True)


def _matching(chosen: CustomerFilter, books: Books, scope: Scope) -> QuerySet[Customer]:
    rows = _named(seen(scope), chosen.text, books.horizon)
    if chosen.status is not None:
        rows = rows.filter(status=chosen.status)
    for dimension in DIMENSIONS:
        wanted = getattr(chosen, dimension)
        if wanted is not None:
            values = affiliation_as_of(books.as_of, dimension=dimension)
            rows = _with(rows, {one for one, value in values.items() if not wanted or value == wanted}, wanted)
    if chosen.value_class is not None:
        classes = {one: care.value_class for one, care in care_by_customer().items() if care.value_class}
        wanted = chosen.value_class
        rows = _with(rows, {one for one, value in classes.items() if not wanted or value == wanted}, wanted)
    return rows


def _named(theirs: Seen, text: str, horizon: int) -> QuerySet[Customer]:
    """The customers seen that are found by the text, or under which one is shown that is."""
    rows = standing_seen(theirs, horizon)
    if not text:
        return rows
    under = merged(horizon, theirs)
    others = named_like(Customer.objects.filter(pk__in=under), text).values_list("pk", flat=True)
    return named_like(rows, text) | rows.filter(pk__in=[under[one] for one in others])


def _with(rows: QuerySet[Customer], ids: set[int], wanted: str) -> QuerySet[Customer]:
    """Those of `ids`; for no value wanted, the others: `ids` then are all that have one."""
    return rows.filter(pk__in=ids) if wanted else rows.exclude(pk__in=ids)


def _listed(rows: list[CustomerRow], books: Books, ledger: Scope, *, whole: bool = False) -> list[Listed]:
    theirs = seen(ledger)
    ids = [row.id for row in rows]
    sums = {} if ledger.nothing else balances(books, scope=ledger, customer_ids=None if whole else ids)
    quality = quality_of(rows, books.as_of)
    groups = affiliation_as_of(books.as_of, dimension=Affiliation.Dimension.GROUP, customer_ids=None if whole else ids)
    names = {one.code: one.name for one in every_group()}
    return [
        Listed(
            row,
            quality[row.id],
            names.get(groups.get(row.id, ""), ""),
            sums.get(row.id, Balance()) if theirs.has_customer(row.id) else None,
        )
        for row in rows
    ]
