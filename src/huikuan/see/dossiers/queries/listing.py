"""The list of customers: who matches, page by page, each with what it owes and how complete its data are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from huikuan.mechanisms.columns.queries import one_view
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.models import Affiliation
from huikuan.record.customers.queries import CustomerRow, row_of, seen
from huikuan.record.customers.queries import groups as every_group
from huikuan.record.customers.queries.quality import Quality, quality_of
from huikuan.see.dossiers.queries.choosing import CustomerFilter, in_order, matching
from huikuan.see.dossiers.queries.standing import Balance, Books, balances

#: Rows read at a time when all are wanted.
_AT_ONCE = 2_000


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
    chosen: CustomerFilter,
    books: Books,
    *,
    scope: Scope,
    ledger: Scope,
    order: str = "code",
    after: str = "",
    limit: int = 50,
) -> Page:
    """Customers of the scope in an order of `choosing.ORDERS`; amounts as far as `ledger`, the reader's scope over
    the books, reaches."""
    with one_view():
        rows = matching(chosen, books, scope)
        found = list(islice(in_order(rows, order, books, ledger, after=after, at_once=limit + 1), limit + 1))
        listed = _listed([row_of(one) for one in found[:limit]], books, ledger)
        return Page(tuple(listed), rows.count(), listed[-1].customer.code if len(found) > limit else "")


def count_customers(chosen: CustomerFilter, books: Books, *, scope: Scope) -> int:
    """How many match."""
    return matching(chosen, books, scope).count()


def every_customer(
    chosen: CustomerFilter, books: Books, *, scope: Scope, ledger: Scope, order: str = "code"
) -> Iterator[Listed]:
    """All of them, as `customers_page`, a few thousand at a time."""
    rows = in_order(matching(chosen, books, scope), order, books, ledger, at_once=_AT_ONCE)
    while part := [row_of(one) for one in islice(rows, _AT_ONCE)]:
        yield from _listed(part, books, ledger)


def _listed(rows: list[CustomerRow], books: Books, ledger: Scope) -> list[Listed]:
    theirs = seen(ledger)
    ids = [row.id for row in rows]
    sums = {} if ledger.nothing else balances(books, scope=ledger, customer_ids=ids)
    quality = quality_of(rows, books.as_of)
    names = {one.code: one.name for one in every_group()}
    return [
        Listed(
            row,
            quality[row.id],
            names.get(quality[row.id].belongs.get(Affiliation.Dimension.GROUP, ""), ""),
            sums.get(row.id, Balance()) if theirs.has_customer(row.id) else None,
        )
        for row in rows
    ]
