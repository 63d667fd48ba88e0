"""The day's collecting: who should get what and why, what is held back, holding back and letting go on."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop

from huikuan.act.collection.bodies import day_json, hold_json
from huikuan.act.collection.domain.strategy import CHANNELS
from huikuan.act.collection.operations.holding import LONGEST, hold, release
from huikuan.act.collection.queries.holds import HoldRow, hold_company, holds
from huikuan.act.collection.queries.preview import preview
from huikuan.connect.api.domain.fields import Choice, Day, Listed, Maybe, Part, Record, Text, answered
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.agreed import MANY, READS, WRITES, newest_first
from huikuan.connect.api.web.endpoints.lookups import company_seen, customer_id, customer_of
from huikuan.connect.api.web.shapes import CODE, ID
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.record.receivables.queries.listing import listed_item

_ROW = answered(
    customer=CODE, document_no=Text(60), step=Text(60), channel=Choice(CHANNELS), template=Text(60), reason=Text(500)
)
_EXCLUDED = answered(document_no=Text(60), reason=Text(500))
DAY = answered(date=Day(), rows=Listed(_ROW, MANY), excluded=Listed(_EXCLUDED, MANY))
HOLD = answered(
    hold=ID, customer=CODE, document_no=Text(60), reason=Text(LONGEST), until=Maybe(Day()), **{"from": Day()}
)
RELEASED = answered(hold=ID, released_on=Day())


def show_preview(call: Call) -> Reply:
    """What a run for the day would do; nothing is written."""
    scope = call.caller.scope(READS)
    company = company_seen(call.query["company"], scope)
    on = call.query["date"] or business_date(call.at, company.time_zone)
    found_then = preview(company, on, scope=scope, at=call.at)
    return Reply(day_json(on, found_then.rows, found_then.excluded))


def list_holds(call: Call) -> Reply:
    """What is held back today, the newest first."""
    scope, asked = call.caller.scope(READS), call.query
    company = company_seen(asked["company"], scope)
    whose = customer_id(asked["customer"], scope)
    rows = holds(company.pk, _today(company.pk, call), scope=scope, customer_id=whose)
    return newest_first(call, rows, hold_json)


def create_hold(call: Call) -> Reply:
    """Hold collecting back, of a customer or of one item of it."""
    scope, said = call.caller.scope(WRITES), call.body
    company = company_seen(said["company"], scope)
    whose = customer_of(company, said["customer"], scope)
    number = hold(
        company=company,
        customer_id=whose,
        item_id=None if said["item"] is None else _item_of(call, company, whose),
        reason=said["reason"],
        until=said["until"],
        actor=call.caller.actor,
        at=call.at,
    )
    return Reply(hold_json(_standing(call, company.pk, number)))


def release_hold(call: Call) -> Reply:
    """Collecting goes on from today."""
    number = call.path["id"]
    company_id = found(lambda: hold_company(number, scope=call.caller.scope(WRITES)))
    _standing(call, company_id, number)
    release(hold_id=number, reason=call.body["reason"], actor=call.caller.actor, at=call.at)
    return Reply({"hold": number, "released_on": _today(company_id, call).isoformat()})


def _item_of(call: Call, company: Company, customer: int) -> int:
    item = found(lambda: listed_item(call.body["item"], scope=call.caller.scope(WRITES))).item
    if (item.company_id, item.customer_id) != (company.pk, customer):
        raise Refusal("not_found")
    return int(item.id)


def _standing(call: Call, company_id: int, number: int) -> HoldRow:
    """The hold, if it stands and the caller collects from its customer; else nothing is there."""
    rows = holds(company_id, _today(company_id, call), scope=call.caller.scope(WRITES))
    row = next((one for one in rows if one.id == number), None)
    if row is None:
        raise Refusal("not_found")
    return row


def _today(company_id: int, call: Call) -> date:
    return business_date(call.at, company_zone(company_id))


_COMPANY = Part(Text(20, 1), gettext_noop("a company's code"), required=True)

ENDPOINTS = (
    Endpoint(
        "showPreview", "GET", "/collection/preview",
        gettext_noop("Who gets what on a day and why, and who does not; nothing is written"), READS, show_preview, DAY,
        query=Record({"company": _COMPANY, "date": Part(Day(), gettext_noop("today if left out"))}),
    ),
    Endpoint(
        "listHolds", "GET", "/collection/holds", gettext_noop("What is held back today, the newest first"), READS,
        list_holds, HOLD, paged=True,
        query=Record({
            "company": _COMPANY,
            "customer": Part(Text(40), gettext_noop("a customer's code"), otherwise=""),
        }),
    ),
    Endpoint(
        "createHold", "POST", "/collection/holds",
        gettext_noop("Hold collecting back, of a customer with all it owes or of one item"), WRITES, create_hold, HOLD,
        status=201,
        body=Record({
            "company": _COMPANY,
            "customer": Part(CODE, gettext_noop("a customer's code"), required=True),
            "item": Part(ID, gettext_noop("all it owes if left out")),
            "reason": Part(Text(LONGEST, 1), gettext_noop("why"), required=True),
            "until": Part(Day(), gettext_noop("the last day; until it is released if left out")),
        }),
    ),
    Endpoint(
        "releaseHold", "POST", "/collection/holds/{id}/release", gettext_noop("Let collecting go on"), WRITES,
        release_hold, RELEASED, status=201, params={"id": ID},
        body=Record({"reason": Part(Text(LONGEST), gettext_noop("why"), otherwise="")}),
    ),
)  # fmt: skip
