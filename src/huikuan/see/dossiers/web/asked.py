"""What the pages of customers were asked for: the books behind their amounts, the filter of the list."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.lists import (
    NONE,
    Chip,
    Column,
    Listing,
    Preset,
    numbers_in,
    picked,
    register,
    value_asked,
)
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.queries import CustomerRow, customer_with_id, seen
from huikuan.record.customers.queries.documents import DocumentRow, documents
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.customers.queries.people import ContactRow, contacts
from huikuan.record.customers.web import words
from huikuan.see.cockpit.queries.standing import home_currency
from huikuan.see.dossiers.queries.choosing import DIMENSIONS, ORDERS, CustomerFilter
from huikuan.see.dossiers.queries.standing import Books

#: What the list may be ordered by besides the code, as the reader is told.
ORDERED = {
    "name": gettext_noop("By name"),
    "open": gettext_noop("By open amount"),
    "overdue": gettext_noop("By overdue amount"),
}
LISTING = register(
    Listing(
        name="dossiers.customers",
        place="dossiers:customers",
        columns=(
            Column("group", gettext_noop("Group")),
            Column("owner", gettext_noop("Owner")),
            Column("region", gettext_noop("Region")),
            Column("credits", gettext_noop("Credits")),
            Column("data", gettext_noop("Data")),
        ),
        conditions=("q", "status", "class", *DIMENSIONS, "order"),
        presets=(
            Preset(gettext_noop("All"), {}),
            Preset(gettext_noop("Customers"), {"status": "customer"}),
            Preset(gettext_noop("Prospects"), {"status": "prospect"}),
            Preset(gettext_noop("Most overdue first"), {"order": "overdue"}),
        ),
    )
)


def books_of(request: HttpRequest) -> Books:
    """The books of the page's reading, in the company's currency (of all companies, the first one's)."""
    reading = reading_of(request)
    return Books(reading.as_of, reading.known, reading.company_id, home_currency(reading.company_id))


def found_customer(request: HttpRequest, customer_id: int) -> CustomerRow:
    """The customer of the address; one out of reach is not there."""
    try:
        return customer_with_id(customer_id, scope=scope_of(request, Permission.VIEW_CUSTOMERS))
    except Refusal as refusal:
        raise Http404 from refusal


def people_of(customer: CustomerRow, books: Books, *, scope: Scope, personal: Seen) -> list[ContactRow]:
    """The contacts of all customers of the scope that are one with this one, its own first; in clear those of
    customers that `personal` holds."""
    ones = _own_first(customer, books, scope)
    return [row for one in ones for row in contacts(one, clear=personal.has_customer(one))]


def papers_of(customer: CustomerRow, books: Books, *, scope: Scope) -> list[DocumentRow]:
    """Likewise their papers."""
    return [row for one in _own_first(customer, books, scope) for row in documents(one, books.as_of)]


def _own_first(customer: CustomerRow, books: Books, scope: Scope) -> list[int]:
    ones = one_with(customer.id, books.horizon, seen(scope))
    return sorted(ones, key=lambda one: (one != customer.id, one))


def filter_of(request: HttpRequest, query: Mapping[str, str] | None = None) -> CustomerFilter:
    """What the address asks for, or a view's `query`; of rows picked in a form, those alone."""
    asked, keys = request.GET if query is None else query, picked(request)
    status, value = asked.get("status", ""), asked.get("class", "")
    return CustomerFilter(
        status=status if status in words.STATUSES else None,
        text=asked.get("q", "").strip(),
        value_class="" if value == NONE else value if value in words.VALUE_CLASSES else None,
        ids=None if keys is None else numbers_in(keys),
        **{name: value_asked(asked.get(name, "")) for name in DIMENSIONS},
    )


def order_of(request: HttpRequest) -> str:
    """One of ORDERS; by code where the address names none."""
    order = request.GET.get("order", "")
    return order if order in ORDERS else "code"


def chips_of(chosen: CustomerFilter, order: str) -> list[Chip]:
    """The conditions, and an order that is not the usual one, as removable chips."""
    found = [Chip(_(ORDERED[order]), ("order",))] if order in ORDERED else []
    for name in DIMENSIONS:
        value = getattr(chosen, name)
        if value is not None:
            found.append(Chip(f"{_(words.DIMENSIONS[name])} {value or _('(none)')}", (name,)))
    if chosen.value_class is not None:
        named = words.VALUE_CLASSES.get(chosen.value_class)
        found.append(Chip(f"{_('Value class')} {_(named) if named else _('(none)')}", ("class",)))
    if chosen.text:
        found.append(Chip(chosen.text, ("q",)))
    return found
