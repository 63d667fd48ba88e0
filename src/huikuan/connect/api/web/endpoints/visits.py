"""Visits to customers: the list, one whole, planning, being there, photographs, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.act.visits.domain.visits import (
    LARGEST_PHOTO,
    LONGEST_NOTE,
    LONGEST_PLACE,
    MOST_PHOTOS,
    OUTCOMES,
    PURPOSES,
    SIGHTS,
    Ended,
)
from huikuan.act.visits.operations import add_photo, check_in, finish_visit, plan_visit
from huikuan.act.visits.queries.visits import STATES, VisitFilter, VisitRow, photo_of, visit, visits_page
from huikuan.act.visits.telling import visit_json
from huikuan.connect.api.domain.fields import (
    Choice,
    Day,
    Instant,
    Listed,
    Maybe,
    Part,
    Record,
    Text,
    Whole,
    answered,
)
from huikuan.connect.api.web.calls import Call, Download, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.agreed import READS, WRITES
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
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.people import contact_of

_BYTES = "application/octet-stream"
_DEGREES = Text(12, 1, r"-?[0-9]{1,3}(\.[0-9]{1,6})?")
_SATISFACTION = Whole(1, 5)
_SIGHTS = Listed(Choice(SIGHTS), len(SIGHTS))

_ARRIVAL = answered(
    at=Instant(), place=Maybe(Text(LONGEST_PLACE)), latitude=Maybe(_DEGREES), longitude=Maybe(_DEGREES)
)
_OUTCOME = answered(
    outcome=Choice(OUTCOMES), on=Day(), sights=_SIGHTS, satisfaction=Maybe(_SATISFACTION), follow_up_on=Maybe(Day()),
    people=Maybe(Listed(Text(200))), others=Maybe(Text(100)), note=Maybe(Text(LONGEST_NOTE)), actor=Text(150),
)  # fmt: skip
_PHOTO = answered(id=ID, name=Text(255), media_type=Text(40), sha256=Text(64))
VISIT = answered(
    id=ID, company=Text(20), customer=CODE, on=Day(), visitor=Text(150), purpose=Choice(PURPOSES),
    note=Maybe(Text(LONGEST_NOTE)), follows=Maybe(ID), state=Choice(STATES), arrival=Maybe(_ARRIVAL),
    outcome=Maybe(_OUTCOME), photos=Listed(_PHOTO, MOST_PHOTOS), actor=Text(150), recorded_at=Instant(),
)  # fmt: skip


def list_visits(call: Call) -> Reply:
    """Visits to be made by their day, then those made."""
    scope, asked = call.caller.scope(READS), call.query
    chosen = VisitFilter(
        company_id=company_id(asked["company"], scope),
        customer_id=customer_id(asked["customer"], scope),
        state=asked["state"] or None,
        visitor=asked["visitor"] or None,
    )
    page = visits_page(chosen, scope=scope, after=int(call.after or 0), limit=call.limit)
    return Reply({"data": _told(call, page.rows)}, next=None if page.after is None else [page.after])


def show_visit(call: Call) -> Reply:
    """One visit whole."""
    return _answer(call, call.path["id"], READS)


def create_visit(call: Call) -> Reply:
    """Plan that somebody goes there."""
    scope, said = call.caller.scope(WRITES), call.body
    company = company_seen(said["company"], scope)
    number = plan_visit(
        customer_id=customer_of(company, said["customer"], scope),
        company_id=company.pk,
        planned_on=said["on"],
        visitor=said["visitor"] or call.caller.actor,
        purpose=said["purpose"],
        note=said["note"],
        follows=said["follows"],
        actor=call.caller.actor,
        at=call.at,
    )
    return _answer(call, number)


def arrive(call: Call) -> Reply:
    """Somebody stands there now."""
    said = call.body
    check_in(
        visit_id=_mine(call).id,
        place=said["place"],
        latitude_e6=_e6(said["latitude"]),
        longitude_e6=_e6(said["longitude"]),
        actor=call.caller.actor,
        at=call.at,
    )
    return _answer(call, call.path["id"])


def take_photo(call: Call) -> Reply:
    """A photograph, kept as it comes."""
    row, upload = _mine(call), call.upload
    pieces = upload.pieces() if upload else iter(())
    content = b""
    for piece in pieces:
        content += piece
        if len(content) > LARGEST_PHOTO:
            raise Refusal("visit_photo_too_large", most=LARGEST_PHOTO // 1024 // 1024)
    add_photo(visit_id=row.id, content=content, name=call.query["name"], actor=call.caller.actor, at=call.at)
    return _answer(call, row.id)


def send_photo(call: Call) -> Reply:
    """The original of a photograph."""
    scope = call.caller.scope(READS)
    row = found(lambda: photo_of(call.path["id"], call.path["photo"], scope=scope))
    return Reply({}, etag=f'"{row.sha256}"', file=Download(open_original(row.sha256), row.file_name, _BYTES))


def end(call: Call) -> Reply:
    """What came of it."""
    row, said = _mine(call), call.body
    ended = Ended(
        outcome=said["outcome"],
        note=said["note"],
        sights=tuple(dict.fromkeys(said["sights"])),
        people=tuple(_person(row.customer_id, number) for number in dict.fromkeys(said["people"])),
        others=said["others"],
        satisfaction=said["satisfaction"],
        follow_up_on=said["follow_up_on"],
    )
    finish_visit(visit_id=row.id, ended=ended, actor=call.caller.actor, at=call.at)
    return _answer(call, row.id)


def _mine(call: Call) -> VisitRow:
    """The visit in the address, if the caller collects from its customer."""
    return found(lambda: visit(call.path["id"], scope=call.caller.scope(WRITES)))


def _answer(call: Call, number: int, permission: Permission = WRITES) -> Reply:
    scope = call.caller.scope(permission)
    return Reply(_told(call, [found(lambda: visit(number, scope=scope))])[0])


def _told(call: Call, rows: Sequence[VisitRow]) -> list[dict[str, Any]]:
    """What is personal is told to whoever collects from the customer."""
    companies, customers = companies_known().codes, customer_codes(row.customer_id for row in rows)
    reach = seen(call.caller.scope(WRITES))
    return [visit_json(row, companies, customers, people=reach.has(row.company_id, row.customer_id)) for row in rows]


def _person(customer: int, number: int) -> int:
    return contact_of(customer, number, clear=False).id


def _e6(degrees: str | None) -> int | None:
    return None if degrees is None else int(Decimal(degrees) * 1_000_000)


_ONE = {"id": ID}

ENDPOINTS = (
    Endpoint(
        "listVisits", "GET", "/visits", gettext_noop("Visits: those to be made by their day, then those made"), READS,
        list_visits, VISIT, paged=True,
        query=Record({
            **WHOSE,
            "state": Part(Choice(("", *STATES)), gettext_noop("only in this state"), otherwise=""),
            "visitor": Part(Text(150), gettext_noop("only of this user"), otherwise=""),
        }),
    ),
    Endpoint(
        "showVisit", "GET", "/visits/{id}", gettext_noop("One visit: where it stands and what came of it"), READS,
        show_visit, VISIT, params=_ONE,
    ),
    Endpoint(
        "createVisit", "POST", "/visits", gettext_noop("Plan a visit; it stands in its visitor's inbox"), WRITES,
        create_visit, VISIT, status=201,
        body=Record({
            "company": Part(Text(20, 1), gettext_noop("a company's code"), required=True),
            "customer": Part(CODE, gettext_noop("a customer's code"), required=True),
            "on": Part(Day(), required=True),
            "visitor": Part(Text(150), gettext_noop("the caller if left out"), otherwise=""),
            "purpose": Part(Choice(PURPOSES), required=True),
            "note": Part(Text(LONGEST_NOTE), gettext_noop("in words"), otherwise=""),
            "follows": Part(ID, gettext_noop("the visit it returns to")),
        }),
    ),
    Endpoint(
        "checkIn", "POST", "/visits/{id}/arrival", gettext_noop("Somebody stands there now; said once"), WRITES,
        arrive, VISIT, status=201, params=_ONE,
        body=Record({
            "place": Part(Text(LONGEST_PLACE), gettext_noop("where, in words; or coordinates"), otherwise=""),
            "latitude": Part(_DEGREES, gettext_noop("in degrees")),
            "longitude": Part(_DEGREES, gettext_noop("in degrees")),
        }),
    ),
    Endpoint(
        "addVisitPhoto", "POST", "/visits/{id}/photos", gettext_noop("A photograph, kept as it comes"), WRITES,
        take_photo, VISIT, status=201, params=_ONE, file=True,
        query=Record({"name": Part(Text(255, 1), gettext_noop("what the file is called"), required=True)}),
    ),
    Endpoint(
        "showVisitPhoto", "GET", "/visits/{id}/photos/{photo}", gettext_noop("A photograph as it came"), READS,
        send_photo, Record({}), params={**_ONE, "photo": ID}, sends=_BYTES,
    ),
    Endpoint(
        "finishVisit", "POST", "/visits/{id}/outcome", gettext_noop("What came of a visit; said once"), WRITES, end,
        VISIT, status=201, params=_ONE,
        body=Record({
            "outcome": Part(Choice(OUTCOMES), required=True),
            "sights": Part(_SIGHTS, gettext_noop("what one saw there"), otherwise=()),
            "people": Part(Listed(ID, 20), gettext_noop("whom of the contacts one met, by number"), otherwise=()),
            "others": Part(Text(100), gettext_noop("whom else, by name"), otherwise=""),
            "satisfaction": Part(_SATISFACTION),
            "follow_up_on": Part(Day()),
            "note": Part(Text(LONGEST_NOTE), gettext_noop("in words"), otherwise=""),
        }),
    ),
)  # fmt: skip
