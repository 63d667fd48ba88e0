"""What a list of contracts or orders was asked for, as the removable conditions above it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.pages.access import scope_of
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import register_seen, seen


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition in words, and the address's names that make it."""

    text: str
    names: tuple[str, ...]


def customer_asked(request: HttpRequest) -> Customer | None:
    """The customer an address names by code; refuses an unknown one, and one outside the reader's scope."""
    code = request.GET.get("customer", "")
    if not code:
        return None
    found = register_seen(seen(scope_of(request))).filter(code=code).first()
    if found is None:
        raise Refusal("customer_unknown", customer=code)
    return found


def chips(customer: Customer | None, **texts: str) -> list[Chip]:
    """The customer and the texts that narrow a list."""
    named = [Chip(f"{_('Customer')} {customer.name}", ("customer",))] if customer else []
    return [*named, *(Chip(text, (name,)) for name, text in texts.items() if text)]
