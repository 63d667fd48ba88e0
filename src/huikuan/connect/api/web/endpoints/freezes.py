"""Freezes of customers: which stand, asking for one, asking that one end."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Choice, Day, Maybe, Part, Record, Text, answered
from huikuan.connect.api.web.calls import Call, Endpoint, Reply
from huikuan.connect.api.web.endpoints.agreed import READS, REQUESTED, WHEN, WRITES, asked_for, newest_first
from huikuan.connect.api.web.endpoints.lookups import WHOSE, company_id, company_seen, customer_id, customer_of
from huikuan.connect.api.web.shapes import CODE, ID
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.record.promises.domain.freezing import KINDS
from huikuan.record.promises.operations.freezing import propose_freeze, propose_release
from huikuan.record.promises.queries.freezes import freezes
from huikuan.record.promises.telling import freeze_json

FREEZE = answered(
    id=ID, company=Text(20), customer=CODE, kind=Choice(KINDS), since=Day(), reason=Text(200), approved_by=Text(150),
    released_on=Maybe(Day()), released_because=Maybe(Text(200)),
)  # fmt: skip


def list_freezes(call: Call) -> Reply:
    """Freezes as they stood, the latest first."""
    scope, asked = call.caller.scope(READS), call.query
    rows = freezes(
        scope=scope,
        as_of=asked["as_of"] or business_date(call.at),
        standing=asked["show"] == "",
        company_id=company_id(asked["company"], scope),
        customer_id=customer_id(asked["customer"], scope),
    )
    return newest_first(call, rows, freeze_json)


def ask_freeze(call: Call) -> Reply:
    """Ask that nothing be supplied to a customer, or sold to it on credit."""
    scope, said = call.caller.scope(WRITES), call.body
    company = company_seen(said["company"], scope)
    request = propose_freeze(
        company=company,
        customer_id=customer_of(company, said["customer"], scope),
        kind=said["kind"],
        reason=said["reason"],
        actor=call.caller.actor,
        at=call.at,
    )
    return asked_for(request)


def ask_release(call: Call) -> Reply:
    """Ask that a freeze end; one that is out of reach is not there."""
    known = freezes(scope=call.caller.scope(WRITES), as_of=business_date(call.at))
    if call.path["id"] not in {row.id for row in known}:
        raise Refusal("not_found")
    request = propose_release(
        freeze_id=call.path["id"], reason=call.body["reason"], actor=call.caller.actor, at=call.at
    )
    return asked_for(request)


ENDPOINTS = (
    Endpoint(
        "listFreezes", "GET", "/freezes", gettext_noop("Freezes of customers as of any day, the latest first"), READS,
        list_freezes, FREEZE, paged=True,
        query=Record({
            **WHOSE, **WHEN,
            "show": Part(Choice(("", "all")), gettext_noop("those that stand if left out"), otherwise=""),
        }),
    ),
    Endpoint(
        "askFreeze", "POST", "/freezes", gettext_noop("Ask that a customer be frozen; another person approves it"),
        WRITES, ask_freeze, REQUESTED, status=201,
        body=Record({
            "company": Part(Text(20, 1), gettext_noop("a company's code"), required=True),
            "customer": Part(CODE, gettext_noop("a customer's code"), required=True),
            "kind": Part(Choice(KINDS), gettext_noop("no supply, or no credit"), required=True),
            "reason": Part(Text(200, 1), gettext_noop("why"), required=True),
        }),
    ),
    Endpoint(
        "askRelease", "POST", "/freezes/{id}/release",
        gettext_noop("Ask that a freeze end; another person approves it"), WRITES, ask_release, REQUESTED, status=201,
        params={"id": ID}, body=Record({"reason": Part(Text(200, 1), gettext_noop("why"), required=True)}),
    ),
)  # fmt: skip
