"""Contracts: registered, read, amended; and what happened of their milestones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Day,
    Kind,
    Listed,
    Maybe,
    Part,
    Record,
    Text,
    Whole,
    answered,
)
from huikuan.connect.api.web.answering import matches
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import WHOSE, company_id, company_seen, customer_id, customer_of
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.record.contracts.domain import interest
from huikuan.record.contracts.domain.milestones import (
    EVENTS,
    LONGEST_DAYS,
    OTHER,
    Milestone,
    check_whole,
    coded,
    event_named,
    read_share,
)
from huikuan.record.contracts.domain.terms import ACTIVE, LONGEST, STATUSES, Terms
from huikuan.record.contracts.operations.contracts import amend_contract, create_contract
from huikuan.record.contracts.operations.milestones import record_milestone, withdraw_milestone
from huikuan.record.contracts.queries.contracts import (
    ContractFilter,
    ContractRow,
    MilestoneRow,
    contract,
    contracts_page,
    whole_contract,
)
from huikuan.record.contracts.queries.contracts import Whole as WholeContract

_VIEW, _MANAGE = Permission.VIEW_CONTRACTS, Permission.MANAGE_CONTRACTS
_DAY, _AMOUNT = Maybe(Day()), Maybe(Amount())
_EVENT, _STATUS = Choice(tuple(EVENTS)), Choice(STATUSES)
_DAYS = ("signed_on", "effective_on", "expires_on")
#: The clauses that are plain texts.
_CLAUSES = tuple(name for name in LONGEST if name != "name")

CONTRACT = answered(
    id=ID, company=Text(20), customer=CODE, number=Text(60), name=Text(200), signed_on=_DAY, effective_on=_DAY,
    expires_on=_DAY, currency=CURRENCY, amount=_AMOUNT, status=_STATUS, version=Whole(),
)  # fmt: skip
_MILESTONE = answered(
    code=Text(100), event=_EVENT, title=Text(100), share=Text(20), days=Whole(0), planned_on=_DAY, amount=_AMOUNT,
    event_id=Maybe(ID), happened_on=_DAY, due_date=_DAY, note=Text(200),
)  # fmt: skip
CONTRACT_WHOLE = answered(
    **{name: part.kind for name, part in CONTRACT.parts.items()},
    **{name: Text(LONGEST[name]) for name in _CLAUSES},
    late_interest=Text(60),
    service_addresses=Listed(Text(300)),
    milestones=Listed(_MILESTONE),
)


def list_contracts(call: Call) -> Reply:
    """Contracts, the latest registered first."""
    scope, asked = call.caller.scope(_VIEW), call.query
    chosen = ContractFilter(
        company_id=company_id(asked["company"], scope), customer_id=customer_id(asked["customer"], scope)
    )
    page = contracts_page(chosen, scope=scope, after=call.after, limit=call.limit)
    return Reply({"data": [contract_json(row) for row in page.rows]}, next=[page.next] if page.next else None)


def show_contract(call: Call) -> Reply:
    """One contract with its clauses and milestones, as it reads now."""
    return _told(_named(call, _VIEW), call.caller.scope(_VIEW))


def create(call: Call) -> Reply:
    """Register a contract."""
    scope, said = call.caller.scope(_MANAGE), call.body
    company = company_seen(said["company"], scope)
    whose = customer_of(company, said["customer"], scope)
    terms = Terms(**_stated(said, said["currency"], {}), currency=said["currency"])
    created = create_contract(
        company=company, customer_id=whose, number=said["number"], terms=terms, actor=call.caller.actor, at=call.at
    )
    return _told(contract(created, scope=scope), scope)


def amend(call: Call) -> Reply:
    """From a day on the contract says something else; what is left out stays."""
    row = _named(call, _MANAGE)
    whole = whole_contract(row, scope=call.caller.scope(_MANAGE))
    if not matches(call.if_match, version_tag(whole)):
        raise Refusal("precondition_failed")
    said = {name: value for name, value in call.body.items() if value is not None}
    day = said.pop("applies_from", None) or business_date(call.at, company_zone(row.company_id))
    reason, emptied = said.pop("reason"), said.pop("emptied", ())
    codes = {one.code: one for one in whole.terms.milestones}
    amend_contract(
        contract_id=row.id,
        version=row.version,
        changes={**dict.fromkeys(emptied), **_stated(said, row.currency, codes)},
        effective_on=day,
        reason=reason,
        actor=call.caller.actor,
        at=call.at,
    )
    return _told(_named(call, _MANAGE), call.caller.scope(_MANAGE))


def reach_milestone(call: Call) -> Reply:
    """The event of a milestone has happened: what waits for it falls due."""
    row = _named(call, _MANAGE)
    said = {name: call.body[name] for name in ("milestone", "happened_on", "note")}
    record_milestone(contract_id=row.id, **said, actor=call.caller.actor, at=call.at)
    return _told(row, call.caller.scope(_MANAGE))


def take_back_event(call: Call) -> Reply:
    """The event of a milestone did not happen after all."""
    row = _named(call, _MANAGE)
    event = call.path["event"]
    if event not in {one.id for one in whole_contract(row, scope=call.caller.scope(_MANAGE)).events}:
        raise Refusal("not_found")
    withdraw_milestone(event_id=event, reason=call.body["reason"], actor=call.caller.actor, at=call.at)
    return _told(row, call.caller.scope(_MANAGE))


def contract_json(row: ContractRow) -> dict[str, Any]:
    """A contract as it reads now."""
    return {
        **{name: getattr(row, name) for name in ("id", "number", "name", "currency", "status", "version")},
        **{name: _day(getattr(row, name)) for name in _DAYS},
        "company": row.company_code,
        "customer": row.customer_code,
        "amount": None if row.amount is None else to_text(row.amount, row.currency),
    }


def whole_json(whole: WholeContract) -> dict[str, Any]:
    """The same with its clauses and milestones."""
    terms = whole.terms
    return {
        **contract_json(whole.row),
        **{name: getattr(terms, name) for name in _CLAUSES},
        "late_interest": interest.written(terms.late_interest),
        "service_addresses": list(terms.service_addresses),
        "milestones": [_milestone_json(one, terms.currency) for one in whole.milestones],
    }


def version_tag(whole: WholeContract) -> str:
    """What If-Match has to say to amend this contract: its version, and how much happened of it."""
    return f'"{whole.row.id}-{whole.row.version}-{len(whole.events)}"'


def _told(row: ContractRow, scope: Scope) -> Reply:
    whole = whole_contract(row, scope=scope)
    return Reply(whole_json(whole), etag=version_tag(whole))


def _named(call: Call, permission: Permission) -> ContractRow:
    return found(lambda: contract(call.path["id"], scope=call.caller.scope(permission)))


def _stated(said: Mapping[str, Any], currency: str, known: Mapping[str, Milestone]) -> dict[str, Any]:
    """What was said of the terms, as the terms have it."""
    plain = ("name", "status", *_DAYS, *_CLAUSES)
    terms: dict[str, Any] = {name: said[name] for name in plain if name in said}
    if said.get("amount") is not None:
        terms["amount"] = to_minor(said["amount"], currency)
    if said.get("late_interest") is not None:
        terms["late_interest"] = interest.read_late_interest(said["late_interest"])
    if said.get("service_addresses") is not None:
        terms["service_addresses"] = tuple(said["service_addresses"])
    if said.get("milestones") is not None:
        read = [_milestone(one, known) for one in said["milestones"]]
        check_whole(read)
        terms["milestones"] = coded(read)
    return terms


def _milestone(said: Mapping[str, Any], known: Mapping[str, Milestone]) -> Milestone:
    """A milestone as stated; one named by its code is of the same event unless another is said."""
    before = known.get(said["code"])
    event = said["event"] or (before.event if before else event_named(said["title"]) if said["title"] else OTHER)
    return Milestone(
        said["code"], event, read_share(said["share"]), said["days"], said["planned_on"], said["title"]
    )  # fmt: skip


def _milestone_json(one: MilestoneRow, currency: str) -> dict[str, Any]:
    return {
        **{name: getattr(one.milestone, name) for name in ("code", "event", "title", "days")},
        "planned_on": _day(one.milestone.planned_on),
        "share": one.share,
        "amount": None if one.amount is None else to_text(one.amount, currency),
        "event_id": one.happened.event_id if one.happened else None,
        "happened_on": _day(one.happened.happened_on) if one.happened else None,
        "due_date": _day(one.happened.due_date) if one.happened else None,
        "note": one.note,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


_NEW_MILESTONE = Record({
    "code": Part(Text(30), gettext_noop("of a milestone there is; a new one is given its own"), otherwise=""),
    "event": Part(_EVENT, gettext_noop("follows the title if left out"), otherwise=""),
    "title": Part(Text(100), otherwise=""),
    "share": Part(Text(8, 1), gettext_noop("percent, like 30 or 12.5; all of them make 100"), required=True),
    "days": Part(Whole(0, LONGEST_DAYS), gettext_noop("after the event it falls due"), otherwise=0),
    "planned_on": Part(Day()),
})  # fmt: skip
_TERMS: dict[str, tuple[Kind, str]] = {
    "name": (Text(200, 1), ""),
    "amount": (Amount(), gettext_noop("none for a framework contract")),
    **dict.fromkeys(_DAYS, (Day(), "")),
    **{name: (Text(LONGEST[name]), "") for name in _CLAUSES},
    "late_interest": (Text(60), gettext_noop("as the contract says, like 0.05%/day or LPR x 1.5")),
    "service_addresses": (Listed(Text(300, 1), 20), ""),
    "milestones": (Listed(_NEW_MILESTONE, 60), gettext_noop("all of them")),
    "status": (_STATUS, ""),
}
_TEXTUAL = {**dict.fromkeys(_CLAUSES, ""), "status": ACTIVE}
_MAY_BE_EMPTIED = Choice(("amount", *_DAYS, "late_interest"))

ENDPOINTS = (
    Endpoint(
        "listContracts", "GET", "/contracts", gettext_noop("Contracts, the latest registered first"), _VIEW,
        list_contracts, CONTRACT, query=Record(WHOSE), paged=True,
    ),
    Endpoint(
        "createContract", "POST", "/contracts", gettext_noop("Register a contract"), _MANAGE, create, CONTRACT_WHOLE,
        status=201,
        body=Record({
            "company": Part(Text(20, 1), gettext_noop("a company's code"), required=True),
            "customer": Part(CODE, gettext_noop("a customer's code"), required=True),
            "number": Part(Text(60, 1), required=True),
            "currency": Part(CURRENCY, required=True),
            **{
                name: Part(kind, about, required=name == "name", otherwise=_TEXTUAL.get(name))
                for name, (kind, about) in _TERMS.items()
            },
        }),
    ),
    Endpoint(
        "showContract", "GET", "/contracts/{id}", gettext_noop("One contract with its milestones"), _VIEW,
        show_contract, CONTRACT_WHOLE, params={"id": ID},
    ),
    Endpoint(
        "amendContract", "PATCH", "/contracts/{id}",
        gettext_noop("From a day on a contract says otherwise (If-Match)"), _MANAGE, amend, CONTRACT_WHOLE,
        params={"id": ID}, versioned=True,
        body=Record({
            "reason": Part(Text(200, 1), gettext_noop("why, like the number of the agreement"), required=True),
            "applies_from": Part(Day(), gettext_noop("today if left out")),
            "emptied": Part(Listed(_MAY_BE_EMPTIED, 10), gettext_noop("what it no longer says"), otherwise=()),
            **{name: Part(kind, about) for name, (kind, about) in _TERMS.items()},
        }),
    ),
    Endpoint(
        "reachMilestone", "POST", "/contracts/{id}/milestones",
        gettext_noop("A milestone's event has happened: what waits for it falls due"), _MANAGE, reach_milestone,
        CONTRACT_WHOLE, status=201, params={"id": ID},
        body=Record({
            "milestone": Part(Text(100, 1), gettext_noop("the milestone's code"), required=True),
            "happened_on": Part(Day(), required=True),
            "note": Part(Text(200), otherwise=""),
        }),
    ),
    Endpoint(
        "takeBackEvent", "POST", "/contracts/{id}/milestones/{event}/withdrawal",
        gettext_noop("A milestone's event did not happen: what fell due by it waits again"), _MANAGE, take_back_event,
        CONTRACT_WHOLE, status=201, params={"id": ID, "event": ID},
        body=Record({"reason": Part(Text(200, 1), gettext_noop("why"), required=True)}),
    ),
)  # fmt: skip
