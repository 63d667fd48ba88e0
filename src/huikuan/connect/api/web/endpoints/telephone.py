"""Calls with customers: the list, and writing one down, as a telephone system does."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.act.visits.domain.calls import LONGEST_NOTE, RESULTS
from huikuan.act.visits.operations import record_call
from huikuan.act.visits.queries.calls import CallFilter, CallRow, calls_page
from huikuan.act.visits.telling import call_json
from huikuan.connect.api.domain.fields import Choice, Day, Flag, Instant, Maybe, Part, Record, Text, answered
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.agreed import WRITES
from huikuan.connect.api.web.endpoints.lookups import (
    WHOSE,
    companies_known,
    company_id,
    company_seen,
    customer_codes,
    customer_id,
    customer_of,
)
from huikuan.connect.api.web.shapes import CODE, ID
from huikuan.record.customers.queries.people import contact_of

CALL = answered(
    id=ID, company=Text(20), customer=CODE, person=Maybe(Text(200)), result=Choice(RESULTS), incoming=Flag(), on=Day(),
    again_on=Maybe(Day()), note=Text(LONGEST_NOTE), actor=Text(150), recorded_at=Instant(),
)  # fmt: skip


def list_calls(call: Call) -> Reply:
    """Calls, the last written down first, with what was said: for whoever collects."""
    scope, asked = call.caller.scope(WRITES), call.query
    chosen = CallFilter(
        company_id=company_id(asked["company"], scope),
        customer_id=customer_id(asked["customer"], scope),
        result=asked["result"],
        since=asked["since"],
        until=asked["until"],
    )
    before = int(call.after) if call.after else None
    rows = calls_page(chosen, scope=scope, before=before, limit=call.limit + 1)
    page = rows[: call.limit]
    return Reply({"data": _told(page)}, next=[page[-1].id] if len(rows) > len(page) else None)


def create_call(call: Call) -> Reply:
    """Write a call down that was made just now."""
    scope, said = call.caller.scope(WRITES), call.body
    company = company_seen(said["company"], scope)
    whose = customer_of(company, said["customer"], scope)
    person = None if said["person"] is None else found(lambda: contact_of(whose, said["person"], clear=False)).id
    number = record_call(
        customer_id=whose,
        company_id=company.pk,
        person_id=person,
        result=said["result"],
        note=said["note"],
        again_on=said["again_on"],
        incoming=said["incoming"],
        actor=call.caller.actor,
        at=call.at,
    )
    [row] = calls_page(CallFilter(customer_id=whose), scope=scope, before=number + 1, limit=1)
    return Reply(_told([row])[0])


def _told(rows: list[CallRow]) -> list[dict[str, object]]:
    companies, customers = companies_known().codes, customer_codes(row.customer_id for row in rows)
    return [call_json(row, companies, customers) for row in rows]


ENDPOINTS = (
    Endpoint(
        "listCalls", "GET", "/calls", gettext_noop("Calls with customers, the last written down first"), WRITES,
        list_calls, CALL, paged=True,
        query=Record({
            **WHOSE,
            "result": Part(Choice(("", *RESULTS)), gettext_noop("only with this result"), otherwise=""),
            "since": Part(Day(), gettext_noop("of this day or later")),
            "until": Part(Day(), gettext_noop("of this day or earlier")),
        }),
    ),
    Endpoint(
        "createCall", "POST", "/calls",
        gettext_noop("A call made just now; a promise or a dispute is written down at its own address"), WRITES,
        create_call, CALL, status=201,
        body=Record({
            "company": Part(Text(20, 1), gettext_noop("a company's code"), required=True),
            "customer": Part(CODE, gettext_noop("a customer's code"), required=True),
            "result": Part(Choice(RESULTS), required=True),
            "person": Part(ID, gettext_noop("the contact's number at the customer")),
            "note": Part(Text(LONGEST_NOTE), gettext_noop("in words"), otherwise=""),
            "again_on": Part(Day(), gettext_noop("when to call again; needed for “again”")),
            "incoming": Part(Flag(), gettext_noop("they called, or had asked to be called"), otherwise=False),
        }),
    ),
)  # fmt: skip
