"""Codes and ids: programs name companies and customers by code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Part, Text
from huikuan.connect.api.web.calls import Call, found
from huikuan.connect.api.web.shapes import Codes
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.audit.queries import head_at
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import companies
from huikuan.record.customers.queries import customer, customers_by_id, seen
from huikuan.record.receivables.queries.listing import listed_item

#: What narrows every list.
WHOSE = {
    "company": Part(Text(20), gettext_noop("a company's code"), otherwise=""),
    "customer": Part(Text(40), gettext_noop("a customer's code"), otherwise=""),
}


@dataclass(frozen=True, slots=True)
class Companies:
    """Every company's code and currency by id."""

    codes: Codes
    currencies: Codes


def companies_known() -> Companies:
    """Asked for once per answer."""
    rows = companies()
    return Companies({row.id: row.code for row in rows}, {row.id: row.currency for row in rows})


def customer_codes(ids: Iterable[int | None]) -> dict[int, str]:
    """Customer id → code."""
    return {number: row.code for number, row in customers_by_id({one for one in ids if one}).items()}


def company_id(code: str, scope: Scope) -> int | None:
    """The company's id, None for none named; refuses one of which nothing is seen like one that does not exist."""
    return company_seen(code, scope).pk if code else None


def company_seen(code: str, scope: Scope) -> Company:
    """The company's record, likewise."""
    known = Company.objects.filter(code=code).first()
    if known is None or (scope.companies is not None and known.pk not in scope.companies):
        raise Refusal("company_unknown", company=code)
    return known


def customer_id(code: str, scope: Scope) -> int | None:
    """The customer's id, None for none named; refuses one outside the scope like one that does not exist."""
    if not code:
        return None
    try:
        return customer(code, scope=scope).id
    except Refusal:
        raise Refusal("customer_code_unknown", customer=code) from None


def customer_of(company: Company, code: str, scope: Scope) -> int:
    """The customer's id, to write on their rows of the company; refuses one out of reach like one that does not
    exist."""
    whose = customer_id(code, scope)
    if whose is None or not seen(scope).has(company.pk, whose):
        raise Refusal("customer_code_unknown", customer=code)
    return whose


def seen_item(call: Call, item_id: int, permission: Permission) -> int:
    """An item named in an address on whose rows the caller may do this; else nothing is there."""
    return found(lambda: listed_item(item_id, scope=call.caller.scope(permission))).item.id


def head_named(call: Call) -> Head | None:
    """The last head sealed at or before `known_at`; None where no instant was named."""
    known_at = call.query.get("known_at")
    if known_at is None:
        return None
    head = head_at(known_at)
    if head is None:
        raise Refusal("reading_not_sealed", at=known_at.isoformat())
    return head
