"""What a list of contracts or orders was asked for, as the removable conditions above it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.lists import Chip
from huikuan.record.customers import queries
from huikuan.record.customers.queries import CustomerRow


def customer_asked(request: HttpRequest, query: Mapping[str, str] | None = None) -> CustomerRow | None:
    """The customer an address (or a view's `query`) names by code; refuses an unknown one, and one out of the
    reader's scope likewise."""
    code = (request.GET if query is None else query).get("customer", "")
    return queries.customer(code, scope=scope_of(request)) if code else None


def chips(customer: CustomerRow | None, **texts: str) -> list[Chip]:
    """The customer and the texts that narrow a list."""
    named = [Chip(f"{_('Customer')} {customer.name}", ("customer",))] if customer else []
    return [*named, *(Chip(text, (name,)) for name, text in texts.items() if text)]
