"""Disputes: which stand, what became of one, and raising one, as a shop or a portal of one's own does."""

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
    Whole,
    answered,
)
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import WHOSE, company_id, customer_id
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID
from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.disputes.domain.life import OUTCOMES, REASONS, SOURCES, STATES, STEPS, TOLD
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.disputes.queries.disputes import dispute, steps_of
from huikuan.record.disputes.queries.listing import SHOWS, Asking, DisputeFilter, disputes_page
from huikuan.record.disputes.telling import dispute_json, step_json
from huikuan.record.receivables.queries.listing import listed_item

_VIEW, _RAISE = Permission.VIEW_LEDGER, Permission.COLLECT
_MANY = 1_000_000

_FILES = Listed(answered(name=Text(255), sha256=Text(64)), _MANY)
_WHOSE_MATTER: dict[str, Kind] = {
    "department": Text(40), "role": Maybe(Text(40)), "owner": Maybe(Text(150)), "answer_by": Day(),
    "outcome": Maybe(Choice(OUTCOMES)), "accepted": Maybe(Amount()), "credit_item": Maybe(ID), "note": Text(1_000),
    "files": _FILES, "actor": Text(150),
}  # fmt: skip
_PARTS: dict[str, Kind] = {
    "id": ID, "company": Text(20), "customer": CODE, "item": ID, "document_number": Text(60), "currency": CURRENCY,
    "amount": Amount(), "standing": Amount(), "reason": Choice(REASONS), "source": Choice(SOURCES),
    "said_by": Text(200), "business_type": Text(60), "opened_on": Day(), "state": Choice(STATES), "pauses": Flag(),
    "resolved_on": Maybe(Day()), **_WHOSE_MATTER,
}  # fmt: skip
DISPUTE = answered(**_PARTS)
_STEP = answered(number=Whole(1), step=Choice(STEPS), state=Choice(STATES), on=Day(), **_WHOSE_MATTER)
DISPUTE_WHOLE = answered(**_PARTS, steps=Listed(_STEP, _MANY))


def list_disputes(call: Call) -> Reply:
    """Disputes, the first to be answered first."""
    scope, asked = call.caller.scope(_VIEW), call.query
    chosen = DisputeFilter(
        show=asked["show"],
        reason=asked["reason"] or None,
        company_id=company_id(asked["company"], scope),
        customer_id=customer_id(asked["customer"], scope),
    )
    asking = Asking(scope, asked["as_of"] or business_date(call.at))
    page = disputes_page(chosen, asking, after=call.after, limit=call.limit)
    return Reply({"data": [dispute_json(row) for row in page.rows]}, next=[page.next] if page.next else None)


def show_dispute(call: Call) -> Reply:
    """One dispute with its steps."""
    scope, day = call.caller.scope(_VIEW), call.query["as_of"] or business_date(call.at)
    row = found(lambda: dispute(call.path["id"], scope=scope, day=day))
    return Reply({**dispute_json(row), "steps": [step_json(one, row.currency) for one in steps_of(row.id, day=day)]})


def create_dispute(call: Call) -> Reply:
    """Raise a dispute over an item."""
    scope, said = call.caller.scope(_RAISE), call.body
    subject = found(lambda: listed_item(call.path["id"], scope=scope)).item
    number = raise_dispute(
        company_id=subject.company_id,
        item_id=subject.id,
        amount=None if said["amount"] is None else to_minor(said["amount"], subject.currency),
        reason=said["reason"],
        note=said["note"],
        source=said["source"],
        said_by=said["said_by"],
        opened_on=said["opened_on"],
        actor=call.caller.actor,
        at=call.at,
    )
    return Reply(dispute_json(dispute(number, scope=scope)))


_WHEN = {"as_of": Part(Day(), gettext_noop("the day asked about; today if left out"))}

ENDPOINTS = (
    Endpoint(
        "listDisputes", "GET", "/disputes", gettext_noop("Disputes as of any day, the first to be answered first"),
        _VIEW, list_disputes, DISPUTE, paged=True,
        query=Record({
            **WHOSE, **_WHEN,
            "show": Part(Choice(SHOWS), gettext_noop("those not resolved if left out"), otherwise=""),
            "reason": Part(Choice(("", *REASONS)), gettext_noop("only this cause"), otherwise=""),
        }),
    ),
    Endpoint(
        "showDispute", "GET", "/disputes/{id}", gettext_noop("One dispute and what was done about it"), _VIEW,
        show_dispute, DISPUTE_WHOLE, params={"id": ID}, query=Record(_WHEN),
    ),
    Endpoint(
        "createDispute", "POST", "/items/{id}/disputes", gettext_noop("A customer does not accept an item"), _RAISE,
        create_dispute, DISPUTE, status=201, params={"id": ID},
        body=Record({
            "amount": Part(Amount(), gettext_noop("all that is open and not disputed yet if left out")),
            "reason": Part(Choice(REASONS), gettext_noop("decides whose matter it is"), required=True),
            "note": Part(Text(1_000), gettext_noop("in words"), otherwise=""),
            "said_by": Part(Text(200), gettext_noop("who at the customer"), otherwise=""),
            "source": Part(Choice(TOLD), gettext_noop("how it came in"), otherwise="api"),
            "opened_on": Part(Day(), gettext_noop("today if left out")),
        }),
    ),
)  # fmt: skip
