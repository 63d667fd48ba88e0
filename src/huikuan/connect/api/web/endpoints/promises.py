"""Promises to pay: what was promised by when and what became of it, and writing one down."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Amount, Choice, Day, Kind, Listed, Maybe, Part, Record, Text, answered
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import WHOSE, company_id, customer_id
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.promises.domain.promising import HEARD, SOURCES, STATES
from huikuan.record.promises.operations.promising import promise_payment
from huikuan.record.promises.queries.promises import PromiseFilter, promise, promises_page
from huikuan.record.promises.telling import promise_json
from huikuan.record.receivables.queries.listing import listed_item

_VIEW, _WRITE = Permission.VIEW_LEDGER, Permission.COLLECT
_MANY = 1_000_000

_PART: dict[str, Kind] = {
    "item": ID, "document": Text(60), "amount": Amount(), "paid": Amount(), "paid_late": Amount(),
    "settled_otherwise": Amount(), "state": Choice(STATES),
}  # fmt: skip
PROMISE = answered(
    id=ID, company=Text(20), customer=CODE, currency=CURRENCY, amount=Amount(), paid=Amount(), awaited=Amount(),
    said_on=Day(), by=Day(), until=Day(), source=Choice(SOURCES), state=Choice(STATES), replaced_by=Maybe(ID),
    note=Text(200), parts=Listed(answered(**_PART), _MANY),
)  # fmt: skip


def list_promises(call: Call) -> Reply:
    """Promises, the first to be paid first."""
    scope, asked = call.caller.scope(_VIEW), call.query
    chosen = PromiseFilter(
        state=asked["state"],
        by_from=asked["since"],
        by_until=asked["until"],
        company_id=company_id(asked["company"], scope),
        customer_id=customer_id(asked["customer"], scope),
    )
    day = asked["as_of"] or business_date(call.at)
    page = promises_page(chosen, scope=scope, as_of=day, after=call.after, limit=call.limit)
    return Reply({"data": [promise_json(row) for row in page.rows]}, next=[page.next] if page.next else None)


def show_promise(call: Call) -> Reply:
    """One promise, claim by claim."""
    scope, day = call.caller.scope(_VIEW), call.query["as_of"] or business_date(call.at)
    return Reply(promise_json(found(lambda: promise(call.path["id"], scope=scope, as_of=day))))


def create_promise(call: Call) -> Reply:
    """Write a promise down about one or several items of one customer."""
    scope, said = call.caller.scope(_WRITE), call.body
    items = [found(partial(listed_item, part["item"], scope=scope)).item for part in said["parts"]]
    if not items:
        raise Refusal("promise_claims_missing")
    amounts = [to_minor(part["amount"], item.currency) for part, item in zip(said["parts"], items, strict=True)]
    number = promise_payment(
        customer_id=items[0].customer_id,
        company_id=items[0].company_id,
        parts=[(item.id, amount) for item, amount in zip(items, amounts, strict=True)],
        by=said["by"],
        said_by=said["said_by"],
        source=said["source"],
        note=said["note"],
        actor=call.caller.actor,
        at=call.at,
    )
    return Reply(promise_json(promise(number, scope=scope, as_of=business_date(call.at))))


_WHEN = {"as_of": Part(Day(), gettext_noop("the day asked about; today if left out"))}
_SAID_PART = Record({"item": Part(ID, required=True), "amount": Part(Amount(), required=True)})

ENDPOINTS = (
    Endpoint(
        "listPromises", "GET", "/promises",
        gettext_noop("Promises to pay as of any day, the first to be paid first"), _VIEW, list_promises, PROMISE,
        paged=True,
        query=Record({
            **WHOSE, **_WHEN,
            "state": Part(Choice(("", *STATES)), gettext_noop("only in this state"), otherwise=""),
            "since": Part(Day(), gettext_noop("to be paid on this day or later")),
            "until": Part(Day(), gettext_noop("to be paid on this day or earlier")),
        }),
    ),
    Endpoint(
        "showPromise", "GET", "/promises/{id}", gettext_noop("One promise, claim by claim"), _VIEW, show_promise,
        PROMISE, params={"id": ID}, query=Record(_WHEN),
    ),
    Endpoint(
        "createPromise", "POST", "/promises",
        gettext_noop("A customer promises to pay; an open promise about the same items is replaced"), _WRITE,
        create_promise, PROMISE, status=201,
        body=Record({
            "parts": Part(Listed(_SAID_PART, 200), gettext_noop("so much of each item"), required=True),
            "by": Part(Day(), gettext_noop("by when"), required=True),
            "said_by": Part(Text(200), gettext_noop("who at the customer"), otherwise=""),
            "source": Part(Choice(HEARD), gettext_noop("how it was heard"), otherwise="other"),
            "note": Part(Text(200), otherwise=""),
        }),
    ),
)  # fmt: skip
