"""What was asked for and is decided by others: the list, one request whole, deciding it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Flag,
    Instant,
    Listed,
    Maybe,
    Part,
    Record,
    Table,
    Text,
    answered,
)
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import companies_known, company_id, customer_codes
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID, Codes, instant
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.approvals import operations, queries
from huikuan.mechanisms.approvals.domain.lifecycle import STATES
from huikuan.mechanisms.approvals.kinds import Described, kind_named
from huikuan.mechanisms.approvals.queries import Chosen, Reader, RequestRow, StepRow
from huikuan.mechanisms.identity.domain.roles import Permission

_VIEW, _APPROVE = Permission.VIEW_REQUESTS, Permission.APPROVE_REQUESTS
_LONGEST = 500
_SAID = Listed(answered(label=Text(200), value=Text(2_000)))
_DIGEST = Text(64, 64, "[0-9a-f]{64}")

REQUEST = answered(
    id=ID, kind=Text(60), title=Text(100), subject=Text(100), company=Maybe(Text(20)), customer=Maybe(CODE),
    amount=Maybe(Amount()), currency=Maybe(CURRENCY), measured_total=Maybe(Amount()),
    measure_currency=Maybe(CURRENCY), off_policy=Flag(), note=Text(10_000), maker=Text(150), submitted_at=Instant(),
    state=Choice(STATES), put_to=Maybe(Text(40)), deadline=Maybe(Instant()), replaces=Maybe(ID), digest=_DIGEST,
)  # fmt: skip
_STEP = answered(
    step=Text(20), at=Instant(), actor=Text(150), role=Text(40), for_whom=Text(150), own=Flag(), comment=Text(10_000)
)
REQUEST_WHOLE = answered(
    **{name: part.kind for name, part in REQUEST.parts.items()},
    shown=Table(), facts=_SAID, beside=_SAID, route=Listed(Listed(Text(40))), history=Listed(_STEP),
)  # fmt: skip


def list_requests(call: Call) -> Reply:
    """The requests the caller sees, the newest first."""
    asked = call.query
    chosen = Chosen(
        show=asked["show"],
        state=asked["state"],
        kind=asked["kind"],
        company_id=company_id(asked["company"], call.caller.scope(_VIEW)),
    )
    after = int(call.after) if call.after else None
    page = queries.requests_page(chosen, _reader(call), after=after, limit=call.limit)
    companies, customers = companies_known().codes, customer_codes(row.customer_id for row in page.rows)
    told = [_told(row, companies, customers) for row in page.rows]
    return Reply({"data": told}, next=None if page.next is None else [page.next])


def show_request(call: Call) -> Reply:
    """What is asked, what stands beside it now, its route and what became of it."""
    return Reply(_whole(call, _found(call)))


def decide(call: Call) -> Reply:
    """Approve what is named by its digest, return it to its maker, or take one's own back."""
    row, said = _found(call), call.body
    about = {"request_id": row.id, "comment": said["comment"], "actor": call.caller.actor, "at": call.at}
    deeds: dict[str, Callable[[], object]] = {
        "approve": lambda: operations.approve_request(digest=said["digest"], **about),
        "return": lambda: operations.return_request(**about),
        "withdraw": lambda: operations.withdraw_request(**about),
    }
    if said["digest"] != row.digest:
        raise Refusal("request_not_as_shown", request=row.id)
    deeds[said["decision"]]()
    return Reply(_whole(call, _found(call)))


def _found(call: Call) -> RequestRow:
    return found(lambda: queries.request_for(call.path["id"], _reader(call)))


def _reader(call: Call) -> Reader:
    return Reader(call.caller.actor, call.caller.scope(_VIEW), call.at)


def _told(row: RequestRow, companies: Codes, customers: Codes) -> dict[str, Any]:
    same = ("id", "kind", "subject", "off_policy", "note", "maker", "state", "digest")
    return {
        **{name: getattr(row, name) for name in same},
        "title": _(kind_named(row.kind).title),
        "company": companies.get(row.company_id or 0),
        "customer": customers.get(row.customer_id or 0),
        "amount": None if row.amount is None else to_text(row.amount, row.currency),
        "currency": row.currency or None,
        "measured_total": None if row.measured_total is None else to_text(row.measured_total, row.measure_currency),
        "measure_currency": row.measure_currency or None,
        "submitted_at": instant(row.submitted_at),
        "put_to": row.role or None,
        "deadline": instant(row.deadline) if row.deadline else None,
        "replaces": row.replaces_id,
    }


def _whole(call: Call, row: RequestRow) -> dict[str, Any]:
    kind = kind_named(row.kind)
    asked = queries.asked(queries.request_record(row.id))
    beside = kind.beside(asked, scope=call.caller.scope(_VIEW), at=call.at) if kind.beside else []
    return {
        **_told(row, companies_known().codes, customer_codes([row.customer_id])),
        "shown": dict(row.shown),
        "facts": _pairs(kind.describe(row.shown)),
        "beside": _pairs(beside),
        "route": [list(stop) for stop in row.route],
        "history": [_step(one) for one in queries.history(row.id)],
    }


def _step(one: StepRow) -> dict[str, Any]:
    same = ("step", "actor", "role", "for_whom", "own", "comment")
    return {**{name: getattr(one, name) for name in same}, "at": instant(one.at)}


def _pairs(said: Described) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in said]


ENDPOINTS = (
    Endpoint(
        "listRequests", "GET", "/approvals", gettext_noop("What was asked for and is decided by others"), _VIEW,
        list_requests, REQUEST, paged=True,
        query=Record({
            "show": Part(
                Choice(("", "waiting", "own")),
                gettext_noop("waiting: for the caller to decide; own: asked for by the caller"), otherwise="",
            ),
            "state": Part(Choice(("", *STATES)), otherwise=""),
            "kind": Part(Text(60), gettext_noop("only of this kind, such as credit.limit"), otherwise=""),
            "company": Part(Text(20), gettext_noop("a company's code"), otherwise=""),
        }),
    ),
    Endpoint(
        "showRequest", "GET", "/approvals/{id}",
        gettext_noop("A request with what stands beside it now, its route and its history"), _VIEW, show_request,
        REQUEST_WHOLE, params={"id": ID},
    ),
    Endpoint(
        "decideRequest", "POST", "/approvals/{id}/decision",
        gettext_noop("Approve what was shown, return it to its maker, or take one's own request back"), _APPROVE,
        decide, REQUEST_WHOLE, params={"id": ID},
        body=Record({
            "decision": Part(Choice(("approve", "return", "withdraw")), required=True),
            "digest": Part(_DIGEST, gettext_noop("of what was shown: the request's own"), required=True),
            "comment": Part(Text(_LONGEST), gettext_noop("needed to return it"), otherwise=""),
        }),
    ),
)  # fmt: skip
