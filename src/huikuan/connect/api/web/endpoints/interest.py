"""Late-payment interest: what an item bears, claims of it, giving back, taking back, asking for a waiver."""

from __future__ import annotations

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
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.agreed import MANY, REQUESTED, asked_for, newest_first
from huikuan.connect.api.web.endpoints.lookups import WHOSE, company_id, customer_id
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID
from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.interest.domain.governing import CLAUSE, LAW, SME
from huikuan.record.interest.domain.rules import rule_text
from huikuan.record.interest.domain.sheets import segment_of
from huikuan.record.interest.operations.claiming import claim_interest, withdraw_claim
from huikuan.record.interest.operations.correcting import correct_claim
from huikuan.record.interest.operations.waiving import ask_waiver
from huikuan.record.interest.queries.accruals import accrual
from huikuan.record.interest.queries.claims import OVER, STATES, ClaimRow, claim, claims
from huikuan.record.interest.telling import claim_json, sentences
from huikuan.record.receivables.queries.listing import listed_item

_VIEW, _WRITE = Permission.VIEW_LEDGER, Permission.CLAIM_INTEREST

_HOW: dict[str, Kind] = {"basis": Choice((CLAUSE, SME, LAW)), "rule": Text(40)}
CLAIM = answered(
    id=ID, company=Text(20), customer=CODE, item=ID, document_no=Text(60), interest_item=ID, **{"from": Day()},
    to=Day(), currency=CURRENCY, amount=Amount(), waived=Amount(), corrected=Amount(), over_claimed=Amount(),
    under_claimed=Amount(), open=Amount(), state=Choice(STATES), **_HOW, sha256=Text(64),
)  # fmt: skip
_SEGMENT = answered(**{"from": Day()}, to=Day(), days=Whole(1), principal=Amount(), rate=Text(40), amount=Amount())
ACCRUAL = answered(
    item=ID, until=Day(), currency=CURRENCY, amount=Amount(), unclaimed=Amount(), at_most=Maybe(Amount()), **_HOW,
    segments=Listed(_SEGMENT, MANY), reasons=Listed(Text(1_000), MANY), warnings=Listed(Text(1_000), MANY),
)  # fmt: skip
CLAIMED = answered(data=Listed(CLAIM, MANY))


def show_accrual(call: Call) -> Reply:
    """What an item bears up to a day, segment by segment."""
    item = found(lambda: listed_item(call.path["id"], scope=call.caller.scope(_VIEW))).item
    until = call.query["until"] or business_date(call.at)
    one = accrual(item.id, until, at=call.at)
    return Reply({
        "item": item.id,
        "until": until.isoformat(),
        "currency": item.currency,
        "amount": to_text(one.whole.amount, item.currency),
        "unclaimed": to_text(one.unclaimed_amount, item.currency),
        "at_most": None if one.most is None else to_text(one.most, item.currency),
        "basis": one.governing.basis,
        "rule": rule_text(one.governing.rule),
        "segments": [segment_of(part, item.currency) for part in one.whole.segments],
        "reasons": sentences(one.governing.reasons),
        "warnings": sentences(one.warnings),
    })  # fmt: skip


def list_claims(call: Call) -> Reply:
    """Claims, the latest first."""
    scope, asked = call.caller.scope(_VIEW), call.query
    rows = claims(
        scope=scope,
        at=call.at,
        company_id=company_id(asked["company"], scope),
        customer_id=customer_id(asked["customer"], scope),
        state=asked["state"],
    )
    return newest_first(call, rows, claim_json)


def show_claim(call: Call) -> Reply:
    """One claim."""
    return Reply(claim_json(_known(call, _VIEW)))


def create_claims(call: Call) -> Reply:
    """Make what an item bore until a day items of their own, one for each stretch of days nobody claimed."""
    scope = call.caller.scope(_WRITE)
    item = found(lambda: listed_item(call.path["id"], scope=scope)).item
    until = call.body["until"] or business_date(call.at)
    numbers = claim_interest(item_id=item.id, until=until, actor=call.caller.actor, at=call.at)
    return Reply({"data": [claim_json(claim(number, scope=scope, at=call.at)) for number in numbers]})


def correct(call: Call) -> Reply:
    """Give back what a claim demands and its days do not bear."""
    number = _known(call, _WRITE).id
    correct_claim(claim_id=number, actor=call.caller.actor, at=call.at)
    return Reply(claim_json(_known(call, _WRITE)))


def withdraw(call: Call) -> Reply:
    """Take a claim back."""
    number = _known(call, _WRITE).id
    withdraw_claim(claim_id=number, reason=call.body["reason"], actor=call.caller.actor, at=call.at)
    return Reply(claim_json(_known(call, _WRITE)))


def waive(call: Call) -> Reply:
    """Ask that part of a claim be given up."""
    row, said = _known(call, _WRITE), call.body
    amount = to_minor(said["amount"], row.currency)
    return asked_for(
        ask_waiver(claim_id=row.id, amount=amount, reason=said["reason"], actor=call.caller.actor, at=call.at)
    )


def _known(call: Call, permission: Permission) -> ClaimRow:
    scope = call.caller.scope(permission)
    return found(lambda: claim(call.path["id"], scope=scope, at=call.at))


_UNTIL = {"until": Part(Day(), gettext_noop("the day it would be paid, itself not counted; today if left out"))}
_WHY = {"reason": Part(Text(60, 1), gettext_noop("why"), required=True)}

ENDPOINTS = (
    Endpoint(
        "showInterest", "GET", "/items/{id}/interest", gettext_noop("What an item bears, day by day"), _VIEW,
        show_accrual, ACCRUAL, params={"id": ID}, query=Record(_UNTIL),
    ),
    Endpoint(
        "listInterestClaims", "GET", "/interest-claims", gettext_noop("Claims of interest, the latest first"), _VIEW,
        list_claims, CLAIM, paged=True,
        query=Record({
            **WHOSE, "state": Part(Choice(("", *STATES, OVER)), gettext_noop("only in this state"), otherwise=""),
        }),
    ),
    Endpoint(
        "showInterestClaim", "GET", "/interest-claims/{id}",
        gettext_noop("One claim of interest, and what of it its days do not bear"), _VIEW, show_claim, CLAIM,
        params={"id": ID},
    ),
    Endpoint(
        "claimInterest", "POST", "/items/{id}/interest-claims",
        gettext_noop("Make what an item bears an item of its own"), _WRITE, create_claims, CLAIMED, status=201,
        params={"id": ID}, body=Record(_UNTIL),
    ),
    Endpoint(
        "correctInterestClaim", "POST", "/interest-claims/{id}/correct",
        gettext_noop("Give back what a claim demands and its days do not bear"), _WRITE, correct, CLAIM,
        params={"id": ID},
    ),
    Endpoint(
        "withdrawInterestClaim", "POST", "/interest-claims/{id}/withdraw",
        gettext_noop("Take a claim of interest back; its days may be claimed again"), _WRITE, withdraw, CLAIM,
        params={"id": ID}, body=Record(_WHY),
    ),
    Endpoint(
        "askWaiver", "POST", "/interest-claims/{id}/waiver",
        gettext_noop("Ask that part of a claim be given up; another person approves it"), _WRITE, waive, REQUESTED,
        status=201, params={"id": ID},
        body=Record({
            "amount": Part(Amount(), gettext_noop("of what is open"), required=True),
            "reason": Part(Text(200, 1), gettext_noop("why"), required=True),
        }),
    ),
)  # fmt: skip
