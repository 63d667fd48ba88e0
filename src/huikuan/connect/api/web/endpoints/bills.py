"""The register of bills, to be read: which, in which state, as of any day."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    Kind,
    Listed,
    Maybe,
    Part,
    Record,
    Text,
    answered,
)
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import WHOSE, company_id, customer_id
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.bills.domain.classes import CLASSES
from huikuan.record.bills.domain.life import MOVES, STATES
from huikuan.record.bills.domain.numbers import KINDS
from huikuan.record.bills.queries.bills import bill, events_of
from huikuan.record.bills.queries.listing import GROUPS, BillFilter, bills_page
from huikuan.record.bills.telling import bill_json, move_json

_VIEW = Permission.VIEW_LEDGER
_MANY = 1_000_000

_PARTS: dict[str, Kind] = {
    "id": ID, "company": Text(20), "customer": CODE, "kind": Choice(KINDS), "number": Text(40), "range": Text(60),
    "currency": CURRENCY, "amount": Amount(), "drawer": Text(200), "acceptor": Text(200),
    "class": Choice(tuple(CLASSES)), "issued_on": Day(), "matures_on": Day(), "received_on": Day(),
    "transferable": Flag(), "state": Choice(STATES), "since": Day(), "recourse": Flag(),
    "counterparty": Maybe(Text(200)), "parent": Maybe(ID), "credit_item": ID, "debit_item": ID, "note": Text(200),
}  # fmt: skip
BILL = answered(**_PARTS)
_MOVE = answered(
    move=Choice(MOVES), state=Choice(STATES), on=Day(), effective_on=Day(), counterparty=Maybe(Text(200)),
    cost=Maybe(Amount()), net=Maybe(Amount()), item=Maybe(ID), note=Text(200), actor=Text(150),
)  # fmt: skip
BILL_WHOLE = answered(**_PARTS, moves=Listed(_MOVE, _MANY))


def list_bills(call: Call) -> Reply:
    """Bills, the first to mature first."""
    scope, asked = call.caller.scope(_VIEW), call.query
    chosen = BillFilter(
        state=asked["state"],
        kind=asked["kind"],
        matures_from=asked["since"],
        matures_until=asked["until"],
        company_id=company_id(asked["company"], scope),
        customer_id=customer_id(asked["customer"], scope),
    )
    day = asked["as_of"] or business_date(call.at)
    page = bills_page(chosen, scope=scope, day=day, after=call.after, limit=call.limit)
    return Reply({"data": [bill_json(row) for row in page.rows]}, next=[page.next] if page.next else None)


def show_bill(call: Call) -> Reply:
    """One bill with its moves."""
    scope, day = call.caller.scope(_VIEW), call.query["as_of"] or business_date(call.at)
    row = found(lambda: bill(call.path["id"], scope=scope, day=day))
    return Reply({**bill_json(row), "moves": [move_json(one, row.currency) for one in events_of(row.id, day=day)]})


_WHEN = {"as_of": Part(Day(), gettext_noop("the day asked about; today if left out"))}

READS = (
    Endpoint(
        "listBills", "GET", "/bills", gettext_noop("Bills and cheques as of any day, the first to mature first"),
        _VIEW, list_bills, BILL, paged=True,
        query=Record({
            **WHOSE, **_WHEN,
            "state": Part(
                Choice(("", *GROUPS, *STATES)), gettext_noop("only in this state, or in this group of states"),
                otherwise="",
            ),
            "kind": Part(Choice(("", *KINDS)), gettext_noop("only this kind"), otherwise=""),
            "since": Part(Day(), gettext_noop("maturing on this day or later")),
            "until": Part(Day(), gettext_noop("maturing on this day or earlier")),
        }),
    ),
    Endpoint(
        "showBill", "GET", "/bills/{id}", gettext_noop("One bill and what was done with it"), _VIEW, show_bill,
        BILL_WHOLE, params={"id": ID}, query=Record(_WHEN),
    ),
)  # fmt: skip
