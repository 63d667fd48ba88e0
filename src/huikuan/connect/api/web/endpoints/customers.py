"""Customers: list, one, create, change."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Choice, Day, Part, Record, Text
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import customer_codes
from huikuan.connect.api.web.shapes import CODE, CUSTOMER, CUSTOMER_WHOLE, customer_json
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.customers.queries import CustomerRow, affiliations_of, customer, customers, find

_DIMENSIONS = ("group", "owner", "region", "business_type")


def list_customers(call: Call) -> Reply:
    """Customers by code; those found where `q` is given, all on one page."""
    scope, asked = call.caller.scope(Permission.VIEW_CUSTOMERS), call.query
    if asked["q"]:
        rows, more = find(asked["q"], scope=scope, limit=call.limit), False
    else:
        after = str(call.place[0]) if call.place else ""
        rows = customers(scope=scope, after=after, limit=call.limit + 1, status=asked["status"])
        rows, more = rows[: call.limit], len(rows) > call.limit
    parents = customer_codes(row.parent_id for row in rows)
    return Reply({"data": [customer_json(row, parents) for row in rows]}, next=[rows[-1].code] if more else None)


def show_customer(call: Call) -> Reply:
    """One customer, and whose it is as of a day."""
    row = found(lambda: customer(call.path["code"], scope=call.caller.scope(Permission.VIEW_CUSTOMERS)))
    return Reply(whole(row, call), etag=version_tag(row))


def whole(row: CustomerRow, call: Call) -> dict[str, Any]:
    """A customer with its affiliations; '' where there is none."""
    whose = affiliations_of(row.id, call.query.get("as_of") or business_date(call.at))
    said = customer_json(row, customer_codes([row.parent_id]))
    return {**said, "affiliations": {name: whose.get(name, "") for name in _DIMENSIONS}}


def version_tag(row: CustomerRow) -> str:
    """What If-Match has to say to change this customer."""
    return f'"{row.id}-{row.version}"'


READS = (
    Endpoint(
        "listCustomers", "GET", "/customers", gettext_noop("Customers in order of code"),
        Permission.VIEW_CUSTOMERS, list_customers, CUSTOMER, paged=True,
        query=Record({
            "q": Part(Text(100), gettext_noop("part of a code, name, former name or USCC; one page"), otherwise=""),
            "status": Part(Choice(("prospect", "customer")), gettext_noop("only these"), otherwise=""),
        }),
    ),
    Endpoint(
        "showCustomer", "GET", "/customers/{code}", gettext_noop("One customer, and whose it is"),
        Permission.VIEW_CUSTOMERS, show_customer, CUSTOMER_WHOLE, params={"code": CODE},
        query=Record({"as_of": Part(Day(), gettext_noop("whose it was on this day; today if left out"))}),
    ),
)  # fmt: skip
