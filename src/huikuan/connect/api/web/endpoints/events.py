"""The feed of events, and who is calling."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Listed, Part, Record, Text
from huikuan.connect.api.queries import events_seen
from huikuan.connect.api.web.calls import Call, Endpoint, Reply
from huikuan.connect.api.web.endpoints.lookups import companies_known, customer_codes
from huikuan.connect.api.web.shapes import EVENT, WHO, event_json, instant
from huikuan.mechanisms.events.queries import BEGINNING, events_after
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import companies

KIND = Text(60, 1, r"[a-z_]+\.[a-z_]+")


def list_events(call: Call) -> Reply:
    """What happened, in the order in which it became known. The last page gives a cursor too: go on from there."""
    rows = events_seen(call.caller.scope, call.query["kinds"])
    after = (int(call.place[0]), int(call.place[1])) if call.place else BEGINNING
    events = events_after(rows, after=after, limit=call.limit)
    codes, customers = companies_known().codes, customer_codes(event.customer_id for event in events)
    following = (events[-1].tx, events[-1].id) if events else after
    return Reply({"data": [event_json(event, codes, customers) for event in events]}, next=list(following))


def show_caller(call: Call) -> Reply:
    """Whose token this is, what it is for, and the companies anything is seen of."""
    caller = call.caller
    scopes = [caller.scope(permission).companies for permission in Permission if caller.allows(permission)]
    every = None in scopes
    known = {one for scope in scopes for one in scope or ()}
    shown = [row for row in companies() if every or row.id in known]
    return Reply(
        {
            "username": caller.token.username,
            "token": caller.token.name,
            "areas": list(caller.token.areas),
            "expires_at": instant(caller.token.expires_at),
            "companies": [
                {"code": row.code, "name": row.name, "currency": row.currency, "time_zone": row.time_zone}
                for row in shown
            ],
        }
    )


READS = (
    Endpoint(
        "showCaller", "GET", "/me", gettext_noop("Whose token this is and what it may see"), None, show_caller, WHO
    ),
    Endpoint(
        "listEvents", "GET", "/events", gettext_noop("What happened, in the order it became known"), None,
        list_events, EVENT, paged=True,
        query=Record({"kinds": Part(Listed(KIND, 20, 1), gettext_noop("only these kinds, separated by commas"))}),
    ),
)  # fmt: skip
