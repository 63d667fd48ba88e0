"""Customers: list, one, create, change."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Choice, Day, Kind, Part, Record, Text
from huikuan.connect.api.web.answering import matches
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import customer_codes
from huikuan.connect.api.web.shapes import CODE, CUSTOMER, CUSTOMER_WHOLE, customer_json
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import change_customer, create_customer
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
    others = customer_codes(one for row in rows for one in (row.parent_id, row.merged_into_id))
    return Reply({"data": [customer_json(row, others) for row in rows]}, next=[rows[-1].code] if more else None)


def show_customer(call: Call) -> Reply:
    """One customer, and whose it is as of a day."""
    row = found(lambda: customer(call.path["code"], scope=call.caller.scope(Permission.VIEW_CUSTOMERS)))
    return Reply(whole(row, call), etag=version_tag(row))


def whole(row: CustomerRow, call: Call) -> dict[str, Any]:
    """A customer with its affiliations, a merged one with those of the customer it is shown under; '' where there
    is none."""
    whose = affiliations_of(row.merged_into_id or row.id, call.query.get("as_of") or business_date(call.at))
    said = customer_json(row, customer_codes([row.parent_id, row.merged_into_id]))
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


def create(call: Call) -> Reply:
    """Create a customer in the register, which all companies share."""
    _require_register(call)
    said = {name: value for name, value in call.body.items() if name != "parent"}
    create_customer(master=Master(**said, parent_code=call.body["parent"]), actor=call.caller.actor, at=call.at)
    row = customer(plain(call.body["code"]), scope=EVERYTHING)
    return Reply(whole(row, call), etag=version_tag(row))


def change(call: Call) -> Reply:
    """Change a customer as it was read."""
    _require_register(call)
    row = found(lambda: customer(call.path["code"], scope=call.caller.scope(Permission.MANAGE_CUSTOMERS)))
    if not matches(call.if_match, version_tag(row)):
        raise Refusal("precondition_failed")
    said = {name: value for name, value in call.body.items() if value is not None}
    if "parent" in said:
        said["parent_code"] = said.pop("parent")
    change_customer(code=row.code, version=row.version, changes=said, actor=call.caller.actor, at=call.at)
    row = customer(row.code, scope=EVERYTHING)
    return Reply(whole(row, call), etag=version_tag(row))


def _require_register(call: Call) -> None:
    """The register is one for all companies: whoever manages customers of one company, or some, changes none."""
    if not call.caller.scope(Permission.MANAGE_CUSTOMERS).everything:
        raise Refusal("token_area_missing", permission=Permission.MANAGE_CUSTOMERS.value)


_STATED: dict[str, Kind] = {
    "name": Text(200, 1), "short_name": Text(100), "english_name": Text(200), "uscc": Text(18),
    "uscc_override_reason": Text(200), "industry": Text(100), "parent": Text(40),
    "status": Choice(("prospect", "customer")),
}  # fmt: skip

WRITES = (
    Endpoint(
        "createCustomer", "POST", "/customers", gettext_noop("Create a customer"), Permission.MANAGE_CUSTOMERS,
        create, CUSTOMER_WHOLE, status=201,
        body=Record({
            "code": Part(CODE, required=True),
            **{
                name: Part(kind, required=name == "name", otherwise="customer" if name == "status" else "")
                for name, kind in _STATED.items()
            },
        }),
    ),
    Endpoint(
        "changeCustomer", "PATCH", "/customers/{code}", gettext_noop("Change a customer as it was read (If-Match)"),
        Permission.MANAGE_CUSTOMERS, change, CUSTOMER_WHOLE, params={"code": CODE}, versioned=True,
        body=Record({name: Part(kind) for name, kind in _STATED.items()}),
    ),
)  # fmt: skip
